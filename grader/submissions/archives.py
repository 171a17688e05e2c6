"""What is in a `.zip` or a `.tar`, with gzip or without: names are data, and nothing is unpacked by them."""

import gzip
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO, cast

from grader.errors import SubmissionError
from grader.messages.message import Message, say
from grader.messages.wording import quoted

# What is read; the longer ending stands first.
ENDINGS = (".tar.gz", ".tgz", ".tar", ".zip")
# What is said to be an archive, and is not read.
OTHER_ENDINGS = (
    *(".rar", ".7z", ".zipx", ".tar.bz2", ".tbz", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tzst"),
    *(".gz", ".bz2", ".xz", ".zst", ".lzma", ".lz4", ".ace", ".arj", ".cab", ".dmg", ".iso", ".sit", ".egg"),
)
ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ZIP_ENCRYPTED = 0x1
_UTF_8 = 0x800
# Each entry of the directory starts like this; millions of them fit into a file and would take gigabytes as
# objects, so they are counted first.
ZIP_ENTRY = b"PK\x01\x02"
# Far more than files that are read, because an archive inside adds some of its own.
MOST_ENTRIES = 100_000
# What zipfile raises on a damaged archive; NotImplementedError is a RuntimeError, UnicodeError a ValueError.
ZIP_DAMAGE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(ValueError, OverflowError, RuntimeError),
)
DAMAGE = (*ZIP_DAMAGE, tarfile.TarError)

ZIP_AGAIN = say("Make a new `.zip` with your system's own program, with the model and the log in it.")
_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20
# How the files begin that are handed in where an archive should be.
_KINDS = (
    (b"Rar!", say("a RAR archive")),
    (b"7z\xbc\xaf\x27\x1c", say("a 7-Zip archive")),
    (b"BZh", say("a bzip2 archive")),
    (b"\xfd7zXZ", say("an xz archive")),
    (b"\x28\xb5\x2f\xfd", say("a Zstandard archive")),
    (b"\x89HDF", say("an HDF5 file")),
    (b"%PDF", say("a PDF file")),
    (b"L\0\0\0\x01\x14\x02\0", say("a shortcut")),
    (b"[InternetShortcut]", say("a shortcut")),
    (b"[Desktop Entry]", say("a shortcut")),
    (b"bplist", say("a shortcut")),
    (b"<?xml", say("a shortcut")),
    (b'{"', say("a JSON file, or a reference to a file in the cloud")),
)


@dataclass(frozen=True)
class Member:
    """A folder or a file in an archive: its name with `/`, the size that is announced, and what opens it.

    The fault is why it is not read: it is a link, it is encrypted, or it is packed in a rare way.
    """

    name: str
    is_folder: bool
    size: int
    open: Callable[[], IO[bytes]]
    fault: SubmissionError | None = None
    is_link: bool = False


