"""What the self-test tries behind the walls, and must not be able to do."""

import contextlib
import json
import mmap
import os
import socket
from collections.abc import Callable
from pathlib import Path

FILES = ("read a file elsewhere", "write a file elsewhere")
NETWORK = ("connect by TCP", "send by UDP")
LIMITS = ("take more memory than allowed",)
OTHERS = ("signal the grader", "start a process")
ATTEMPTS = (*FILES, *NETWORK, *LIMITS, *OTHERS)


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
