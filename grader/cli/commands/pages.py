"""The pages of a graded class: `report.html` for each submission, and `index.html`."""

import multiprocessing
import signal
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path

from rich.console import Console

from grader.files.output import write_whole
from grader.grading.engines.local import usable_cores
from grader.grading.store.drawn import draw_kept, kept_drawing
from grader.messages.wording import counted
from grader.report import Report
from grader.reports import html, html_class
from grader.reports.charts import Drawing
from grader.reports.charts.targets import ChartTargets
from grader.reports.html_class import Entry
from grader.submissions.roster import Student

# A process of its own takes a second to start, which is as long as so many drawings take.
_FEWEST_FOR_PROCESSES = 8

# Of a submission the name of its folder, the key of its evidence, "" if it has none, and its report.
Graded = tuple[str, str, Report]


def write_pages(
    out: Path,
    graded: Sequence[Graded],
    targets: ChartTargets | None,
    absent: Sequence[Student] = (),
    target: Path | None = None,
) -> None:
    """Write the page of each submission, and that of the class.

    Args:
        out: the output folder that the evidence is kept in.
        graded: the class, in its order.
        targets: what the logs are drawn against; without it there are no pictures.
        absent: the students of the roster who have not submitted.
        target: where the pages go, if not beside the reports.

    Raises:
        UsageError: a page cannot be written.
    """
    console, where = Console(stderr=True), target or out
    status = f"Writing the pages of {counted(len(graded), 'submission')}"
    with console.status(status) if console.is_terminal else nullcontext():
        if targets:
            _draw_missing(out, [key for _, key, _ in graded if key], targets)
        entries = []
        for place, key, report in graded:
            drawing = _drawing(out, key, targets) if targets and key else None
            _write_unless_there(where / place / html.FILE, html.page(report, drawing))
            # The page of the class has two numbers of it; the pictures of thousands would fill the memory.
            entries.append(Entry(report, place, drawing.without_pictures() if drawing else None))
        _write_unless_there(where / html_class.INDEX, html_class.page(entries, absent))


def _drawing(out: Path, key: str, targets: ChartTargets) -> Drawing | None:
    return kept_drawing(out, key, targets) or draw_kept(out, key, targets)


def _draw_missing(out: Path, keys: Iterable[str], targets: ChartTargets) -> None:
    """Draw what is not kept on all cores, if it is much; what a process cannot draw stays missing."""
    missing = [key for key in dict.fromkeys(keys) if kept_drawing(out, key, targets) is None]
    if len(missing) >= _FEWEST_FOR_PROCESSES and usable_cores() > 1:
        with _processes() as pool:
            list(pool.map(_draw, [(str(out), key, targets.model_dump_json()) for key in missing]))


def _draw(task: tuple[str, str, str]) -> None:
    # What comes of it lies in the store then: nothing that a student's bytes have touched is unpickled.
    out, key, targets = task
    draw_kept(Path(out), key, ChartTargets.model_validate_json(targets))


@contextmanager
def _processes() -> Iterator[Executor]:
    """As many processes as there are cores; after an interrupt they end without a word."""
    pool = ProcessPoolExecutor(
        usable_cores(),
        # The fork of a process that has threads may hang.
        mp_context=multiprocessing.get_context("spawn"),
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_IGN),
    )
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _write_unless_there(path: Path, text: str) -> None:
    try:
        if not path.is_symlink() and path.read_bytes() == text.encode("utf-8", "backslashreplace"):
            return
    except OSError:
        pass
    write_whole(path, text)
