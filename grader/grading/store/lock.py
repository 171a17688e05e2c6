"""One run at a time for an output folder."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import UsageError
from grader.messages.safe_text import plain


@contextmanager
def locked(out: Path, folder: Path) -> Iterator[None]:
    """Keep every other run away from an output folder, until this process ends, however it does.

    The file of the lock stays; what counts is that a process holds it. Where the file system knows no locks,
    nobody is kept away.

    Args:
        out: the output folder, for the sentence.
        folder: in which the file of the lock lies; it is made.

    Raises:
        UsageError: another run is at work there, or the file cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
    except OSError as error:
        raise UsageError(
            f"The output folder `{plain(str(out))}` cannot be written: {error.strerror}.",
            "Name another folder.",
        ) from None
    try:
        if not _taken(descriptor):
            number = os.read(descriptor, 40).decode("ascii", "replace").strip()
            process = f" (process {plain(number)})" if number else ""
            raise UsageError(
                f"Another run{process} is writing into `{plain(str(out))}`.",
                "Wait until it has ended, or name another folder with `--out`.",
            )
        os.truncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True
