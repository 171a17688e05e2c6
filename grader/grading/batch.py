"""Measures submissions: the tasks that each needs, what is known already, an event for all that happens."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from grader.datasets import Dataset
from grader.errors import WorkerError
from grader.evidence import Evidence
from grader.evidence.problem import Problem
from grader.evidence.training import Rerun
from grader.grading.engines import TRAIN_AGAIN, WORK, Answer, Engine, Task, ended_early
from grader.grading.engines.local import LocalEngine
from grader.grading.limits import sandbox_limits_of
from grader.grading.placeholders import completed, is_pending, problem_of
from grader.measure.architecture import Architecture, RerunRequest
from grader.measure.reply import (
    Cost,
    FilesReply,
    ModelReply,
    RerunReply,
    as_evidence,
    as_rerun,
    parse,
    total,
    with_model,
)
from grader.measure.request import pack
from grader.messages.message import EMPTY
from grader.rubric import Plan
from grader.submissions.submission import Submission


class Known(Protocol):
    """What was measured before, and where new measurements are kept."""

    def begin(self, submission: Submission, messages: Sequence[bytes]) -> None:
        """Note the content that a worker is sent of a submission: its evidence is evidence of these bytes."""

    def rerun(self, request: RerunRequest) -> Rerun | None:
        """Of a network that was trained before."""

    def keep_rerun(self, request: RerunRequest, rerun: Rerun) -> None:
        """Keep what came of a training."""


@dataclass(frozen=True)
class Event:
    """Something that happened to one submission.

    Attributes:
        kind: `started`; `read`, when a part is known: what needs no training, then what needs no rerun;
            `measured`, when everything is.
        submission: whose.
        evidence: None for `started`.
        seconds: that its worker has taken, and the training of its network if that was done for it first.
        tracebacks: of our own mistakes, for the operator.
        cost: what its workers had used at their last replies.
    """

    kind: Literal["started", "read", "measured"]
    submission: Submission
    evidence: Evidence | None = None
    seconds: float = 0.0
    tracebacks: tuple[str, ...] = ()
    cost: Cost | None = None


@dataclass
class _Open:
    """A submission that is being measured."""

    submission: Submission
    evidence: Evidence | None = None
    architecture: Architecture | None = None
    tracebacks: tuple[str, ...] = ()
    cost: Cost | None = None
    seconds: float = 0.0


@dataclass
class _Training:
    """A network that is trained, for every submission that has it."""

    request: RerunRequest
    waiting: list[_Open] = field(default_factory=list)
    reply: RerunReply | None = None


def measure(  # noqa: PLR0913, PLR0917  (what, on which data, where)
    submissions: Iterable[Submission],
    plan: Plan,
    dataset: Dataset,
    jobs: int,
    needed: frozenset[str] = frozenset(),
    known: Known | None = None,
) -> Iterator[Event]:
    """Measure every submission on this machine; see `measure_on`.

    Args:
        submissions: in the order in which they are begun.
        plan: what is measured.
        dataset: on which images.
        jobs: how many workers there are at a time.
        needed: The layers of the sandbox without which no worker may begin.
        known: networks that were trained before are not trained again.
    """
    engine = LocalEngine(dataset, replace(sandbox_limits_of(plan), needed=needed), jobs)
    yield from measure_on(engine, submissions, plan, dataset.y_test.tolist(), known)


def measure_on(
    engine: Engine,
    submissions: Iterable[Submission],
    plan: Plan,
    labels: Sequence[int],
    known: Known | None = None,
) -> Iterator[Event]:
    """Measure every submission in a process of its own.

    The rerun depends on the network and the plan alone, so it is a task of its own, done once for all
    submissions that have the same network, in a process that has seen no submission.

    A submission that cannot be measured is an event like any other: its evidence says why.
    Leaving the iterator early ends every worker.

    Args:
        engine: where the workers run; it is closed in the end.
        submissions: in the order in which they are begun.
        plan: what is measured.
        labels: the right class of each test image; they never leave this process.
        known: networks that were trained before are not trained again.
    """
    batch = _Batch(plan, labels, engine, known)
    try:
        yield from batch.run(deque(submissions))
    finally:
        engine.close()


class _Batch:
    def __init__(self, plan: Plan, labels: Sequence[int], engine: Engine, known: Known | None) -> None:
        self._plan = plan
        self._labels = labels
        self._engine = engine
        self._known = known
        self._open: dict[Task, _Open] = {}
        self._trained: dict[Task, _Training] = {}
        # By the hash of its request: in work, or done.
        self._trainings: dict[str, _Training] = {}
        self._reruns: dict[str, Rerun] = {}
        self._next: deque[_Training] = deque()

    def run(self, waiting: deque[Submission]) -> Iterator[Event]:
        while waiting or self._next or self._open or self._trained:
            while self._engine.room() and (self._next or waiting):
                if self._next:
                    self._train(self._next.popleft())
                else:
                    submission = waiting.popleft()
                    yield Event("started", submission)
                    self._begin(submission)
            if self._open and not waiting and self._engine.room():
                self._engine.expect(TRAIN_AGAIN)
            if self._open or self._trained:
                for answer in self._engine.answers():
                    if answer.task in self._open:
                        yield from self._looked(self._open[answer.task], answer)
                    else:
                        yield from self._was_trained(self._trained[answer.task], answer)

    def _begin(self, submission: Submission) -> None:
        task = Task(WORK, tuple(pack(submission, self._plan)))
        if self._known:
            self._known.begin(submission, task.messages)
        self._open[task] = _Open(submission)
        self._engine.start(task)

    def _train(self, training: _Training) -> None:
        task = Task(TRAIN_AGAIN, (training.request.model_dump_json().encode(),))
        self._trained[task] = training
        self._engine.start(task)

    def _looked(self, one: _Open, answer: Answer) -> Iterator[Event]:
        """What came of a submission's own task."""
        failure = answer.failure
        one.seconds = answer.seconds
        for message in answer.replies:
            try:
                evidence = self._read(one, message)
            except WorkerError as error:
                failure = failure or error
                continue
            if is_pending(evidence) and failure is None:
                yield _event("read", one, evidence)
        if not answer.ended:
            return
        del self._open[answer.task]
        if failure is None and one.evidence is not None and one.architecture is not None:
            yield from self._wanted(one, RerunRequest(plan=self._plan, architecture=one.architecture))
            return
        reason = problem_of(failure or ended_early(EMPTY))
        yield _event("measured", one, completed(one.evidence, reason))

    def _read(self, one: _Open, message: bytes) -> Evidence:
        """Take in a reply of a submission's own task: the first is of its files, the second of its model."""
        reply: FilesReply | ModelReply
        if one.evidence is None:
            reply = parse(FilesReply, message)
            one.evidence = as_evidence(reply)
        else:
            reply = parse(ModelReply, message)
            one.evidence = with_model(one.evidence, reply, self._labels)
            architecture = reply.architecture
            one.architecture = architecture if isinstance(architecture, Architecture) else None
        one.tracebacks, one.cost = reply.tracebacks, reply.cost
        return one.evidence

    def _wanted(self, one: _Open, request: RerunRequest) -> Iterator[Event]:
        """Complete a submission with its network's rerun, or have that made."""
        sha256 = request.sha256
        done = self._reruns.get(sha256) or (self._known.rerun(request) if self._known else None)
        if done is not None:
            self._reruns[sha256] = done
            yield _event("measured", one, _with_rerun(one.evidence, done))
        elif sha256 in self._trainings:
            self._trainings[sha256].waiting.append(one)
        else:
            self._trainings[sha256] = _Training(request, [one])
            self._next.append(self._trainings[sha256])

    def _was_trained(self, training: _Training, answer: Answer) -> Iterator[Event]:
        """What came of a network's training."""
        failure = answer.failure
        for message in answer.replies:
            try:
                training.reply = parse(RerunReply, message)
            except WorkerError as error:
                failure = failure or error
        if not answer.ended:
            return
        del self._trained[answer.task]
        rerun = _scored(training.reply, failure, self._labels)
        sha256 = training.request.sha256
        del self._trainings[sha256]
        if isinstance(rerun, Rerun):
            self._reruns[sha256] = rerun
            if self._known:
                self._known.keep_rerun(training.request, rerun)
        first = training.waiting[0]
        first.seconds += answer.seconds
        if training.reply is not None:
            first.cost = total(first.cost, training.reply.cost)
        for one in training.waiting:
            one.tracebacks = (*one.tracebacks, *(training.reply.tracebacks if training.reply else ()))
            yield _event("measured", one, _with_rerun(one.evidence, rerun))


def _event(kind: Literal["read", "measured"], one: _Open, evidence: Evidence) -> Event:
    return Event(kind, one.submission, evidence, one.seconds, one.tracebacks, one.cost)


def _scored(reply: RerunReply | None, failure: WorkerError | None, labels: Sequence[int]) -> Rerun | Problem:
    """What came of a training that has ended."""
    if reply is None or failure is not None:
        return problem_of(failure or ended_early(EMPTY))
    try:
        return reply.rerun if isinstance(reply.rerun, Problem) else as_rerun(reply.rerun, labels)
    except WorkerError as error:
        return problem_of(error)


def _with_rerun(evidence: Evidence | None, rerun: Rerun | Problem) -> Evidence:
    if evidence is None:
        raise ValueError("only a submission that was looked at has a network")
    return evidence.having("rerun", rerun)
