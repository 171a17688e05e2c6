"""The reports that `grader grade` has written, read again without measuring anything."""

from pathlib import Path

from pydantic import ValidationError

from grader.errors import UsageError
from grader.report import Report
from grader.safe_text import plain

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
    again = "Grade the submission again."
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"`{plain(str(path))}` cannot be read: {error.strerror}.", again) from None
    if len(content) > LARGEST:
        raise UsageError(f"`{plain(str(path))}` must be at most {LARGEST // 1_000_000} MB.", again)
    try:
        return Report.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"`{plain(str(path))}` must be what `grader grade` writes. Received: {first['msg']}"
            + (f" (`{plain(where)}`)." if where else "."),
            again,
        ) from None
