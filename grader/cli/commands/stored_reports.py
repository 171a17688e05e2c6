"""The reports that `grader grade` has written, read again without measuring anything."""

from pathlib import Path

from grader.errors import UsageError
from grader.files.own_files import UnreadableError, read_own
from grader.messages.safe_text import plain
from grader.report import Report

FILE = "report.json"
LARGEST = 20_000_000


def read_reports(folder: Path) -> dict[Path, Report]:
    """Each report below a folder, by the subfolder that it lies in, in order of their names.

    Raises:
        UsageError: there is none, or one cannot be read.
    """
    paths = sorted(path for path in folder.glob(f"*/{FILE}") if path.is_file())
    if not paths:
        raise UsageError(
            f"There is no `{FILE}` in a subfolder of `{plain(str(folder))}`.",
            "Name the folder that `grader grade` has written to.",
        )
    return {path.parent: read_report(path) for path in paths}


def read_report(path: Path) -> Report:
    """One report.

    Raises:
        UsageError: it is not there, or cannot be read.
    """
    try:
        return read_own(Report, path, LARGEST, "grader grade")
    except UnreadableError as error:
        raise UsageError(f"`{plain(str(path))}` {error}", "Grade the submission again.") from None
