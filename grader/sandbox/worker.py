"""A sandboxed worker for one submission: the grader starts it, reads its replies, and ends it."""

import contextlib
import importlib.util
import json
import multiprocessing
import multiprocessing.forkserver
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from multiprocessing import connection
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import UsageError, WorkerError
from grader.messages.message import EMPTY, Message, say
from grader.sandbox.environment import reduced_environment
from grader.sandbox.frames import FrameReader
from grader.sandbox.layers import Layer
from grader.sandbox.limits import LARGEST_REPLY, MOST_ON_DISK, MOST_REPLIES, SandboxLimits
from grader.sandbox.supervisor import (
    BEGIN,
    BY_SIGNAL,
    DISK_FULL,
    LAYERS_MISSING,
    REST,
    TIME_UP,
    TIME_UP_AT_WORK,
    WorkerSpec,
    remove_folder,
    supervise,
)

if TYPE_CHECKING:
    # Windows has none.
    from multiprocessing.context import ForkServerContext

_SECONDS_TO_LEAVE = 2.0
_SECONDS_TO_END = 8.0
# A supervisor that does not end its worker in time is not waited for any longer.
_SECONDS_MORE = 30.0
_starting = threading.Lock()


def warm_up(modules: Sequence[str]) -> None:
    """Start importing modules in the process that workers are forked from, without waiting for it."""
    _context().set_forkserver_preload([*modules, "grader.sandbox.supervisor"])
    _start_server()


def is_compiled(package: str) -> bool:
    """Whether a package, if there is one, has byte code, which some installers leave to the first import."""
    found = importlib.util.find_spec(package)
    return found is None or found.cached is None or Path(found.cached).exists()


def open_to_workers(folder: str) -> None:
    """Let a worker that is no longer root read the files in a folder of ours."""
    Path(folder).chmod(0o755)
    for path in Path(folder).iterdir():
        path.chmod(0o644)


def _context() -> "ForkServerContext":
    # A forkserver imports TensorFlow once and runs nothing; a process forked from it starts at once.
    if sys.platform == "win32":
        raise UsageError(
            say("Submissions cannot be measured on Windows itself."),
            say("Run the program on Linux, on macOS, or in the Windows Subsystem for Linux."),
        )
    return multiprocessing.get_context("forkserver")


