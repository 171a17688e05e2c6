"""Measures submissions: the tasks that each needs, what is known already, an event for all that happens."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from grader.datasets import Dataset
from grader.errors import WorkerError
from grader.evidence import Evidence
from grader.evidence.problem import Problem
from grader.evidence.training import Rerun
from grader.grading.budget import sandbox_limits_of
from grader.grading.engines import TRAIN_AGAIN, WORK, Answer, Engine, Task, ended_early
from grader.grading.engines.local import LocalEngine
from grader.grading.incomplete import completed, problem_of
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
from grader.measure.request import Architecture, RerunRequest, pack
from grader.messages.message import EMPTY
from grader.rubric import Plan
from grader.submissions.submission import Submission

if TYPE_CHECKING:
    # A class, which the check of one submission does without, is much to import.
    from grader.grading.classes import ClassGrading


@dataclass(frozen=True)
class Event:
    """Something that happened to one submission, of which `evidence` has what is known so far.

    It is `started`; `read` when a part is known (what needs no training, then what needs no rerun); and
    `measured` when everything is. `seconds` are those of its worker, and of the training of its network if
    that was done for it first; `cost` is what both had used at their last replies.
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
    # The networks to train, by run; the runs whose training is not known yet.
    architectures: dict[str, Architecture] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    tracebacks: tuple[str, ...] = ()
    cost: Cost | None = None
    seconds: float = 0.0

    def event(self, kind: Literal["read", "measured"], evidence: Evidence) -> Event:
        return Event(kind, self.submission, evidence, self.seconds, self.tracebacks, self.cost)

    def event_with(self, rerun: Rerun | Problem, run: str) -> Event:
        """The event of a run's training; when none is waited for, everything is measured."""
        if self.evidence is None:
            raise ValueError("only a submission that was measured has a network")
        self.evidence = self.evidence.having("rerun", rerun, run)
        self.waiting.discard(run)
        return self.event("read" if self.waiting else "measured", self.evidence)


@dataclass
class _Training:
    """A network that is trained, for every submission that has it."""

    request: RerunRequest
    waiting: list[tuple[_Open, str]] = field(default_factory=list)
    reply: RerunReply | None = None


def measure(  # noqa: PLR0913, PLR0917  (what, on which data, where)
    submissions: Iterable[Submission],
    plan: Plan,
    dataset: Dataset,
    jobs: int,
    needed: frozenset[str] = frozenset(),
    grading: "ClassGrading | None" = None,
) -> Iterator[Event]:
    """As `measure_on`, by `jobs` workers on this machine, each with the `needed` layers of the sandbox."""
    engine = LocalEngine(dataset, replace(sandbox_limits_of(plan), needed=needed), jobs)
    yield from measure_on(engine, submissions, plan, dataset.y_test.tolist(), grading)


def measure_on(
    engine: Engine,
    submissions: Iterable[Submission],
    plan: Plan,
    labels: Sequence[Any],
    grading: "ClassGrading | None" = None,
) -> Iterator[Event]:
    """Measure every submission in a process of its own; where that fails, its evidence says why.

    The rerun depends on the network and the plan alone, so it is done once for all submissions that have the
    same network, in a process that has seen no submission; a `grading` caches it. The labels of the test
    images never leave this process. Leaving the iterator early ends every worker.
    """
    batch = _Batch(plan, labels, engine, grading)
    try:
        yield from batch.run(deque(submissions))
    finally:
        engine.close()


