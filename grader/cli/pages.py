"""The pages of a graded class: `report.html` for each submission, and `index.html`."""

from collections.abc import Sequence
from pathlib import Path

from rich.text import Text

from grader.analysis.targets import Targets
from grader.files import write_whole
from grader.grading.cache import Cache
from grader.grading.graded_folder import GradedSubmission
from grader.grading.judging import Judges, ToDraw
from grader.messages.safe_text import plain
from grader.messages.wording import counted
from grader.report import Report
from grader.reports import html, html_class
from grader.reports.charts import Drawing
from grader.reports.html_class import Entry
from grader.reports.terminal import console
from grader.submissions.roster import Student


def write_pages(
    out: Path,
    graded: Sequence[tuple[GradedSubmission, Report]],
    targets: Targets,
    cache: Cache,
    judges: Judges,
    absent: Sequence[Student] = (),
) -> None:
    """Write the page of each submission, with charts if its evidence is cached, and that of the class.

    Raises:
        UsageError: A page cannot be written.
    """
    terminal = console(stderr=True)
    with terminal.status(f"Writing the pages of {counted(len(graded), 'submission')}"):
        pages = judges.in_order(
            judges.draw(ToDraw(report=report, targets=targets), cache.measured(submission.key))
            for submission, report in graded
        )
        entries = []
        for (submission, report), page in zip(graded, pages, strict=True):
            if page.failed:
                terminal.print(Text(f"{plain(report.id)}: the charts could not be drawn because of a bug."))
            _write_unless_there(out / submission.folder / html.FILE, page.html)
            numbers = Drawing(accuracy=page.accuracy, largest_norm=page.largest_norm)
            entries.append(Entry(report, submission.folder, numbers))
        _write_unless_there(out / html_class.INDEX, html_class.page(entries, absent))


def _write_unless_there(path: Path, text: str) -> None:
    try:
        if not path.is_symlink() and path.read_bytes() == text.encode("utf-8", "backslashreplace"):
            return
    except OSError:
        pass
    write_whole(path, text)
