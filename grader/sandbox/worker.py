"""One sandboxed worker for one submission: its parent starts it, reads its replies, and ends it."""

import contextlib
import multiprocessing
import multiprocessing.forkserver
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import UsageError, WorkerError
from grader.messages.message import EMPTY, Message, say
from grader.sandbox.environment import reduced_environment
from grader.sandbox.frames import FrameReader
from grader.sandbox.layers import Layer, from_message
from grader.sandbox.limits import LARGEST_REPLY, MOST_ON_DISK, SandboxLimits
from grader.sandbox.supervisor import (
    BY_SIGNAL,
    DISK_FULL,
    LAYERS_MISSING,
    WorkerSpec,
    remove_folder,
    supervise,
)

if TYPE_CHECKING:
    # Windows has none.
    from multiprocessing.context import ForkServerContext

_SECONDS_TO_LEAVE = 2.0
_SECONDS_TO_END = 8.0


def warm_up(modules: Sequence[str]) -> None:
    """Start importing modules in the process that workers are forked from, without waiting for it."""
    _context().set_forkserver_preload([*modules, "grader.sandbox.supervisor"])
    _start_server()


def open_to_workers(folder: str) -> None:
    """Let a worker that is no longer root read the files in a folder of ours."""
    Path(folder).chmod(0o755)
    for path in Path(folder).iterdir():
        path.chmod(0o644)


def _context() -> "ForkServerContext":
    # A forkserver imports TensorFlow once and runs nothing; a process forked from it is there at once.
    if sys.platform == "win32":
        raise UsageError(
            say("Submissions cannot be measured on Windows itself."),
            say("Run the program on Linux, on macOS, or in the Windows Subsystem for Linux."),
        )
    return multiprocessing.get_context("forkserver")


def _start_server() -> None:
    with _silent_stderr(), reduced_environment():
        multiprocessing.forkserver.ensure_running()


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    """What is started inside has no stderr: TensorFlow writes a greeting there that no setting turns off."""
    sys.stderr.flush()
    kept = os.dup(2)
    with open(os.devnull, "wb") as silence:  # noqa: PTH123  (devnull is no file of ours)
        os.dup2(silence.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


class Worker:
    """A running process; the parent asks it for replies and ends it."""

    def __init__(self, target: str, messages: Iterable[bytes], sandbox: SandboxLimits) -> None:
        """Start a function in a process of its own and send it the messages.

        Args:
            target: `module:function`; only the worker imports the module. The function takes
                `receive() -> bytes` and `send(bytes)`.
            messages: what `receive` gives, in order.
            sandbox: What it may use.
        """
        context = _context()
        _start_server()
        self._walls = sandbox
        self._folder = tempfile.mkdtemp(prefix="grader-")
        request_out, request_in = context.Pipe(duplex=False)
        reply_out, reply_in = context.Pipe(duplex=False)
        post = WorkerSpec(target, sandbox, self._folder, request_out, reply_in)
        self._process = context.Process(target=supervise, args=(post,), daemon=True)
        self.started = time.monotonic()
        self._process.start()
        request_out.close()
        reply_in.close()
        self._reader = FrameReader(reply_out.fileno(), LARGEST_REPLY)
        self._reply_out: Connection = reply_out
        self._request_in: Connection = request_in
        self.layers: tuple[Layer, ...] = ()
        self._was_late = False
        self._send(messages)

    def send(self, messages: Iterable[bytes]) -> None:
        """Send messages to a worker that was started without any; its time begins now."""
        self.started = time.monotonic()
        self._send(messages)

    def _send(self, messages: Iterable[bytes]) -> None:
        # A worker that died at once is found by its closed reply pipe.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for message in messages:
                self._request_in.send_bytes(message)

    @property
    def connection(self) -> Connection:
        """What to wait on for replies."""
        return self._reply_out

    @property
    def seconds_left(self) -> float:
        """Until the time is up; negative afterwards."""
        return self.started + self._walls.seconds - time.monotonic()

    def replies(self) -> list[bytes]:
        """The replies that have come since the last call, without waiting.

        Raises:
            WorkerError: a reply is too large, or the time is up.
        """
        messages = self._reader.read()
        late = self.seconds_left < 0 and not self._reader.closed
        # What had come in time is handed out once; one that never stops sending wins no time by it.
        if late and (self._was_late or not messages):
            raise WorkerError(
                say(
                    "The measuring took longer than the limit of {seconds} s and was stopped.",
                    seconds=f"{self._walls.seconds:g}",
                ),
                say("Raise `limits: seconds` in the rubric, or use a machine with less other work."),
            )
        self._was_late = late
        if messages and not self.layers:
            # Sent before the worker had read a byte of the submission.
            self.layers = from_message(messages.pop(0))
        return messages

    @property
    def done(self) -> bool:
        """Whether no reply can come any more."""
        return self._reader.closed

    def end(self) -> Message:
        """End every process of the worker, remove its folder, and say how it ended: "" if it ended well.

        What is said comes from an exit code, which is good for a sentence and for nothing else.
        """
        if self._reader.closed:
            self._process.join(_SECONDS_TO_LEAVE)
        if self._process.is_alive():
            # The supervisor then kills what is left, and reaps it.
            self._process.terminate()
            self._process.join(_SECONDS_TO_END)
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        code = self._process.exitcode or 0
        self._request_in.close()
        self._reply_out.close()
        self._process.close()
        remove_folder(self._folder)
        return _ending(code)


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
