"""Workers on this machine, several at a time."""

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from pathlib import Path
from time import monotonic

import numpy as np

from grader.datasets import Dataset
from grader.errors import WorkerError
from grader.grading.engines import Answer, Task, ended_early
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.worker import Worker, open_to_workers

# A worker with the homework's network takes 0.46 GB, of which it shares a part with the process that it was
# forked from.
MEMORY_OF_A_WORKER = 600_000_000


@dataclass
class _Running:
    task: Task
    worker: Worker
    started: float


class LocalEngine:
    """Runs each task in a sandboxed process of its own, at most `jobs` at a time."""

    def __init__(self, dataset: Dataset, sandbox: SandboxLimits, jobs: int) -> None:
        """Write the arrays that workers may see; the labels of the test images are not among them."""
        self._jobs = jobs
        self._running: list[_Running] = []
        self._spare: tuple[str, Worker] | None = None
        self._arrays = tempfile.TemporaryDirectory(prefix="grader-data-")
        folder = self._arrays.name
        for name in ("x_train", "y_train", "x_test"):
            np.save(Path(folder) / f"{name}.npy", getattr(dataset, name))
        open_to_workers(folder)
        self._walls = replace(sandbox, reads=(*sandbox.reads, folder))

    def room(self) -> int:
        """How many tasks can be started now."""
        return max(0, self._jobs - len(self._running))

    def start(self, task: Task) -> None:
        """Start a task, in the process that was prepared for it if there is one."""
        messages = (*task.messages, self._arrays.name.encode())
        if self._spare is not None and self._spare[0] == task.target:
            worker, self._spare = self._spare[1], None
            worker.send(messages)
        else:
            worker = Worker(task.target, messages, self._walls)
        self._running.append(_Running(task, worker, monotonic()))

    def expect(self, target: str) -> None:
        """Start a process that imports what it needs and waits, unless one already does."""
        if self._spare is None and self.room():
            self._spare = (target, Worker(target, (), self._walls))

    def answers(self) -> Iterator[Answer]:
        """Wait for the next replies, or the next limit."""
        soonest = min(one.worker.seconds_left for one in self._running)
        wait([one.worker.connection for one in self._running], timeout=max(0.0, soonest) + 0.01)
        for one in tuple(self._running):
            replies: list[bytes] = []
            failure = None
            try:
                replies = one.worker.replies()
            except WorkerError as error:
                failure = error
            ended = one.worker.done or failure is not None
            if ended:
                self._running.remove(one)
                how = one.worker.end()
                failure = failure or (ended_early(how) if how else None)
            if replies or ended:
                yield Answer(one.task, tuple(replies), ended, failure, monotonic() - one.started)

    def close(self) -> None:
        """End every worker, and remove the arrays."""
        for one in self._running:
            one.worker.end()
        self._running.clear()
        if self._spare is not None:
            self._spare[1].end()
            self._spare = None
        self._arrays.cleanup()


def usable_cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def usable_jobs() -> int:
    """How many workers this machine can run at a time: one a core, as far as its free memory allows."""
    free = _free_memory()
    return usable_cores() if free is None else max(1, min(usable_cores(), free // MEMORY_OF_A_WORKER))


def _free_memory() -> int | None:
    """Bytes that can be taken without swapping; None where the system does not say."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return None
