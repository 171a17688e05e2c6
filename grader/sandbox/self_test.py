"""How well the sandbox holds on this machine: a worker inside it tries what must be refused."""

import contextlib
import json
import mmap
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path

from grader.errors import IsolationError, WorkerError
from grader.messages.message import Message, say
from grader.messages.wording import listed
from grader.report import Isolation, Level
from grader.sandbox.layers import Layer
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.worker import Worker

FILES = ("read a file elsewhere", "write a file elsewhere")
NETWORK = ("connect by TCP", "send by UDP")
LIMITS = ("take more memory than allowed",)
OTHERS = ("signal the grader", "start a process")
ATTEMPTS = (*FILES, *NETWORK, *LIMITS, *OTHERS)
LEVELS: tuple[Level, ...] = ("basic", "limited", "full")
# From the start of the test; the forkserver may have to import TensorFlow before it begins.
_SECONDS = 120.0
_IN_WORDS = {
    "read a file elsewhere": say("read a file elsewhere"),
    "write a file elsewhere": say("write a file elsewhere"),
    "connect by TCP": say("connect by TCP"),
    "send by UDP": say("send by UDP"),
    "take more memory than allowed": say("take more memory than allowed"),
    "signal the grader": say("signal the grader"),
    "start a process": say("start a process"),
}


@dataclass(frozen=True)
class SelfTest:
    """What was found.

    Attributes:
        layers: The layers of the sandbox, each with the reason if it is missing.
        refused: those of `ATTEMPTS` that failed, as they must.
    """

    layers: tuple[Layer, ...]
    refused: frozenset[str]

    @property
    def level(self) -> Level:
        """`full`: files, network and limits; `limited`: limits, but not all of the rest; `basic`: less."""
        if self.refused >= {*FILES, *NETWORK, *LIMITS}:
            return "full"
        return "limited" if self.refused >= {*LIMITS} else "basic"

    @property
    def held(self) -> frozenset[str]:
        """The names of the layers that are there."""
        return frozenset(layer.name for layer in self.layers if not layer.missing)

    def open(self) -> tuple[str, ...]:
        """What a worker could do although it should not, in the order in which it is tried."""
        return tuple(attempt for attempt in ATTEMPTS if attempt not in self.refused)

    def described(self) -> Isolation:
        """The level with a sentence, for a report."""
        return Isolation(level=self.level, sentence=_sentence(self))


def self_test(sandbox: SandboxLimits) -> SelfTest:
    """Try the sandbox once; this takes some hundredths of a second once the forkserver runs.

    What a worker says that it did counts, and what arrived counts as well.
    """
    try:
        return _tested(sandbox)
    except (OSError, EOFError):
        # Without a loopback or a process to test with, nothing is known to hold.
        return SelfTest((), frozenset())


def require(wanted: Level, found: SelfTest) -> None:
    """Refuse to go on below a level.

    Raises:
        IsolationError: The sandbox is weaker.
    """
    if LEVELS.index(found.level) < LEVELS.index(wanted):
        raise IsolationError(
            f"The sandbox on this machine is `{found.level}`; `{wanted}` was asked for. {_sentence(found)}",
            "Run `grader doctor` to see which layer is missing, and why.",
        )


def _tested(sandbox: SandboxLimits) -> SelfTest:
    with tempfile.TemporaryDirectory(prefix="grader-elsewhere-") as folder, _listening() as (tcp, udp):
        # Open to everybody, so that only the sandbox can refuse it.
        read, write = Path(folder, "read"), Path(folder, "write")
        read.write_bytes(b"read")
        write.write_bytes(b"")
        for path, mode in ((Path(folder), 0o755), (read, 0o644), (write, 0o666)):
            path.chmod(mode)
        ports = [one.getsockname()[1] for one in (tcp, udp)]
        question = [str(read), str(write), *ports, os.getpid(), sandbox.memory]
        layers, refused = _asked(sandbox, json.dumps(question).encode())
        happened = {
            "write a file elsewhere": write.stat().st_size > 0,
            "connect by TCP": _came(tcp),
            "send by UDP": _came(udp),
        }
    return SelfTest(layers, frozenset(refused) - {name for name, did in happened.items() if did})


def _asked(sandbox: SandboxLimits, question: bytes) -> tuple[tuple[Layer, ...], set[str]]:
    generous = SandboxLimits(_SECONDS, sandbox.memory, sandbox.reads, without=sandbox.without)
    worker = Worker("grader.sandbox.self_test:try_all", [question], generous)
    answers: list[bytes] = []
    try:
        while not worker.done:
            wait([worker.connection], timeout=max(0.0, worker.seconds_left) + 0.01)
            answers += worker.replies()
    except WorkerError:
        answers.clear()
    finally:
        worker.end()
    # A test that did not come to its end shows nothing.
    return worker.layers, set(json.loads(answers[0])) if answers else set()


@contextlib.contextmanager
def _listening() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A stream and a datagram socket on this machine that take what comes."""
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        for one in (tcp, udp):
            one.bind(("127.0.0.1", 0))
            one.setblocking(False)
        tcp.listen()
        yield tcp, udp


def _came(listener: socket.socket) -> bool:
    try:
        if listener.type == socket.SOCK_STREAM:
            listener.accept()[0].close()
        else:
            listener.recv(100)
    except BlockingIOError:
        return False
    return True


def _sentence(found: SelfTest) -> Message:
    if not found.layers:
        return say("The self-test did not come to its end.")
    if tried := found.open():
        return say("A worker that tried to could {tried}.", tried=listed([_IN_WORDS[name] for name in tried]))
    return say(
        "A worker that tried to could not read or write elsewhere, use the network, signal the grader, start "
        "a process or take more memory."
    )


def try_all(receive: Callable[[], bytes], send: Callable[[bytes], None]) -> None:
    """In a worker: try everything once, and send the names of what was refused.

    One message is received: where the file to read, the file to write, the TCP port and the UDP port are,
    the process to signal, and how many bytes are too many.
    """
    read, write, tcp, udp, process, memory = json.loads(receive())
    attempts: dict[str, Callable[[], object]] = {
        "read a file elsewhere": lambda: Path(read).read_bytes(),
        "write a file elsewhere": lambda: Path(write).write_bytes(b"written"),
        "connect by TCP": lambda: _connect(tcp),
        "send by UDP": lambda: _send(udp),
        "take more memory than allowed": lambda: mmap.mmap(-1, memory).close(),
        "signal the grader": lambda: os.kill(process, 0),
        "start a process": _fork,
    }
    send(json.dumps([name for name, attempt in attempts.items() if _refused(attempt)]).encode())


def _refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (OSError, ValueError, MemoryError):
        return True
    return False


def _connect(port: int) -> None:
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as stream:
        stream.settimeout(1)
        stream.connect(("127.0.0.1", port))


def _send(port: int) -> None:
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as datagrams:
        datagrams.sendto(b"sent", ("127.0.0.1", port))


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
