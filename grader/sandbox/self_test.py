"""How well the sandbox holds on this machine: a worker inside it tries what must be refused."""

import json
import mmap
import os
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import IsolationError, WorkerError
from grader.messages.message import say
from grader.messages.wording import listed
from grader.report import Isolation, Level
from grader.sandbox.layers import Layer
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.worker import Worker, wait

_IN_WORDS = {
    message.text: message
    for message in (
        say("read a file elsewhere"),
        say("write a file elsewhere"),
        say("empty a file elsewhere"),
        say("connect by TCP"),
        say("send by UDP"),
        say("take more memory than allowed"),
        say("take memory that no limit counts"),
        say("fill the disk with files that no limit counts"),
        say("raise its own limits"),
        say("signal the grader"),
        say("have a file signal the grader"),
        say("slow the grader down"),
        say("start a process"),
    )
}
ATTEMPTS = tuple(_IN_WORDS)
# Those about files, and those about memory, disk and limits.
FILES, LIMITS = ATTEMPTS[:3], ATTEMPTS[5:9]
LEVELS: tuple[Level, ...] = ("basic", "limited", "full")
# From the start of the test; the forkserver may have to import TensorFlow before it begins.
_SECONDS = 120.0


@dataclass(frozen=True)
class SelfTest:
    """The layers of the sandbox, and those of `ATTEMPTS` that it refused, as it must."""

    layers: tuple[Layer, ...]
    refused: frozenset[str]

    @property
    def level(self) -> Level:
        """`full`: everything was refused; `limited`: the limits hold, but not all else; `basic`: less."""
        if self.refused >= {*ATTEMPTS}:
            return "full"
        return "limited" if self.refused >= {*LIMITS} else "basic"

    @property
    def held(self) -> frozenset[str]:
        """The names of the layers that hold."""
        return frozenset(layer.name for layer in self.layers if not layer.missing)

    @property
    def possible(self) -> tuple[str, ...]:
        """What a worker could do although it should not, in the order of the attempts."""
        return tuple(attempt for attempt in ATTEMPTS if attempt not in self.refused)

    def described(self) -> Isolation:
        """The level and a sentence, for a report."""
        sentence = say(
            "In a test, a worker could not read, write or empty other files, use the network, signal the "
            "grader or slow it down, start a process, or get around the limits on memory and disk."
        )
        if self.possible:
            attempts = listed([_IN_WORDS[name] for name in self.possible])
            sentence = say("In a test, a worker could {tried}.", tried=attempts)
        if not self.layers:
            sentence = say("The self-test did not finish.")
        return Isolation(level=self.level, sentence=sentence)


def self_test(sandbox: SandboxLimits) -> SelfTest:
    """Try the sandbox once, which takes a moment; what a worker reports counts, and what arrives here."""
    try:
        return _tested(sandbox)
    except (OSError, EOFError):
        # Without a loopback or a process to test with, nothing is known to hold.
        return SelfTest((), frozenset())


def require(wanted: Level, found: SelfTest) -> None:
    """Raise `IsolationError` if the sandbox is weaker than wanted."""
    if LEVELS.index(found.level) < LEVELS.index(wanted):
        raise IsolationError(
            f"The sandbox on this machine is `{found.level}`; `{wanted}` was asked for. "
            f"{found.described().sentence}",
            "Run `grader doctor` to see which layer is missing, and why.",
        )


def _tested(sandbox: SandboxLimits) -> SelfTest:
    with (
        tempfile.TemporaryDirectory(prefix="grader-elsewhere-") as folder,
        socket.socket() as tcp,
        socket.socket(type=socket.SOCK_DGRAM) as udp,
    ):
        for one in (tcp, udp):
            one.bind(("127.0.0.1", 0))
            one.setblocking(False)
        tcp.listen()
        # Open to everybody, so that only the sandbox can refuse it.
        read, write, empty = (Path(folder, name) for name in ("read", "write", "empty"))
        read.write_bytes(b"read")
        write.write_bytes(b"")
        empty.write_bytes(b"full")
        for path, mode in ((Path(folder), 0o755), (read, 0o644), (write, 0o666), (empty, 0o666)):
            path.chmod(mode)
        ports = [one.getsockname()[1] for one in (tcp, udp)]
        question = [str(read), str(write), str(empty), *ports, os.getpid(), sandbox.memory]
        layers, refused = _asked(sandbox, json.dumps(question).encode())
        happened = {
            "write a file elsewhere": write.stat().st_size > 0,
            "empty a file elsewhere": empty.stat().st_size == 0,
            "connect by TCP": _came(tcp),
            "send by UDP": _came(udp),
        }
    return SelfTest(layers, frozenset(refused) - {name for name, did in happened.items() if did})


