"""`grader hook openedx`: pulls submissions from a queue of Open edX, grades them, and replies."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.text import Text

from grader.errors import SubmissionError, UsageError
from grader.grading.exit_codes import DONE
from grader.grading.stages import Stage
from grader.measure.intake import largest_archive
from grader.messages.languages import ENGLISH
from grader.messages.safe_text import file_names, plain
from grader.platforms.hooks import Options, tell
from grader.platforms.openedx import results
from grader.platforms.openedx.xqueue import Queued, QueueError, XQueue
from grader.report import Whose
from grader.reports.terminal import console
from grader.rubric import Rubric
from grader.rubric.loading import in_language, load_rubric
from grader.rubric.lookup import find_rubric
from grader.submissions.submission import open_submission

# After so many in a row that cannot be asked, whoever runs it is told.
MOST_FAILURES = 20
MOST_FILES = 20


def hook(  # noqa: PLR0913  (each is an option of the command)
    queue: XQueue,
    options: Options,
    environment: Mapping[str, str],
    *,
    interval: float = 5.0,
    until_empty: bool = False,
    wait: Callable[[float], None] = time.sleep,
) -> int:
    """Grade what comes, until it is interrupted.

    A submission that the grader could not grade gets no reply: the queue gives it out again later.

    Args:
        queue: The queue to pull from.
        options: What every hook can be told.
        environment: The environment with `XQUEUE_USER` and `XQUEUE_PASSWORD`.
        interval: Seconds between two questions.
        until_empty: Whether to end when nothing waits.
        wait: Waits for so many seconds.

    Returns:
        0 when nothing waits any more.

    Raises:
        GraderError: The user is not known, the rubric cannot be used, or the queue cannot be asked.
    """
    user, password = (environment.get(name, "") for name in ("XQUEUE_USER", "XQUEUE_PASSWORD"))
    if not user or not password:
        raise UsageError(
            "The environment must have `XQUEUE_USER` and `XQUEUE_PASSWORD`.",
            "Set them as whoever runs Open edX says; they are no options, which other users could see.",
        )
    rubric = in_language(load_rubric(find_rubric(options.rubric)), options.language)
    failures, known = 0, False
    while True:
        try:
            if not known:
                queue.login(user, password)
                known = True
            queued = queue.take()
            if queued is not None:
                _answer(queue, queued, rubric, options)
            failures = 0
        except QueueError as error:
            # A session may have ended, so the next one begins with a login.
            failures, known, queued = failures + 1, False, None
            _say(f"{error} Try {failures} of {MOST_FAILURES}.")
            if failures == MOST_FAILURES:
                raise UsageError(str(error), "Check that the queue is up, then start this again.") from None
        else:
            if queued is None and until_empty:
                return DONE
        if queued is None:
            wait(interval)


def _answer(queue: XQueue, queued: Queued, rubric: Rubric, options: Options) -> None:
    """Grade a submission and reply, but not if the grader failed: then the queue gives it out again."""
    last: Stage | None = None
    try:
        with _folder(queue, queued, largest_archive(rubric.plan.files, rubric.plan.limits)) as folder:
            for stage in options.grade(open_submission(folder), Whose(queued.student)):
                last = stage
    except SubmissionError as error:
        _say(f"{plain(queued.student)}: {error.message}")
        queue.reply(queued, results.refusal(error, rubric.language or ENGLISH))
        return
    if last is None:
        return
    tell(last)
    if last.report.verdict == "error":
        _say(f"{plain(queued.student)}: no reply, so the queue gives it out again.")
    else:
        queue.reply(queued, results.page(last.report))


@contextmanager
def _folder(queue: XQueue, queued: Queued, most: int) -> Iterator[Path]:
    """The student's files in a folder of ours, under names that every system takes."""
    with tempfile.TemporaryDirectory(prefix="grader-queue-") as folder:
        wanted = list(queued.files.items())[:MOST_FILES]
        names = file_names(name for name, _ in wanted)
        left = most
        for name, (own, address) in zip(names, wanted, strict=True):
            content = queue.file(own, address, left)
            left -= len(content)
            Path(folder, name).write_bytes(content)
        yield Path(folder)


def _say(line: str) -> None:
    console(stderr=True).print(Text(line))