def members(stream: IO[bytes], largest: int, buffer: IO[bytes]) -> Iterator[Member]:
    """List an archive; one that is damaged, too full, or has a name that leaves its folder is refused.

    A `.tar.gz` is unpacked as a whole into the `buffer`, to at most `largest` bytes.

    Raises:
        SubmissionError: The archive cannot be read, or is none.
    """
    head = stream.read(max(len(start) for start, _ in _KINDS))
    stream.seek(0)
    if not head:
        raise SubmissionError(
            say("The file is empty (0 bytes)."),
            say("Wait until your cloud folder has downloaded the file, or pack it again, and hand that in."),
        )
    plain = _without_gzip(stream, largest, buffer) if head.startswith(_GZIP) else stream
    try:
        tar = tarfile.open(fileobj=plain, mode="r:", encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
    except DAMAGE:
        tar = None
        plain.seek(0)
    if tar is not None:
        yield from _of_tar(tar, plain)
    elif plain is stream and (kind := next((kind for start, kind in _KINDS if head.startswith(start)), None)):
        raise SubmissionError(
            say("The file is {kind}, which cannot be read.", kind=kind),
            say("Hand in a `.zip` with the model and the log in it."),
        )
    else:
        yield from _of_zip(plain)


def _without_gzip(stream: IO[bytes], largest: int, buffer: IO[bytes]) -> IO[bytes]:
    size = 0
    try:
        with gzip.GzipFile(fileobj=stream) as unpacked:
            while chunk := unpacked.read(_CHUNK):
                size += len(chunk)
                if size > largest:
                    raise SubmissionError(
                        say("The archive unpacks to more than {largest} bytes.", largest=f"{largest:,}"),
                        say("Pack only the files that the homework asks for."),
                    )
                buffer.write(chunk)
    except DAMAGE:
        raise damaged() from None
    buffer.seek(0)
    return buffer


def _of_tar(tar: tarfile.TarFile, stream: IO[bytes]) -> Iterator[Member]:
    count = 0
    try:
        for count, member in enumerate(tar, start=1):
            if count > MOST_ENTRIES:
                raise too_many(count)
            fault = None
            if not (member.isdir() or member.isreg()):
                fault = linked(member.name) if member.issym() or member.islnk() else not_regular(member.name)
            yield Member(
                name=_inner_name(member.name),
                is_folder=member.isdir(),
                size=member.size,
                # None is for a folder or a device.
                open=cast("Callable[[], IO[bytes]]", partial(tar.extractfile, member)),
                fault=fault,
                is_link=fault is not None,
            )
        # tarfile takes a broken header, or none, for the end.
        stream.seek(tar.offset)
        whole = stream.read(tarfile.BLOCKSIZE) == bytes(tarfile.BLOCKSIZE)
    except DAMAGE:
        raise damaged() from None
    if not whole:
        raise damaged()


def _of_zip(stream: IO[bytes]) -> Iterator[Member]:
    entries = _count(stream, ZIP_ENTRY)
    if entries > MOST_ENTRIES:
        raise too_many(entries)
    try:
        archive = zipfile.ZipFile(stream)
    except DAMAGE:
        raise damaged() from None
    for member in archive.infolist():
        name = _zip_name(member)
        link = stat.S_ISLNK(member.external_attr >> 16)
        fault = None
        if link:
            fault = linked(name)
        elif member.flag_bits & ZIP_ENCRYPTED:
            fault = SubmissionError(
                say("{name} in the `.zip` is encrypted.", name=_last(name)),
                say("Make the `.zip` again without a password."),
            )
        elif member.compress_type not in ZIP_METHODS:
            sentence = say(
                "{name} in the `.zip` is packed by method {compress_type}; the methods 0 (stored) "
                "and 8 (deflated) are read.",
                name=_last(name),
                compress_type=member.compress_type,
            )
            fault = SubmissionError(sentence, ZIP_AGAIN)
        yield Member(
            name=_inner_name(name),
            is_folder=name.endswith(("/", "\\")),
            size=member.file_size,
            open=partial(archive.open, member),
            fault=fault,
            is_link=link,
        )


def _zip_name(member: zipfile.ZipInfo) -> str:
    """The name of a member; macOS writes UTF-8 and does not say so."""
    if not member.flag_bits & _UTF_8 and not member.filename.isascii():
        try:
            return member.filename.encode("cp437").decode()
        except UnicodeError:
            pass
    return member.filename


def _count(stream: IO[bytes], sought: bytes) -> int:
    found, rest = 0, b""
    while chunk := stream.read(_CHUNK):
        found += (rest + chunk).count(sought)
        rest = chunk[1 - len(sought) :]
    stream.seek(0)
    return found


def _inner_name(name: str) -> str:
    """A member's name with `/`; raises `SubmissionError` where it leads out of the archive's folder."""
    # Windows' reading of a name takes both separators and knows drives.
    path = PureWindowsPath(name)
    if path.anchor or ".." in path.parts:
        sentence = say("The archive holds {filename}, a name that leaves the folder.", filename=quoted(name))
        raise SubmissionError(sentence, ZIP_AGAIN)
    return path.as_posix() if path.parts else ""


def damaged() -> SubmissionError:
    """The refusal of what is no whole archive."""
    return SubmissionError(say("The file is damaged or is not an archive."), ZIP_AGAIN)


def too_many(count: int, most: int = MOST_ENTRIES) -> SubmissionError:
    """The refusal of an archive with too many files."""
    sentence = say(
        "The archive holds {count} files; at most {most_files} are read.",
        count=f"{count:,}",
        most_files=f"{most:,}",
    )
    return SubmissionError(sentence, ZIP_AGAIN)


def linked(name: str) -> SubmissionError:
    """The refusal of a link."""
    return SubmissionError(
        say("{name} is a link; links are not followed.", name=_last(name)),
        say("Submit the file itself, not a link to it."),
    )


def not_regular(name: str) -> SubmissionError:
    """The refusal of a device, a pipe, or a socket."""
    return SubmissionError(
        say("{name} is not a regular file.", name=_last(name)), say("Submit the file itself.")
    )


def _last(name: str) -> Message | str:
    return quoted(PurePosixPath(name).name)
