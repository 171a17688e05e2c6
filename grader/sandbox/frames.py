"""Replies on a pipe: a length of four bytes, big-endian, then the bytes.

The reader never waits for the rest of a reply, so a worker that sends half of one delays nobody.
"""

import os
import struct

from grader.errors import WorkerError
from grader.messages.message import say

_LENGTH = struct.Struct("!I")
_READ_AT_ONCE = 1 << 20


def write_frame(descriptor: int, content: bytes) -> None:
    """Write one whole message to a blocking pipe."""
    rest = memoryview(_LENGTH.pack(len(content)) + content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class FrameReader:
    """Collects what has arrived on a pipe, and hands out whole messages."""

    def __init__(self, descriptor: int, largest: int, most: int) -> None:
        """Do not wait at the descriptor; more than `most` messages or `largest` bytes are a `WorkerError`."""
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._largest = largest
        self._most = most
        self._pending = bytearray()
        self.begin_anew()
        self.closed = False
        # How many bytes have come.
        self.received = 0

    def begin_anew(self) -> None:
        """Count the messages, and their bytes, from here."""
        self._messages = self._bytes = 0

    def read(self) -> list[bytes]:
        """Read once, and give the messages that became whole; sets `closed` at the end of the pipe."""
        try:
            content = os.read(self._descriptor, _READ_AT_ONCE)
        except BlockingIOError:
            return []
        self.closed = not content
        self.received += len(content)
        self._pending += content
        messages = []
        while len(self._pending) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._pending)
            if self._bytes + length > self._largest:
                raise WorkerError(
                    say(
                        "The worker announced replies of {length} bytes; the limit is {largest} bytes.",
                        length=self._bytes + length,
                        largest=self._largest,
                    )
                )
            if self._messages == self._most:
                raise WorkerError(say("The worker sent more than {most} replies.", most=self._most))
            if len(self._pending) < _LENGTH.size + length:
                break
            messages.append(bytes(self._pending[_LENGTH.size : _LENGTH.size + length]))
            del self._pending[: _LENGTH.size + length]
            self._messages += 1
            self._bytes += length
        return messages
