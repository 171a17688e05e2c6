"""The class in a folder: a platform's download, or a folder or archive for each student, and the roster.

A module `download` in a platform's folder knows one form. It has a `TITLE`, such as `a Canvas download`, and
a function `read(listing) -> Reading | None`, which gives None where no name in the folder has the form. It
may have the name of the folder that the submissions are in, `INSIDE`. What several have is in `shapes.py`.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from grader.errors import UsageError
from grader.messages.message import Message, say
from grader.messages.safe_text import LONGEST_TEXT
from grader.messages.wording import counted, listed, quoted
from grader.platforms import modules, names
from grader.submissions.archives import ENDINGS
from grader.submissions.class_folder import (
    Listing,
    find_submissions,
    is_class,
    list_folder,
    names_of,
    only_folder,
    refuse_several_classes,
    submissions_in,
)
from grader.submissions.matching import ClassList, match, without_copy
from grader.submissions.roster import Student, read_roster
from grader.submissions.submission import Submission, hidden, is_archive, stem
from grader.submissions.unpacking import unpacked

AUTOMATIC = "auto"
FOLDERS = "folders"

# A teacher's own files beside the download: notes, a rubric, a roster.
_MOST_STRAYS = 3
_USED_FOR_EACH_STRANGE = 5
_MOST_NAMED = 3
_MOST_CONTESTED = 50
_MOST_DOCUMENTS = 5_000


@dataclass(frozen=True)
class Reading:
    """What a folder holds if it is a download of one form; its submissions are in order of their unique ids.

    The names that are `used` have the form. Of them, those that are `contested` fit several students, so they
    belong to nobody, and the `older` are attempts that lost to a newer one. The doubt says why the names may
    look like this by chance; it is "" where they hardly can.
    """

    submissions: tuple[Submission, ...]
    used: frozenset[str]
    contested: frozenset[str] = frozenset()
    older: frozenset[str] = frozenset()
    doubt: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Class:
    """How a folder was read: where in it the class is, what lies beside it on the way, and what was found."""

    listing: Listing
    reading: Reading
    sentences: tuple[str, ...] = ()
    beside: tuple[Listing, ...] = ()


def layouts() -> tuple[str, ...]:
    """The names of the layouts that can be asked for."""
    return (AUTOMATIC, FOLDERS, *names("download"))


@contextmanager
def open_class(
    path: Path, layout: str = AUTOMATIC, roster: Path | None = None, assignment: str = ""
) -> Iterator[ClassList]:
    """The class in a folder or in an archive, which is unpacked for as long as this lasts."""
    with unpacked(path) as (folder, sentences):
        found = read_class(folder, layout, roster, assignment)
        yield replace(found, sentences=(*sentences, *found.sentences))


def read_class(
    folder: Path, layout: str = AUTOMATIC, roster: Path | None = None, assignment: str = ""
) -> ClassList:
    """Find the submissions in a folder, and whose they are by the roster, a CSV file.

    `auto` recognises a download, also in the only folder of a folder, as archives are often unpacked, and
    takes any other folder for a plain one. Of several assignments of a course, that of this name is read.
    What cannot be used raises `UsageError`.
    """
    students = read_roster(roster) if roster else ()
    found = _read_folder(folder, layout, assignment)
    submissions = found.reading.submissions
    sentences = (*found.sentences, *_alike(submissions))
    absent: tuple[Student, ...] = ()
    if roster:
        matching = match(submissions, students)
        if loose := _documents_of(matching.absent, found):
            matching = match((*submissions, *loose), students)
        submissions = tuple(sorted(matching.submissions, key=lambda submission: submission.id))
        absent, sentences = matching.absent, (*sentences, *matching.sentences)
    named = tuple(replace(one, entry=_entry(one, found.listing.path)) for one in submissions)
    return ClassList(named, absent, sentences, _account(found, named))


def _entry(submission: Submission, folder: Path) -> str:
    """The name in the folder of the class of what was handed in; "" where it is several files."""
    names = names_of(submission, folder)
    return next(iter(names)) if len(names) == 1 else ""


def _documents_of(absent: Sequence[Student], found: _Class) -> tuple[Submission, ...]:
    """Documents that are called like students who have nothing else here: they handed in something."""
    path, used = found.listing.path, found.reading.used
    documents = [Submission(stem(name), path / name) for name in found.listing.files if name not in used]
    if not absent or not documents or len(documents) > _MOST_DOCUMENTS:
        return ()
    known = {one.path for one in match(documents, absent).submissions if one.id_from == "roster"}
    return tuple(one for one in documents if one.path in known)


def _account(found: _Class, submissions: Sequence[Submission]) -> str:
    """What became of each entry of the folder, as a sentence."""
    listing, reading = found.listing, found.reading
    rows = [(one, names_of(one, listing.path)) for one in submissions]
    whole = {name for one, inside in rows if not _is_unreadable(one) for name in inside}
    unreadable = {name for one, inside in rows if _is_unreadable(one) for name in inside} - whole
    rest = {*listing.files, *listing.folders, *listing.others} - whole - unreadable
    kinds = {
        "graded": whole,
        "cannot be read": unreadable,
        "nobody's": reading.contested & rest,
        "older attempts": reading.older & rest,
        "from the platform": (reading.used & rest) - reading.contested - reading.older,
    }
    passed = [
        name
        for one in found.beside
        for name in (*one.files, *one.folders, *one.others)
        if name not in listing.path.relative_to(one.path).parts[:1]
    ]
    parts = {kind: sorted(names) for kind, names in kinds.items()}
    parts["taken for your own"] = [*sorted(rest - reading.used), *passed]
    parts["left behind by systems"] = [*listing.junk, *(name for one in found.beside for name in one.junk)]
    shown = [
        f"{len(names):,} {kind}" + ("" if kind == "graded" else f" ({some(list(dict.fromkeys(names)))})")
        for kind, names in parts.items()
        if names
    ]
    total = sum(map(len, parts.values()))
    where = quoted((*found.beside, listing)[0].path.resolve().name)
    return f"{total:,} {'entry' if total == 1 else 'entries'} in {where}: {', '.join(shown)}."


def _is_unreadable(submission: Submission) -> bool:
    """Whether a submission is a single file that is called like nothing that is read, is empty, or a link."""
    path = submission.path
    if not submission.zipped:
        return False
    try:
        return not path.name.lower().endswith(ENDINGS) or path.lstat().st_size == 0 or path.is_symlink()
    except OSError:
        return True


def _alike(submissions: Sequence[Submission]) -> Iterator[str]:
    """Which ids are one but for letter case, stored accents, or the number of a copy."""
    alike: dict[str, list[str]] = defaultdict(list)
    for own in (submission.id for submission in submissions):
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", own).casefold())
        alike[without_copy(folded)].append(quoted(own))
    for ids in alike.values():
        if len(ids) > 1:
            yield (
                f"{listed(ids)} differ only in letter case, in how accents are stored or in the number of "
                "a copy, and may be one student's; each was graded."
            )


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
    if len(first) == 1 and is_archive(seen[0][0]) and not hidden(seen[0][0]):
        return replace(submission, path=submission.path / seen[0][1])
    return replace(submission, files=tuple(sorted(first.items())))


def _read_folder(folder: Path, layout: str, assignment: str) -> _Class:
    if layout not in layouts():
        raise UsageError(
            f"`--layout` must be one of {listed([*map(quoted, layouts())])}. Received: {quoted(layout)}.",
            "Leave it out to have the layout recognised.",
        )
    try:
        listing = replace(list_folder(folder), assignment=assignment)
    except OSError:
        # It says what is wrong with the folder.
        return _plain(Listing(folder, (), (), ()))
    if layout == FOLDERS:
        return _plain(listing)
    return _recognised(listing) if layout == AUTOMATIC else _asked_for(listing, layout)


def _plain(listing: Listing, sentences: tuple[str, ...] = ()) -> _Class:
    submissions = find_submissions(listing.path)
    used = frozenset[str]().union(*(names_of(one, listing.path) for one in submissions))
    return _Class(listing, Reading(submissions, used), sentences)


def _recognised(listing: Listing) -> _Class:
    if found := _in_known_folder(listing):
        return found
    readings = _readings(listing)
    fitting = [name for name, (_, objection) in readings.items() if not objection]
    if len(fitting) == 1:
        return _download(fitting[0], listing, readings[fitting[0]][0])
    if not readings:
        if found := _inside(listing):
            return found
        refuse_several_classes(listing)
        return _plain(listing)
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
        found = _plain(listing, tuple(notes))
    except UsageError as error:
        raise UsageError(error.message, " ".join(notes)) from None
    used = frozenset[str]().union(*(reading.used for reading, _ in readings.values()))
    loose = (one for one in found.reading.submissions if one.files)
    if any(names_of(one, listing.path) & used for one in loose):
        # As a plain folder, each of a student's files would be a submission.
        raise UsageError(f"It is not clear whose the files in {quoted(listing.path)} are.", " ".join(notes))
    return found


def _in_known_folder(listing: Listing) -> _Class | None:
    """The class in a folder that a platform calls so, such as `Submitted files`, beside others of it."""
    for name, form in modules("download").items():
        if (inner := _folder_of(form, listing)) and form.read(inner):
            return replace(_asked_for(inner, name), beside=(listing,))
    return None


def _folder_of(form: ModuleType, listing: Listing) -> Listing | None:
    """The folder that a form has its submissions in, where it is in this one."""
    inside = getattr(form, "INSIDE", None)
    if inside not in listing.folders:
        return None
    try:
        return replace(list_folder(listing.path / inside), assignment=listing.assignment)
    except OSError:
        return None


def _readings(listing: Listing) -> Mapping[str, tuple[Reading, str]]:
    """What each form makes of a folder that may have it, and why it may have not, by the platform's name."""
    found = {name: form.read(listing) for name, form in modules("download").items()}
    return {name: (reading, _objection(listing, reading)) for name, reading in found.items() if reading}


