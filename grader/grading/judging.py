"""Judges and draws in processes of their own, because evidence comes from a stranger.

A process has the sandbox of a worker and a deadline for each submission. Whatever it raises, and whatever it
does not finish, is an `error` of that one submission. The rubric is the teacher's, so it may travel pickled;
evidence, reports and pages travel as JSON.
"""

import json
import logging
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from io import StringIO
from queue import SimpleQueue
from secrets import token_hex
from typing import Self, TypeVar

from pydantic import TypeAdapter

from grader.analysis.similarity.features import Features, features_of
from grader.analysis.targets import Targets
from grader.errors import WorkerError
from grader.evidence.frozen import Frozen
from grader.evidence.problem import Problem
from grader.grading.budget import SECONDS_TO_JUDGE
from grader.grading.cache import Measured
from grader.grading.engines import ended_early, usable_cores
from grader.grading.incomplete import nothing_measured, problem_of
from grader.grading.judge import is_inconsistent, judge, judge_shortened
from grader.measure.reply import LONGEST_TRACEBACK, parse
from grader.messages.message import EMPTY, Message, say
from grader.messages.safe_text import encodable, plain
from grader.report import Report, Whose
from grader.reports.charts import Drawing, draw
from grader.rubric import Rubric
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.worker import TimeUpError, Worker, wait

MEMORY = 4 << 30
# A process may use a certain processor time in all; so many honest submissions take a small part of it.
MOST_ANSWERED = 200
FAILED = Problem(
    who="operator",
    message=say("The submission could not be judged because of a bug in the grader."),
    hint=say("Please report it, with the traceback in the operator's log."),
)

Asked = TypeVar("Asked")
Result = TypeVar("Result")

logger = logging.getLogger(__name__)


class ToJudge(Frozen):
    """A submission to judge, and what is said of a training that was shortened."""

    whose: Whose
    shortened: Message = EMPTY


class ToDraw(Frozen):
    """A report to make a page of, and what the log is drawn against."""

    report: Report
    targets: Targets


class Judged(Frozen):
    """The report on a submission by itself, and the features that each run is compared by, if it is."""

    report: Report
    features: tuple[Features, ...] | None = None


class Page(Frozen):
    """The student's page and the teacher's, without charts if they `failed`."""

    html: str
    teacher: str
    failed: bool = False


class Answer(Frozen):
    """What a process replies: what was asked for, unless it was not to be had, and tracebacks of bugs.

    It has the request's token, which no process knows before, so none can answer for the next submission.
    """

    token: str
    answer: Judged | Page | None = None
    bugs: str = ""


# What a process does, and what it is asked to do with what was measured, which is the next message.
SERVE = f"{__name__}:serve"
REQUEST: TypeAdapter[ToJudge | ToDraw] = TypeAdapter(ToJudge | ToDraw)


def serve(receive: Callable[[], bytes], send: Callable[[bytes], None]) -> None:
    """Answer one request after another, until there are no more."""
    rubric: Rubric = pickle.loads(receive())  # noqa: S301  (the parent made it of the teacher's file)
    # What the program logs is a bug.
    logging.getLogger("grader").addHandler(handler := logging.StreamHandler())
    handler.setLevel(logging.ERROR)
    with suppress(EOFError):
        while True:
            token, request, content = receive().decode(), receive(), receive()
            handler.setStream(logged := StringIO())
            answer = None
            try:
                answer = _answered(rubric, REQUEST.validate_json(request), content)
            except Exception:
                logger.exception("This submission failed.")
            reply = Answer(token=token, answer=answer, bugs=logged.getvalue()[-LONGEST_TRACEBACK:])
            send(reply.model_dump_json().encode())


def _answered(rubric: Rubric, act: ToJudge | ToDraw, content: bytes) -> Judged | Page:
    measured = Measured.model_validate_json(content)
    evidence = measured.evidence
    if isinstance(act, ToDraw):
        return _pages(act.report, draw(evidence, act.targets))
    report = judge_shortened(rubric, evidence, act.shortened, act.whose, measured.origin)
    if rubric.likeness == "off":
        return Judged(report=report)
    inconsistent = is_inconsistent(rubric, report)
    features = (features_of(act.whose.id, evidence, run, inconsistent=inconsistent) for run in evidence.runs)
    return Judged(report=report, features=tuple(features))


def _pages(report: Report, drawing: Drawing) -> Page:
    # Who checks one submission is shown no page.
    from grader.reports import html

    students, teachers = html.both_pages(report, drawing)
    return Page(html=students, teacher=teachers, failed=drawing.failed)


