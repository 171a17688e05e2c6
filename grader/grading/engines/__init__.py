"""Where workers run: an engine takes tasks and gives answers."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from grader.errors import WorkerError
from grader.messages.message import Message, say

# The functions of `grader.measure.worker` that a task can be for.
WORK = "grader.measure.worker:work"
TRAIN_AGAIN = "grader.measure.worker:train_again"
# What the process that workers are forked from imports once for a folder. For one submission TensorFlow is
# left to the worker, which first reports what it can say without.
FOR_A_FOLDER = (
    *("grader.measure.worker", "grader.measure.training.session"),
    *("grader.grading.judging", "grader.reports.html"),
)


@dataclass(frozen=True, eq=False)
class Task:
    """A function to run, as `module:function`; no two tasks are equal."""

    target: str


@dataclass(frozen=True)
class Answer:
    """What came of a task since its last answer, `seconds` since its start, and why it ended too early."""

    task: Task
    replies: tuple[bytes, ...]
    ended: bool
    failure: WorkerError | None
    seconds: float


class Engine(Protocol):
    """Runs tasks, each in a sandboxed process of its own."""

    def room(self) -> int:
        """How many tasks can be started now."""

    def start(self, task: Task, messages: Sequence[bytes]) -> None:
        """Start a task and send it messages, to which each machine adds its folder of the arrays."""

    def expect(self, target: str) -> None:
        """Prepare for a task that may come; an engine that cannot use this does nothing."""

    def answers(self) -> Iterable[Answer]:
        """Wait for the next answers to the tasks that were started."""

    def close(self) -> None:
        """End every task; calling it again does nothing."""


def ended_early(how: Message) -> WorkerError:
    """The failure of a worker that ended without its last reply."""
    return WorkerError(
        say("The worker {how} before it had measured everything.", how=how or say("ended")),
        say("Grade the submission again."),
    )


def usable_cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
