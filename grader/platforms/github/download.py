"""GitHub Classroom: a repository for each student or team, `homework-1-ana`, all cloned into one folder.

The login stands after the assignment. `gh classroom clone student-repos` calls the folder
`homework-1-submissions`, which tells the assignment; else it is what all names begin with, up to a hyphen.
The last of several words may be the beginning of everybody's login, so it is said what was taken.
"""

import os
import re
from collections.abc import Sequence
from itertools import takewhile

from grader.messages.wording import quoted
from grader.platforms.downloads import Reading
from grader.submissions.class_folder import Listing
from grader.submissions.people import Person
from grader.submissions.submission import Submission, open_submission

TITLE = "a folder of GitHub Classroom's repositories"

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_]|-(?=[A-Za-z0-9]))*")
_CLONED = re.compile(r"(?P<assignment>.+)-submissions")
_LONGEST_LOGIN = 39


def read(listing: Listing) -> Reading | None:
    """Read a folder as repositories of GitHub Classroom."""
    repositories = [name for name in listing.folders if os.path.lexists(listing.path / name / ".git")]
    prefix = assignment_prefix(listing.path.resolve().name, repositories)
    logins = {name: name.removeprefix(prefix) for name in repositories if name.startswith(prefix)}
    logins = {name: login for name, login in logins.items() if is_login(login)}
    if not prefix or not logins:
        return None
    guessed = prefix.count("-") > 1 and not _CLONED.fullmatch(listing.path.resolve().name)
    remark = f"Taken as the assignment, and not as part of a login: {quoted(prefix[:-1])}."
    return Reading(
        submissions=tuple(
            Submission(
                login,
                open_submission(listing.path / name).path,
                people=(Person(login=login),),
                id_from="platform",
            )
            for name, login in sorted(logins.items(), key=lambda pair: pair[1])
        ),
        used=frozenset(logins),
        remarks=(remark,) if guessed else (),
    )


def assignment_prefix(folder: str, repositories: Sequence[str]) -> str:
    """What stands before the login in the repositories' names, with its hyphen; "" where nothing tells."""
    cloned = _CLONED.fullmatch(folder)
    if cloned and all(name.startswith(f"{cloned['assignment']}-") for name in repositories):
        return f"{cloned['assignment']}-"
    if len(repositories) < 2:
        return ""
    words = zip(*(name.split("-") for name in repositories), strict=False)
    common = takewhile(lambda alike: len(set(alike)) == 1, words)
    return "".join(f"{word}-" for word, *_ in common)


def is_login(text: str) -> bool:
    """Whether GitHub would take this as a login; an underscore is in those that a company manages."""
    return len(text) <= _LONGEST_LOGIN and _LOGIN.fullmatch(text) is not None