def _inside(listing: Listing) -> _Class | None:
    """The class in the only folder of a folder, of two students at least: one alone may be the student."""
    inner = only_folder(listing)
    if inner is None:
        return None
    if known := _in_known_folder(inner):
        return replace(known, beside=(listing, *known.beside))
    fitting = [(name, reading) for name, (reading, objection) in _readings(inner).items() if not objection]
    if len(fitting) == 1 and len(fitting[0][1].submissions) > 1:
        found: _Class | None = _download(fitting[0][0], inner, fitting[0][1])
    elif is_class(inner):
        found = _plain(inner, (f"The class is in {quoted(inner.path.name)}, the only folder.",))
    else:
        found = _inside(inner)
    return found and replace(found, beside=(listing, *found.beside))


def _asked_for(listing: Listing, layout: str) -> _Class:
    read = modules("download")[layout].read
    reading = read(listing)
    inner = _folder_of(modules("download")[layout], listing) or only_folder(listing)
    if reading is None and inner is not None:
        found = _asked_for(inner, layout)
        return replace(found, beside=(listing, *found.beside))
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


def _objection(listing: Listing, reading: Reading) -> str:
    """Why the names in the folder may not be those of such a download, or ""."""
    archives = [name for name in listing.files if name.lower().endswith(ENDINGS)]
    kinds = {"folder": listing.folders, "archive": archives, "link": listing.others}
    strange = [(kind, name) for kind, found in kinds.items() for name in found if name not in reading.used]
    # A few beside a whole class came another way, such as by e-mail.
    if len(strange) * _USED_FOR_EACH_STRANGE > len(reading.used):
        kind, name = strange[0]
        return f"the {kind} {quoted(name)} has another kind of name"
    strays = [name for name in listing.files if name not in reading.used]
    if len(strays) > max(_MOST_STRAYS, len(reading.used) // 10):
        names = (*listing.files, *listing.folders, *listing.others)
        return f"{len(strays)} of {len(names)} names do not fit, for example {quoted(strays[0])}"
    if reading.doubt or reading.submissions:
        return reading.doubt
    return f"every name fits more than one student, for example {quoted(min(reading.used))}"


def _title(layout: str) -> str:
    return str(modules("download")[layout].TITLE)


def _download(layout: str, listing: Listing, reading: Reading) -> _Class:
    submissions = reading.submissions
    students = sum(max(1, len(submission.people)) for submission in submissions)
    groups = f"{counted(len(submissions), 'submission')} of " if students != len(submissions) else ""
    late = sum(submission.handed_in.is_marked_late for submission in submissions)
    sentence = (
        f"Read as {_title(layout)}: {groups}{counted(students, 'student')}{f', {late} late' if late else ''}."
    )
    strays = _strays(listing, reading)
    if strays:
        names = some(sorted(name for one in strays for name in names_of(one, listing.path)))
        sentence += f" Beside it, and graded by their own names: {names}."
    read = replace(reading, submissions=tuple(sorted((*submissions, *strays), key=lambda one: one.id)))
    return _Class(listing, read, (sentence, *_contested(reading), *reading.remarks))


def _strays(listing: Listing, reading: Reading) -> tuple[Submission, ...]:
    """What lies beside a download and could be a submission, such as one that came by e-mail."""
    files, folders, others = (
        tuple(name for name in names if name not in reading.used)
        for names in (listing.files, listing.folders, listing.others)
    )
    taken = {submission.id.casefold() for submission in reading.submissions}
    found = submissions_in(Listing(listing.path, files, folders, others))
    return tuple(
        replace(one, id=min(names_of(one, listing.path))) if one.id.casefold() in taken else one
        for one in found
    )


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
