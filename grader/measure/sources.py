"""Where a submission's files are taken from: a folder, or a `.zip` that is read in memory.

A file is opened without following a link, without waiting on a pipe, and only if it is a regular file.
The names in a zip are data, nothing of it is written to disk, and sizes are checked before it is unpacked.
"""

import errno
import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from grader.errors import SubmissionError
from grader.messages.message import say
from grader.messages.wording import quoted
from grader.submissions.submission import DEEPEST_FOLDER, MOST_FILES, hidden

_ZIP_AGAIN = say("Make the `.zip` again with your system's own program, with the model and the log in it.")
ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ZIP_ENCRYPTED = 0x1
# Each entry of the directory starts like this; millions of them fit into a file and would take gigabytes as
# objects, so they are counted first.
ZIP_ENTRY = b"PK\x01\x02"
# Far more than files that are read, because an archive inside adds some of its own.
_MOST_ENTRIES = 100_000
# What zipfile raises on a damaged archive; NotImplementedError is a RuntimeError, UnicodeError a ValueError.
ZIP_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(ValueError, OverflowError, RuntimeError),
)

# Gives the bytes and the number of hard links of the file of a name; refuses one of more than so many bytes.
Reader = Callable[[str, int], tuple[bytes, int]]


@dataclass(frozen=True)
class Source:
    """Where files are taken from: their relative names with `/`, and what reads one of them."""

    names: Sequence[str]
    read: Reader


def read_from(folder: Path) -> Reader:
    """A reader of files in a folder."""

    def read(name: str, largest: int) -> tuple[bytes, int]:
        def opener(_name: str, _flags: int) -> int:
            return _open(folder, PurePosixPath(name))

        try:
            with open(name, "rb", opener=opener) as stream:
                status = os.fstat(stream.fileno())
                regular = stat.S_ISREG(status.st_mode)
                # A file that grows meanwhile is taken as it was.
                content = stream.read(status.st_size) if regular and status.st_size <= largest else b""
        except OSError as error:
            raise _unreadable(name, error) from None
        if not regular:
            raise _not_regular(name)
        if status.st_size > largest:
            raise too_large(name, status.st_size, largest)
        return content, status.st_nlink

    return read


def _open(folder: Path, name: PurePosixPath) -> int:
    """Open a file below a folder, following a link in no part of its name."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    if os.open not in os.supports_dir_fd:
        return os.open(folder / name, flags | getattr(os, "O_BINARY", 0))
    parent = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in name.parts[:-1]:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
            os.close(parent)
            parent = inner
        return os.open(name.name, flags, dir_fd=parent)
    finally:
        os.close(parent)


def open_archive(content: bytes) -> Source:
    """The files in a zip that a person sees; refused if it is damaged, too full, or leaves its folder."""
    entries = content.count(ZIP_ENTRY)
    if entries > _MOST_ENTRIES:
        raise _too_many(entries)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except ZIP_DAMAGE:
        sentence = say("The submission's `.zip` file is damaged or is not a zip archive.")
        raise SubmissionError(sentence, _ZIP_AGAIN) from None
    members = _by_name(archive.infolist())
    if len(members) > MOST_FILES:
        raise _too_many(len(members))

    def read(name: str, largest: int) -> tuple[bytes, int]:
        member = members[name]
        if stat.S_ISLNK(member.external_attr >> 16):
            raise linked(name)
        if member.flag_bits & ZIP_ENCRYPTED:
            raise SubmissionError(
                say("{name} in the `.zip` is encrypted.", name=shown(name)),
                say("Make the `.zip` again without a password."),
            )
        if member.compress_type not in ZIP_METHODS:
            sentence = say(
                "{name} in the `.zip` is packed by method {compress_type}; the methods 0 (stored) "
                "and 8 (deflated) are read.",
                name=shown(name),
                compress_type=member.compress_type,
            )
            raise SubmissionError(sentence, _ZIP_AGAIN)
        if member.file_size > largest:
            raise too_large(name, member.file_size, largest)
        try:
            with archive.open(member) as stream:
                # Without a number, zipfile unpacks all there is and cuts it to the announced size only then.
                return stream.read(member.file_size + 1), 1
        except ZIP_DAMAGE:
            sentence = say("{name} in the `.zip` is damaged.", name=shown(name))
            raise SubmissionError(sentence, _ZIP_AGAIN) from None

    return Source(sorted(members), read)


def _by_name(members: Iterable[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The members that are files, by their name with `/`; hidden and very deep ones are left out."""
    by_name: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        # Windows' reading of a name takes both separators and knows drives.
        path = PureWindowsPath(member.filename)
        if path.anchor or ".." in path.parts:
            sentence = say(
                "The submission's `.zip` holds {filename}, a name that leaves the folder.",
                filename=quoted(member.filename),
            )
            raise SubmissionError(sentence, _ZIP_AGAIN)
        name = path.as_posix()
        folder = member.filename.endswith(("/", "\\")) or not path.parts
        if folder or hidden(name) or len(path.parts) > DEEPEST_FOLDER + 1:
            continue
        if name in by_name:
            sentence = say("The submission's `.zip` holds {name} twice.", name=quoted(name))
            raise SubmissionError(sentence, _ZIP_AGAIN)
        by_name[name] = member
    return by_name


def _too_many(count: int) -> SubmissionError:
    sentence = say(
        "The submission's `.zip` holds {count} files; at most {most_files} are read.",
        count=f"{count:,}",
        most_files=f"{MOST_FILES:,}",
    )
    return SubmissionError(sentence, _ZIP_AGAIN)


def too_large(name: str, size: int, largest: int) -> SubmissionError:
    """The refusal of a file over its size, both in bytes."""
    return SubmissionError(
        say(
            "{name} has {size} bytes; at most {largest} are read.",
            name=shown(name),
            size=f"{size:,}",
            largest=f"{largest:,}",
        ),
        say("Submit the file that the homework asks for, without anything else in it."),
    )


def linked(name: str) -> SubmissionError:
    """The refusal of a link."""
    return SubmissionError(
        say("{name} is a link; links are not followed.", name=shown(name)),
        say("Submit the file itself, not a link to it."),
    )


def _unreadable(name: str, error: OSError) -> SubmissionError:
    if error.errno == errno.ELOOP:
        return linked(name)
    if error.errno in {errno.ENXIO, errno.EISDIR}:  # a socket; a folder
        return _not_regular(name)
    return SubmissionError(
        say("{name} cannot be read: {reason}.", name=shown(name), reason=error.strerror or ""),
        say("Submit a file that others may read."),
    )


def _not_regular(name: str) -> SubmissionError:
    return SubmissionError(
        say("{name} is not a regular file.", name=shown(name)), say("Submit the file itself.")
    )


def shown(name: str) -> str:
    """The last part of a file's name, between backticks, safe to print."""
    return quoted(PurePosixPath(name).name)
