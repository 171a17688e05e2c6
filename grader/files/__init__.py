"""Files of our own: written whole, read back as strictly as if somebody else had written them."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from grader.errors import UsageError
from grader.frozen import Frozen
from grader.messages.safe_text import plain

Written = TypeVar("Written", bound=Frozen)


class UnreadableError(ValueError):
    """What is wrong with a file: the end of a sentence that begins with what the file is."""


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


def read_own(kind: type[Written], path: Path, most: int, by: str) -> Written:
    """Read data from a file of at most `most` bytes, a megabyte or more, that the command `by` writes.

    Raises:
        UnreadableError: The file is not there, is larger, or holds something else.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}.") from None
    if len(content) > most:
        raise UnreadableError(f"must be at most {most // 1_000_000} MB.")
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = plain(".".join(map(str, first["loc"])))
        raise UnreadableError(
            f"must be what `{by}` writes. Received: {first['msg']}" + (f" (`{where}`)." if where else ".")
        ) from None
