"""The forms of downloads that are known: a module `download` in each platform's folder.

Such a module has a title, such as `a Canvas download`, and one function:

    read(listing) -> Reading | None     None where no name in the folder is of this form

The platform's name is the name of the layout on the command line.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from grader.messages.message import Message
from grader.messages.wording import listed, quoted
from grader.platforms import modules
from grader.submissions.submission import Submission, hidden

_MOST_NAMED = 3


@dataclass(frozen=True)
class Listing:
    """What a person sees in a folder, by name; nothing is opened and no link is followed.

    Attributes:
        path: The folder.
        files: The names of regular files, archives among them, sorted.
        folders: The names of folders, sorted.
        others: The names of links and whatever else is neither, sorted.
    """

    path: Path
    files: tuple[str, ...]
    folders: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many names there are."""
        return len(self.files) + len(self.folders) + len(self.others)


@dataclass(frozen=True)
class Reading:
    """What a folder holds if it is a download of one form.

    Attributes:
        submissions: The submissions in order of id; ids are unique.
        used: The names in the folder that are of the form.
        doubt: Why the names may be like this by chance. Empty where they hardly can.
        remarks: Sentences that whoever grades should read.
    """

    submissions: tuple[Submission, ...]
    used: frozenset[str]
    doubt: str = ""
    remarks: tuple[str, ...] = ()


class Form(Protocol):
    """A form's module."""

    TITLE: str

    def read(self, listing: Listing) -> Reading | None:
        """Read the folder as a download of this form, as far as its names are of the form."""


def forms() -> Mapping[str, Form]:
    """All forms, by the names of their platforms."""
    return {name: cast("Form", module) for name, module in modules("download").items()}


def list_folder(path: Path) -> Listing:
    """List a folder.

    Raises:
        OSError: The folder is not there or cannot be read.
    """
    files, folders, others = [], [], []
    with os.scandir(path) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if hidden(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            elif entry.is_file(follow_symlinks=False):
                files.append(entry.name)
            else:
                others.append(entry.name)
    return Listing(path, tuple(files), tuple(folders), tuple(others))


def some(names: Sequence[str]) -> Message:
    """The first names of many, for a sentence: `a`, `b`, `c` and 5 more."""
    more = len(names) - _MOST_NAMED
    return listed([*map(quoted, names[:_MOST_NAMED]), *([f"{more} more"] if more > 0 else [])])
