"""What a worker may do, well or badly, for the tests of the sandbox; each runs in a process of its own."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

Receive = Callable[[], bytes]
Send = Callable[[bytes], None]


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


def take_memory(receive: Receive, send: Send) -> None:
    """Ask for more memory than there may be."""
    try:
        taken = bytearray(4 << 30)
    except MemoryError:
        send(b"refused")
    else:
        send(str(len(taken)).encode())
