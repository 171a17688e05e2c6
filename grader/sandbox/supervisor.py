"""The process between the grader and a worker: it starts the worker, keeps its time, and ends all of it.

It never sees a byte of a submission, and nothing inside the sandbox can send it a signal.
"""

import contextlib
import functools
import importlib
import json
import math
import multiprocessing
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

from grader.sandbox.environment import prepare
from grader.sandbox.frames import write_frame
from grader.sandbox.kernel import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG, set_attribute
from grader.sandbox.layers import apply_layers
from grader.sandbox.limits import MOST_ON_DISK, SandboxLimits

Receive = Callable[[], bytes]
Send = Callable[[bytes], None]

# As in a shell, the exit code of a process that a signal ended is this and the signal's number.
BY_SIGNAL = 128
# Codes that neither a shell nor a signal gives.
LAYERS_MISSING, DISK_FULL, TIME_UP, TIME_UP_AT_WORK = 100, 101, 102, 103
# What the grader says of the worker's time: it begins anew, or it stands still because nothing is asked.
BEGIN, REST = b"b", b"r"

_LOOK_EVERY_SECONDS = 0.25
# A worker that had the processor for so much of its time would not be done in time on an idle machine either.
_SHARE_AT_WORK = 0.75
_MOST_FILES = 10_000
_SECONDS_TO_END = 5.0


@dataclass(frozen=True)
class WorkerSpec:
    """What a worker does, what it may use, its folder, and the pipes of its messages, replies and time."""

    # As `module:function`.
    target: str
    sandbox: SandboxLimits
    folder: str
    request: Connection
    reply: Connection
    clock: Connection


def supervise(spec: WorkerSpec) -> NoReturn:
    """Run a worker to its end, and leave with its exit code."""
    _leave(functools.partial(_supervised, spec))


def _leave(act: Callable[[], int]) -> NoReturn:
    """Act, and leave with the exit code that comes of it: 1 for anything that is raised."""
    code = 1
    try:
        code = act()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    finally:
        os._exit(code & 0xFF)


def _supervised(spec: WorkerSpec) -> int:
    # Windows has none, where the program says so.
    import resource

    os.setsid()
    forkserver, grader = os.getppid(), multiprocessing.parent_process()
    came, pipe = _pipe_of_signals()
    set_attribute(PR_SET_PDEATHSIG, signal.SIGTERM)
    if grader is None or not grader.is_alive():
        return 1
    os.set_blocking(spec.clock.fileno(), False)
    prepare(spec.folder, (spec.request.fileno(), spec.reply.fileno(), spec.clock.fileno(), came, pipe))
    # It becomes the parent of every descendant whose own parent dies, such as a daemon.
    set_attribute(PR_SET_CHILD_SUBREAPER, 1)
    supervisor = os.getpid()
    worker = os.fork()
    if worker == 0:
        _leave(functools.partial(_worked, spec, supervisor))
    spec.request.close()
    try:
        code = _watch(worker, spec, came, forkserver)
    finally:
        end_all(worker, _SECONDS_TO_END)
        # The grader does it as well, but it may be dead.
        remove_folder(spec.folder)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    at_work = used.ru_utime + used.ru_stime >= _SHARE_AT_WORK * spec.sandbox.seconds
    return TIME_UP_AT_WORK if code == TIME_UP and at_work else code


def _pipe_of_signals() -> tuple[int, int]:
    """A pipe with the number of each signal that matters: a child has ended, or this process must end."""
    came, pipe = os.pipe()
    os.set_blocking(came, False)
    os.set_blocking(pipe, False)
    signal.set_wakeup_fd(pipe, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    return came, pipe


def _watch(worker: int, spec: WorkerSpec, came: int, forkserver: int) -> int:
    """Wait until the worker has ended or must end, and give its exit code."""
    reply, clock = spec.reply.fileno(), spec.clock.fileno()
    # The seconds that the worker may still use; none while nothing is asked.
    left = math.inf
    looked = time.monotonic()
    while True:
        ended, status = os.waitpid(worker, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else BY_SIGNAL - code
        if bytes_below(spec.folder) > MOST_ON_DISK:
            return DISK_FULL
        if os.getppid() != forkserver:
            # The forkserver dies with the grader; not every system sends a signal then.
            return BY_SIGNAL + signal.SIGTERM
        select.select([came, clock], [], [], max(0.0, min(left, _LOOK_EVERY_SECONDS)))
        with contextlib.suppress(BlockingIOError):
            if signal.SIGTERM in os.read(came, 1000):
                return BY_SIGNAL + signal.SIGTERM
        before, looked = looked, time.monotonic()
        # While the pipe of its replies is full, a worker waits for the grader: that is not its own time.
        if select.select([], [reply], [], 0)[1]:
            left -= looked - before
        with contextlib.suppress(BlockingIOError):
            told = os.read(clock, 1000)
            if not told:
                # The grader is gone.
                return BY_SIGNAL + signal.SIGTERM
            left = spec.sandbox.seconds if told.endswith(BEGIN) else math.inf
        if left <= 0:
            return TIME_UP


def bytes_below(folder: str) -> int:
    """The disk space of the files in a folder; more than is allowed where they cannot be counted."""
    total, seen, folders = 0, 0, [folder]
    while folders:
        try:
            for entry in os.scandir(folders.pop()):
                total += entry.stat(follow_symlinks=False).st_blocks * 512
                seen += 1
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                if seen > _MOST_FILES:
                    return MOST_ON_DISK + 1
        except FileNotFoundError:
            # It has just been removed.
            continue
        except OSError:
            return MOST_ON_DISK + 1
    return total


def _worked(spec: WorkerSpec, supervisor: int) -> int:
    """In the worker: do the work."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    prepare(spec.folder, (spec.request.fileno(), spec.reply.fileno()))
    tempfile.tempdir = spec.folder
    # It is our own code, which need not be readable inside the sandbox.
    module, _, function = spec.target.partition(":")
    work: Callable[[Receive, Send], None] = getattr(importlib.import_module(module), function)
    layers = apply_layers(spec.sandbox, spec.folder)
    if os.getppid() != supervisor:
        return 1
    send = functools.partial(write_frame, spec.reply.fileno())
    send(json.dumps(layers).encode())
    if spec.sandbox.needed & {layer.name for layer in layers if layer.missing}:
        return LAYERS_MISSING
    work(spec.request.recv_bytes, send)
    return 0


def end_all(group: int, seconds: float) -> None:
    """Kill and reap a group, then every child of this process; gives up if they multiply for so long."""
    deadline = time.monotonic() + seconds
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    while _reap() and time.monotonic() < deadline:
        # The children of a killed process become ours, and are found the next time.
        for child in _children():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        time.sleep(0.001)


def remove_folder(folder: str) -> None:
    """Remove a worker's folder."""
    # Without Landlock, it may hold folders nested by the thousand; the system clears its temporary files.
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)


def _reap() -> bool:
    """Reap the dead children, and say whether others are left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _children() -> tuple[int, ...]:
    try:
        listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    except OSError:
        return ()
    return tuple(map(int, listed.split()))