def _start_server() -> None:
    # Stderr and the environment are those of the whole process, and several threads start workers.
    with _starting, _silent_stderr(), reduced_environment():
        multiprocessing.forkserver.ensure_running()


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    """Start processes without stderr: TensorFlow writes a greeting there that no setting turns off."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as silence:  # noqa: PTH123  (devnull is no file of ours)
            os.dup2(silence.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


class TimeUpError(WorkerError):
    """A worker used up its time; `at_work` says that it had the processor for most of it."""

    at_work = False


class Worker:
    """A running process; the grader waits for its replies and ends it."""

    def __init__(self, target: str, messages: Sequence[bytes], sandbox: SandboxLimits) -> None:
        """Start a function, `module:function`, in a process of its own and send it the messages.

        Only the worker imports the module. The function takes `receive() -> bytes` and `send(bytes)`.
        Without messages it waits for them, and its time with it.
        """
        context = _context()
        _start_server()
        self._sandbox = sandbox
        self._folder = tempfile.mkdtemp(prefix="grader-")
        request_out, self._request_in = context.Pipe(duplex=False)
        self._reply_out, reply_in = context.Pipe(duplex=False)
        clock_out, self._clock_in = context.Pipe(duplex=False)
        spec = WorkerSpec(target, sandbox, self._folder, request_out, reply_in, clock_out)
        self._process = context.Process(target=supervise, args=(spec,), daemon=True)
        self._process.start()
        for given in (request_out, reply_in, clock_out):
            given.close()
        self._reader = FrameReader(self.fileno(), LARGEST_REPLY, MOST_REPLIES)
        self.layers: tuple[Layer, ...] = ()
        self._heard = time.monotonic()
        self._sending: threading.Thread | None = None
        if messages:
            self.send(messages)

    def send(self, messages: Sequence[bytes]) -> None:
        """Send messages to the worker, whose time begins anew, without waiting until it has read them."""
        self._heard = time.monotonic()
        self._reader.begin_anew()
        self._tell(BEGIN)
        # A worker need not read. When it is ended, so is the thread.
        self._sending = threading.Thread(target=self._write, args=(messages, self._sending), daemon=True)
        self._sending.start()

    def rest(self) -> None:
        """Let the worker's time stand still until something is sent again."""
        self._tell(REST)

    def _write(self, messages: Sequence[bytes], after: threading.Thread | None) -> None:
        if after is not None:
            after.join()
        # A worker that died is found by its closed reply pipe.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for message in messages:
                self._request_in.send_bytes(message)

    def _tell(self, about_time: bytes) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            os.write(self._clock_in.fileno(), about_time)

    def fileno(self) -> int:
        """The descriptor on which replies come."""
        return self._reply_out.fileno()

    @property
    def patience(self) -> float:
        """The seconds until the grader gives up on a worker whose supervisor does not even tell its end."""
        return self._heard + self._sandbox.seconds + _SECONDS_MORE - time.monotonic()

    def replies(self) -> list[bytes]:
        """Take replies that have come since the last call, without waiting.

        Raises:
            TimeUpError: The time was up.
            WorkerError: The replies are too large, or too many.
        """
        before = self._reader.received
        messages = self._reader.read()
        if self._reader.received > before:
            self._heard = time.monotonic()
        # What came in time is handed out first.
        if not messages and (self._ended_late() if self._reader.closed else self.patience < 0):
            error = TimeUpError(
                say(
                    "The measuring took longer than the limit of {seconds} s and was stopped.",
                    seconds=f"{self._sandbox.seconds:g}",
                ),
                say("Raise `limits: seconds` in the rubric, or use a machine with less other work."),
            )
            error.at_work = self._process.exitcode == TIME_UP_AT_WORK
            raise error
        if messages and not self.layers:
            # Sent before the worker had read a byte of the submission.
            self.layers = tuple(Layer(*layer) for layer in json.loads(messages.pop(0)))
        return messages

    @property
    def done(self) -> bool:
        """Whether no more replies can come; if the time was up, `replies` says so first."""
        return self._reader.closed and not self._ended_late()

    def _ended_late(self) -> bool:
        """Whether the supervisor, which is the last to close the pipe, ended a worker that was late."""
        self._process.join(_SECONDS_TO_LEAVE)
        return self._process.exitcode in {TIME_UP, TIME_UP_AT_WORK}

    def end(self) -> Message:
        """End every process of the worker, remove its folder, and say how it ended: "" if it ended well.

        That is read from an exit code, which a worker can choose: it is good for a sentence only.
        """
        if self._reader.closed:
            self._process.join(_SECONDS_TO_LEAVE)
        if self._process.is_alive():
            # The supervisor then kills and reaps what is left.
            self._process.terminate()
            self._process.join(_SECONDS_TO_END)
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        code = self._process.exitcode or 0
        if self._sending is not None:
            self._sending.join(_SECONDS_TO_LEAVE)
        for end in (self._request_in, self._reply_out, self._clock_in):
            end.close()
        self._process.close()
        remove_folder(self._folder)
        return _ending(code)


def wait(workers: Sequence[Worker]) -> None:
    """Wait until a worker has sent something or has ended."""
    soonest = min(worker.patience for worker in workers)
    connection.wait([worker.fileno() for worker in workers], timeout=max(0.0, soonest) + 0.01)


def _ending(code: int) -> Message:
    if code == LAYERS_MISSING:
        return say("did not get the sandbox that the self-test had found")
    if code == DISK_FULL:
        return say(
            "wrote more than {most_on_disk} MiB, or too many files, and was ended",
            most_on_disk=MOST_ON_DISK >> 20,
        )
    number = -code if code < 0 else code - BY_SIGNAL
    if number in set(signal.Signals):
        return say("was ended by signal {name}", name=signal.Signals(number).name)
    return say("ended with exit code {code}", code=code) if code else EMPTY
