"""The class in a folder: a platform's download, or a folder or zip for each student, and the roster.

A module `download` in a platform's folder knows one form. It has a `TITLE`, such as `a Canvas download`, and
a function `read(listing) -> Reading | None`, which gives None where no name in the folder has the form.
"""

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import UsageError
from grader.messages.message import Message, say
from grader.messages.safe_text import LONGEST_TEXT
from grader.messages.wording import counted, listed, quoted
from grader.platforms import modules, names
from grader.submissions.matching import ClassList, match
from grader.submissions.roster import read_roster
from grader.submissions.submission import Submission, find_submissions, hidden

AUTOMATIC = "auto"
FOLDERS = "folders"

# A teacher's own files beside the download: notes, a rubric, a roster.
_MOST_STRAYS = 3
_MOST_NAMED = 3
_MOST_CONTESTED = 50


@dataclass(frozen=True)
class Listing:
    """The names in a folder, sorted, without hidden ones; each link is among the `others`, not followed."""

    path: Path
    files: tuple[str, ...]
    folders: tuple[str, ...]
    others: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """What a folder holds if it is a download of one form; its submissions are in order of their unique ids.

    The names that are `used` have the form. Those that are `contested` fit several students, so they belong
    to nobody. The doubt says why the names may look like this by chance; it is "" where they hardly can.
    """

    submissions: tuple[Submission, ...]
    used: frozenset[str]
    contested: frozenset[str] = frozenset()
    doubt: str = ""
    remarks: tuple[str, ...] = ()


def layouts() -> tuple[str, ...]:
    """The names of the layouts that can be asked for."""
    return (AUTOMATIC, FOLDERS, *names("download"))


def read_class(folder: Path, layout: str = AUTOMATIC, roster: Path | None = None) -> ClassList:
    """Find the submissions in a folder, and whose they are by the roster, a CSV file.

    `auto` recognises a download, also in the only folder of a folder, as archives are often unpacked, and
    takes any other folder for a plain one. What cannot be used raises `UsageError`.
    """
    students = read_roster(roster) if roster else ()
    found = _read_folder(folder, layout)
    found = replace(found, sentences=(*found.sentences, *_alike(found.submissions)))
    if not roster:
        return found
    matching = match(found.submissions, students)
    submissions = tuple(sorted(matching.submissions, key=lambda submission: submission.id))
    return ClassList(submissions, matching.absent, (*found.sentences, *matching.sentences))


def _alike(submissions: Sequence[Submission]) -> Iterator[str]:
    """Which ids are one but for letter case or stored accents: a student may have handed in twice."""
    alike: dict[str, list[str]] = defaultdict(list)
    for own in (submission.id for submission in submissions):
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", own).casefold())
        alike[folded].append(quoted(own))
    for ids in alike.values():
        if len(ids) > 1:
            yield f"{listed(ids)} differ only in letter case or in how accents are stored; each was graded."


def list_folder(path: Path) -> Listing:
    """List a folder; raises `OSError` where it is not there or cannot be read."""
    with os.scandir(path) as entries:
        seen = sorted((entry for entry in entries if not hidden(entry.name)), key=lambda entry: entry.name)
    files = tuple(entry.name for entry in seen if entry.is_file(follow_symlinks=False))
    folders = tuple(entry.name for entry in seen if entry.is_dir(follow_symlinks=False))
    known = {*files, *folders}
    return Listing(path, files, folders, tuple(entry.name for entry in seen if entry.name not in known))


def some(names: Sequence[str]) -> Message:
    """The first names of many, for a sentence: `a`, `b`, `c` and 5 more."""
    more = len(names) - _MOST_NAMED
    return listed([*map(quoted, names[:_MOST_NAMED]), *([f"{more} more"] if more > 0 else [])])


def with_files(submission: Submission, files: Sequence[tuple[str, str]]) -> Submission:
    """The submission with these files, by the student's and the stored name of each, or with its only zip.

    A student whose files are all hidden ones still has none of the others' files. Of two files of one name
    the first is taken, and a note names it.
    """
    seen = sorted(pair for pair in files if not hidden(pair[0])) or sorted(files)
    first = dict(reversed(seen))
    twice = sorted({own for own, stored in seen if first[own] != stored})
    notes = (
        say("{name} is there more than once. Graded: {stored}.", name=quoted(own), stored=quoted(first[own]))
        for own in twice
    )
    submission = replace(submission, notes=(*submission.notes, *notes))
    if len(first) == 1 and seen[0][0].lower().endswith(".zip") and not hidden(seen[0][0]):
        return replace(submission, path=submission.path / seen[0][1])
    return replace(submission, files=tuple(sorted(first.items())))


def _read_folder(folder: Path, layout: str) -> ClassList:
    if layout not in layouts():
        raise UsageError(
            f"`--layout` must be one of {listed([*map(quoted, layouts())])}. Received: {quoted(layout)}.",
            "Leave it out to have the layout recognised.",
        )
    if layout == FOLDERS:
        return ClassList(find_submissions(folder))
    try:
        listing = list_folder(folder)
    except OSError:
        # It says what is wrong with the folder.
        return ClassList(find_submissions(folder))
    return _recognised(listing) if layout == AUTOMATIC else _asked_for(listing, layout)


