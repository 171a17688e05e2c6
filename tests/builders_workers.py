"""Runs real workers for the tests of the sandbox, and what such a worker does, well, badly or maliciously.

All of it is harmless.
"""

import contextlib
import ctypes
import errno
import fcntl
import json
import mmap
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from grader.errors import WorkerError
from grader.sandbox import self_test
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.worker import Worker, wait

Receive = Callable[[], bytes]
Send = Callable[[bytes], None]

ALL_LAYERS = frozenset(
    {"limits", "empty network", "no new privileges", "not root"}
    | {"Landlock", "memory hidden", "ends with the grader", "seccomp"}
)
MEMORY = 2 << 30


def sandbox(
    seconds: float = 20, *, only: set[str] | None = None, without: set[str] | frozenset[str] = frozenset()
) -> SandboxLimits:
    left_away = ALL_LAYERS - only if only is not None else frozenset(without)
    return SandboxLimits(seconds=seconds, memory=MEMORY, without=left_away)


def outcome(
    target: str, *messages: bytes, inside: SandboxLimits | None = None
) -> tuple[list[bytes], str, str]:
    """The replies, the reason why it was stopped, and how the process ended."""
    module = target if ":" in target else f"builders_workers:{target}"
    # What is sent nothing has no limit on its time.
    worker = Worker(module, messages or (b"begin",), inside or sandbox())
    replies: list[bytes] = []
    stopped = ""
    try:
        while not worker.done:
            wait([worker])
            replies += worker.replies()
    except WorkerError as error:
        stopped = str(error.message)
    return replies, stopped, str(worker.end())


def attempt(action: str, *arguments: object, inside: SandboxLimits | None = None) -> str:
    """What came of one action of `builders_workers.ACTIONS`: its answer, or the name of the error."""
    message = json.dumps([action, *arguments]).encode()
    replies, stopped, ended = outcome("builders_workers:act", message, inside=inside)
    return replies[0].decode() if replies else stopped or ended


def echo(receive: Receive, send: Send) -> None:
    """Send back two messages, as two replies."""
    send(receive())
    send(receive())


def tell_folder(receive: Receive, send: Send) -> None:
    """Say where it works, after leaving a file there."""
    Path("left behind").write_text("something", encoding="utf-8")
    send(os.fsencode(Path.cwd()))


def hang(receive: Receive, send: Send) -> None:
    """Send one reply, then never end."""
    send(b"first")
    while True:
        time.sleep(1)


def stop_itself(receive: Receive, send: Send) -> None:
    """Stop, as a shell stops a job."""
    os.kill(os.getpid(), signal.SIGSTOP)


def stop_unread(receive: Receive, send: Send) -> None:
    """Read one of many bytes, and stop."""
    os.read(receive.__self__.fileno(), 1)  # type: ignore[attr-defined]
    os.kill(os.getpid(), signal.SIGSTOP)


def tiny(receive: Receive, send: Send) -> None:
    """Send replies without content by the million."""
    for number in range(3, 64):
        with contextlib.suppress(OSError):
            if fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE == os.O_WRONLY:
                while True:
                    os.write(number, bytes(1 << 16))


def send_much(receive: Receive, send: Send) -> None:
    """Send more than a pipe holds, at once."""
    send(bytes(1 << 20))


def echo_always(receive: Receive, send: Send) -> None:
    """Send back each message, a moment later."""
    with contextlib.suppress(EOFError):
        while True:
            message = receive()
            time.sleep(float(message))
            send(message)


def crash(receive: Receive, send: Send) -> None:
    """Die as a mistake in native code does."""
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(receive: Receive, send: Send) -> None:
    """Leave with an exit code, without a reply."""
    sys.exit(7)


def flood(receive: Receive, send: Send) -> None:
    """Announce more than may be sent."""
    send(bytes(65 << 20))


def half(receive: Receive, send: Send) -> None:
    """Send half a message and wait."""
    for number in range(3, 64):
        try:
            os.write(number, b"\0\0\0\x10half")
        except OSError:
            continue
    time.sleep(60)


def print_much(receive: Receive, send: Send) -> None:
    """Write to stdout and stderr, through Python and past it."""
    sys.stdout.write('{"score": 100}')
    os.write(1, b"score 100")
    os.write(2, b"score 100")
    send(b"done")


def act(receive: Receive, send: Send) -> None:
    """Do one of `ACTIONS`, and send what came of it."""
    name, *arguments = json.loads(receive())
    try:
        answer = str(ACTIONS[name](*arguments))
    except OSError as error:
        answer = errno.errorcode.get(error.errno or 0, "OSError")
    except (MemoryError, ValueError) as error:
        answer = type(error).__name__
    send(answer.encode())


def _in_a_thread() -> str:
    done: list[str] = []
    thread = threading.Thread(target=lambda: done.append("ran"))
    thread.start()
    thread.join()
    return done[0]


def _call(number: int, *arguments: int) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    answer: int = library.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
    if answer < 0:
        raise OSError(ctypes.get_errno(), "")
    return answer


def _large_file(size: int) -> int:
    # Python leaves the signal of this limit alone, and gets an error.
    with Path("large").open("wb") as stream:
        return os.ftruncate(stream.fileno(), size) or size


def _open_many(count: int) -> int:
    return len([os.open(os.devnull, os.O_RDONLY) for _ in range(count)])


