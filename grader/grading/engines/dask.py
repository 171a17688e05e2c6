"""Workers on a Dask cluster: bytes are sent there, and no disk is shared.

Each task runs as on one machine, in a sandboxed process of its own that a Dask worker starts and ends.
If a Dask worker dies, Dask gives its task to another one; only one answer is ever taken.
"""

import contextlib
import logging
import multiprocessing
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from math import inf
from time import monotonic
from typing import Any
from uuid import uuid4

from dask import config
from distributed import Client, Future, KilledWorker, LocalCluster, WorkerPlugin, get_worker
from distributed import wait as wait_for
from distributed.client import ClosedClientError

from grader.datasets import Dataset
from grader.errors import UsageError, WorkerError
from grader.grading.engines import FOR_A_FOLDER, Answer, Task
from grader.grading.engines.local import LOCAL, Running, arrays_of, write_arrays
from grader.grading.keys import program_sha256
from grader.messages.message import say
from grader.sandbox.environment import reduced_environment
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.self_test import SelfTest, self_test
from grader.sandbox.worker import Worker, wait, warm_up

# A second task waits at each thread of the cluster, so that none is idle while its next one is on the way.
_TASKS_A_THREAD = 2
_SECONDS_TO_CONNECT = 5
# Workers that were started a moment ago are still importing what they need.
_SECONDS_FOR_WORKERS = 15
# A cluster may grow and shrink, but asking for its size waits for all that the scheduler is doing.
_SECONDS_BETWEEN_COUNTS = 2
# What Dask raises when the scheduler has gone; the last one says that its connections are closed.
_LOST = (OSError, CancelledError, ClosedClientError, RuntimeError)
_DAEMON = (
    "Start the Dask workers with `DASK_DISTRIBUTED__WORKER__DAEMON=False` in their environment, or with "
    "`dask worker --no-nanny`: a daemonic process cannot start others."
)


class _Arrays(WorkerPlugin):
    """Writes the images that a worker may see into a folder of each Dask worker, also of later ones."""

    def __init__(self, name: str, arrays: Mapping[str, Any]) -> None:
        self.name = name
        self.folder = ""
        self._arrays = arrays

    def setup(self, worker: Any) -> None:  # noqa: ARG002  (Dask gives it)
        # Dask's own folder may be readable only for the user that runs it.
        self.folder = tempfile.mkdtemp(prefix="grader-data-")
        write_arrays(self.folder, self._arrays)
        warm_up(FOR_A_FOLDER)

    def teardown(self, worker: Any) -> None:  # noqa: ARG002  (likewise)
        shutil.rmtree(self.folder, ignore_errors=True)


class DaskEngine:
    """Runs each task on a Dask cluster."""

    def __init__(self, client: Client, dataset: Dataset, sandbox: SandboxLimits) -> None:
        """Send the images to the workers; the client stays open when the engine is closed."""
        self._client = client
        self._sandbox = sandbox
        # Nobody else who grades on this cluster has it.
        self._name = f"grader-{uuid4().hex}"
        self._tasks: dict[Future[Any], tuple[Task, float]] = {}
        self._threads, self._counted = 0, -inf
        self._is_open = True
        client.register_plugin(_Arrays(self._name, arrays_of(dataset)), name=self._name)

    def room(self) -> int:
        """How many tasks can be started now."""
        if monotonic() > self._counted + _SECONDS_BETWEEN_COUNTS:
            with _connection():
                self._threads = sum(self._client.nthreads().values())
            self._counted = monotonic()
        return max(0, max(1, self._threads) * _TASKS_A_THREAD - len(self._tasks))

    def start(self, task: Task, messages: Sequence[bytes]) -> None:
        """Give a task to the cluster; here its messages, which may be large, are not kept."""
        with _connection():
            future = self._client.submit(_run, task, messages, self._sandbox, self._name, pure=False)
        self._tasks[future] = task, monotonic()

    def expect(self, target: str) -> None:
        """Nothing is prepared: which worker gets the next task is not known."""

    def answers(self) -> Iterator[Answer]:
        """Wait until a task is done."""
        with _connection():
            done, _ = wait_for(list(self._tasks), return_when="FIRST_COMPLETED")
        for future in done:
            task, started = self._tasks.pop(future)
            try:
                # The one that has come back is a copy.
                answer = replace(future.result(), task=task)
            except Exception as error:  # noqa: BLE001  (whatever went wrong on another machine)
                name = type(error).__name__
                said, hint = say("A Dask worker failed ({name}).", name=name), say("Look at its log.")
                if isinstance(error, KilledWorker):
                    said = say("Every Dask worker that got this task died.")
                    hint = say("Look at the logs of the Dask workers; they may have too little memory.")
                failure, seconds = WorkerError(said, hint), monotonic() - started
                answer = Answer(task, (), ended=True, failure=failure, seconds=seconds)
            yield answer

    def close(self) -> None:
        """Cancel what is left, and remove the images."""
        if self._is_open and self._client.status == "running":
            with contextlib.suppress(ValueError, *_LOST):
                self._client.cancel(list(self._tasks), force=True)
                self._client.unregister_worker_plugin(self._name)
        self._is_open = False
        self._tasks.clear()


