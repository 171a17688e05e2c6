"""`grader regrade`: what another rubric makes of a class that was graded, without its files."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.cli.commands.changes import changes
from grader.cli.running import tell
from grader.datasets import read_data
from grader.errors import UsageError
from grader.grading.cache import Cache, opened
from grader.grading.classes import Judged, compared, judged
from grader.grading.exit_codes import of_class
from grader.grading.graded_folder import (
    REPORT,
    GradedSubmission,
    Run,
    read_report,
    read_run,
    write_grades,
    write_report,
    write_run,
)
from grader.grading.judge import with_pairs
from grader.grading.keys import circumstances
from grader.messages.languages import Language
from grader.messages.safe_text import plain
from grader.messages.wording import counted
from grader.report import Report
from grader.reports import csv_grades
from grader.rubric import Rubric
from grader.rubric.language import in_language
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import find_rubric


def regrade(
    out: Path,
    rubric_name: str,
    *,
    dry_run: bool,
    pages: bool = True,
    language: Language | None = None,
) -> int:
    """Judge again everybody whose reports are in a folder, say what changes and why, and then write it.

    Args:
        out: where `grader grade` has written.
        rubric_name: a file, or a rubric that ships.
        dry_run: say it only.
        pages: whether the pages for a browser are written, too.
        language: of the reports; None for the rubric's, or the machine's.

    Raises:
        GraderError: the rubric cannot be used, nothing was graded there, another run is at work there, or the
            rubric measures something that was not measured.
    """
    rubric_path = find_rubric(rubric_name)
    rubric = in_language(load_rubric(rubric_path), language)
    read_run(out)  # Where nothing was graded, no cache is made.
    console = Console()
    with opened(out, tell, read_only=dry_run) as cache:
        run = read_run(out)
        _require_equal(run, rubric, read_data(rubric.plan.data, rubric_path.parent).sha256)
        before = [_report_in(out / one.folder) for one in run.submissions]
        members = [_judged_again(rubric, one, cache) for one in run.submissions]
        after = list(_reports(rubric, run, members, before))
        changed = 0
        for one, member, old, new in zip(run.submissions, members, before, after, strict=True):
            if member is None:
                console.print(Text(_stays(one)))
            lines = list(changes(old, new, rubric)) if new is not None else []
            changed += bool(lines)
            for line in lines:
                console.print(Text(line))
        verb = "changes" if changed == 1 else "change"
        console.print(Text(f"{changed} of {counted(len(run.submissions), 'submission')} {verb}."))
        graded = [(one, new) for one, new in zip(run.submissions, after, strict=True) if new is not None]
        reports = [report for _, report in graded]
        if dry_run:
            console.print(Text("Nothing was written."))
        else:
            run = run.model_copy(update={"targets": rubric.targets})
            for one, report in graded:
                write_report(out, one.folder, report)
            write_run(out, run)
            write_grades(out, csv_grades.page(reports, run.absent))
            if pages:
                # Without pages, neither templates nor drawings are loaded.
                from grader.cli.commands.pages import write_pages

                write_pages(out, graded, run.targets, cache, run.absent)
    return of_class(reports)


def _require_equal(run: Run, rubric: Rubric, data: str) -> None:
    then, now = circumstances(run.plan, run.data), circumstances(rubric.plan, data)
    if then != now:
        raise UsageError(
            "The rubric measures something else than what was measured: its `data`, `files`, `rerun` or "
            "`probe` is another one.",
            "Run `grader grade` with it, which measures again.",
        )


def _stays(one: GradedSubmission) -> str:
    return (
        f"{plain(one.id)}: no whole measurement is kept, so the report stays as it is. "
        "Run `grader grade`, which measures it."
    )


def _judged_again(rubric: Rubric, one: GradedSubmission, cache: Cache) -> Judged | None:
    """A submission judged by the rubric; None where its evidence is not cached."""
    measured = cache.measured(one.key)
    return judged(rubric, one, measured) if measured is not None else None


def _report_in(folder: Path) -> Report | None:
    """The report in a folder; None where there is none that can be read."""
    with suppress(UsageError):
        return read_report(folder / REPORT)
    return None


def _reports(
    rubric: Rubric, run: Run, members: Sequence[Judged | None], before: Sequence[Report | None]
) -> Iterator[Report | None]:
    """The new report of each submission of a run; the old one of those whose evidence is not cached."""
    again = compared(rubric, [member for member in members if member is not None])
    absent = frozenset(one.id for one, member in zip(run.submissions, members, strict=True) if member is None)
    for member, old in zip(members, before, strict=True):
        yield old if member is None else _still_like(rubric, next(again), old, absent)


def _still_like(rubric: Rubric, report: Report, before: Report | None, absent: frozenset[str]) -> Report:
    """The report with the pairs that it had with those who cannot be compared again."""
    if before is None or rubric.likeness == "off":
        return report
    still = tuple(pair for pair in before.pairs if pair.id in absent)
    return with_pairs(rubric, report, (*report.pairs, *still)) if still else report
