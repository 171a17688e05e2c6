"""The shapes that several platforms' downloads have; a platform says only its grammar.

Either each name in the folder says whose it is, and when it was handed in, or a student's folder has one for
each assignment.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import UsageError
from grader.messages.english import names
from grader.messages.message import Message, say
from grader.messages.wording import counted, quoted
from grader.platforms.downloads import Reading, some, with_files
from grader.submissions.class_folder import Listing, list_folder
from grader.submissions.people import Person
from grader.submissions.submission import Submission, only_archive, open_submission

_MOST_LOOKED_AT = 20
_VERSION = re.compile(r"versi[oó]n (?P<number>[0-9]{1,6})", re.IGNORECASE)


@dataclass(frozen=True)
class Named:
    """What the name of an entry says: `student` is the same for all of one student, and for nobody else.

    Of several attempts the greatest is the newest. `own` is the student's own name of a file; it is "" for a
    folder, and for a file that the platform added.
    """

    student: str
    person: Person
    attempt: str = ""
    own: str = ""


def by_name(listing: Listing, parse: Callable[[str], Named | None], doubt: str = "") -> Reading | None:
    """Read a folder whose names each say whose they are; of several attempts the newest is taken."""
    read = {stored: parse(stored) for stored in (*listing.folders, *listing.files)}
    entries = {stored: entry for stored, entry in read.items() if entry is not None}
    if not entries:
        return None
    students: dict[str, list[str]] = defaultdict(list)
    for stored, entry in entries.items():
        students[entry.student].append(stored)
    submissions: list[Submission] = []
    older: set[str] = set()
    for stored_names in students.values():
        newest = max(entries[stored].attempt for stored in stored_names)
        now = [stored for stored in stored_names if entries[stored].attempt == newest]
        older.update(set(stored_names) - set(now))
        attempts = len({entries[stored].attempt for stored in stored_names})
        submissions.append(_submission(listing, now, entries, _retried(attempts, now[0])))
    return Reading(
        submissions=with_unique_ids(submissions, list(students)),
        used=frozenset(entries),
        older=frozenset(older),
        doubt=doubt,
    )


def _submission(
    listing: Listing, now: Sequence[str], entries: dict[str, Named], notes: tuple[Message, ...]
) -> Submission:
    person = entries[now[0]].person
    own_id = person.id or person.login or person.name
    submission = Submission(own_id, listing.path, notes, people=(person,), id_from="platform")
    folder = next((stored for stored in now if stored in listing.folders), None)
    if folder is not None:
        return replace(submission, path=open_submission(listing.path / folder).path)
    files = [(entries[stored].own, stored) for stored in now if entries[stored].own]
    return with_files(submission, files or [(stored, stored) for stored in now])


def _retried(attempts: int, newest: str) -> tuple[Message, ...]:
    if attempts == 1:
        return ()
    times = counted(attempts, "time")
    return (
        say("It was handed in {times}. The newest was taken: {stored}.", times=times, stored=quoted(newest)),
    )


def with_unique_ids(submissions: Iterable[Submission], keys: Sequence[str]) -> tuple[Submission, ...]:
    """The submissions in order of their ids; those who share one get their keys instead, which are unique."""
    found = tuple(submissions)
    taken = Counter(one.id.casefold() for one in found)
    apart = (
        replace(one, id=key) if taken[one.id.casefold()] > 1 or not one.id else one
        for one, key in zip(found, keys, strict=True)
    )
    return tuple(sorted(apart, key=lambda one: one.id))


def by_assignment(listing: Listing, marker: Callable[[Path], bool], beside: str = "") -> Reading | None:
    """Read a folder with a folder for each student, and in it one for each assignment: of one of these.

    The `marker` says whether a student's folder of an assignment has the form. A folder `Version 2` in it is
    newer than `Version 1`; a file `beside` the student's is the platform's.

    Raises:
        UsageError: There are several assignments, and none of them was asked for.
    """
    if any(_has_files(listing.path / student) for student in listing.folders[:_MOST_LOOKED_AT]):
        return None
    inner = {student: _folders_in(listing.path / student) for student in listing.folders}
    sample = [path for folders in list(inner.values())[:_MOST_LOOKED_AT] for path in folders]
    if not any(marker(path) for path in sample):
        return None
    assignments = sorted({path.name for folders in inner.values() for path in folders})
    asked = listing.assignment or (assignments[0] if len(assignments) == 1 else "")
    if asked not in assignments:
        raise UsageError(
            f"{quoted(listing.path)} holds the assignments {names(assignments)}.",
            f"Choose one, for example with `--assignment {quoted(assignments[0]).strip('`')!r}`.",
        )
    found = {student: path for student, folders in inner.items() for path in folders if path.name == asked}
    absent = [student for student in listing.folders if student not in found]
    remark = f"Nothing was handed in for {quoted(asked)} by {some(absent)}."
    return Reading(
        submissions=tuple(_newest(student, path, beside) for student, path in sorted(found.items())),
        used=frozenset(listing.folders),
        remarks=(remark,) if absent else (),
    )


def _newest(student: str, path: Path, beside: str) -> Submission:
    versions = {
        int(match["number"]): inner
        for inner in _folders_in(path)
        if (match := _VERSION.fullmatch(inner.name))
    }
    newest = versions[max(versions)] if versions else path
    notes = _retried(len(versions), newest.name) if versions else ()
    return Submission(
        student, only_archive(newest, beside) or newest, notes, people=(Person(name=student, login=student),)
    )


def has_versions(path: Path) -> bool:
    """Whether there is a folder `Version 1` in the folder."""
    return any(_VERSION.fullmatch(inner.name) for inner in _folders_in(path))


def _has_files(path: Path) -> bool:
    try:
        return bool(list_folder(path).files)
    except OSError:
        return False


def _folders_in(path: Path) -> list[Path]:
    try:
        return [path / name for name in list_folder(path).folders]
    except OSError:
        return []
