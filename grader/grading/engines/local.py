"""Workers on this machine, several at a time, and the choice between them and a cluster."""

import importlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from grader.datasets import Dataset
from grader.errors import UsageError, WorkerError
from grader.grading.engines import FOR_A_FOLDER, Answer, Engine, Task, ended_early, usable_cores
from grader.report import Level
from grader.sandbox.environment import reduced_environment
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.self_test import SelfTest, require, self_test
from grader.sandbox.worker import Worker, open_to_workers, wait, warm_up

# Instead of the address of a Dask scheduler: a cluster of our own.
LOCAL = "local"
# A worker with the homework's network takes 0.46 GB, part of it shared with the process it was forked from.
MEMORY_OF_A_WORKER = 600_000_000


def arrays_of(dataset: Dataset) -> dict[str, Any]:
    """What workers may see of the data: the labels of the test images are not among it."""
    return {"x_train": dataset.x_train, "y_train": dataset.y_train, "x_test": dataset.x_test}


def write_arrays(folder: str, arrays: Mapping[str, Any]) -> None:
    """Write arrays into a folder, and let workers read it."""
    for name, array in arrays.items():
        np.save(Path(folder) / f"{name}.npy", array)
    open_to_workers(folder)


@dataclass(frozen=True, eq=False)
class Running:
    """A task, and its worker on this machine, which was sent its messages when the task `started`."""

    task: Task
    worker: Worker
    started: float = field(default_factory=monotonic)

    def answer(self) -> Answer:
        """What came since the last answer, without waiting; a worker that has ended or must end is ended."""
        replies: list[bytes] = []
        failure = None
        try:
            replies = self.worker.replies()
        except WorkerError as error:
            failure = error
        ended = self.worker.done or failure is not None
        if ended:
            how = self.worker.end()
            failure = failure or (ended_early(how) if how else None)
        return Answer(self.task, tuple(replies), ended, failure, monotonic() - self.started)


class LocalEngine:
    """Runs each task in a sandboxed process of its own, at most `jobs` at a time."""

    def __init__(self, dataset: Dataset, sandbox: SandboxLimits, jobs: int) -> None:
        """Write the arrays that workers may see."""
        self._jobs = jobs
        self._running: list[Running] = []
        self._spare: tuple[str, Worker] | None = None
        self._arrays = tempfile.TemporaryDirectory(prefix="grader-data-")
        write_arrays(self._arrays.name, arrays_of(dataset))
        self._sandbox = replace(sandbox, reads=(*sandbox.reads, self._arrays.name))

    def room(self) -> int:
        """How many tasks can be started now."""
        return max(0, self._jobs - len(self._running))

    def start(self, task: Task, messages: Sequence[bytes]) -> None:
        """Start a task, in the process that was prepared for it if there is one."""
        messages = (*messages, self._arrays.name.encode())
        if self._spare is not None and self._spare[0] == task.target:
            worker, self._spare = self._spare[1], None
            worker.send(messages)
        else:
            worker = Worker(task.target, messages, self._sandbox)
        self._running.append(Running(task, worker))

    def expect(self, target: str) -> None:
        """Start a process that imports what it needs and waits, unless there is one."""
        if self._spare is None and self.room():
            self._spare = (target, Worker(target, (), self._sandbox))

    def answers(self) -> Iterator[Answer]:
        """Wait for the next replies, or the next limit."""
        wait([one.worker for one in self._running])
        for one in tuple(self._running):
            answer = one.answer()
            if answer.ended:
                self._running.remove(one)
            if answer.replies or answer.ended:
                yield answer

    def close(self) -> None:
        """End every worker, and remove the arrays."""
        for one in self._running:
            one.worker.end()
        self._running.clear()
        if self._spare is not None:
            self._spare[1].end()
            self._spare = None
        self._arrays.cleanup()


@contextmanager
def opened(
    dataset: Dataset, sandbox: SandboxLimits, jobs: int, isolation: Level, cluster: str | None = None
) -> Iterator[tuple[Engine, SelfTest]]:
    """Open an engine for a folder of submissions, and test the sandbox where its workers run.

    It has `jobs` workers on this machine, or those of a `cluster`, which is the address of a Dask scheduler,
    or `local` for one of our own.

    Raises:
        IsolationError: The sandbox is weaker.
        UsageError: The cluster cannot be used.
    """
    with ExitStack() as stack:
        engine: Engine
        if cluster is None:
            warm_up(FOR_A_FOLDER)
            tested = self_test(sandbox)
            require(isolation, tested)
            engine = LocalEngine(dataset, replace(sandbox, needed=tested.held), jobs)
        else:
            try:
                # A cluster of our own needs no settings; those of another, such as its keys, are the user's.
                with reduced_environment() if cluster == LOCAL else nullcontext():
                    dask = importlib.import_module("grader.grading.engines.dask")
            except ModuleNotFoundError as error:
                raise UsageError(
                    f"`--cluster` needs `{error.name}`, which is not installed.",
                    "Install it with `pip install 'keras-homework-grader[cluster]'`.",
                ) from None
            client = stack.enter_context(dask.connected(cluster, jobs))
            tested = dask.weakest_sandbox(client, sandbox)
            require(isolation, tested)
            engine = dask.DaskEngine(client, dataset, replace(sandbox, needed=tested.held))
        stack.callback(engine.close)
        yield engine, tested


def usable_jobs() -> int:
    """How many workers this machine can run at a time: one a core, as far as its free memory allows."""
    with suppress(OSError, ValueError, IndexError):
        told = Path("/proc/meminfo").read_text(encoding="ascii").partition("MemAvailable:")[2]
        return max(1, min(usable_cores(), int(told.split()[0]) * 1024 // MEMORY_OF_A_WORKER))
    return usable_cores()
