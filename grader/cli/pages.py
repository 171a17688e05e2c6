"""The pages of a graded class: `report.html` and `teacher.html` for each submission, and `index.html`."""

from collections.abc import Iterable
from pathlib import Path

from rich.text import Text

from grader.files import write_changed
from grader.grading.cache import Cache
from grader.grading.deciding import catch_up, write_page
from grader.grading.graded_folder import GradedSubmission, Run
from grader.grading.judging import Drawers
from grader.messages.safe_text import plain
from grader.messages.wording import counted
from grader.report import Report
from grader.reports import html_class
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
        entries = []
        for (submission, report), page in drawers.in_order(begun):
            if page.failed:
                terminal.print(Text(f"{plain(report.id)}: the charts could not be drawn because of a bug."))
            write_page(out, submission, page)
            entries.append(Entry(report, submission.folder))
        write_changed(out / html_class.INDEX, html_class.page(entries, run.absent))


def write_later_decisions(out: Path) -> None:
    """Write what was decided since the reports were written, once the cache is closed."""
    with Drawers(1) as drawers:
        catch_up(out, drawers)
