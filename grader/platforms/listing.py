"""What a person sees in a folder, by name; nothing is opened and no link is followed."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.messages.wording import listed, quoted
from grader.submissions.submission import hidden

_MOST_NAMED = 3


@dataclass(frozen=True)
class Listing:
    """The names in a folder, sorted, without hidden ones.

    Attributes:
        path: the folder.
        files: regular files, archives among them.
        folders: its folders.
        others: links and whatever else is neither.
    """

    path: Path
    files: tuple[str, ...]
    folders: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many names there are."""
        return len(self.files) + len(self.folders) + len(self.others)


def list_folder(path: Path) -> Listing:
    """List a folder.

    Raises:
        OSError: it is not there or cannot be read.
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


def some(names: Sequence[str]) -> str:
    """The first names of many, for a sentence: `a`, `b`, `c` and 5 more."""
    more = len(names) - _MOST_NAMED
    return listed([*map(quoted, names[:_MOST_NAMED]), *([f"{more} more"] if more > 0 else [])])
