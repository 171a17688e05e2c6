"""`grader regrade`: what another rubric makes of a class that was graded, without its files."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.cli.commands.before import Before, read_before, report_before
from grader.cli.commands.book import write_grades, write_reports
from grader.cli.commands.changes import changes
from grader.datasets import read_data
from grader.errors import UsageError
from grader.grading.classes import Judge, Member
from grader.grading.exit_codes import of_class
from grader.grading.judge import with_pairs
from grader.grading.store import FOLDER, Store
from grader.grading.store.drawn import keep_targets
from grader.grading.store.keys import Circumstances, circumstances
from grader.grading.store.lock import locked
from grader.grading.store.run import Run, Work
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
    if not (out / FOLDER).is_dir():
        raise _nothing_in(out)
    console = Console()
    with locked(out, out / FOLDER):
        data = read_data(rubric.plan.data, rubric_path.parent).sha256
        now = circumstances(rubric.plan, data)
        store = Store(out, now, read_only=dry_run)
        run = store.last_run()
        if run is None:
            raise _nothing_in(out)
        _require_equal(run, now)
        judge = Judge(rubric, store)
        members = judge.recall(run.submissions)
        before = [read_before(out / work.place) for work in run.submissions]
        after = _judged_again(judge, out, run.submissions, members, before)
        changed = 0
        for work, member, old, new in zip(run.submissions, members, before, after, strict=True):
            if member is None:
                console.print(Text(_stays(work)))
            lines = list(changes(old, new, rubric)) if new is not None else []
            changed += bool(lines)
            for line in lines:
                console.print(Text(line))
        verb = "changes" if changed == 1 else "change"
        console.print(Text(f"{changed} of {counted(len(run.submissions), 'submission')} {verb}."))
        reports = [report for report in after if report is not None]
        if dry_run:
            console.print(Text("Nothing was written."))
        else:
            works = zip(run.submissions, after, strict=True)
            write_reports(out, [(work.place, report) for work, report in works if report is not None])
            write_grades(out, csv_grades.page(reports, run.absent))
            targets = rubric.targets
            keep_targets(out, targets)
            if pages:
                # Without pages, neither templates nor drawings are loaded.
                from grader.cli.commands.pages import write_pages

                works = zip(run.submissions, after, strict=True)
                graded = [(work.place, work.key, report) for work, report in works if report is not None]
                write_pages(out, graded, targets, run.absent)
    return of_class(reports)


def _nothing_in(out: Path) -> UsageError:
    return UsageError(
        f"`{plain(str(out))}` holds nothing that was graded.",
        "Name the folder that `grader grade` has written to, or run `grader grade` again.",
    )


def _require_equal(run: Run, now: Circumstances) -> None:
    then = circumstances(run.plan, run.data)
    if (then.plan, then.data) != (now.plan, now.data):
        raise UsageError(
            "The rubric measures something else than what was measured: its `data`, `files`, `rerun` or "
            "`probe` is another one.",
            "Run `grader grade` with it, which measures again.",
        )


def _stays(work: Work) -> str:
    return (
        f"{plain(work.id)}: no whole measurement is kept, so the report stays as it is. "
        "Run `grader grade`, which measures it."
    )


def _judged_again(
    judge: Judge,
    out: Path,
    works: Sequence[Work],
    members: Sequence[Member | None],
    before: Sequence[Before | None],
) -> list[Report | None]:
    """The new report of each; the old one of those whose evidence is not kept."""
    again = judge.alike([member for member in members if member is not None])
    absent = frozenset(work.id for work, member in zip(works, members, strict=True) if member is None)
    return [
        report_before(out / work.place)
        if member is None
        else _still_like(judge.rubric, next(again), old, absent, out / work.place)
        for work, member, old in zip(works, members, before, strict=True)
    ]


def _still_like(
    rubric: Rubric, report: Report, before: Before | None, absent: frozenset[str], folder: Path
) -> Report:
    """The report with the pairs that it had with those who cannot be compared again."""
    if before is None or rubric.likeness == "off" or absent.isdisjoint(pair.id for pair in before.pairs):
        return report
    whole = report_before(folder)
    still = tuple(pair for pair in whole.pairs if pair.id in absent) if whole is not None else ()
    return with_pairs(rubric, report, (*report.pairs, *still)) if still else report
