"""A folder that `grader grade` has written to: `run.json`, `<folder>/report.json` and `grades.csv`.

The last run is listed in `run.json`, because the cache may be deleted at any time. Only the reports on that
list count: the folder of a student who has withdrawn, for one, stays on the disk and is not read. What people
decided goes before what a file says, which a program that was killed may have left as it was.
"""

import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.analysis.targets import Targets
from grader.errors import UsageError, require_known
from grader.evidence.frozen import Frozen
from grader.files import UnreadableError, Written, read_own, write_changed, write_whole
from grader.grading.decisions import DECISIONS, Decisions
from grader.grading.history import HISTORY, noting_found
from grader.messages.message import say
from grader.messages.safe_text import file_names, json_text
from grader.messages.wording import quoted
from grader.report import Report, Whose
from grader.reports import csv_grades, json_report
from grader.reports.rows import PAGES, Row, row_of
from grader.rubric import Plan
from grader.submissions.handed_in import NOT_KNOWN, HandedIn
from grader.submissions.roster import Student
from grader.submissions.submission import IdFrom

RUN = "run.json"
REPORT = "report.json"
GRADES = "grades.csv"
ERRORS = "errors.log"
# What the commands write beside the submissions' folders, which therefore have other names.
_RESERVED = (RUN, GRADES, ERRORS, "junit.xml", DECISIONS, HISTORY, *PAGES)

_LARGEST_REPORT = 20_000_000
_BEGINNING = 20_000
# A submission takes about 250 bytes.
_LARGEST_RUN = 200_000_000


class GradedSubmission(Frozen):
    """A submission that was graded, the folder of its report, and the key of its evidence in the cache."""

    id: str
    # Empty where no platform knows it.
    name: str
    id_from: IdFrom = "folder"
    folder: str
    key: str
    # As the roster or the platform has it, and the folder or file that was handed in.
    email: str = ""
    entry: str = ""
    handed_in: HandedIn = NOT_KNOWN

    @property
    def whose(self) -> Whose:
        """Whose submission it is."""
        return Whose(self.id, self.name, self.id_from, self.handed_in)


class Run(Frozen):
    """The last run into an output folder, with the submissions in order of their ids."""

    plan: Plan
    # The SHA-256 of the images.
    data: str
    # What the logs are drawn against.
    targets: Targets
    # What a teacher often writes, from the rubric.
    phrases: tuple[str, ...] = ()
    submissions: tuple[GradedSubmission, ...]
    absent: tuple[Student, ...] = ()


def folders_of(ids: Iterable[str]) -> tuple[str, ...]:
    """A folder's name for each submission, in order."""
    return file_names(ids, taken=_RESERVED)


def read_run(out: Path) -> Run:
    """Read the list of the last run; raises `UsageError` if none has ended here, or it cannot be read."""
    path = out / RUN
    if not path.is_file():
        raise UsageError(
            f"There is no `{RUN}` in {quoted(out)}, so nothing was graded there.",
            "Name the folder that `grader grade` wrote, or run `grader grade` again.",
        )
    return _read(Run, path, _LARGEST_RUN, "Run `grader grade` again.")


def named(run: Run, own: str) -> GradedSubmission:
    """The submission of this id; raises `UsageError` with the nearest, also by names, if there is none."""
    known = {one.id: one for one in run.submissions}
    require_known(own, known, say("submission"), {one.name: one.id for one in run.submissions if one.name})
    return known[own]


def read_graded(out: Path) -> Run:
    """Read the last run as `read_run` does; raises `UsageError` also where it graded nobody."""
    run = read_run(out)
    if not run.submissions:
        raise UsageError(
            f"Nobody was graded in the last run into {quoted(out)}.", "Run `grader grade` again."
        )
    return run


def read_reports(out: Path, run: Run) -> Iterator[tuple[GradedSubmission, Report]]:
    """Read a run's reports one at a time, in its order, with what was decided.

    Raises:
        UsageError: One cannot be read.
    """
    decided = Decisions.read(out).applied
    for one in run.submissions:
        yield one, decided(read_report(out / one.folder / REPORT))


def read_report(path: Path) -> Report:
    """Read one report; raises `UsageError` if that is not possible."""
    return _read(Report, path, _LARGEST_REPORT, "Grade the submission again.")


def grades_of(run: Run, reports: Iterable[Report]) -> str:
    """The table of a run's grades."""
    emails = {one.id: one.email for one in run.absent}
    handed_in = {one.id: (one.email, one.entry) for one in run.submissions}
    return csv_grades.page(
        reports, run.absent, {own: (email, "") for own, email in emails.items()} | handed_in
    )


def verdict_in(path: Path) -> str:
    """The verdict of a report, from the beginning of its file; "" where it is not there."""
    with suppress(OSError), path.open("rb") as file:
        # At the left edge of a JSON that we have written, this is no text of anybody.
        if found := re.search(rb'^  "verdict": "(\w+)"', file.read(_BEGINNING), re.MULTILINE):
            return found[1].decode()
    return ""


def _read(kind: type[Written], path: Path, largest: int, hint: str) -> Written:
    try:
        return read_own(kind, path, largest, "grader grade")
    except UnreadableError as error:
        raise UsageError(f"{quoted(path)} {error}", hint) from None


def write_report(out: Path, folder: str, report: Report) -> None:
    """Write a report into its folder, unless the same report is already there."""
    write_changed(out / folder / REPORT, json_report.page(report))


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Keep every other program from writing grades into the folder; wait until none does.

    Raises:
        UsageError: The folder cannot be locked.
    """
    try:
        import fcntl
    except ModuleNotFoundError:
        raise UsageError(
            "Grades cannot be written on Windows itself.",
            "Run the program on Linux, on macOS, or in the Windows Subsystem for Linux.",
        ) from None
    try:
        out.mkdir(parents=True, exist_ok=True)
        folder = os.open(out, os.O_RDONLY)
        fcntl.flock(folder, fcntl.LOCK_EX)
    except OSError as error:
        raise UsageError(
            f"The folder {quoted(out)} cannot be locked: {error.strerror}.", "Copy it to another disk."
        ) from None
    try:
        yield
    finally:
        os.close(folder)


def write_class(out: Path, run: Run, graded: Iterable[tuple[GradedSubmission, Report]]) -> list[Row]:
    """Write the reports of a run, its list, and the table of its grades, which comes last; give their rows.

    Each report is written as it comes, with what was decided until now, because all of them may be too many
    for the memory.
    """
    rows: list[Row] = []
    with locked(out):
        decided = Decisions.read(out).applied

        def written() -> Iterator[Report]:
            for submission, undecided in graded:
                report = decided(undecided)
                write_report(out, submission.folder, report)
                rows.append(row_of(report))
                yield report

        table = grades_of(run, noting_found(out, written()))
        write_whole(out / RUN, json_text(run.model_dump(mode="json")))
        write_whole(out / GRADES, table)
    return rows
