"""Unpacks the archive of a class, as a platform hands it out, into a temporary folder.

Nothing is written outside of it, whatever the names say; sizes and the room on the disk are watched.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from grader.errors import SubmissionError, UsageError
from grader.messages.english import names
from grader.messages.wording import quoted
from grader.submissions.archives import DAMAGE, ENDINGS, Member, damaged, members
from grader.submissions.submission import stem

MOST_BYTES = 100 << 30
_LONGEST_NAME = 255
_CHUNK = 1 << 20
_MOST_NAMED = 3
_BY_HAND = "Download it again, or unpack it yourself and name the folder."


@contextmanager
def unpacked(path: Path, most: int = MOST_BYTES) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """The folder of a class and sentences on it: what is at `path`, or what its archive holds, until the end.

    `class.zip/HW11` is a folder in an archive. An archive that cannot be unpacked raises `UsageError`, and an
    error of whoever reads the folder names the archive, not the temporary folder.
    """
    archive = next((one for one in (path, *path.parents) if _is_archive(one)), None)
    if archive is None:
        yield path, ()
        return
    with tempfile.TemporaryDirectory(prefix="grader-class-") as temporary:
        # Some platforms are known by the name of the folder.
        folder = Path(temporary).resolve() / stem(archive.name)
        sentences = _unpack(archive, folder, most)
        try:
            yield folder / path.relative_to(archive), sentences
        except UsageError as error:
            told = (str(text).replace(str(folder), str(archive)) for text in (error.message, error.hint))
            raise UsageError(*told) from None


def _is_archive(path: Path) -> bool:
    return path.name.lower().endswith(ENDINGS) and path.is_file()


def _unpack(archive: Path, folder: Path, most: int) -> tuple[str, ...]:
    links: list[str] = []
    free = min(most, shutil.disk_usage(folder.parent).free)
    try:
        folder.mkdir()
        with archive.open("rb") as stream, tempfile.TemporaryFile() as buffer:
            for member in members(stream, free, buffer):
                if member.is_link:
                    links.append(member.name)
                elif member.name:
                    free -= member.size
                    if free < 0:
                        raise _refusal(archive, "it needs more room than there is")
                    _write(member, folder / _fitting(member.name))
    except SubmissionError as error:
        raise _refusal(archive, str(error.message)) from None
    except FileExistsError as error:
        raise _refusal(archive, f"{quoted(Path(error.filename).name)} is in it twice") from None
    except (OSError, ValueError) as error:
        raise _refusal(archive, getattr(error, "strerror", None) or str(error)) from None
    if not links:
        return ()
    more = f" and {len(links) - _MOST_NAMED:,} more" if len(links) > _MOST_NAMED else ""
    return (f"Left out of {quoted(archive.name)}, because links are not followed: {names(links[:3])}{more}.",)


def _refusal(archive: Path, reason: str) -> UsageError:
    return UsageError(f"{quoted(archive)} cannot be unpacked: {reason.rstrip('.')}.", _BY_HAND)


def _write(member: Member, path: Path) -> None:
    if member.is_folder:
        path.mkdir(parents=True, exist_ok=True)
        return
    if member.fault:
        raise member.fault
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as target:
        try:
            stream = member.open()
        except DAMAGE:
            raise damaged() from None
        with stream:
            _copy(stream, target, member.size)


def _copy(stream: IO[bytes], target: IO[bytes], size: int) -> None:
    """Copy what was announced; raises `SubmissionError` where there is less, or more."""
    left = size
    while True:
        try:
            chunk = stream.read(_CHUNK)
        except DAMAGE:
            raise damaged() from None
        left -= len(chunk)
        if left < 0 or (left and not chunk):
            raise damaged()
        if not chunk:
            return
        target.write(chunk)


def _fitting(name: str) -> PurePosixPath:
    """A name whose parts a disk takes: one that is too long keeps its beginning, its ending, and a hash."""
    return PurePosixPath(*map(_shortened, PurePosixPath(name).parts))


def _shortened(part: str) -> str:
    if len(os.fsencode(part)) <= _LONGEST_NAME:
        return part
    tail = "~" + hashlib.sha256(os.fsencode(part)).hexdigest()[:8] + PurePosixPath(part).suffix[:20]
    while len(os.fsencode(part + tail)) > _LONGEST_NAME:
        part = part[:-1]
    return part + tail