def _asked(sandbox: SandboxLimits, question: bytes) -> tuple[tuple[Layer, ...], set[str]]:
    generous = replace(sandbox, seconds=_SECONDS, needed=frozenset())
    worker = Worker("grader.sandbox.self_test:try_all", [question], generous)
    answers: list[bytes] = []
    try:
        while not worker.done:
            wait([worker])
            answers += worker.replies()
    except WorkerError:
        answers.clear()
    finally:
        worker.end()
    # A test that did not finish shows nothing.
    return worker.layers, set(json.loads(answers[0])) if answers else set()


def _came(listener: socket.socket) -> bool:
    try:
        if listener.type == socket.SOCK_STREAM:
            listener.accept()[0].close()
        else:
            listener.recv(100)
    except BlockingIOError:
        return False
    return True


def try_all(receive: Callable[[], bytes], send: Callable[[bytes], None]) -> None:
    """In a worker: try everything once, and send the names of what was refused."""
    read, write, empty, tcp, udp, process, memory = json.loads(receive())
    # Each name has the ways of doing it; one that succeeds is enough.
    attempts: dict[str, tuple[Callable[[], object], ...]] = {
        "read a file elsewhere": (lambda: Path(read).read_bytes(),),
        "write a file elsewhere": (lambda: Path(write).write_bytes(b"written"),),
        "empty a file elsewhere": (lambda: os.truncate(empty, 0),),
        "connect by TCP": (lambda: _connect(tcp),),
        "send by UDP": (lambda: _send(udp),),
        "take more memory than allowed": (lambda: mmap.mmap(-1, memory).close(),),
        "take memory that no limit counts": (lambda: os.close(os.memfd_create("memory")),),
        "fill the disk with files that no limit counts": (_temporary_file, _removed_file),
        "raise its own limits": (_raise_limits,),
        "signal the grader": (lambda: os.kill(process, 0),),
        "have a file signal the grader": (lambda: _own_file(process),),
        "slow the grader down": (lambda: _bind(process), lambda: _schedule(process)),
        "start a process": (_fork,),
    }
    send(json.dumps([name for name, ways in attempts.items() if all(map(_refused, ways))]).encode())


def _refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (OSError, ValueError, MemoryError, AttributeError):
        # Not every system has every call.
        return True
    return False


def _temporary_file() -> None:
    os.close(os.open(".", os.O_TMPFILE | os.O_RDWR, 0o600))


def _removed_file() -> None:
    Path("removed").touch()
    Path("removed").unlink()


def _raise_limits() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _own_file(process: int) -> None:
    """Make a process the owner of a pipe, which Landlock allows although it holds back the pipe's signals."""
    import fcntl

    ends = os.pipe()
    try:
        fcntl.fcntl(ends[0], fcntl.F_SETOWN, process)
    finally:
        for one in ends:
            os.close(one)


def _bind(process: int) -> None:
    """Bind a process to the processors that it uses anyway."""
    os.sched_setaffinity(process, os.sched_getaffinity(process))


def _schedule(process: int) -> None:
    """Give a process the priority that it has anyway."""
    os.sched_setscheduler(process, os.sched_getscheduler(process), os.sched_getparam(process))


def _connect(port: int) -> None:
    with socket.socket() as stream:
        stream.settimeout(1)
        stream.connect(("127.0.0.1", port))


def _send(port: int) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        datagrams.sendto(b"sent", ("127.0.0.1", port))


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