@contextlib.contextmanager
def _connection() -> Iterator[None]:
    """Say what to do when the connection to the scheduler breaks: Dask then forgets every task."""
    try:
        yield
    except _LOST:
        raise WorkerError(
            say("The connection to the Dask scheduler was lost."),
            say(
                "What was measured is kept. Start the scheduler and its workers again, and then run the same "
                "command: it goes on from there."
            ),
        ) from None


@contextlib.contextmanager
def connected(address: str, jobs: int) -> Iterator[Client]:
    """Connect to the scheduler at this address, or to a `local` cluster of `jobs` workers that ends here.

    Raises:
        UsageError: There is none at that address, it has no workers, or they run another version.
    """
    # That a scheduler has gone is said by `_connection`, and not with tracebacks.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    # Dask would warn whoever grades of each submission of more than 10 MB.
    config.set({"distributed.admin.large-graph-warning-threshold": "1 TiB"})
    if address == LOCAL:
        # A daemonic process cannot start others, and each task is a process of its own.
        with config.set({"distributed.worker.daemon": False}), reduced_environment():
            # Any free port: without an address its HTTP server takes 8787, where another cluster may be.
            cluster = LocalCluster(n_workers=jobs, threads_per_worker=1, dashboard_address="127.0.0.1:0")
        with cluster, Client(cluster) as client:
            yield client
        return
    try:
        client = Client(address, timeout=_SECONDS_TO_CONNECT)
    except (OSError, TimeoutError, ValueError, TypeError):
        raise UsageError(
            f"There is no Dask scheduler at `{address}`.",
            "Start one with `dask scheduler`, and give the address that it prints.",
        ) from None
    with client:
        _require_our_workers(client, address)
        yield client


def _require_our_workers(client: Client, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_SECONDS_FOR_WORKERS)
    except TimeoutError:
        raise UsageError(
            f"The Dask scheduler at `{address}` has no workers.", f"Start some with `dask worker {address}`."
        ) from None
    programs = client.run(program_sha256)
    if set(programs.values()) != {program_sha256()}:
        raise UsageError(
            f"The Dask workers at `{address}` run another version of the program.",
            "Install the same version on every machine.",
        )


def weakest_sandbox(client: Client, sandbox: SandboxLimits) -> SelfTest:
    """Warm up each machine of a cluster, and find the weakest sandbox; daemons raise `UsageError`."""
    found: list[SelfTest | None] = list(client.run(_self_test, sandbox).values())
    tested = [one for one in found if one is not None]
    if len(tested) < len(found):
        raise UsageError("A Dask worker is a daemonic process.", _DAEMON)
    return min(tested, key=lambda one: len(one.held))


def _self_test(sandbox: SandboxLimits) -> SelfTest | None:
    if multiprocessing.current_process().daemon:
        return None
    warm_up(FOR_A_FOLDER)
    return self_test(sandbox)


def _run(task: Task, messages: Sequence[bytes], sandbox: SandboxLimits, plugin: str) -> Answer:
    """On a Dask worker: one task from beginning to end, with all of its replies."""
    arrays = get_worker().plugins[plugin]
    if not isinstance(arrays, _Arrays):
        raise TypeError("the plugin of this name is not ours")
    folder = arrays.folder
    sandbox = replace(sandbox, reads=(*sandbox.reads, folder))
    worker = Worker(task.target, (*messages, folder.encode()), sandbox)
    running = Running(task, worker)
    replies: list[bytes] = []
    try:
        while True:
            wait([worker])
            answer = running.answer()
            replies += answer.replies
            if answer.ended:
                return replace(answer, replies=tuple(replies))
    except BaseException:
        worker.end()
        raise
