"""Moodle: a folder for each student, `Ana García_123_assignsubmission_file`, or each file named like that.

123 is the number of the participant, by which Moodle takes feedback back. Before Moodle 4.1 an underscore
ends the folder's name. A text that was typed in is in `Ana García_123_assignsubmission_onlinetext`.
Where marking is blind everybody's name is the word for a participant in the site's language; in a group
assignment the group stands in front, `Group 1-Ana García`. A file without a folder is
`Ana García_123_assignsubmission_file_model.keras`. Moodle writes spaces for the underscores in a name, but a
student may call a file like another student's.

Source: `mod/assign/locallib.php` and `mod/assign/feedback/file/importziplib.php` of moodle/moodle.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.messages.message import say
from grader.messages.wording import quoted
from grader.platforms.downloads import Reading, with_files
from grader.submissions.class_folder import Listing
from grader.submissions.people import Person
from grader.submissions.submission import Submission, open_submission

TITLE = "a Moodle download"

_NAME = re.compile(
    r"(?P<name>.*?)_(?P<participant>[1-9][0-9]*)_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?",
    re.DOTALL,
)
_PARTICIPANT = re.compile(r"(?=_([0-9]+)_assignsubmission_)")


@dataclass(frozen=True)
class MoodleEntry:
    """What the name of one folder or file, `stored`, says: `own` is the student's own name for a file."""

    stored: str
    participant: str
    name: str
    plugin: str
    own: str


def parse(stored: str) -> MoodleEntry | None:
    """The parts of a folder's or a file's name, or None where it is not of this form."""
    match = _NAME.fullmatch(stored)
    if match is None:
        return None
    name = unicodedata.normalize("NFC", match["name"]).strip()
    return MoodleEntry(stored, match["participant"], name, match["plugin"], match["file"] or "")


def read(listing: Listing) -> Reading | None:
    """Read a folder as a Moodle download."""
    folders = [entry for entry in map(parse, listing.folders) if entry and not entry.own]
    files = [entry for entry in map(parse, listing.files) if entry and entry.own]
    if not folders and not files:
        return None
    students: dict[str, list[MoodleEntry]] = defaultdict(list)
    for entry in (*folders, *files):
        # A name with the numbers of two participants may be either's.
        if len(set(_PARTICIPANT.findall(entry.stored))) == 1:
            students[entry.participant].append(entry)
    doubts = {participant: _doubt(entries) for participant, entries in students.items()}
    certain = {participant: entries for participant, entries in students.items() if not doubts[participant]}
    names = {participant: entries[0].name for participant, entries in certain.items()}
    blind = (
        set(map(str.casefold, names.values())) == {"participant"}
        or len(names) > len(set(names.values())) == 1
    )
    submissions = (
        _submission(listing.path, participant, "" if blind else names[participant], entries)
        for participant, entries in certain.items()
    )
    used = frozenset(entry.stored for entry in (*folders, *files))
    return Reading(
        submissions=tuple(sorted(submissions, key=lambda submission: submission.id)),
        used=used,
        contested=used - {entry.stored for entries in certain.values() for entry in entries},
        doubt=next(filter(None, doubts.values()), ""),
    )


def _doubt(entries: Sequence[MoodleEntry]) -> str:
    first, *others = dict.fromkeys(entry.name for entry in entries)
    both = f"{quoted(first)} and {quoted(others[0])}" if others else ""
    return both and f"{both} have the same number, {entries[0].participant}"


def _submission(folder: Path, participant: str, name: str, entries: Sequence[MoodleEntry]) -> Submission:
    # Uploaded files count before a text that was typed in.
    first = min(entries, key=lambda entry: (entry.plugin != "file", bool(entry.own), entry.stored))
    submission = Submission(
        id=participant,
        path=folder,
        people=(Person(name=name, id=participant),),
        id_from="platform",
    )
    if not first.own:
        others = [entry for entry in entries if entry.plugin == first.plugin and entry is not first]
        note = say(
            "The download has this submission more than once. Graded: {stored}.", stored=quoted(first.stored)
        )
        return replace(
            submission, path=open_submission(folder / first.stored).path, notes=(note,) if others else ()
        )
    own = [(entry.own, entry.stored) for entry in entries if entry.own and entry.plugin == first.plugin]
    return with_files(submission, own)
