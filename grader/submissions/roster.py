"""Reads a roster, a CSV file as Canvas, Moodle, Gradescope, GitHub Classroom or a spreadsheet writes it."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.errors import UsageError
from grader.messages.english import names
from grader.messages.safe_text import plain
from grader.messages.wording import quoted
from grader.submissions.table import read_table

MOST_STUDENTS = 50_000

Role = Literal["id", "other id", "identifier", "name", "given name", "family name", "email", "login"]

# Moodle writes its columns in the site's language.
_NAMES: Mapping[Role, str] = {
    "id": "id, student id, student number, matriculation number, matrikelnummer, matricula",
    "other id": "sis user id, sid, id number, idnumber, user id, userid, canvas id, github id, "
    "integration id, id nummer, numero de id, numero d'identification, numero de identificacion",
    "identifier": "identifier, participant, teilnehmer/in",
    "name": "name, student, student name, full name, fullname, vollstandiger name, nombre completo, "
    "nom complet",
    "given name": "first name, firstname, given name, vorname, nombre, prenom",
    "family name": "last name, lastname, family name, surname, nachname, apellido, apellidos, apellido(s), "
    "nom, nom de famille",
    "email": "email, e mail, email address, e mail address, mail, e mail adresse, direccion de correo, "
    "correo electronico, adresse de courriel",
    "login": "sis login id, login, login id, username, user name, github username, github, anmeldename, "
    "nombre de usuario, nom d'utilisateur",
}
_ROLES = {header: role for role, headers in _NAMES.items() for header in headers.split(", ")}

_COLUMNS = "Give it a line of headers such as `id,name,email`."
# Moodle's worksheet calls the number of a participant `Participant 123`, in the site's language.
_PARTICIPANT = re.compile(r"\D+ ([0-9]+)")
# Lines of Canvas' gradebook that are nobody: what can be earned, how grades are posted, the teacher's view.
_NOBODY = ("points possible", "student, test", "test student")
_POSTING = {"", "muted", "manual posting"}
_MOST_HEADERS = 6


@dataclass(frozen=True)
class Student:
    """One line of a roster; a field is empty where the roster does not say.

    The `id` is the first that the line has of an id, a login, an e-mail address and a name; an id is also the
    first of the `ids`. Lines are counted from 1.
    """

    id: str
    name: str = ""
    ids: tuple[str, ...] = ()
    email: str = ""
    login: str = ""
    line: int = 0


def read_roster(source: Path) -> tuple[Student, ...]:
    """Read the students of a class, in the order of the file; a student who is there twice is read once.

    A file that cannot be read or is no roster raises `UsageError`, with `(file:line)` of a line at fault.
    """
    table = read_table(source, "roster", fit=_fit)
    roles = roles_of(table.header)
    if not set(roles) - {None}:
        shown = names(header for header in map(str.strip, table.header[:_MOST_HEADERS]) if header)
        raise UsageError(
            f"The roster has no column of names, ids or e-mail addresses; it has {shown} "
            f"({plain(source.name)}:{table.lines[0]}).",
            _COLUMNS,
        )
    rows = ((line, [*map(str.strip, row)]) for line, row in zip(table.lines[1:], table.rows[1:], strict=True))
    canvas = "Student" in map(str.strip, table.header)
    students = tuple(_students(rows, roles, source.name, canvas=canvas))
    if not students:
        raise UsageError(f"The roster {quoted(source.name)} has no student in it.", _COLUMNS)
    return students


def role_of(header: str) -> Role | None:
    """What a column holds, by its header, whatever its letter case and accents; None if it is not known."""
    letters = unicodedata.normalize("NFKD", header.casefold())
    unmarked = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _ROLES.get(re.sub(r"[\s_-]+", " ", unmarked).strip())


def roles_of(headers: Sequence[str]) -> tuple[Role | None, ...]:
    """What each column holds; of two with one role, other than ids, the first has it."""
    roles: list[Role | None] = []
    for header in headers:
        role = role_of(header)
        roles.append(None if role in roles and role not in ("id", "other id") else role)
    return tuple(roles)


def _fit(headers: Sequence[str]) -> tuple[int, int]:
    """How well a line of headers is split: how many of them are known, and how many there are."""
    return sum(role is not None for role in roles_of(headers)), len(headers)


def _students(
    rows: Iterable[tuple[int, Sequence[str]]], roles: Sequence[Role | None], file: str, *, canvas: bool
) -> Iterator[Student]:
    seen: dict[str, Student] = {}
    for line, cells in rows:
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
                f"Two students have the id {quoted(student.id)}: {quoted(known.name or known.email)} on line "
                f"{known.line} and {quoted(student.name or student.email)} ({plain(file)}:{line}).",
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
    if not (student.ids or student.login or student.email):
        return False
    return student.name == known.name and student.email.casefold() == known.email.casefold()


def _student(line: int, cells: Sequence[str], roles: Sequence[Role | None]) -> Student | None:
    filled = [(role, cell) for role, cell in zip(roles, cells, strict=False) if role and cell]
    first = dict(reversed(filled))
    both = (first.get("given name", ""), first.get("family name", ""))
    name = first.get("name") or " ".join(filter(None, both))
    ids = [cell for wanted in ("id", "other id", "identifier") for role, cell in filled if role == wanted]
    identifiers = (_PARTICIPANT.fullmatch(cell) for role, cell in filled if role == "identifier")
    ids += [match[1] for match in identifiers if match]
    email, login = first.get("email", ""), first.get("login", "")
    own = next(filter(None, (*ids, login, email, name)), "")
    return Student(own, name, tuple(dict.fromkeys(ids)), email, login, line) if own else None
