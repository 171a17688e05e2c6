"""`grader export`: grades into the file that a teacher exported from a learning platform."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.cli.commands.report import format_named
from grader.cli.commands.stored_reports import read_reports
from grader.errors import UsageError
from grader.files.output import write_whole
from grader.files.zipped import zipped
from grader.messages.wording import counted
from grader.platforms.canvas import gradebook as canvas
from grader.platforms.gradebooks.filling import Choice, Filled, fill
from grader.platforms.gradebooks.table import read_table
from grader.platforms.moodle import gradebook as moodle
from grader.platforms.moodle import worksheet as moodle_worksheet


def target(out: Path | None, dry_run: bool) -> Path | None:
    """The file to write; None for a dry run, which writes nothing whatever else is said.

    Raises:
        UsageError: neither is given.
    """
    if out is None and not dry_run:
        raise UsageError(
            "No file to write was named.", "Name one with `--out`, or look first with `--dry-run`."
        )
    return None if dry_run else out


def export_canvas(folder: Path, gradebook: Path, column: str, choice: Choice, out: Path | None) -> None:
    """Fill a column of Canvas' exported gradebook.

    Args:
        folder: that `grader grade` has written to.
        gradebook: the teacher's export, which stays as it is.
        column: an assignment's.
        choice: what a teacher decides.
        out: the file to write; None to say only what would change.

    Raises:
        UsageError: a file cannot be used, and nothing is written.
    """
    table = read_table(gradebook)
    reports = tuple(read_reports(folder).values())
    _finish(fill(table, canvas.grades(table, column), reports, choice), gradebook, out)


def export_moodle(  # noqa: PLR0913, PLR0917  (each is an option of the command)
    folder: Path, gradebook: Path, column: str, identify_by: str | None, choice: Choice, out: Path | None
) -> None:
    """Write a file of grades for Moodle's gradebook; see `export_canvas`.

    Raises:
        UsageError: a file cannot be used, and nothing is written.
    """
    reports = tuple(read_reports(folder).values())
    _finish(moodle.grade_file(read_table(gradebook), reports, choice, column, identify_by), gradebook, out)


def export_moodle_worksheet(
    folder: Path, worksheet: Path, column: str, choice: Choice, out: Path | None
) -> None:
    """Fill an assignment's offline worksheet; see `export_canvas`.

    Raises:
        UsageError: a file cannot be used, and nothing is written.
    """
    # Moodle reads no other delimiter here.
    table = read_table(worksheet, delimiters=",")
    reports = tuple(read_reports(folder).values())
    _finish(fill(table, moodle_worksheet.worksheet(table, column), reports, choice), worksheet, out)


def export_moodle_feedback(
    folder: Path, worksheet: Path, format_name: str, choice: Choice, out: Path | None
) -> None:
    """Write a zip with a page for each participant; see `export_canvas`.

    Raises:
        UsageError: a file cannot be used, or the format is one for a class; nothing is written.
    """
    chosen = format_named(format_name)
    if chosen.of_class:
        raise UsageError(
            f"The format `{chosen.name}` is one file for a whole class.",
            "Name a format with a file for each student, such as `plain_text`.",
        )
    table = read_table(worksheet, delimiters=",")
    reports = tuple(read_reports(folder).values())
    files, left = moodle_worksheet.feedback_files(table, reports, chosen.page, chosen.file, choice)
    students, reports_left = counted(len(files), "student"), counted(len(left), "report")
    _say([f"A page for {students}; {reports_left} left out.", *left])
    _write(zipped(files), worksheet, out)


def _finish(filled: Filled, source: Path, out: Path | None) -> None:
    _say(filled.lines())
    _write(filled.text, source, out)


def _say(lines: Iterable[str]) -> None:
    console = Console()
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def _write(content: str | bytes, source: Path, out: Path | None) -> None:
    if out is None:
        _say(["Nothing was written."])
        return
    if out.resolve() == source.resolve():
        raise UsageError(
            f"The output `{out}` is the teacher's own file, which stays as it is.",
            "Name another file with `--out`.",
        )
    write_whole(out, content)
    _say([f"Written: {out}"])
