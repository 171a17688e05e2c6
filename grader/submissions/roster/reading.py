"""Reads a roster, a CSV file as Canvas, Moodle, Gradescope, GitHub Classroom or a spreadsheet writes it."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.messages.safe_text import plain
from grader.messages.wording import listed, quoted
from grader.submissions.roster import Student
from grader.submissions.roster.columns import Role, roles_of

LARGEST = 4 << 20
MOST_STUDENTS = 50_000

_DELIMITERS = (",", ";", "\t")
_SAVE_AGAIN = "Save it again as CSV in UTF-8."
_COLUMNS = "Give it a line of headers such as `id,name,email`."
# Excel's note on the separator, in a line of its own.
_SEPARATOR = re.compile(r"sep=(.)\r?\n")
# Moodle's worksheet calls the number of a participant `Participant 123`, in the site's language.
_PARTICIPANT = re.compile(r"\D+ ([0-9]+)")
# Lines of Canvas' gradebook that are nobody: what can be earned, how grades are posted, the teacher's view.
_NOBODY = ("points possible", "student, test", "test student")
_POSTING = {"", "muted", "manual posting"}
_MOST_HEADERS = 6


def read_roster(source: Path) -> tuple[Student, ...]:
    """The students of a class, in the order of the file; a student who is there twice is read once.

    Raises:
        UsageError: the file cannot be read or is no roster; the message ends with `(file:line)` where
            a line is at fault.
    """
    text = _text(source)
    skipped = 0
    if match := _SEPARATOR.match(text):
        text, skipped = text[match.end() :], 1
    delimiter = max(_DELIMITERS, key=lambda delimiter: _fit(_first(text, delimiter)))
    rows = _rows(text, delimiter, source.name, skipped)
    _, headers = next(rows, (1, ()))
    roles = roles_of(headers)
    if not set(roles) - {None}:
        shown = [quoted(header) for header in headers[:_MOST_HEADERS] if header]
        raise UsageError(
            f"The roster has no column of names, ids or e-mail addresses; it has "
            f"{listed(shown) or 'nothing'} ({plain(source.name)}:{skipped + 1}).",
            _COLUMNS,
        )
    students = tuple(_students(rows, roles, source.name, canvas="Student" in map(str.strip, headers)))
    if not students:
        raise UsageError(f"The roster `{plain(source.name)}` has no student in it.", _COLUMNS)
    return students


def _text(source: Path) -> str:
    name = plain(str(source))
    try:
        if source.exists() and not source.is_file():
            raise UsageError(f"The roster must be a CSV file. Received: `{name}`.", "Name a file.")
        with source.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except FileNotFoundError:
        raise UsageError(f"There is no roster `{name}`.", "Name a CSV file that is there.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"The roster `{name}` cannot be read: {reason}.", "Name a file that you may read."
        ) from None
    if len(content) > LARGEST:
        raise UsageError(
            f"The roster `{name}` has more than {LARGEST:,} bytes; at most that many are read.",
            "Name the list of the class.",
        )
    if content.startswith(b"PK\x03\x04"):
        raise UsageError(f"The roster `{name}` is a spreadsheet or an archive, not a CSV file.", _SAVE_AGAIN)
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 if wide else content.count(b"\n", 0, error.start) + 1
        encoding = "UTF-16, as which it begins" if wide else "UTF-8"
        raise UsageError(
            f"The roster has bytes that are not {encoding} ({plain(source.name)}:{line}).", _SAVE_AGAIN
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UsageError(
            f"The roster has the character U+0000, which no text has ({plain(source.name)}:{line}).",
            _SAVE_AGAIN,
        )
    return text


def _first(text: str, delimiter: str) -> Sequence[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []


def _fit(headers: Sequence[str]) -> tuple[int, int]:
    """How well a line of headers is split: how many of them are known, and how many there are."""
    return sum(role is not None for role in roles_of(headers)), len(headers)


def _rows(text: str, delimiter: str, file: str, skipped: int) -> Iterator[tuple[int, Sequence[str]]]:
    """Each line that has anything in it, with its number."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = skipped + 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield line, cells
            line = skipped + reader.line_num + 1
    except csv.Error as error:
        raise UsageError(
            f"The roster cannot be read as CSV from this line on: {error} ({plain(file)}:{line}).",
            "Put a text with a quote, a comma or a line break in it between quotes, and double the "
            "quotes inside.",
        ) from None


def _students(
    rows: Iterable[tuple[int, Sequence[str]]], roles: Sequence[Role | None], file: str, *, canvas: bool
) -> Iterator[Student]:
    seen: dict[str, Student] = {}
    for line, cells in rows:
        surplus = [cell for cell in cells[len(roles) :] if cell]
        if surplus:
            raise UsageError(
                f"The line has {len(cells)} cells and the headers are {len(roles)} ({plain(file)}:{line}).",
                "Put a name with a comma in it between quotes.",
            )
        if canvas and (cells[0].casefold() in _NOBODY or set(map(str.casefold, cells)) <= _POSTING):
            continue
        student = _student(line, cells, roles)
        if student is None:
            raise UsageError(
                f"The line has no name, no id and no e-mail address ({plain(file)}:{line}).",
                "Take the line out, or fill it in.",
            )
        known = seen.setdefault(student.id.casefold(), student)
        if known is student:
            yield student
        elif not _is_once_more(student, known):
            raise UsageError(
                f"The id {quoted(student.id)} is that of two students, {quoted(known.name or known.email)} "
                "on "
                f"line {known.line} and {quoted(student.name or student.email)} ({plain(file)}:{line}).",
                "Give each student an id of their own.",
            )
        if len(seen) > MOST_STUDENTS:
            raise UsageError(
                f"The roster has more than {MOST_STUDENTS:,} students; at most that many are read "
                f"({plain(file)}:{line}).",
                "Name the list of the class.",
            )


def _is_once_more(student: Student, known: Student) -> bool:
    """Whether two lines with one id are one student, as in an export with a line for each section."""
    told_apart = student.ids or student.login or student.email
    return bool(told_apart) and (student.name, student.email.casefold()) == (
        known.name,
        known.email.casefold(),
    )


def _student(line: int, cells: Sequence[str], roles: Sequence[Role | None]) -> Student | None:
    filled = [(role, cell) for role, cell in zip(roles, cells, strict=False) if role and cell]
    first = dict(reversed(filled))
    name = first.get("name") or " ".join(
        filter(None, (first.get("given name", ""), first.get("family name", "")))
    )
    ids = [cell for wanted in ("id", "other id", "identifier") for role, cell in filled if role == wanted]
    ids += [
        match[1] for role, cell in filled if role == "identifier" and (match := _PARTICIPANT.fullmatch(cell))
    ]
    email, login = first.get("email", ""), first.get("login", "")
    own = next(filter(None, (*ids, login, email, name)), "")
    return Student(own, name, tuple(dict.fromkeys(ids)), email, login, line) if own else None
