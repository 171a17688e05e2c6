"""Rosters as platforms and spreadsheets write them."""

import codecs
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.submissions.roster import MOST_STUDENTS, Student, read_roster, role_of, roles_of

ANA, BO = (
    Student("1", "Ana García", ("1",), "ana@x.edu", "", 2),
    Student("2", "Bo", ("2",), "bo@x.edu", "", 3),
)
PLAIN = "id,name,email\n1,Ana García,ana@x.edu\n2,Bo,bo@x.edu\n"
HEADERS = "Give it a line of headers such as `id,name,email`."
OWN_ID = "Give each student an id of their own."
NO_COLUMN = "The roster has no column of names, ids or e-mail addresses; it has"
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (77)
    Points Possible,,,,,7.50
,,,,,Manual Posting
"García, Ana",12,s100,ana,DL 1,
"Ito, Ren",7,s101,ren@x.edu,DL 1,7.5
"Student, Test",99,,0f3a,DL 1,
"""
MOODLE = """\
First name,Last name,ID number,Email address,Groups
Ana,García,s100,ana@x.edu,
Ren,Ito,,ren@x.edu,A
"""
WORKSHEET = """\
Identifier,Full name,Email address,Status,Grade
Participant 12,Ana García,ana@x.edu,Submitted,
"""
CLASSROOM = """\
"identifier","github_username","github_id","name"
"ana@x.edu","ana-g","5001",""
"Participant 7","","",""
"""


def a_roster(folder: Path, content: str | bytes) -> Path:
    path = folder / "class.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.removesuffix("\n"),
        codecs.BOM_UTF8 + PLAIN.encode(),
        PLAIN.encode("utf-16"),
        codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"),
        "id,name,email\n1, Ana García ,ana@x.edu\n2,Bo,bo@x.edu\n\n,,\n",
        "ID,Name,E-Mail\n1,Ana García,ana@x.edu\n2,Bo,bo@x.edu,,\n",
    ],
)
def test_a_roster_by_hand(tmp_path: Path, content: str | bytes) -> None:
    """Encodings, separators, line ends and spaces do not matter."""
    assert (ANA, BO) == read_roster(a_roster(tmp_path, content))


def test_the_note_of_excel_is_no_line(tmp_path: Path) -> None:
    """Lines are counted with it."""
    students = read_roster(a_roster(tmp_path, "sep=;\r\n" + PLAIN.replace(",", ";")))

    assert [3, 4] == [student.line for student in students]


@pytest.mark.parametrize(
    ("content", "students"),
    [
        (
            CANVAS,
            (
                Student("12", "García, Ana", ("12", "s100"), "", "ana", 4),
                Student("7", "Ito, Ren", ("7", "s101"), "", "ren@x.edu", 5),
            ),
        ),
        (
            MOODLE,
            (
                Student("s100", "Ana García", ("s100",), "ana@x.edu", "", 2),
                Student("ren@x.edu", "Ren Ito", (), "ren@x.edu", "", 3),
            ),
        ),
        (WORKSHEET, (Student("Participant 12", "Ana García", ("Participant 12", "12"), "ana@x.edu", "", 2),)),
        (
            CLASSROOM,
            (
                Student("5001", "", ("5001", "ana@x.edu"), "", "ana-g", 2),
                Student("Participant 7", "", ("Participant 7", "7"), "", "", 3),
            ),
        ),
        ("Name\nAna\nBo\n", (Student("Ana", "Ana", line=2), Student("Bo", "Bo", line=3))),
        ("name,login\nAna,\n", (Student("Ana", "Ana", line=2),)),
        (
            'name,id\n"Ana\nMaría",1\nBo,2\n',
            (Student("1", "Ana\nMaría", ("1",), line=2), Student("2", "Bo", ("2",), line=4)),
        ),
    ],
)
def test_rosters_of_platforms(tmp_path: Path, content: str, students: tuple[Student, ...]) -> None:
    """What is nobody in Canvas' gradebook is left out."""
    assert students == read_roster(a_roster(tmp_path, content))


def test_a_student_of_two_sections_is_one(tmp_path: Path) -> None:
    """An export may have a line for each."""
    assert (ANA,) == read_roster(a_roster(tmp_path, PLAIN.splitlines()[0] + "\n1,Ana García,ana@x.edu\n" * 2))


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        ("Ana,Bo\nx,y\n", f"{NO_COLUMN} `Ana` and `Bo` (class.csv:1).", HEADERS),
        ("sep=;\nGroup;Room\n", f"{NO_COLUMN} `Group` and `Room` (class.csv:2).", HEADERS),
        ("id,name\n", "The roster `class.csv` has no student in it.", HEADERS),
        (
            "id,name,group\n1,Ana,A\n,,B\n",
            "The line has no name, no id and no e-mail address (class.csv:3).",
            "Take the line out, or fill it in.",
        ),
        (
            "id,name\n1,Ana\n1,Bo\n",
            "Two students have the id `1`: `Ana` on line 2 and `Bo` (class.csv:3).",
            OWN_ID,
        ),
        (
            "name\nLi Wei\nLi Wei\n",
            "Two students have the id `Li Wei`: `Li Wei` on line 2 and `Li Wei` (class.csv:3).",
            OWN_ID,
        ),
        (
            "id,name\n" + "".join(f"{number},x\n" for number in range(MOST_STUDENTS + 1)),
            "The roster has more than 50,000 students; at most that many are read (class.csv:50002).",
            "Name the list of the class.",
        ),
    ],
    ids=range(7),
)
def test_what_is_no_roster(tmp_path: Path, content: str, message: str, hint: str) -> None:
    """The line is named, and what to do."""
    with pytest.raises(UsageError) as caught:
        read_roster(a_roster(tmp_path, content))

    assert (message, hint) == (caught.value.message, caught.value.hint)


@settings(max_examples=150)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(st.sampled_from("id,name;\n\r\"'12\tÄ \0"), max_size=80).map(
            lambda text: ("id,name\n" + text).encode()
        ),
    )
)
def test_any_bytes_are_read_or_refused(tmp_path_factory, content) -> None:
    """No other error comes out, and ids are unique."""
    path = a_roster(tmp_path_factory.getbasetemp(), content)

    try:
        students = read_roster(path)
    except UsageError as error:
        assert error.message.endswith(".")  # noqa: PT017  (either is right)
    else:
        assert len({student.id.casefold() for student in students}) == len(students) > 0


NAMES = ["given name", "family name", "other id", "email"]


@pytest.mark.parametrize(
    ("headers", "roles"),
    [
        ("First Name,Last Name,SID,Email,Sections", [*NAMES, None]),
        ("Vorname,Nachname,ID-Nummer,E-Mail-Adresse", NAMES),
        ("Nombre,Apellido(s),Número de ID,Dirección de correo", NAMES),
        ("Prénom,Nom de famille,Numéro d'identification,Adresse de courriel", NAMES),
        ("name,Name,id,ID", ["name", None, "id", "id"]),
    ],
)
def test_headers_of_other_platforms(headers: str, roles: list[str | None]) -> None:
    """Letter case, accents, hyphens and underscores do not matter; of two names the first is taken."""
    assert roles == list(roles_of(headers.split(",")))


@given(st.text(max_size=30))
def test_any_header_has_a_role_or_none(header) -> None:
    """Spaces around it and its letter case do not matter."""
    assert role_of(header) == role_of(f"  {header} ")
