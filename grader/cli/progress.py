"""Shows how far the grading of a class is: a bar on a terminal, a line for each submission elsewhere."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar, get_args

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from grader.messages.safe_text import plain
from grader.report import Report, Verdict
from grader.reports.terminal import console as stderr_console
from grader.submissions.submission import Submission

Item = TypeVar("Item")

_LONGEST_NAME = 30
_MOST_NAMES = 4


class ClassProgress:
    """How far the grading of a class is, as it is shown."""

    def __init__(self, progress: Progress, total: int) -> None:
        """Show that TensorFlow is being imported, and that `total` submissions are to be measured."""
        self._progress = progress
        self._task = progress.add_task("Starting TensorFlow", total=total, so_far="")
        self._at_work: list[str] = []
        self._total = total
        self._verdicts: Counter[str] = Counter()

    def started(self, submission: Submission) -> None:
        """Show that a worker has begun with a submission."""
        self._at_work.append(submission.id)
        self._update()

    def done(self, submission: Submission, report: Report) -> None:
        """Show that a submission has its report."""
        if submission.id in self._at_work:
            self._at_work.remove(submission.id)
        self._verdicts[report.verdict] += 1
        if not self._progress.console.is_terminal:
            name = plain(submission.id, _LONGEST_NAME)
            done = self._verdicts.total()
            took = f"{report.seconds:.1f} s"
            self._progress.console.print(Text(f"{done} of {self._total}: {name}: {report.verdict}, {took}"))
        self._update()

    def _update(self) -> None:
        names = [plain(name, _LONGEST_NAME) for name in self._at_work[:_MOST_NAMES]]
        if len(self._at_work) > _MOST_NAMES:
            names.append(f"{len(self._at_work) - _MOST_NAMES} more")
        counts = ((self._verdicts[verdict], verdict) for verdict in get_args(Verdict))
        so_far = ", ".join(f"{count} {verdict}" for count, verdict in counts if count)
        at_work, done = ", ".join(names) or "Waiting", self._verdicts.total()
        self._progress.update(self._task, completed=done, description=at_work, so_far=so_far)


@contextmanager
def progress(total: int, console: Console | None = None) -> Iterator[ClassProgress]:
    """Show how far the grading of a class is, until all of it is done; on stderr, if no console is given."""
    console = console or stderr_console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[so_far]}", markup=False),
        TextColumn("time left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield ClassProgress(bar, total)


def followed(
    trainings: Iterator[Item], count: int, cost: Callable[[Item], int], whole: int
) -> Iterator[Item]:
    """Show on a terminal how many of so many trainings are done, and how long the others may take.

    Each costs its part of the whole.
    """
    began, done = monotonic(), 0
    columns = (
        TextColumn("Training"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[left]}"),
    )
    console = stderr_console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=count, left="")
        for training in trainings:
            done += cost(training)
            bar.update(task, advance=1, left=time_left(monotonic() - began, done / whole))
            yield training


def time_left(seconds: float, share: float) -> str:
    """How long the rest takes, if it goes on as the share that took so many seconds."""
    minutes = seconds * (1 - share) / share / 60
    return f"about {minutes:.0f} min left" if minutes >= 1 else "less than a minute left"
