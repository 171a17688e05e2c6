"""`grader report`: stored reports in another format, without measuring anything."""

from collections.abc import Mapping
from pathlib import Path

from rich.text import Text

from grader.cli.commands.pages import write_pages
from grader.cli.running import tell
from grader.errors import UsageError
from grader.files.output import prepare_folder, write_whole
from grader.grading.cache import opened
from grader.grading.graded_folder import Run, read_reports, read_run
from grader.messages.languages import Language
from grader.messages.wording import counted
from grader.report import Report
from grader.reports import Format, html_class, load, names
from grader.reports.console import console
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
    run = read_run(folder)
    reports = read_reports(folder, run)
    if language is not None:
        reports = {place: one.model_copy(update={"language": language}) for place, one in reports.items()}
    target = out or folder
    prepare_folder(target)
    if chosen.name == "html":
        _write_html(folder, run, reports, target)
        written = f"{html_class.INDEX} and {target}/<id>/{chosen.file}"
    elif chosen.of_class:
        write_whole(target / chosen.file, chosen.page(tuple(reports.values())))
        written = chosen.file
    else:
        for place, one in reports.items():
            write_whole(target / place / chosen.file, chosen.page(one))
        written = f"<id>/{chosen.file}"
    console().print(Text(f"Written: {target}/{written}, from {counted(len(reports), 'report')}."))


def _write_html(folder: Path, run: Run, reports: Mapping[str, Report], target: Path) -> None:
    """The pages, with the pictures of what is cached, and a page of the class beside them."""
    graded = [(one, reports[one.folder]) for one in run.submissions]
    with opened(folder, tell, read_only=True) as cache:
        write_pages(target, graded, run.targets, cache, run.absent)


def format_named(name: str) -> Format:
    """A format by its name.

    Raises:
        UsageError: there is none of this name; the hint has those that there are.
    """
    if name not in names():
        raise UsageError(f"There is no format `{name}`.", nearest(name, names(), "The formats are"))
    return load(name)
