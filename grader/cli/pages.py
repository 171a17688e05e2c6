"""The pages of a graded class: `report.html` and `teacher.html` for each submission, and `index.html`."""

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from grader.analysis.targets import Targets
from grader.files import write_changed
from grader.grading.cache import Cache
from grader.grading.deciding import catch_up, write_page
from grader.grading.graded_folder import GradedSubmission
from grader.grading.judging import Drawers
from grader.messages.safe_text import plain
from grader.messages.wording import counted
from grader.report import Report
from grader.reports import html_class
from grader.reports.html_class import Entry
from grader.reports.terminal import console
from grader.submissions.roster import Student


def write_pages(
    out: Path,
    graded: Sequence[tuple[GradedSubmission, Report]],
    targets: Targets,
    cache: Cache,
    drawers: Drawers,
    absent: Sequence[Student] = (),
) -> None:
    """Write the pages of each submission, with charts if its evidence is cached, and that of the class."""
    terminal = console(stderr=True)
    with terminal.status(f"Writing the pages of {counted(len(graded), 'submission')}"):
        begun = (
            ((submission, report), drawers.draw(report, targets, cache.measured(submission.key)))
            for submission, report in graded
        )
        entries = []
        for (submission, report), page in drawers.in_order(begun):
            if page.failed:
                terminal.print(Text(f"{plain(report.id)}: the charts could not be drawn because of a bug."))
            write_page(out, submission, page)
            entries.append(Entry(report, submission.folder))
        write_changed(out / html_class.INDEX, html_class.page(entries, absent))


def write_later_decisions(out: Path) -> None:
    """Write what was decided since the reports were written, once the cache is closed."""
    with Drawers(1) as drawers:
        catch_up(out, drawers)