def _recognised(listing: Listing) -> ClassList:
    readings = _readings(listing)
    fitting = [name for name, (_, objection) in readings.items() if not objection]
    if len(fitting) == 1:
        return _download(fitting[0], listing, readings[fitting[0]][0])
    if not readings:
        return _inside(listing) or ClassList(find_submissions(listing.path))
    if fitting:
        options = " or ".join(f"`--layout {name}`" for name in fitting)
        could_be = " or ".join(map(_title, fitting))
        notes = [f"Not read as a download, because it could be {could_be}. Choose with {options}."]
    else:
        notes = [
            f"Not read as {_title(name)}, because {objection}."
            + (f" Use `--layout {name}` to read it as one anyway." if reading.submissions else "")
            for name, (reading, objection) in readings.items()
        ]
    try:
        return ClassList(find_submissions(listing.path), sentences=tuple(notes))
    except UsageError as error:
        raise UsageError(error.message, " ".join(notes)) from None


def _readings(listing: Listing) -> Mapping[str, tuple[Reading, str]]:
    """What each form makes of a folder that may have it, and why it may have not, by the platform's name."""
    found = {name: form.read(listing) for name, form in modules("download").items()}
    return {name: (reading, _objection(listing, reading)) for name, reading in found.items() if reading}


def _inside(listing: Listing) -> ClassList | None:
    """The download in the only folder of a folder, of two students at least: one alone may be the student."""
    inner = _only_folder(listing)
    readings = _readings(inner) if inner else {}
    fitting = [(name, reading) for name, (reading, objection) in readings.items() if not objection]
    if inner is None or len(fitting) != 1 or len(fitting[0][1].submissions) < 2:
        return None
    return _download(fitting[0][0], inner, fitting[0][1])


def _asked_for(listing: Listing, layout: str) -> ClassList:
    read = modules("download")[layout].read
    reading = read(listing)
    inner = _only_folder(listing)
    if reading is None and inner is not None:
        listing, reading = inner, read(inner)
    if reading is not None and reading.contested and not reading.submissions:
        examples = some(sorted(reading.contested))
        raise UsageError(
            f"Every name in {quoted(listing.path)} fits more than one student: {examples}.",
            "Rename each so that it fits one student, or use `--layout folders`.",
        )
    if reading is None or not reading.submissions:
        raise UsageError(
            f"{quoted(listing.path)} is not {_title(layout)}: nothing in it is named like one.",
            "Leave out `--layout` to have the layout recognised, or use `--layout folders`.",
        )
    return _download(layout, listing, reading)


def _only_folder(listing: Listing) -> Listing | None:
    if listing.files or listing.others or len(listing.folders) != 1:
        return None
    try:
        return list_folder(listing.path / listing.folders[0])
    except OSError:
        return None


def _objection(listing: Listing, reading: Reading) -> str:
    """Why the names in the folder may not be those of such a download, or ""."""
    archives = [name for name in listing.files if name.lower().endswith(".zip")]
    kinds = {"folder": listing.folders, "`.zip` file": archives, "link": listing.others}
    for kind, found in kinds.items():
        if strange := next((name for name in found if name not in reading.used), None):
            return f"the {kind} {quoted(strange)} has another kind of name"
    strays = [name for name in listing.files if name not in reading.used]
    if len(strays) > max(_MOST_STRAYS, len(reading.used) // 10):
        names = (*listing.files, *listing.folders, *listing.others)
        return f"{len(strays)} of {len(names)} names do not fit, for example {quoted(strays[0])}"
    if reading.doubt or reading.submissions:
        return reading.doubt
    return f"every name fits more than one student, for example {quoted(min(reading.used))}"


def _title(layout: str) -> str:
    return str(modules("download")[layout].TITLE)


def _download(layout: str, listing: Listing, reading: Reading) -> ClassList:
    submissions = reading.submissions
    students = sum(max(1, len(submission.people)) for submission in submissions)
    groups = f"{counted(len(submissions), 'submission')} of " if students != len(submissions) else ""
    late = sum(submission.late for submission in submissions)
    kinds = {"file": listing.files, "folder": (*listing.folders, *listing.others)}
    strays = {kind: [name for name in found if name not in reading.used] for kind, found in kinds.items()}
    ignored = [f"{counted(len(found), kind)} ({some(found)})" for kind, found in strays.items() if found]
    sentence = (
        f"Read as {_title(layout)}: {groups}{counted(students, 'student')}{f', {late} late' if late else ''}."
    )
    if ignored:
        sentence += f" Ignored: {' and '.join(ignored)}."
    return ClassList(submissions, sentences=(sentence, *_contested(reading), *reading.remarks))


def _contested(reading: Reading) -> tuple[str, ...]:
    """What belongs to nobody, each in a line of its own, since a person has to rename it."""
    names = sorted(reading.contested)
    if not names:
        return ()
    fit, belong = ("fits", "belongs") if len(names) == 1 else ("fit", "belong")
    head = f"{counted(len(names), 'name')} {fit} more than one student and {belong} to nobody."
    more = len(names) - _MOST_CONTESTED
    return (
        f"{head} Rename each so that it fits one student:",
        *(f"  {quoted(name, LONGEST_TEXT)}" for name in names[:_MOST_CONTESTED]),
        *([f"  and {more} more"] if more > 0 else []),
    )
