"""One student's files for one assignment: found by name, nothing is opened here."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from grader.errors import SubmissionError, UsageError
from grader.messages.message import Message, say
from grader.messages.wording import quoted
from grader.submissions.archives import ENDINGS, OTHER_ENDINGS
from grader.submissions.handed_in import NOT_KNOWN, HandedIn
from grader.submissions.people import Person

# Where the id of a submission is from: the name of its folder, a number that the platform has given it and
# no other list has, or the list of students: the roster, or the platform's copy of it.
IdFrom = Literal["folder", "platform", "roster"]
MOST_FILES = 2_000
DEEPEST_FOLDER = 8

# What macOS, Python and Windows leave behind, beside files that start with a dot, or with Office's `~$`.
_LEFT_BEHIND = ("__macosx", "__pycache__", "thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class Submission:
    """A folder or an archive that one student, or a group, handed in; ids are unique in a class.

    Where a platform renamed the files, `files` has the student's own name for each and its name below `path`;
    it is empty where every file in `path` belongs to the submission. The people are those that a platform
    names, and the notes say what a person should know of how it was found. The `entry` is its name in the
    folder of the class, or "" where it has several.
    """

    id: str
    path: Path
    notes: tuple[Message, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    people: tuple[Person, ...] = ()
    handed_in: HandedIn = NOT_KNOWN
    id_from: IdFrom = "folder"
    entry: str = ""

    @property
    def email(self) -> str:
        """The e-mail addresses of those who handed it in, as far as a list or a platform says."""
        return ", ".join(person.email for person in self.people if "@" in person.email)

    @property
    def name(self) -> str:
        """The names of those who handed it in, as far as a platform says."""
        return ", ".join(person.name for person in self.people if person.name)

    @property
    def zipped(self) -> bool:
        """Whether it is one archive, not a folder."""
        return not self.path.is_dir()


def open_submission(path: Path) -> Submission:
    """A single submission, a folder or an archive; raises `UsageError` where there is neither at `path`."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            f"There is nothing at {quoted(path)}.", "Name the folder that holds the model and the log."
        ) from None
    except OSError as error:
        raise UsageError(
            f"{quoted(path)} cannot be read: {error.strerror}.", "Name a folder that you may read."
        ) from None
    if path.is_symlink():
        # Who types the name of a link means what it leads to; a link that a student made is not followed.
        path = path.resolve()
    if stat.S_ISDIR(mode):
        return Submission(id=path.resolve().name or "submission", path=only_archive(path) or path)
    if stat.S_ISREG(mode) and is_archive(path.name):
        return Submission(id=stem(path.name), path=path)
    raise UsageError(
        f"A submission must be a folder or an archive such as a `.zip`. Received: {quoted(path)}.",
        "Name the folder that the file is in.",
    )


def only_archive(folder: Path, beside: str = "") -> Path | None:
    """The archive in a folder that holds nothing else that a person sees, but a platform's file `beside`."""
    try:
        entries = [entry for entry in os.scandir(folder) if not hidden(entry.name) and entry.name != beside]
    except OSError:
        return None
    if len(entries) != 1 or not entries[0].is_file(follow_symlinks=False):
        return None
    return Path(entries[0].path) if is_archive(entries[0].name) else None


def is_archive(name: str) -> bool:
    """Whether a file is called like an archive, one that is read or another."""
    return name.lower().endswith((*ENDINGS, *OTHER_ENDINGS))


def stem(name: str) -> str:
    """The name of a file without its ending, which an archive may have two of."""
    ending = next((ending for ending in ENDINGS if name.lower().endswith(ending)), PurePosixPath(name).suffix)
    return name[: -len(ending)] or name if ending else name


def hidden(name: str) -> bool:
    """Whether a person would not see the file: a part of its name starts with a dot, or a system left it."""
    parts = PurePosixPath(name).parts
    return any(part.startswith((".", "~$")) or part.lower() in _LEFT_BEHIND for part in parts)


def list_files(folder: Path) -> tuple[str, ...]:
    """The files in a submission's folder that a person would see, as relative names with `/`.

    There are at most `MOST_FILES` names, no deeper than `DEEPEST_FOLDER` folders, the outer before the inner;
    links are listed, and not followed. A folder that cannot be read raises `SubmissionError`.
    """
    try:
        next(folder.iterdir(), None)
    except OSError as error:
        raise SubmissionError(
            say("The submission's folder cannot be read: {reason}.", reason=error.strerror or ""),
            say("Hand in a folder that others may read."),
        ) from None
    names: list[str] = []
    for visited, (parent, folders, files) in enumerate(os.walk(folder, followlinks=False), start=1):
        inside = Path(parent).relative_to(folder)
        names.extend((inside / name).as_posix() for name in sorted(files) if not hidden(name))
        if len(names) >= MOST_FILES or visited >= MOST_FILES:
            break
        deeper = len(inside.parts) < DEEPEST_FOLDER
        folders[:] = sorted(name for name in folders if not hidden(name)) if deeper else []
    return tuple(names[:MOST_FILES])


def own_files(submission: Submission) -> Mapping[str, str]:
    """The files of a submission that is no zip, by the student's own names, with their names below `path`."""
    return dict(submission.files) or {name: name for name in list_files(submission.path)}
