"""Finds the submissions in a folder as a learning platform hands it out, or as one folder for each student.

A platform's form is recognised by the names in the folder alone, and only if nothing speaks against it:
everything that would be a submission of its own in a plain folder (each subfolder, archive and link) has
the form, few files have not, no second form fits, and the names are not alike by chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.messages.safe_text import plain
from grader.messages.wording import counted, listed, quoted
from grader.platforms.download_forms import Listing, Reading, forms, list_folder, some
from grader.submissions.submission import Submission, find_submissions

AUTOMATIC = "auto"
FOLDERS = "folders"

# A teacher's own files beside the download: notes, a rubric, a roster.
_MOST_STRAYS = 3


@dataclass(frozen=True)
class Download:
    """The submissions of a class, and how they were found.

    Attributes:
        layout: `folders`, or the form of the download.
        submissions: The submissions in order of id.
        strays: The names in the folder that belong to nobody.
        sentences: What whoever grades should read of this; none for a plain folder.
    """

    layout: str
    submissions: tuple[Submission, ...]
    strays: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()


def layouts() -> tuple[str, ...]:
    """The names of the layouts that can be asked for."""
    return (AUTOMATIC, FOLDERS, *forms())


def read_download(folder: Path, layout: str = AUTOMATIC) -> Download:
    """Find every submission in a folder.

    A folder that holds nothing but another one is looked into, as archives are often unpacked like that.

    Args:
        folder: The folder in which the download was unpacked.
        layout: One of `layouts()`; `auto` recognises a download, and takes any other folder for plain.

    Raises:
        UsageError: The folder is not there, cannot be read, has no submission in it,
            or is not of this layout.
    """
    if layout not in layouts():
        raise UsageError(
            f"`--layout` must be one of {listed([*map(quoted, layouts())])}. Received: {quoted(layout)}.",
            "Leave it out to have the layout recognised.",
        )
    if layout == FOLDERS:
        return _plain(folder)
    try:
        listing = list_folder(folder)
    except OSError:
        # It says what is wrong with the folder.
        return _plain(folder)
    return _recognised(listing) if layout == AUTOMATIC else _asked_for(listing, layout)


def _plain(folder: Path, sentences: tuple[str, ...] = ()) -> Download:
    return Download(FOLDERS, find_submissions(folder), sentences=sentences)


def _recognised(listing: Listing) -> Download:
    readings = _readings(listing)
    objections = {name: _objection(listing, reading) for name, reading in readings.items()}
    fitting = [name for name, objection in objections.items() if not objection]
    if len(fitting) == 1:
        return _download(fitting[0], listing, readings[fitting[0]])
    if not readings:
        return _inside(listing) or _plain(listing.path)
    if fitting:
        titles = " or ".join(forms()[name].TITLE for name in fitting)
        notes = [f"Not read as a download, because it could be {titles}. {_say(fitting)}"]
    else:
        notes = [
            f"Not read as {forms()[name].TITLE}, because {objection}. {_say([name])}"
            for name, objection in objections.items()
        ]
    try:
        return _plain(listing.path, tuple(notes))
    except UsageError as error:
        raise UsageError(error.message, " ".join(notes)) from None


def _readings(listing: Listing) -> Mapping[str, Reading]:
    return {name: reading for name, form in forms().items() if (reading := form.read(listing))}


def _inside(listing: Listing) -> Download | None:
    """The download in the only folder of a folder, of two students at least: one alone may be the student."""
    inner = _only_folder(listing)
    if inner is None:
        return None
    fitting = [
        (name, reading) for name, reading in _readings(inner).items() if not _objection(inner, reading)
    ]
    if len(fitting) != 1 or len(fitting[0][1].submissions) < 2:
        return None
    return _download(fitting[0][0], inner, fitting[0][1])


def _asked_for(listing: Listing, layout: str) -> Download:
    form = forms()[layout]
    reading = form.read(listing)
    inner = _only_folder(listing)
    if reading is None and inner is not None:
        listing, reading = inner, form.read(inner)
    if reading is None or not reading.submissions:
        raise UsageError(
            f"`{plain(str(listing.path))}` is not {form.TITLE}: none of its {listing.size} names is "
            "of that form.",
            "Leave out `--layout` to have the layout recognised, or use `--layout folders`.",
        )
    return _download(layout, listing, reading)


def _only_folder(listing: Listing) -> Listing | None:
    if listing.size != 1 or not listing.folders:
        return None
    try:
        return list_folder(listing.path / listing.folders[0])
    except OSError:
        return None


def _objection(listing: Listing, reading: Reading) -> str:
    """Why the folder may be no such download, or ""."""
    for kind, names in (
        ("folder", listing.folders),
        ("`.zip` file", [name for name in listing.files if name.lower().endswith(".zip")]),
        ("link", listing.others),
    ):
        strange = [name for name in names if name not in reading.used]
        if strange:
            return f"the {kind} {quoted(strange[0])} is not named like that"
    strays = [name for name in listing.files if name not in reading.used]
    if len(strays) > max(_MOST_STRAYS, len(reading.used) // 10):
        return f"{len(strays)} of {listing.size} names are not of that form, such as {quoted(strays[0])}"
    return reading.doubt


def _download(layout: str, listing: Listing, reading: Reading) -> Download:
    folders = [name for name in (*listing.folders, *listing.others) if name not in reading.used]
    files = [name for name in listing.files if name not in reading.used]
    parts = [_students(reading.submissions)]
    if late := sum(submission.late for submission in reading.submissions):
        parts.append(f"{late} late")
    parts += [_nobodys(noun, names) for noun, names in (("file", files), ("folder", folders)) if names]
    sentence = f"Read as {forms()[layout].TITLE}: {', '.join(parts)}."
    return Download(layout, reading.submissions, (*files, *folders), (sentence, *reading.remarks))


def _students(submissions: Sequence[Submission]) -> str:
    students = sum(max(1, len(submission.people)) for submission in submissions)
    if students == len(submissions):
        return str(counted(students, "student"))
    return f"{counted(len(submissions), 'submission')} of {counted(students, 'student')}"


def _nobodys(noun: str, names: Sequence[str]) -> str:
    verb = "belongs" if len(names) == 1 else "belong"
    return f"{counted(len(names), noun)} that {verb} to nobody: {some(names)}"


def _say(names: Sequence[str]) -> str:
    options = [f"`--layout {name}`" for name in names]
    return f"Use {' or '.join(options)} to read it that way."
