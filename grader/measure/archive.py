"""Reads a submission's `.zip` in memory.

Names are data, nothing is written to disk, and sizes are checked before anything is unpacked.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import PureWindowsPath

from grader.errors import SubmissionError
from grader.measure.intake import linked, shown, too_large
from grader.messages.message import say
from grader.messages.wording import quoted
from grader.submissions.submission import DEEPEST_FOLDER, MOST_FILES, hidden

_ZIP_AGAIN = say("Make the `.zip` again with your system's own program, with the model and the log in it.")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
# Each entry of the archive's directory starts like this. Far more entries than files that are read
# would take gigabytes as objects, so they are counted first; an archive inside adds some of its own.
_ENTRY = b"PK\x01\x02"
_MOST_ENTRIES = 100_000
# What zipfile raises on a damaged archive; NotImplementedError is a RuntimeError, UnicodeError a ValueError.
_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(ValueError, OverflowError, RuntimeError),
)


def open_archive(content: bytes) -> tuple[tuple[str, ...], Callable[[str, int], bytes]]:
    """The names of the files in a zip that a person would see, and a reader for them.

    Raises:
        SubmissionError: it is no zip, is damaged, holds too many files, or a name that leaves its folder.
    """
    entries = content.count(_ENTRY)
    if entries > _MOST_ENTRIES:
        raise _too_many(entries)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGE:
        raise SubmissionError(
            say("The submission's `.zip` file is damaged or is not a zip archive."), _ZIP_AGAIN
        ) from None
    members = _by_name(archive.infolist())
    if len(members) > MOST_FILES:
        raise _too_many(len(members))

    def read(name: str, largest: int) -> bytes:
        member = members[name]
        if stat.S_ISLNK(member.external_attr >> 16):
            raise linked(name)
        if member.flag_bits & _ENCRYPTED:
            raise SubmissionError(
                say("{name} in the `.zip` is encrypted.", name=shown(name)),
                say("Make the `.zip` again without a password."),
            )
        if member.compress_type not in _METHODS:
            raise SubmissionError(
                say(
                    "{name} in the `.zip` is packed by method {compress_type}; the methods 0 (stored) "
                    "and 8 (deflated) are read.",
                    name=shown(name),
                    compress_type=member.compress_type,
                ),
                _ZIP_AGAIN,
            )
        if member.file_size > largest:
            raise too_large(name, member.file_size, largest)
        try:
            with archive.open(member) as stream:
                # Without a number, zipfile unpacks all there is and cuts it to the announced size only then.
                return stream.read(member.file_size + 1)
        except _DAMAGE:
            raise SubmissionError(
                say("{name} in the `.zip` is damaged.", name=shown(name)), _ZIP_AGAIN
            ) from None

    return tuple(sorted(members)), read


def _too_many(count: int) -> SubmissionError:
    return SubmissionError(
        say(
            "The submission's `.zip` holds {count} files; at most {most_files} are read.",
            count=f"{count:,}",
            most_files=f"{MOST_FILES:,}",
        ),
        _ZIP_AGAIN,
    )


def _by_name(members: Iterable[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The members that are files, by their name with `/`; hidden and very deep ones are left out."""
    by_name: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        # Windows' reading of a name takes both separators and knows drives.
        path = PureWindowsPath(member.filename)
        if path.anchor or ".." in path.parts:
            raise SubmissionError(
                say(
                    "The submission's `.zip` holds {filename}, a name that leaves the folder.",
                    filename=quoted(member.filename),
                ),
                _ZIP_AGAIN,
            )
        name = path.as_posix()
        folder = member.filename.endswith(("/", "\\")) or not path.parts
        if folder or hidden(name) or len(path.parts) > DEEPEST_FOLDER + 1:
            continue
        if name in by_name:
            raise SubmissionError(
                say("The submission's `.zip` holds {name} twice.", name=quoted(name)), _ZIP_AGAIN
            )
        by_name[name] = member
    return by_name
