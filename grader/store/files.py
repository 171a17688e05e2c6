"""Which submissions were read, as their files were then: those that have not changed are not read again."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from grader.errors import SubmissionError
from grader.frozen import Frozen
from grader.submission import Submission, own_files

# A file that was changed so shortly before may be changed again without another time of its change.
_SECONDS_TO_SETTLE = 2.0

Stamp = tuple[str, int, int, int, int]


class Seen(Frozen):
    """A submission as it was when it was read.

    Attributes:
        circumstances: the hash of what else the key depends on.
        stamps: of its files: name, size, times of the last change of content and of anything (ns), inode.
        key: of its content.
    """

    circumstances: str
    stamps: tuple[Stamp, ...]
    key: str


class SeenFiles(Frozen):
    """All submissions that were read, by their path."""

    seen: dict[str, Seen]


def read_seen(path: Path) -> dict[str, Seen]:
    """Those of a file; none where there is no file, or none that can be read."""
    try:
        return dict(SeenFiles.model_validate_json(path.read_bytes()).seen)
    except (OSError, ValueError):
        return {}


def seen_page(seen: dict[str, Seen]) -> str:
    """The text of that file."""
    return SeenFiles(seen=seen).model_dump_json()


def key_by_stamps(
    submission: Submission, circumstances: str, seen: dict[str, Seen], compute: Callable[[], str]
) -> str:
    """The key of a submission: the one it had, if none of its files was changed since; `seen` grows.

    Args:
        submission: whose.
        circumstances: the hash of what else the key depends on.
        seen: what was read before.
        compute: reads the files and gives the key of their content.
    """
    # In a download in one folder only the files tell the students apart.
    name = "\0".join([os.fsdecode(submission.path.absolute()), *(stored for _, stored in submission.files)])
    before = _stamps(submission)
    found = seen.get(name)
    if found is not None and (circumstances, before) == (found.circumstances, found.stamps):
        return found.key
    key = compute()
    settled = time.time_ns() - int(_SECONDS_TO_SETTLE * 1e9)
    if before is not None and before == _stamps(submission) and all(stamp[3] < settled for stamp in before):
        seen[name] = Seen(circumstances=circumstances, stamps=before, key=key)
    return key


def _stamps(submission: Submission) -> tuple[Stamp, ...] | None:
    """The stamps of its files, and its notes and names as the platform has them; None if a file is gone."""
    path = submission.path
    try:
        names = (path.name,) if submission.zipped else tuple(own_files(submission).values())
        folder = path.parent if submission.zipped else path
        found = [(name, (folder / name).lstat()) for name in names]
    except (OSError, SubmissionError):
        return None
    aside = "\n".join([*submission.notes, *map(repr, submission.files)])
    stamps = [
        (name, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino) for name, state in found
    ]
    return (*stamps, (aside, 0, 0, 0, 0))
