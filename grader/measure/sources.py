"""Where a submission's files are taken from: a folder, or an archive that is read in memory.

A file is opened without following a link, without waiting on a pipe, and only if it is a regular file.
The names in an archive are data, nothing of it is written to disk, and sizes are checked beforehand.
"""

import errno
import io
import os
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError
from grader.messages.message import say
from grader.messages.wording import quoted
from grader.submissions.archives import (
    DAMAGE,
    ENDINGS,
    OTHER_ENDINGS,
    ZIP_AGAIN,
    Member,
    linked,
    members,
    not_regular,
    too_many,
)
from grader.submissions.submission import DEEPEST_FOLDER, MOST_FILES, hidden

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
            raise not_regular(name)
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


def open_archive(content: bytes, largest: int) -> Source:
    """The files in an archive that a person sees, of which a `.tar.gz` unpacks to at most `largest` bytes.

    It is refused if it is damaged, too full, leaves its folder, or holds nothing but another archive.
    """
    found = _seen(members(io.BytesIO(content), largest, io.BytesIO()))
    if len(found) > MOST_FILES:
        raise too_many(len(found), MOST_FILES)
    if len(found) == 1 and (only := next(iter(found))).lower().endswith((*ENDINGS, *OTHER_ENDINGS)):
        sentence = say("The archive holds only another archive, {name}.", name=shown(only))
        raise SubmissionError(sentence, say("Pack the files themselves into one `.zip`."))

    def read(name: str, largest: int) -> tuple[bytes, int]:
        member = found[name]
        if member.fault:
            raise member.fault
        if member.size > largest:
            raise too_large(name, member.size, largest)
        try:
            with member.open() as stream:
                # Without a number, zipfile unpacks all there is and cuts it to the announced size only then.
                content = stream.read(member.size + 1)
        except DAMAGE:
            content = b""
        if len(content) != member.size:
            raise SubmissionError(say("{name} in the archive is damaged.", name=shown(name)), ZIP_AGAIN)
        return content, 1

    return Source(sorted(found), read)


def _seen(listed: Iterable[Member]) -> dict[str, Member]:
    """The members that are files, by their names; hidden and very deep ones are left out."""
    seen: dict[str, Member] = {}
    for member in listed:
        name = member.name
        if member.is_folder or not name or hidden(name) or name.count("/") > DEEPEST_FOLDER:
            continue
        if name in seen:
            sentence = say("The archive holds {name} twice.", name=quoted(name))
            raise SubmissionError(sentence, ZIP_AGAIN)
        seen[name] = member
    return seen


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


def _unreadable(name: str, error: OSError) -> SubmissionError:
    if error.errno == errno.ELOOP:
        return linked(name)
    if error.errno in {errno.ENXIO, errno.EISDIR}:  # a socket; a folder
        return not_regular(name)
    return SubmissionError(
        say("{name} cannot be read: {reason}.", name=shown(name), reason=error.strerror or ""),
        say("Submit a file that others may read."),
    )


def shown(name: str) -> str:
    """The last part of a file's name, between backticks, safe to print."""
    return quoted(PurePosixPath(name).name)
