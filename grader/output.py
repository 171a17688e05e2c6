"""Writes output files whole: a temporary name in the same folder, then a rename."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from grader.errors import UsageError
from grader.safe_text import plain


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


def write_whole(path: Path, text: str) -> None:
    """Write a UTF-8 file, so that a reader sees the old text or the new, never half of one.

    A link at `path` is replaced, not followed. A folder that is missing is made.

    Raises:
        UsageError: the file cannot be written; what was there stays.
    """
    temporary = path.parent / f".{secrets.token_hex(8)}.tmp"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("x", encoding="utf-8", newline="", errors="backslashreplace") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise UsageError(
            f"`{plain(str(path))}` cannot be written: {error.strerror}.",
            "Free some room or name another folder.",
        ) from None
    finally:
        # After the rename it is gone already; after an error or an interrupt it is not.
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
