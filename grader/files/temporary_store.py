"""Contents on disk that nobody else sees, because those of a large class would fill the memory."""

from contextlib import suppress
from os import SEEK_END, W_OK, access
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple


class Place(NamedTuple):
    """Where contents stand in a store, in bytes."""

    start: int
    length: int


class TemporaryStore:
    """A file without a name, which is gone when it is closed and when the process ends."""

    def __init__(self, folder: Path | None = None) -> None:
        """Make it in this folder, or among temporary files where that cannot be written.

        Among those there is often no room for a large class, or that room is memory.
        """
        is_usable = folder is not None and access(folder, W_OK)
        self._file = TemporaryFile(dir=folder if is_usable else None)  # noqa: SIM115  (closed by `close`)

    def add(self, content: bytes) -> Place:
        """Keep contents, and say where."""
        start = self._file.seek(0, SEEK_END)
        place = Place(start, self._file.write(content))
        # A full disk is noticed here, and not by who reads.
        self._file.flush()
        return place

    def read(self, place: Place) -> bytes:
        """Give the contents at a place."""
        self._file.seek(place.start)
        return self._file.read(place.length)

    def close(self) -> None:
        """Delete what was kept, also what had no room."""
        with suppress(OSError):
            self._file.close()
