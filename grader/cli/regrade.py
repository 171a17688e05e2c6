"""`grader regrade`: judges a graded class by another rubric, without its files."""

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from grader.cli.options import DryRun, Graded, Lang, Pages, RubricName
from grader.cli.running import record_errors_in, tell, warm_up_judges

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.grading.graded_folder import GradedSubmission
    from grader.grading.regrading import JudgedAgain
    from grader.report import Report, Verdict
    from grader.rubric import Rubric


def regrade(
    folder: Graded, rubric: RubricName, dry_run: DryRun = False, pages: Pages = True, lang: Lang = None
) -> int:
    """Apply another rubric to a graded class, and show what changes."""
    from grader.datasets import read_data
    from grader.errors import UsageError
    from grader.grading.cache import Cache
    from grader.grading.exit_codes import of_class
    from grader.grading.graded_folder import ERRORS, read_reports, read_run, write_class
    from grader.grading.judging import Judges
    from grader.grading.keys import circumstances
    from grader.grading.regrading import judged_again
    from grader.messages.wording import counted
    from grader.rubric.loading import rubric_for

    loaded = rubric_for(rubric, lang)
    read_run(folder)  # Where nothing was graded, no cache is made.
    if not dry_run:
        record_errors_in(folder / ERRORS)
    warm_up_judges()
    with Cache(folder, tell, read_only=dry_run) as cache, Judges(loaded) as judges:
        run = read_run(folder)
        data = read_data(loaded.plan.data).sha256
        if circumstances(run.plan, run.data) != circumstances(loaded.plan, data):
            raise UsageError(
                "The class must be measured again for this rubric, because its `data`, `files`, `rerun` or "
                "`probe` changed.",
                "Run `grader grade` with it.",
            )
        tally = _Tally()
        graded = _told(judged_again(folder, loaded, run, cache, judges), loaded, tally)
        if dry_run:
            deque(graded, maxlen=0)
        else:
            run = run.model_copy(update={"targets": loaded.targets, "phrases": loaded.phrases})
            write_class(folder, run, graded)
        submissions = counted(len(run.submissions), "submission")
        typer.echo(f"{tally.changed} of {submissions} {'would change' if dry_run else 'changed'}.")
        if dry_run:
            typer.echo("Nothing was written.")
        elif pages:
            # Without pages, neither templates nor charts are loaded.
            from grader.cli.pages import write_pages

            write_pages(folder, run, read_reports(folder, run), cache, judges)
    if pages and not dry_run:
        from grader.cli.pages import write_later_decisions

        write_later_decisions(folder)
    return of_class(tally.verdicts)


@dataclass
class _Tally:
    """How many have another grade, and which verdicts there are."""

    changed: int = 0
    verdicts: "set[Verdict]" = field(default_factory=set)


def _told(
    again: "Iterator[JudgedAgain]", rubric: "Rubric", tally: _Tally
) -> "Iterator[tuple[GradedSubmission, Report]]":
    """Say of each what changes, count it, and give its report by the other rubric."""
    from grader.grading.regrading import changes, overridden
    from grader.messages.safe_text import plain

    for one in again:
        if not one.is_cached:
            name = plain(one.submission.id)
            typer.echo(f"{name}: not judged, because it has no complete measurement. Run `grader grade`.")
        if one.after is not None:
            lines = list(changes(one.before, one.after, rubric))
            tally.changed += bool(lines)
            for line in (*lines, *overridden(one.after)):
                typer.echo(line)
            tally.verdicts.add(one.after.verdict)
            yield one.submission, one.after
