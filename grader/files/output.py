"""Writes output files whole: a temporary name in the same folder, then a rename.

Below the folder that a person named, no link is followed, so nothing that lies there leads us elsewhere.
"""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.messages.safe_text import plain

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_BY_DESCRIPTOR = {os.open, os.mkdir, os.unlink, os.rename} <= os.supports_dir_fd


def prepare_folder(folder: Path) -> None:
    """Make an output folder and try to write in it, before any work is done.

    Raises:
        UsageError: it cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(
            f"The output folder `{plain(str(folder))}` cannot be written: {error.strerror}.",
            "Name another folder.",
        ) from None


def write_whole(
    path: Path, content: str | bytes, inside: Path | None = None, *, lasting: bool = True
) -> None:
    """Write a file, so that a reader sees the old text or the new, never half of one.

    A folder that is missing is made.

    Args:
        path: the file. A link there is replaced, not followed.
        content: what to write; text as UTF-8.
        inside: a folder that `path` is in; a link between the two is replaced by a folder, not followed.
        lasting: whether it must outlast the loss of power, for which the disk is waited for. Else such a loss
            may leave part of it, which is for a file that is checked when it is read.

    Raises:
        UsageError: the file cannot be written; what was there stays.
    """
    folder = inside or path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not _BY_DESCRIPTOR:
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path.parent, path.name, content, None, lasting=lasting)
            return
        with _opened(folder, path.parent.relative_to(folder).parts) as descriptor:
            _write(Path(), path.name, content, descriptor, lasting=lasting)
    except OSError as error:
        raise UsageError(
            f"`{plain(str(path))}` cannot be written: {error.strerror}.",
            "Free some room or name another folder.",
        ) from None


def settle(path: Path) -> None:
    """Wait until a file, and on most file systems all that was written before it, is on the disk."""
    with contextlib.suppress(OSError), path.open("rb") as stream:
        os.fsync(stream.fileno())


@contextlib.contextmanager
def _opened(folder: Path, names: Sequence[str]) -> Iterator[int]:
    """The folder below `folder` that these names lead to, made where it is missing, as a descriptor."""
    descriptor = os.open(folder, _FOLDER)
    try:
        for name in names:
            inner = _enter(descriptor, name)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def _enter(parent: int, name: str) -> int:
    # Almost always it is there and a folder; whatever else it is fails here.
    with contextlib.suppress(OSError):
        return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=parent)
    with contextlib.suppress(OSError):
        os.readlink(name, dir_fd=parent)
        os.unlink(name, dir_fd=parent)
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, dir_fd=parent)
    return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=parent)


def _write(folder: Path, name: str, content: str | bytes, descriptor: int | None, *, lasting: bool) -> None:
    encoded = content if isinstance(content, bytes) else bytes(content, "utf-8", "backslashreplace")
    temporary = folder / f".{secrets.token_hex(8)}.tmp"
    try:
        opened = os.open(temporary, _NEW_FILE, 0o666, dir_fd=descriptor)
        with open(opened, "wb") as stream:  # noqa: PTH123  (a descriptor has no path)
            stream.write(encoded)
            if lasting:
                stream.flush()
                os.fsync(stream.fileno())
        os.replace(temporary, folder / name, src_dir_fd=descriptor, dst_dir_fd=descriptor)
    except BaseException:  # an interrupt, too
        with contextlib.suppress(OSError):
            os.unlink(temporary, dir_fd=descriptor)
        raise
