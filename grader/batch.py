"""Measures submissions, several at a time: order, time limits, and one event for each thing that happens."""

import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from time import monotonic
from typing import Literal

import numpy as np
from pydantic import ValidationError

from grader.datasets import Dataset
from grader.errors import WorkerError
from grader.evidence import LONGEST_SENTENCE, Declaration, Evidence, Problem
from grader.isolation.worker import Walls, Worker
from grader.measure.reply import Cost, Reply, as_evidence
from grader.measure.request import pack
from grader.rubric import Plan
from grader.submission import Submission

WORK = "grader.measure.worker:work"
# What the forkserver imports once for a folder. For one submission TensorFlow is left to the worker,
# which says first what it can say without.
FOR_A_FOLDER = ("grader.measure.worker", "grader.measure.training.session")


@dataclass(frozen=True)
class Event:
    """Something that happened to one submission.

    Attributes:
        kind: `started`; `read`, when what needs no training is known; `measured`, when everything is.
        submission: whose.
        evidence: None for `started`.
        seconds: since it was started.
        tracebacks: of our own mistakes, for the operator.
        cost: what its worker had used at its last reply.
    """

    kind: Literal["started", "read", "measured"]
    submission: Submission
    evidence: Evidence | None = None
    seconds: float = 0.0
    tracebacks: tuple[str, ...] = ()
    cost: Cost | None = None


@dataclass
class _Running:
    submission: Submission
    worker: Worker
    evidence: Evidence | None = None
    tracebacks: tuple[str, ...] = ()
    cost: Cost | None = None


def measure(submissions: Sequence[Submission], plan: Plan, dataset: Dataset, jobs: int) -> Iterator[Event]:
    """Measure every submission in a process of its own, at most `jobs` at a time.

    A submission that cannot be measured is an event like any other: its evidence says why.
    Leaving the iterator early ends every worker.
    """
    waiting = deque(submissions)
    running: list[_Running] = []
    labels: list[int] = dataset.y_test.tolist()
    with tempfile.TemporaryDirectory(prefix="grader-data-") as folder:
        for name in ("x_train", "y_train", "x_test"):
            np.save(Path(folder) / f"{name}.npy", getattr(dataset, name))
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    submission = waiting.popleft()
                    yield Event("started", submission)
                    running.append(_start(submission, plan, folder))
                yield from _step(running, labels)
        finally:
            for left in running:
                left.worker.end()


def _start(submission: Submission, plan: Plan, folder: str) -> _Running:
    walls = Walls(seconds=plan.limits.seconds, memory=plan.limits.memory)
    return _Running(submission, Worker(WORK, [*pack(submission, plan), folder.encode()], walls))


def _step(running: list[_Running], labels: Sequence[int]) -> Iterator[Event]:
    """Wait for the next reply or the next limit, and report what came."""
    soonest = min(one.worker.seconds_left for one in running)
    wait([one.worker.connection for one in running], timeout=max(0.0, soonest) + 0.01)
    for one in tuple(running):
        stopped = None
        try:
            for message in one.worker.replies():
                reply = Reply.model_validate_json(message)
                one.evidence, one.tracebacks, one.cost = (
                    as_evidence(reply, labels),
                    reply.tracebacks,
                    reply.cost,
                )
                if _pending(one.evidence):
                    yield _event("read", one, one.evidence)
        except ValidationError:
            stopped = WorkerError("The worker sent a reply that cannot be understood.")
        except WorkerError as error:
            stopped = error
        if one.worker.done or stopped:
            running.remove(one)
            ended = one.worker.end()
            early = WorkerError(
                f"The worker {ended or 'ended'} before it had measured everything.", "Grade it again."
            )
            yield _event("measured", one, _completed(one.evidence, stopped or early))


def _event(kind: Literal["read", "measured"], one: _Running, evidence: Evidence) -> Event:
    return Event(kind, one.submission, evidence, monotonic() - one.worker.started, one.tracebacks, one.cost)


def _pending(evidence: Evidence) -> tuple[str, ...]:
    parts = ("accuracy", "probe", "rerun")
    return tuple(
        name
        for name in parts
        if isinstance(part := getattr(evidence, name), Problem) and part.who == "pending"
    )


def _completed(evidence: Evidence | None, reason: WorkerError) -> Evidence:
    """The final evidence: what had not come when the worker ended is missing, for this reason."""
    problem = Problem(
        who="operator", message=reason.message[:LONGEST_SENTENCE], hint=reason.hint[:LONGEST_SENTENCE]
    )
    if evidence is None:
        return Evidence(
            files=(),
            declaration=Declaration(),
            log=problem,
            model=problem,
            accuracy=problem,
            probe=problem,
            rerun=problem,
        )
    return evidence.model_copy(update=dict.fromkeys(_pending(evidence), problem))