class _Process:
    """One process that answers requests, one at a time."""

    def __init__(self, rubric: bytes, sandbox: SandboxLimits) -> None:
        self._worker = Worker(SERVE, (rubric,), sandbox)
        self._seconds = sandbox.seconds
        self._ended: Message | None = None
        self.answered = 0

    def ask(self, request: bytes, measured: bytes) -> Answer:
        """Wait for an answer; raises `WorkerError` if the process has ended or the time is up."""
        token = token_hex(8)
        self._worker.send((token.encode(), request, measured))
        replies: list[bytes] = []
        while not replies and not self._worker.done:
            wait([self._worker])
            try:
                replies = self._worker.replies()
            except TimeUpError:
                limit = f"{self._seconds:.3g}"
                raise WorkerError(
                    say("The judging took longer than {seconds} s and was stopped.", seconds=limit),
                    say(
                        "Look at the model and the log: only files that are made to take long do this. "
                        "If they look ordinary, please report it."
                    ),
                ) from None
        if not replies:
            raise ended_early(self.end())
        self._worker.rest()
        self.answered += 1
        answer = parse(Answer, replies[0])
        if answer.token != token or len(replies) > 1:
            raise WorkerError(say("The process that judges sent more replies than it was asked for."))
        return answer

    def end(self) -> Message:
        """End the process, and say how it ended; once more does nothing."""
        if self._ended is None:
            self._ended = self._worker.end()
        return self._ended


class Drawers:
    """Processes that draw, several at a time."""

    def __init__(
        self,
        processes: int | None = None,
        needed: frozenset[str] = frozenset(),
        seconds: float = SECONDS_TO_JUDGE,
        rubric: Rubric | None = None,
    ) -> None:
        """Start no process yet, later one a core or so many, each with the `needed` layers of the sandbox."""
        self._processes = processes or usable_cores()
        self._pickled = pickle.dumps(rubric)
        self._sandbox = SandboxLimits(seconds=seconds, memory=MEMORY, needed=needed)
        self._idle: SimpleQueue[_Process | None] = SimpleQueue()
        for _ in range(self._processes):
            self._idle.put(None)
        self._threads = ThreadPoolExecutor(self._processes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        while not self._idle.empty():
            if (process := self._idle.get()) is not None:
                process.end()

    def draw(self, report: Report, targets: Targets, measured: bytes | None) -> Future[Page]:
        """Make a report's page with the charts of a `Measured` in JSON, if there is one that can be drawn."""
        return self._threads.submit(self._page, ToDraw(report=report, targets=targets), measured)

    def in_order(self, futures: Iterable[tuple[Asked, Future[Result]]]) -> Iterator[tuple[Asked, Result]]:
        """Give the results in order; only so many are asked for at a time as keep every process busy."""
        begun: deque[tuple[Asked, Future[Result]]] = deque()
        for one in futures:
            begun.append(one)
            if len(begun) > 2 * self._processes:
                asked, future = begun.popleft()
                yield asked, future.result()
        yield from ((asked, future.result()) for asked, future in begun)

    def _page(self, act: ToDraw, measured: bytes | None) -> Page:
        if measured is None:
            return _pages(act.report, Drawing())
        answer = self._ask(act.report.id, act, measured)
        if isinstance(answer, Page):
            return answer
        return _pages(act.report, Drawing(failed=True))

    def _ask(self, name: str, act: ToJudge | ToDraw, measured: bytes) -> Judged | Page | Problem:
        """The answer, or why there is none; the operator's log has the name of the submission."""
        request = json.dumps(encodable(act.model_dump(mode="json"))).encode()
        process = self._idle.get()
        try:
            if process is not None and process.answered < MOST_ANSWERED:
                with suppress(WorkerError):
                    return self._read(name, process.ask(request, measured))
            # What fails after others is tried by itself, so that no submission pays for another one.
            if process is not None:
                process.end()
                process = None
            process = _Process(self._pickled, self._sandbox)
            return self._read(name, process.ask(request, measured))
        except WorkerError as error:
            if process is not None:
                process.end()
            process = None
            logger.exception("%s", plain(name))
            return problem_of(error)
        finally:
            self._idle.put(process)

    @staticmethod
    def _read(name: str, answer: Answer) -> Judged | Page | Problem:
        if answer.bugs or answer.answer is None:
            bugs = answer.bugs or "The process that judges gave no answer, and no reason."
            logger.error("%s\n%s", plain(name), bugs)
        return answer.answer or FAILED


class Judges(Drawers):
    """Processes that judge by a rubric, and draw."""

    def __init__(
        self,
        rubric: Rubric,
        processes: int | None = None,
        needed: frozenset[str] = frozenset(),
        seconds: float = SECONDS_TO_JUDGE,
    ) -> None:
        """Take the rubric; see `Drawers`."""
        super().__init__(processes, needed, seconds, rubric)
        self._rubric = rubric

    def judge(self, whose: Whose, measured: bytes, shortened: Message = EMPTY) -> Future[Judged]:
        """Judge a `Measured` in JSON, and say how training was `shortened`; a failure is an error report."""
        return self._threads.submit(self._judged, ToJudge(whose=whose, shortened=shortened), measured)

    def _judged(self, act: ToJudge, measured: bytes) -> Judged:
        answer = self._ask(act.whose.id, act, measured)
        if isinstance(answer, Judged):
            return answer
        problem = answer if isinstance(answer, Problem) else FAILED
        return Judged(report=judge(self._rubric, nothing_measured(problem, self._rubric.runs), act.whose))
