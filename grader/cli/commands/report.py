"""`grader report`: stored reports in another format, without measuring anything."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.cli.commands.pages import write_pages
from grader.cli.commands.stored_reports import read_reports
from grader.errors import UsageError
from grader.files.output import prepare_folder, write_whole
from grader.grading.store import FOLDER
from grader.grading.store.drawn import read_targets
from grader.grading.store.run import read_run
from grader.messages.languages import Language
from grader.messages.wording import counted
from grader.report import Report
from grader.reports import Format, html_class, load, names
from grader.rubric.wording import nearest


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
    if chosen.name == "html":
        _write_html(folder, reports, target)
        written = f"{html_class.INDEX} and {target}/<id>/{chosen.file}"
    elif chosen.of_class:
        write_whole(target / chosen.file, chosen.page(tuple(reports.values())))
        written = chosen.file
    else:
        for place, one in reports.items():
            write_whole(target / place.name / chosen.file, chosen.page(one))
        written = f"<id>/{chosen.file}"
    Console().print(Text(f"Written: {target}/{written}, from {counted(len(reports), 'report')}."))


def _write_html(folder: Path, reports: Mapping[Path, Report], target: Path) -> None:
    """The pages, with what the store can be drawn from, and a page of the class beside them."""
    run = read_run(folder / FOLDER / "run.json")
    keys = {work.place: work.key for work in run.submissions} if run else {}
    graded = [(place.name, keys.get(place.name, ""), one) for place, one in reports.items()]
    write_pages(folder, graded, read_targets(folder), run.absent if run else (), target)


def format_named(name: str) -> Format:
    """A format by its name.

    Raises:
        UsageError: there is none of this name; the hint has those that there are.
    """
    if name not in names():
        raise UsageError(f"There is no format `{name}`.", nearest(name, names(), "The formats are"))
    return load(name)
