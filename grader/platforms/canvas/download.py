"""Canvas: one folder for the class, each file named `garciaana_LATE_123_456_model.keras`.

123 is the student's number and 456 the file's, which grows with time. The name is the sortable one, or the
group's, in small letters, without anything that is no letter, digit or underscore; where students are
anonymous it is `anon_Ab1Cd_456_model.keras`. A text or a link is `garciaana_123_text.html` or `_link.html`.
A file that was uploaded again is `model-1.keras`.

Students choose their own names and those of their files, so one name may fit several students:
`garciaana_777_1_700_9005_model.keras` is file 1 of 777, or file 9005 of 700, whose name is `garciaana_777_1`.

Source: `lib/content_zipper.rb` and `Attachment.make_unique_filename` of instructure/canvas-lms.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.messages.message import say
from grader.messages.wording import counted, quoted
from grader.platforms.downloads import Reading, with_files
from grader.submissions.class_folder import Listing, names_of
from grader.submissions.handed_in import HandedIn
from grader.submissions.people import Person
from grader.submissions.submission import Submission

TITLE = "a Canvas download"

_NUMBER = "[1-9][0-9]*"
_FILE = rf"(?:(?P<number>{_NUMBER})_(?P<file>.+)|(?P<entry>(?:text|link)\.html))"
# What follows the name, which is empty where it had no letter, digit or underscore.
_AFTER_NAME = re.compile(rf"(?P<late>_(?:LATE|late))?_(?P<user>{_NUMBER})_{_FILE}", re.DOTALL)
_ANONYMOUS = re.compile(rf"(?P<late>(?:LATE|late)_)?(?P<user>anon_[A-Za-z0-9]{{5}})_{_FILE}", re.DOTALL)
# Canvas counts to 7 and then takes a random UUID; earlier versions went on counting.
_AGAIN = re.compile(
    r"(?P<stem>.+)-(?:[1-9][0-9]?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"(?P<extension>(?:\.[A-Za-z0-9]+)*)",
    re.DOTALL,
)


@dataclass(frozen=True)
class CanvasFile:
    """What the name of a file, `stored`, says; `own` is the student's name for it, 0 the number of a text."""

    stored: str
    user: str
    name: str
    late: bool
    number: int
    own: str


def readings(stored: str) -> tuple[CanvasFile, ...]:
    """What a file's name may say, once for each student whose file it could be."""
    composed = unicodedata.normalize("NFC", stored)
    matches = [("", _ANONYMOUS.fullmatch(composed))]
    for end, character in enumerate(composed):
        if not _stays_in_a_name(character):
            break
        if character == "_":
            matches.append((composed[:end], _AFTER_NAME.fullmatch(composed, end)))
    found: dict[str, CanvasFile] = {}
    for name, match in matches:
        if match is not None:
            late, number = match["late"] is not None, int(match["number"] or 0)
            own = match["entry"] or match["file"]
            if again := _AGAIN.fullmatch(own):
                own = again["stem"] + again["extension"]
            file = CanvasFile(stored, match["user"], name, late, number, own)
            found.setdefault(file.user, file)
    return tuple(found.values())


def read(listing: Listing) -> Reading | None:
    """Read a folder as a Canvas download."""
    named = {stored: found for stored in listing.files if (found := readings(stored))}
    if not named:
        return None
    clear = [found[0] for found in named.values() if len(found) == 1]
    students: dict[str, list[CanvasFile]] = defaultdict(list)
    for file in clear:
        students[file.user].append(file)
    certain = {user: own for user, own in students.items() if len({file.name for file in own}) == 1}
    submissions = [_submission(listing.path, user, own) for user, own in certain.items()]
    belonging = {file.stored for own in certain.values() for file in own}
    return Reading(
        submissions=tuple(sorted(submissions, key=lambda submission: submission.id)),
        used=frozenset(named),
        contested=frozenset(named) - belonging,
        older=frozenset(belonging).difference(*(names_of(one, listing.path) for one in submissions)),
        doubt=_doubt(clear),
    )


def _stays_in_a_name(character: str) -> bool:
    category = unicodedata.category(character)
    return (category[0] in "LMN" or category == "Pc") and character == character.lower()


def _submission(folder: Path, user: str, files: Iterable[CanvasFile]) -> Submission:
    by_name: dict[str, list[CanvasFile]] = defaultdict(list)
    for file in sorted(files, key=lambda file: file.number):
        by_name[file.own].append(file)
    newest = [versions[-1] for versions in by_name.values()]
    notes = [say("Canvas marks it as late.")] if any(file.late for file in newest) else []
    notes += [
        say(
            "{name} was uploaded {times}. The newest was taken: {stored}.",
            name=quoted(own),
            times=counted(len(versions), "time"),
            stored=quoted(versions[-1].stored),
        )
        for own, versions in sorted(by_name.items())
        if len(versions) > 1
    ]
    submission = Submission(
        id=user,
        path=folder,
        notes=tuple(notes),
        people=(Person(name=newest[-1].name, id="" if user.startswith("anon_") else user),),
        handed_in=HandedIn(is_marked_late=any(file.late for file in newest)),
        id_from="platform",
    )
    return with_files(submission, [(file.own, file.stored) for file in newest])


def _doubt(files: Iterable[CanvasFile]) -> str:
    """Why archives such as `hw_2024_01_ana.zip`, one a student, may only look like this form, or ""."""
    found = tuple(files)
    numbers = Counter(file.number for file in found if file.number)
    twice = next((number for number, count in numbers.items() if count > 1), None)
    if twice is not None:
        return f"two files have the number {twice}"
    names: dict[str, str] = {}
    for file in found:
        if names.setdefault(file.user, file.name) != file.name:
            return f"{quoted(names[file.user])} and {quoted(file.name)} have the same number, {file.user}"
    archives = sum(file.own.lower().endswith(".zip") for file in found)
    if len(names) == 1 and archives > 1:
        return (
            f"all {archives} archives would belong to one student, {quoted(found[0].name or found[0].user)}"
        )
    if len(names) > 1 and set(names.values()) == {found[0].name} and not found[0].user.startswith("anon_"):
        return f"all {len(names)} students would have the same name, {quoted(found[0].name)}"
    return ""
