"""Brings what is written of a graded class in line with what people decided about it.

Of a submission that is its report, its row of the grades and its two pages: a decision costs the same however
large the class is. The page of the class is written once, after all of them.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.files import write_changed, write_whole
from grader.grading.cache import Cache
from grader.grading.decisions import DECISIONS, Decisions, Recorded, record
from grader.grading.graded_folder import (
    GRADES,
    REPORT,
    GradedSubmission,
    Run,
    grades_of,
    locked,
    read_report,
    read_reports,
    read_run,
    write_report,
)
from grader.grading.judging import Drawers, Page
from grader.messages.message import EMPTY, joined, say
from grader.report import Report
from grader.reports import csv_grades, html, html_class
from grader.reports.html_class import Entry
from grader.reports.rows import INDEX, PAGES
from grader.submissions.roster import Student


@dataclass(frozen=True)
class Settled:
    """A submission with its report before a decision and after it."""

    submission: GradedSubmission
    before: Report
    after: Report


def decide(out: Path, run: Run, made: Sequence[Recorded], drawers: Drawers | None) -> tuple[Settled, ...]:
    """Record decisions, and write what they change; without `drawers` no pages are written.

    Whoever calls this holds `locked`. What a program that was killed had recorded only is made good.

    Raises:
        UsageError: Something cannot be written.
    """
    wanted, is_behind = {one.submission for one in made}, _is_behind(out)
    due = [one for one in run.submissions if is_behind or one.id in wanted]
    before = [read_report(out / one.folder / REPORT) for one in due]
    if made:
        record(out, made)
    decisions = Decisions.read(out, due[0].id if len(due) == 1 else "")
    settled = [
        Settled(one, report, decisions.applied(report)) for one, report in zip(due, before, strict=True)
    ]
    try:
        _write(out, run, settled, decisions, drawers)
    except UsageError as error:
        kept = say("What was decided is recorded, and shows when it can be written.") if made else EMPTY
        raise UsageError(joined(" ", (error.message, kept)), error.hint) from None
    return tuple(settled)


def catch_up(out: Path, drawers: Drawers) -> None:
    """Write what was decided while a class was graded, which then held what its pages are drawn from.

    Raises:
        UsageError: Something cannot be written.
    """
    with locked(out):
        run = read_run(out)
        if decide(out, run, (), drawers) and has_pages(out):
            write_index(out, run)


def _write(
    out: Path, run: Run, settled: Sequence[Settled], decisions: Decisions, drawers: Drawers | None
) -> None:
    for one in settled:
        write_report(out, one.submission.folder, one.after)
    about = [one for one in settled if decisions.about(one.submission.id)]
    drawn = [draw(out, run, one.submission, one.after, drawers) for one in about] if drawers else []
    if settled:
        # Last, because its time says that all before it is written.
        _write_rows(out, run, [one.after for one in settled])
    if not all(drawn):
        later = (out / GRADES).stat().st_mtime_ns + 1
        os.utime(out / DECISIONS, ns=(later, later))


def _is_behind(out: Path) -> bool:
    """Whether the record is newer than what is written of it."""
    try:
        return (out / DECISIONS).stat().st_mtime_ns > (out / GRADES).stat().st_mtime_ns
    except FileNotFoundError:
        return (out / DECISIONS).exists()


def _write_rows(out: Path, run: Run, reports: Sequence[Report]) -> None:
    try:
        table: str | None = (out / GRADES).read_text("utf-8")
    except (OSError, UnicodeError):
        table = None
    for report in reports:
        table = csv_grades.changed(table or "", report)
    if table is None:
        # Somebody has taken the table away, or changed its form.
        table = grades_of(run, (report for _, report in read_reports(out, run)))
    write_whole(out / GRADES, table)


def draw(out: Path, run: Run, submission: GradedSubmission, report: Report, drawers: Drawers) -> bool:
    """Write the pages of a submission, and say whether that was possible: not while a class is graded."""
    try:
        with Cache(out, lambda _: None, read_only=True) as cache:
            measured = cache.measured(submission.key)
    except UsageError:
        return False
    write_page(out, submission, drawers.draw(report, run.targets, measured).result())
    return True


def write_page(out: Path, submission: GradedSubmission, page: Page) -> None:
    """Write the student's page and the teacher's, unless they are there already."""
    write_changed(out / submission.folder / html.FILE, page.html)
    write_changed(out / submission.folder / html.TEACHER_FILE, page.teacher)


def has_pages(out: Path) -> bool:
    """Whether the class was graded with pages."""
    return (out / INDEX).exists()


def write_index(out: Path, run: Run) -> None:
    """Write the pages of the class, with all that was decided."""
    entries = (Entry(report, one.folder) for one, report in read_reports(out, run))
    write_class_pages(out, entries, run.absent)


def write_class_pages(out: Path, entries: Iterable[Entry], absent: Sequence[Student]) -> None:
    """Write the pages of the class, and remove those that a larger class has left."""
    left = {name for name in PAGES if (out / name).is_file()}
    for name, text in html_class.pages(entries, absent):
        write_changed(out / name, text)
        left.discard(name)
    for name in left:
        (out / name).unlink()
