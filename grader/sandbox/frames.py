"""Messages on a pipe: a length of four bytes, big-endian, then the bytes.

The reader never waits for the rest of a message, so a worker that sends half of one delays nobody.
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

    def __init__(self, descriptor: int, largest: int) -> None:
        """Make the descriptor non-blocking, and refuse messages of more than `largest` bytes."""
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._largest = largest
        self._pending = bytearray()
        self.closed = False

    def read(self) -> list[bytes]:
        """Read what became whole since the last call; sets `closed` at the end of the pipe.

        Raises:
            WorkerError: A message is announced that is larger than allowed.
        """
        try:
            while content := os.read(self._descriptor, _READ_AT_ONCE):
                self._pending += content
                if len(self._pending) > self._largest + _LENGTH.size:
                    break
            else:
                self.closed = True
        except BlockingIOError:
            pass
        return self._whole()

    def _whole(self) -> list[bytes]:
        messages = []
        while len(self._pending) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._pending)
            if length > self._largest:
                raise WorkerError(
                    say(
                        "The worker announced a reply of {length} bytes; the limit is {largest} bytes.",
                        length=length,
                        largest=self._largest,
                    )
                )
            if len(self._pending) < _LENGTH.size + length:
                break
            messages.append(bytes(self._pending[_LENGTH.size : _LENGTH.size + length]))
            del self._pending[: _LENGTH.size + length]
        return messages
