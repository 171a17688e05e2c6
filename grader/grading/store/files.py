"""Which submissions were read, as their files were then: those that have not changed are not read again."""

import os
import time
from collections.abc import Callable
from pathlib import Path

from grader.errors import SubmissionError
from grader.frozen import Frozen
from grader.grading.store import sealed
from grader.submissions.submission import Submission, own_files

# A file that was changed so shortly before may be changed again without another time of its change.
_SECONDS_TO_SETTLE = 2

Stamp = tuple[str, int, int, int, int]


class Seen(Frozen):
    """A submission as it was when it was read.

    Attributes:
        circumstances: the hash of what else the key depends on.
        aside: how the platform names its files, the notes on it, and whether its place is a link.
        stamps: of its files: name, size, times of the last change of content and of anything (ns), inode.
        key: of its content.
    """

    circumstances: str
    aside: str
    stamps: tuple[Stamp, ...]
    key: str


class SeenFiles(Frozen):
    """All submissions that were read, by their path."""

    seen: dict[str, Seen]


def read_seen(path: Path) -> dict[str, Seen]:
    """Those of a file; none where there is no file, or none that can be read."""
    found = sealed.read(SeenFiles, path)
    return dict(found.seen) if found is not None else {}


def seen_page(seen: dict[str, Seen]) -> str:
    """The text of that file."""
    return sealed.page(SeenFiles(seen=seen))


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
    name = ascii([str(submission.path.absolute()), *(stored for _, stored in submission.files)])
    # The clock is asked first: reading may take longer than a time of change is exact.
    settled = time.time_ns() - _SECONDS_TO_SETTLE * 1_000_000_000
    before, aside = _stamps(submission), _aside(submission)
    found = seen.get(name)
    if found is not None and (circumstances, aside, before) == (
        found.circumstances,
        found.aside,
        found.stamps,
    ):
        return found.key
    key = compute()
    if before is not None and before == _stamps(submission) and all(stamp[3] < settled for stamp in before):
        seen[name] = Seen(circumstances=circumstances, aside=aside, stamps=before, key=key)
    return key


def _stamps(submission: Submission) -> tuple[Stamp, ...] | None:
    """The stamps of its files; None if one cannot be looked at."""
    path = submission.path
    try:
        names = (path.name,) if submission.zipped else tuple(own_files(submission).values())
        folder = str(path.parent if submission.zipped else path)
        found = [(name, os.lstat(os.path.join(folder, name))) for name in names]  # noqa: PTH118  (a class has thousands)
    except (OSError, SubmissionError):
        return None
    return tuple(
        (name, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino) for name, state in found
    )


def _aside(submission: Submission) -> str:
    return repr((submission.notes, submission.files, submission.path.is_symlink()))
