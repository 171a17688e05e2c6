"""`grader regrade`: judges a graded class by another rubric, without its files."""

import typer

from grader.cli.options import DryRun, Graded, Lang, Pages, RubricName
from grader.cli.running import record_errors_in, tell, warm_up_judges


def regrade(
    folder: Graded, rubric: RubricName, dry_run: DryRun = False, pages: Pages = True, lang: Lang = None
) -> int:
    """Apply another rubric to a graded class, and show what changes."""
    from grader.datasets import read_data
    from grader.errors import UsageError
    from grader.grading.cache import Cache
    from grader.grading.exit_codes import of_class
    from grader.grading.graded_folder import ERRORS, read_run, write_class
    from grader.grading.judging import Judges
    from grader.grading.keys import circumstances
    from grader.grading.regrading import changes, judged_again, overridden
    from grader.messages.safe_text import plain
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
        graded, changed = [], 0
        for one in judged_again(folder, loaded, run, cache, judges):
            if not one.is_cached:
                name = plain(one.submission.id)
                typer.echo(f"{name}: not judged, because it has no complete measurement. Run `grader grade`.")
            if one.after is None:
                continue
            graded.append((one.submission, one.after))
            lines = list(changes(one.before, one.after, loaded))
            changed += bool(lines)
            for line in (*lines, *overridden(one.after)):
                typer.echo(line)
        submissions = counted(len(run.submissions), "submission")
        typer.echo(f"{changed} of {submissions} {'would change' if dry_run else 'changed'}.")
        if dry_run:
            typer.echo("Nothing was written.")
        else:
            graded = write_class(
                folder, run.model_copy(update={"targets": loaded.targets, "phrases": loaded.phrases}), graded
            )
            if pages:
                # Without pages, neither templates nor charts are loaded.
                from grader.cli.pages import write_pages

                write_pages(folder, graded, loaded.targets, cache, judges, run.absent)
    if pages and not dry_run:
        from grader.cli.pages import write_later_decisions

        write_later_decisions(folder)
    return of_class(report.verdict for _, report in graded)
