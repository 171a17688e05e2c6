"""The pages of a graded class: `report.html` and `teacher.html` for each submission, and `index.html`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.grading.cache import Cache
from grader.grading.deciding import catch_up, write_class_pages, write_page
from grader.grading.graded_folder import GradedSubmission, Run
from grader.grading.judging import Drawers, Page
from grader.messages.safe_text import plain
from grader.messages.wording import counted
from grader.report import Report
from grader.reports.html_class import Entry
from grader.reports.terminal import console


def write_pages(
    out: Path, run: Run, reports: Iterable[tuple[GradedSubmission, Report]], cache: Cache, drawers: Drawers
) -> None:
    """Write the pages of each submission of a run, with charts if its evidence is cached, and its index."""
    terminal = console(stderr=True)
    with terminal.status(f"Writing the pages of {counted(len(run.submissions), 'submission')}"):
        begun = (
            ((submission, report), drawers.draw(report, run.targets, cache.measured(submission.key)))
            for submission, report in reports
        )
        write_class_pages(out, _written(out, drawers.in_order(begun), terminal), run.absent)


def _written(
    out: Path, drawn: Iterable[tuple[tuple[GradedSubmission, Report], Page]], terminal: Console
) -> Iterator[Entry]:
    """Write the pages of each submission, and give what the page of the class needs."""
    for (submission, report), page in drawn:
        if page.failed:
            terminal.print(Text(f"{plain(report.id)}: the charts could not be drawn because of a bug."))
        write_page(out, submission, page)
        yield Entry(report, submission.folder)


def write_later_decisions(out: Path) -> None:
    """Write what was decided since the reports were written, once the cache is closed."""
    with Drawers(1) as drawers:
        catch_up(out, drawers)