def _signal_by_a_file(process: int) -> None:
    """Let a pipe kill a process when something is written to it, as the kernel's `F_SETSIG` (10) does."""
    out, into = os.pipe()
    fcntl.fcntl(out, fcntl.F_SETOWN, process)
    fcntl.fcntl(out, 10, signal.SIGKILL)
    fcntl.fcntl(out, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    os.write(into, b"x")
    time.sleep(0.2)


def _replaced_file() -> None:
    Path("first").touch()
    Path("second").touch()
    Path("first").replace("second")


def _regain_root() -> str:
    os.setuid(0)
    return "root"


def _status(name: str) -> str:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return line.partition(":")[2].strip()
    return ""


ACTIONS: dict[str, Callable[..., object]] = {
    "read": lambda path: len(Path(path).read_bytes()),
    "write": lambda path: Path(path).write_bytes(b"written"),
    "list": lambda path: [one.name for one in Path(path).iterdir()],
    "remove": os.remove,
    "empty": lambda path: os.truncate(path, 0),
    "memory file": lambda: os.memfd_create("memory"),
    "temporary file": self_test._temporary_file,
    "removed file": self_test._removed_file,
    "replaced file": _replaced_file,
    "own a file": lambda command, value: fcntl.fcntl(os.pipe()[0], command, value),
    "signal by a file": _signal_by_a_file,
    "bind": self_test._bind,
    "schedule": lambda process: os.sched_setscheduler(process, os.SCHED_BATCH, os.sched_param(0)),
    "unlimited": lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)),
    "connect": self_test._connect,
    "send": self_test._send,
    "signal": lambda process: os.kill(process, 0),
    "signal itself": lambda: os.kill(os.getpid(), 0),
    "abort": os.abort,
    "fork": self_test._fork,
    "execute": lambda: os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {}),
    "thread": _in_a_thread,
    "link": lambda path: os.link(path, "linked"),
    "symlink": lambda path: Path("linked").symlink_to(path),
    "mode": lambda path: Path(path).chmod(0o755),
    "pipe": lambda: os.mkfifo("pipe"),
    "call": _call,
    "take memory": lambda size: mmap.mmap(-1, size).close(),
    "large file": _large_file,
    "open many": _open_many,
    "root again": _regain_root,
    "status": _status,
    "user": os.geteuid,
    "variables": lambda: json.dumps(dict(os.environ)),
    "first variables": lambda: Path("/proc/self/environ").read_bytes().decode(),
    "descriptors": lambda: json.dumps(sorted(int(one.name) for one in Path("/dev/fd").iterdir())),
    "where": os.getcwd,
    "core size": lambda: resource.getrlimit(resource.RLIMIT_CORE)[0],
    "interfaces": lambda: json.dumps([name for _, name in socket.if_nameindex()]),
}


def daemon(receive: Receive, send: Send) -> None:
    """Leave a process behind that belongs to nobody, and that goes on writing to a file."""
    target = Path(os.fsdecode(receive()))
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            send(str(os.getpid()).encode())
            while True:
                with target.open("a", encoding="ascii") as stream:
                    stream.write("x")
                time.sleep(0.01)
        os._exit(0)
    time.sleep(0.3)


def fork_bomb(receive: Receive, send: Send) -> None:
    """Multiply, as far as the test can bear: 60 processes, which wait."""
    started = 0
    for _ in range(60):
        try:
            child = os.fork()
        except OSError:
            break
        started += 1
        if child == 0:
            os.setsid()
            time.sleep(60)
            os._exit(0)
    send(str(started).encode())
    time.sleep(60)


def fill_disk(receive: Receive, send: Send) -> None:
    """Write more than may be written in all, in files that are small enough; nothing is in them."""
    for number in range(64):
        with Path(str(number)).open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, 64 << 20)
    time.sleep(60)


def many_files(receive: Receive, send: Send) -> None:
    """Make more files than anybody needs."""
    for number in range(12_000):
        Path(str(number)).touch()
    time.sleep(60)


def many_folders(receive: Receive, send: Send) -> None:
    """Make folders in folders."""
    for _ in range(300):
        Path("d").mkdir()
        os.chdir("d")
    send(b"deep")


def forged(receive: Receive, send: Send) -> None:
    """Send JSON that claims a score."""
    send(b'{"score": 100}')


def silent(receive: Receive, send: Send) -> None:
    """Leave with success, and without a word."""
    os._exit(0)


def give_up(receive: Receive, send: Send) -> None:
    """Leave as `sys.exit` does."""
    raise SystemExit


def exhaust(receive: Receive, send: Send) -> None:
    """Take memory until there is no more, and die of it."""
    taken = []
    while True:
        taken.append(bytearray(64 << 20))


def spin(receive: Receive, send: Send) -> None:
    """Never end, and never wait."""
    while True:
        pass


def babble(receive: Receive, send: Send) -> None:
    """Send replies, one after the other, for ever."""
    while True:
        send(b"and")


def orphan(receive: Receive, send: Send) -> None:
    """Say who it is, then sleep; for a parent that dies."""
    send(str(os.getpid()).encode())
    signal.pause()


def chatter(receive: Receive, send: Send) -> None:
    """Send more replies than anybody reads at once, and much on stdout."""
    for _ in range(50):
        os.write(1, bytes(1 << 20))
        send(bytes(1 << 16))