@dataclass(eq=False)
class _Batch:
    plan: Plan
    labels: Sequence[Any]
    engine: Engine
    grading: "ClassGrading | None"
    open: dict[Task, _Open] = field(default_factory=dict)
    trained: dict[Task, _Training] = field(default_factory=dict)
    # Those that wait or are trained, by the hash of the request.
    trainings: dict[str, _Training] = field(default_factory=dict)
    next: deque[_Training] = field(default_factory=deque)
    # Without a class, by the hash of the request.
    reruns: dict[str, Rerun] = field(default_factory=dict)

    def run(self, waiting: deque[Submission]) -> Iterator[Event]:
        while waiting or self.next or self.open or self.trained:
            while self.engine.room() and (self.next or waiting):
                if self.next:
                    self._train(self.next.popleft())
                else:
                    submission = waiting.popleft()
                    yield Event("started", submission)
                    self._begin(submission)
            if self.open and not waiting and self.engine.room():
                self.engine.expect(TRAIN_AGAIN)
            if self.open or self.trained:
                for answer in self.engine.answers():
                    if answer.task in self.open:
                        yield from self._measured(self.open[answer.task], answer)
                    else:
                        yield from self._was_trained(self.trained[answer.task], answer)

    def _begin(self, submission: Submission) -> None:
        task, messages = Task(WORK), pack(submission, self.plan)
        if self.grading:
            self.grading.begin(submission, messages)
        self.open[task] = _Open(submission)
        self.engine.start(task, messages)

    def _train(self, training: _Training) -> None:
        task = Task(TRAIN_AGAIN)
        self.trained[task] = training
        self.engine.start(task, [training.request.model_dump_json().encode()])

    def _measured(self, one: _Open, answer: Answer) -> Iterator[Event]:
        """Take an answer to a submission's own task."""
        failure = answer.failure
        one.seconds = answer.seconds
        for message in answer.replies:
            try:
                evidence = self._read(one, message)
            except WorkerError as error:
                failure = failure or error
                continue
            if failure is None and any(problem.who == "pending" for problem in evidence.problems()):
                yield one.event("read", evidence)
        if not answer.ended:
            return
        del self.open[answer.task]
        reason = problem_of(failure or ended_early(EMPTY))
        if failure is None and one.architectures:
            one.waiting = set(one.architectures)
            one.evidence = completed(one.evidence, reason, but=one.waiting)
            for run, architecture in one.architectures.items():
                request = RerunRequest(plan=self.plan.of(run), architecture=architecture)
                yield from self._with_rerun(one, run, request)
            return
        yield one.event("measured", completed(one.evidence, reason, self.plan.runs))

    def _read(self, one: _Open, message: bytes) -> Evidence:
        """Read a reply of a submission's own task: the first is of its files, the second of its model."""
        reply: FilesReply | ModelReply
        if one.evidence is None:
            reply = parse(FilesReply, message)
            one.evidence = as_evidence(reply, self.plan.runs)
        else:
            reply = parse(ModelReply, message)
            one.evidence = with_model(one.evidence, reply, self.labels, self.plan)
            architecture = reply.architecture
            if isinstance(architecture, Architecture):
                one.architectures[reply.run] = architecture
        one.tracebacks, one.cost = reply.tracebacks, reply.cost
        return one.evidence

    def _with_rerun(self, one: _Open, run: str, request: RerunRequest) -> Iterator[Event]:
        """Complete a run of a submission with its network's rerun, or have that made."""
        rerun = self.grading.rerun(request) if self.grading else self.reruns.get(request.sha256)
        if rerun is not None:
            yield one.event_with(rerun, run)
        elif request.sha256 in self.trainings:
            self.trainings[request.sha256].waiting.append((one, run))
        else:
            training = self.trainings[request.sha256] = _Training(request, [(one, run)])
            self.next.append(training)

    def _was_trained(self, training: _Training, answer: Answer) -> Iterator[Event]:
        """Take an answer to a network's training."""
        failure = answer.failure
        for message in answer.replies:
            try:
                training.reply = parse(RerunReply, message)
            except WorkerError as error:
                failure = failure or error
        if not answer.ended:
            return
        del self.trained[answer.task]
        del self.trainings[training.request.sha256]
        rerun = _scored(training.reply, failure, self.labels, self.plan)
        if isinstance(rerun, Rerun) and self.grading:
            self.grading.keep_rerun(training.request, rerun)
        elif isinstance(rerun, Rerun):
            self.reruns[training.request.sha256] = rerun
        first, _ = training.waiting[0]
        first.seconds += answer.seconds
        if training.reply is not None:
            first.cost = total(first.cost, training.reply.cost)
        for one, run in training.waiting:
            one.tracebacks = (*one.tracebacks, *(training.reply.tracebacks if training.reply else ()))
            yield one.event_with(rerun, run)


def _scored(
    reply: RerunReply | None, failure: WorkerError | None, labels: Sequence[Any], plan: Plan
) -> Rerun | Problem:
    """What came of a training that has ended."""
    if reply is None or failure is not None:
        return problem_of(failure or ended_early(EMPTY))
    try:
        return reply.rerun if isinstance(reply.rerun, Problem) else as_rerun(reply.rerun, labels, plan)
    except WorkerError as error:
        return problem_of(error)
