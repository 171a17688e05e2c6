"""Gradescope: a folder for each submission, `submission_123`, and `submission_metadata.yml` with the names.

A group's submission is one folder with several submitters.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from grader.messages.wording import counted
from grader.platforms.download_forms import Reading
from grader.platforms.gradescope.metadata import METADATA, read_metadata
from grader.platforms.listing import Listing, some
from grader.submissions.people import Person
from grader.submissions.submission import Submission, open_submission

TITLE = "a Gradescope export"

_FOLDER = re.compile(r"submission_[0-9]+")
_NAMELESS = f"`{METADATA}` does not say who handed it in."


def read(listing: Listing) -> Reading | None:
    """Read a folder as a Gradescope export; see `Form`.

    Raises:
        UsageError: the metadata cannot be read.
    """
    if METADATA not in listing.files:
        return None
    people = read_metadata(listing.path / METADATA)
    folders = [name for name in listing.folders if name in people or _FOLDER.fullmatch(name)]
    ids = _ids(folders, people)
    submissions = (
        Submission(
            id=ids[name],
            path=open_submission(listing.path / name).path,
            notes=() if people.get(name) else (_NAMELESS,),
            people=people.get(name, ()),
            id_from="platform" if ids[name] == name else "roster",
            platform_name=name,
        )
        for name in folders
    )
    return Reading(
        submissions=tuple(sorted(submissions, key=lambda submission: submission.id)),
        used=frozenset((METADATA, *folders)),
        doubt="" if folders else "no folder is named in it",
        remarks=_without_folder([name for name in people if name not in folders]),
    )


def _ids(folders: Sequence[str], people: Mapping[str, tuple[Person, ...]]) -> Mapping[str, str]:
    """The student's own number where one student handed in one folder, else the folder's name."""
    own = {name: people[name][0].id for name in folders if len(people.get(name, ())) == 1}
    counts = Counter(number.casefold() for number in (*own.values(), *folders))
    return {
        name: own[name] if own.get(name) and counts[own[name].casefold()] == 1 else name for name in folders
    }


def _without_folder(names: Sequence[str]) -> tuple[str, ...]:
    if not names:
        return ()
    verb = "has" if len(names) == 1 else "have"
    return (f"{counted(len(names), 'submission')} of `{METADATA}` {verb} no folder here: {some(names)}.",)
