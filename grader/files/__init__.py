"""Files of our own: written whole, zipped, and read back as strictly as if somebody else had written them."""

import contextlib
import io
import json
import os
import secrets
import tempfile
import zipfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from grader.errors import UsageError
from grader.messages.message import say
from grader.messages.wording import quoted

Written = TypeVar("Written", bound=BaseModel)
Line = TypeVar("Line")

_MOST_BYTES_OF_LINES = 200_000_000


class UnreadableError(Exception):
    """What is wrong with a file: the end of a sentence that begins with what the file is."""


def prepare_folder(folder: Path) -> None:
    """Make an output folder, and raise `UsageError` before any work is done if it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise UsageError(
            f"The output folder {quoted(folder)} cannot be written: {error.strerror}.",
            "Name another folder.",
        ) from None


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file, text as UTF-8, so that a reader sees the old content or the new, never half of one.

    Its folder is made where it is missing; a link at `path` is replaced, not followed.

    Raises:
        UsageError: The file cannot be written. What was there stays.
    """
    encoded = content if isinstance(content, bytes) else _encoded(content)
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as stream:
            stream.write(encoded)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise _not_written(path, error) from None
    finally:
        # It is there only after an error or an interrupt.
        with contextlib.suppress(OSError):
            temporary.unlink()


def add_lines(path: Path, lines: Sequence[str]) -> None:
    """Add lines at the end of a file, all or none; a link at `path` is not followed.

    Two programs may do so at the same time: each writes its lines at once.

    Raises:
        UsageError: That is not possible.
    """
    content = "".join(f"{line}\n" for line in lines).encode()
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    try:
        file = os.open(path, flags, 0o644)
        try:
            size = os.fstat(file).st_size
            # What a program that was killed has half written stays a line of its own.
            if size and os.pread(file, 1, size - 1) != b"\n":
                content = b"\n" + content
            if os.write(file, content) != len(content):
                raise OSError(0, "the disk is full")
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        raise _not_written(path, error) from None


def read_lines(
    kind: TypeAdapter[Line], path: Path, text: str = ""
) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """Read what `add_lines` has added to a file that need not be there, and say which lines are damaged.

    A damaged line loses only itself. Lines that do not have the `text` as a JSON string may be left out.

    Raises:
        UsageError: The file cannot be read.
    """
    if not path.exists():
        return (), ()
    try:
        lines = read_limited(path, _MOST_BYTES_OF_LINES).split(b"\n")
    except UnreadableError as error:
        raise UsageError(f"{quoted(path)} {error}", "Put the file back, or take it away.") from None
    # A line that somebody else has written may spell the text with escapes.
    signs = (_encoded(json.dumps(text, ensure_ascii=False)), b"\\u", b"\\/")
    read, damaged = [], []
    for number, line in enumerate(lines, start=1):
        if line.strip() and (not text or any(sign in line for sign in signs)):
            try:
                read.append(kind.validate_json(line))
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False)[0]["msg"]
                damaged.append(f"Ignored a damaged line ({path.name}:{number}): {first}.")
    return tuple(read), tuple(damaged)


def _not_written(path: Path, error: OSError) -> UsageError:
    return UsageError(
        say("{path} cannot be written: {reason}.", path=quoted(path), reason=error.strerror or ""),
        say("Free some room, or name a folder that you may write to."),
    )


def write_changed(path: Path, text: str) -> None:
    """Write a file as `write_whole` does, unless it has this text already."""
    with contextlib.suppress(OSError):
        if not path.is_symlink() and path.read_bytes() == _encoded(text):
            return
    write_whole(path, text)


def _encoded(text: str) -> bytes:
    return bytes(text, "utf-8", "backslashreplace")


def read_limited(path: Path, most: int) -> bytes:
    """The content of a file; raises `UnreadableError` if it cannot be read or has more than `most` bytes."""
    try:
        # A named pipe would be waited for.
        if path.exists() and not path.is_file():
            raise UnreadableError("is a folder." if path.is_dir() else "is no ordinary file.")
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except FileNotFoundError:
        raise UnreadableError("does not exist.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableError(f"cannot be read: {reason}.") from None
    if len(content) > most:
        raise UnreadableError(f"has more than {most:,} bytes; at most that many are read.")
    return content


def read_own(kind: type[Written], path: Path, most: int, by: str) -> Written:
    """Read data that the command `by` writes; raises `UnreadableError` if the file holds anything else."""
    content = read_limited(path, most)
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = f" ({quoted('.'.join(map(str, first['loc'])))})" if first["loc"] else ""
        raise UnreadableError(f"must be what `{by}` writes. Received: {first['msg']}{where}.") from None


def zipped(files: Mapping[str, str | bytes], programs: Collection[str] = ()) -> bytes:
    """A `.zip` of files by path with `/`, text as UTF-8, without their time; `programs` can be run."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path)
            entry.create_system = 3  # Unix, whose modes these are
            entry.external_attr = (0o100755 if path in programs else 0o100644) << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
