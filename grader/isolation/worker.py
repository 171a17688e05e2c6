"""One process for one submission, started from a forkserver, with limits on time, memory and replies."""

import contextlib
import importlib
import multiprocessing
import multiprocessing.forkserver
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from grader.errors import WorkerError
from grader.isolation.frames import FrameReader, write_frame

Receive = Callable[[], bytes]
Send = Callable[[bytes], None]

LARGEST_REPLY = 64 << 20
_GRACE_SECONDS = 2.0


@dataclass(frozen=True)
class Walls:
    """What one worker may use.

    Attributes:
        seconds: of wall-clock time, from its start to its last reply.
        memory: bytes of address space.
    """

    seconds: float
    memory: int


def _context() -> Any:
    # A forkserver has imported TensorFlow once and run nothing;
    # where there is none, each worker imports it again.
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    return multiprocessing.get_context(method)


def warm_up(modules: Sequence[str]) -> None:
    """Start importing modules in the process that workers are forked from, without waiting for it."""
    context = _context()
    if context.get_start_method() == "forkserver":
        context.set_forkserver_preload(list(modules))
        with _silent_stderr():
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

    def __init__(self, target: str, messages: Iterable[bytes], walls: Walls) -> None:
        """Start a function in a process of its own and send it the messages.

        Args:
            target: `module:function`; only the worker imports the module. The function takes
                `receive() -> bytes` and `send(bytes)`.
            messages: what `receive` gives, in order.
            walls: what it may use.
        """
        context = _context()
        self._folder = tempfile.mkdtemp(prefix="grader-")
        request_out, request_in = context.Pipe(duplex=False)
        reply_out, reply_in = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_inside,
            args=(target, walls, self._folder, request_out, reply_in),
            daemon=True,
        )
        self.started = time.monotonic()
        self._walls = walls
        self._process.start()
        request_out.close()
        reply_in.close()
        self._reader = FrameReader(reply_out.fileno(), LARGEST_REPLY)
        self._reply_out: Connection = reply_out
        self._request_in: Connection = request_in
        # A worker that died at once is found by its closed reply pipe.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for message in messages:
                request_in.send_bytes(message)

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
        if not messages and not self._reader.closed and self.seconds_left < 0:
            raise WorkerError(
                f"The measuring took longer than the limit of {self._walls.seconds:g} s and was stopped.",
                "Raise `limits: seconds` in the rubric, or use a machine with less other work.",
            )
        return messages

    @property
    def done(self) -> bool:
        """Whether no reply can come any more."""
        return self._reader.closed

    def end(self) -> str:
        """Kill what is left of the process, remove its folder, and say how it ended: "" if it ended well."""
        if self._reader.closed:
            self._process.join(_GRACE_SECONDS)
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        code = self._process.exitcode
        self._request_in.close()
        self._reply_out.close()
        self._process.close()
        shutil.rmtree(self._folder, ignore_errors=True)
        if code is not None and code < 0:
            return f"was ended by signal {signal.Signals(-code).name}"
        return f"ended with exit code {code}" if code else ""


def _inside(target: str, walls: Walls, folder: str, request: Connection, reply: Connection) -> None:
    """Run in the worker: put up the walls, then do the work."""
    os.chdir(folder)
    silence = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silence, descriptor)
    if sys.platform != "win32":
        import resource

        os.setsid()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (walls.memory, walls.memory))
        processor_seconds = int(walls.seconds * 4) + 10
        resource.setrlimit(resource.RLIMIT_CPU, (processor_seconds, processor_seconds))
    os.environ.update(HOME=folder, TMPDIR=folder)
    tempfile.tempdir = str(Path(folder))
    module, _, function = target.partition(":")
    work: Callable[[Receive, Send], None] = getattr(importlib.import_module(module), function)
    work(request.recv_bytes, lambda content: write_frame(reply.fileno(), content))
