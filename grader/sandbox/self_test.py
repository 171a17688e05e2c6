"""How well the sandbox holds on this machine: a worker inside it tries what must be refused."""

import contextlib
import json
import mmap
import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import IsolationError, WorkerError
from grader.messages.message import Message, say
from grader.messages.wording import listed
from grader.report import Isolation, Level
from grader.sandbox.layers import Layer
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.worker import Worker, wait

FILES = ("read a file elsewhere", "write a file elsewhere")
NETWORK = ("connect by TCP", "send by UDP")
LIMITS = ("take more memory than allowed",)
_IN_WORDS = {
    message.text: message
    for message in (
        say("read a file elsewhere"),
        say("write a file elsewhere"),
        say("connect by TCP"),
        say("send by UDP"),
        say("take more memory than allowed"),
        say("signal the grader"),
        say("start a process"),
    )
}
ATTEMPTS = tuple(_IN_WORDS)
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
        """`full`: files, network and limits hold; `limited`: limits, but not all of them; `basic`: less."""
        if self.refused >= {*FILES, *NETWORK, *LIMITS}:
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
        return Isolation(level=self.level, sentence=self._sentence())

    def _sentence(self) -> Message:
        if not self.layers:
            return say("The self-test did not finish.")
        if self.possible:
            attempts = listed([_IN_WORDS[name] for name in self.possible])
            return say("In a test, a worker could {tried}.", tried=attempts)
        return say(
            "In a test, a worker could not read or write other files, use the network, signal the grader, "
            "start a process or take more memory than allowed."
        )


def self_test(sandbox: SandboxLimits) -> SelfTest:
    """Try the sandbox once; this takes some hundredths of a second once the forkserver runs.

    What a worker reports counts, and so does what arrives here.
    """
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
            wait([worker])
            answers += worker.replies()
    except WorkerError:
        answers.clear()
    finally:
        worker.end()
    # A test that did not finish shows nothing.
    return worker.layers, set(json.loads(answers[0])) if answers else set()


@contextlib.contextmanager
def _listening() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A stream and a datagram socket on this machine that accept anything."""
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


def try_all(receive: Callable[[], bytes], send: Callable[[bytes], None]) -> None:
    """In a worker: try everything once, and send the names of what was refused.

    One message is received: the file to read, the file to write, the TCP port, the UDP port, the process to
    signal, and how many bytes are too many.
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
