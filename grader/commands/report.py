"""`grader report`: stored reports in another format, without measuring anything."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.commands.stored_reports import read_reports
from grader.errors import UsageError
from grader.formats import Format, load, names
from grader.languages import Language
from grader.output import prepare_folder, write_whole
from grader.rubric.wording import nearest
from grader.wording import counted


def report(folder: Path, format_name: str, out: Path | None, language: Language | None = None) -> None:
    """Write each report, or the whole class, in a format.

    Args:
        folder: that `grader grade` has written to.
        format_name: of a format.
        out: where the files go; None for beside the reports.
        language: of the pages; None for the one that each report was graded in.

    Raises:
        UsageError: there is no such format, there are no reports, or a file cannot be written.
    """
    chosen = format_named(format_name)
    reports = read_reports(folder)
    if language is not None:
        reports = {place: one.model_copy(update={"language": language}) for place, one in reports.items()}
    target = out or folder
    prepare_folder(target)
    if chosen.of_class:
        write_whole(target / chosen.file, chosen.page(tuple(reports.values())), inside=target)
        written = chosen.file
    else:
        for place, one in reports.items():
            write_whole(target / place.name / chosen.file, chosen.page(one), inside=target)
        written = f"<id>/{chosen.file}"
    Console().print(Text(f"Written: {target}/{written}, from {counted(len(reports), 'report')}."))


def format_named(name: str) -> Format:
    """A format by its name.

    Raises:
        UsageError: there is none of this name; the hint has those that there are.
    """
    if name not in names():
        raise UsageError(f"There is no format `{name}`.", nearest(name, names(), "The formats are"))
    return load(name)
