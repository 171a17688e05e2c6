"""The process between the parent and a worker: it starts the worker, and ends all that the worker started.

It never sees a byte of a submission, and nothing behind the walls can send it a signal.
"""

import contextlib
import functools
import importlib
import multiprocessing
import os
import select
import signal
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import NoReturn

from grader.sandbox import importing
from grader.sandbox.frames import write_frame
from grader.sandbox.lifetime import adopt_orphans, die_with_parent, end_all, remove_folder
from grader.sandbox.limits import MOST_ON_DISK, Walls
from grader.sandbox.walls import as_message, prepare, put_up

Receive = Callable[[], bytes]
Send = Callable[[bytes], None]

# As a shell has it: a process that a signal ended has this and the signal's number as its exit code.
BY_SIGNAL = 128
# Of no shell and no signal.
WALLS_MISSING, DISK_FULL = 100, 101

_LOOK_EVERY_SECONDS = 0.25
_MOST_FILES = 10_000
_SECONDS_TO_END = 5.0


@dataclass(frozen=True)
class Post:
    """Where a worker works.

    Attributes:
        target: `module:function`, what it does.
        walls: what it may use.
        folder: its own.
        request: where its messages come from.
        reply: where its replies go.
    """

    target: str
    walls: Walls
    folder: str
    request: Connection
    reply: Connection


def keep(post: Post) -> NoReturn:
    """Run a worker to its end, and leave with its exit code."""
    code = 1
    try:
        code = _kept(post)
    finally:
        os._exit(code)


def _kept(post: Post) -> int:
    # They began in the process that this one was forked from; see `preloading`.
    importing.end()
    os.setsid()
    forkserver, grader = os.getppid(), multiprocessing.parent_process()
    with _signals() as came:
        die_with_parent(signal.SIGTERM)
        if grader is None or not grader.is_alive():
            return 1
        prepare(post.folder, (post.request.fileno(), post.reply.fileno(), *came))
        adopt_orphans()
        keeper = os.getpid()
        worker = os.fork()
        if worker == 0:
            _run(post, keeper)
        post.request.close()
        post.reply.close()
        try:
            return _watch(worker, post.folder, came[0], forkserver)
        finally:
            end_all(worker, _SECONDS_TO_END)
            # The parent does it as well, but it may be dead.
            remove_folder(post.folder)


@contextlib.contextmanager
def _signals() -> Iterator[tuple[int, int]]:
    """A pipe into which the number of each signal is written that says to look: a child ended, or we must."""
    came = os.pipe()
    os.set_blocking(came[0], False)
    os.set_blocking(came[1], False)
    signal.set_wakeup_fd(came[1], warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    yield came


def _watch(worker: int, folder: str, came: int, forkserver: int) -> int:
    """Wait until the worker has ended, or must; its exit code."""
    while True:
        ended, status = os.waitpid(worker, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else BY_SIGNAL - code
        if bytes_below(folder) > MOST_ON_DISK:
            return DISK_FULL
        if os.getppid() != forkserver:
            # It dies with the grader; not every system sends a signal then.
            return BY_SIGNAL + signal.SIGTERM
        select.select([came], [], [], _LOOK_EVERY_SECONDS)
        with contextlib.suppress(BlockingIOError):
            if signal.SIGTERM in os.read(came, 1000):
                return BY_SIGNAL + signal.SIGTERM


def bytes_below(folder: str) -> int:
    """What the files in a folder take of the disk; more than is allowed where they cannot be counted."""
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
            # It was removed in this moment.
            continue
        except OSError:
            return MOST_ON_DISK + 1
    return total


def _run(post: Post, keeper: int) -> NoReturn:
    """In the worker: do the work, and leave."""
    code = 1
    try:
        code = _worked(post, keeper)
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 1
    finally:
        os._exit(code & 0xFF)


def _worked(post: Post, keeper: int) -> int:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    prepare(post.folder, (post.request.fileno(), post.reply.fileno()))
    tempfile.tempdir = post.folder
    # Our own code, which need not be readable behind the walls.
    module, _, function = post.target.partition(":")
    work: Callable[[Receive, Send], None] = getattr(importlib.import_module(module), function)
    layers = put_up(post.walls, post.folder)
    if os.getppid() != keeper:
        return 1
    send = functools.partial(write_frame, post.reply.fileno())
    send(as_message(layers))
    if post.walls.needed & {layer.name for layer in layers if layer.missing}:
        return WALLS_MISSING
    work(post.request.recv_bytes, send)
    return 0
