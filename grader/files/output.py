"""Writes output files whole: a temporary name in the same folder, then a rename."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from grader.errors import UsageError
from grader.messages.safe_text import plain


def prepare_folder(folder: Path) -> None:
    """Make an output folder and try to write in it, before any work is done.

    Raises:
        UsageError: The folder cannot be made or written.
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


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file, so that a reader sees the old content or the new, never half of one.

    Args:
        path: The file. Its folder is made where it is missing; a link here is replaced, not followed.
        content: What to write; text as UTF-8.

    Raises:
        UsageError: The file cannot be written. What was there stays.
    """
    encoded = content if isinstance(content, bytes) else bytes(content, "utf-8", "backslashreplace")
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as stream:
            stream.write(encoded)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise UsageError(
            f"`{plain(str(path))}` cannot be written: {error.strerror}.",
            "Free some room or name another folder.",
        ) from None
    finally:
        # It is there only after an error or an interrupt.
        with contextlib.suppress(OSError):
            temporary.unlink()
