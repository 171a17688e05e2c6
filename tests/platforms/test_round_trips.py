"""From the archive that a platform hands out, as it comes, to the file that the platform takes back.

Through the commands themselves; the archives have what archives really have: names in UTF-8 that are not said
to be so, as Canvas' program writes them, what macOS adds, and students' own archives inside.
"""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from builders_command_line import invoked
from builders_downloads import LAYOUTS, Handout
from builders_folders import CENTRAL, LOCAL, a_zip, make_file
from builders_rubric import a_file

STUDENTS = ("Ana García", "Zoë Ünal", "李 伟")
LOG = b"step,loss,norm\n" + b"".join(b"%d,0.5,0.9\n" % step for step in range(1, 30))
RUBRIC = """\
version: 1
title: Homework
files: {log: ["*.csv"]}
items:
- log_is_complete: {every: epoch}
  title: A log
  points: 10
"""


def unsaid(content: bytes) -> bytes:
    """The archive without the flag that its names are UTF-8, which some programs do not set."""
    changed = bytearray(content)
    for mark, at in ((LOCAL, 7), (CENTRAL, 9)):
        start = content.find(mark)
        while start >= 0:
            changed[start + at] &= ~0x08 & 0xFF
            start = content.find(mark, start + 1)
    return bytes(changed)


def archive_of(folder: Path, layout: str) -> Path:
    """The download of a class of three: the first handed in an archive with what macOS adds."""
    inner = a_zip(("hw/training_log.csv", LOG), ("__MACOSX/hw/._training_log.csv", b"x"))
    # In the layout of archives, each file is the one in a student's archive.
    first = {"hw.zip": inner} if layout != "archives" else {"training_log.csv": LOG}
    files: tuple[Mapping[str, bytes], ...] = (first, *[{"training_log.csv": LOG}] * 2)
    class_ = Handout({student: [own] for student, own in zip(STUDENTS, files, strict=True)})
    LAYOUTS[layout](class_)
    members = class_.files | {"__MACOSX/._x": b"x", ".DS_Store": b"x"}
    return make_file(folder, "download.zip", unsaid(a_zip(*members.items())))


def graded(folder: Path, layout: str) -> Path:
    """The folder that the command writes for a download."""
    done = invoked(
        *("grade", archive_of(folder, layout), "--rubric", a_file(folder, RUBRIC)),
        *("--out", folder / "graded", "--no-pages"),
    )
    assert 0 == done.exit_code, done.stderr
    return folder / "graded"


# The teacher's own export of the same class, as each platform writes it, before there are grades.
GRADEBOOKS = {
    ("canvas", "canvas", "--gradebook", "--column=Homework 11"): (
        "Student,ID,SIS Login ID,Section,Homework 11 (4711)\r\n"
        "    Points Possible,,,,10.00\r\n"
        '"García, Ana",1,ana,A,\r\n"Ünal, Zoë",2,zoe,A,\r\n"李, 伟",3,wei,A,\r\n"May, Jo",4,jo,A,\r\n'
    ),
    ("moodle", "moodle-worksheet", "--worksheet", "--column=Grade"): (
        "Identifier,Full name,Status,Grade,Maximum Grade,Grade can be changed,Last modified (grade)\r\n"
        "Participant 1,Ana García,Submitted for grading,,10.00,Yes,-\r\n"
        "Participant 2,Zoë Ünal,Submitted for grading,,10.00,Yes,-\r\n"
        "Participant 3,李 伟,Submitted for grading,,10.00,Yes,-\r\n"
        "Participant 4,Jo May,No submission,,10.00,Yes,-\r\n"
    ),
    ("brightspace", "brightspace", "--gradebook", "--column=Homework 11"): (
        "OrgDefinedId,Username,Last Name,First Name,Homework 11 Points Grade <Numeric MaxPoints:10>,"
        "End-of-Line Indicator\r\n"
        "#1,#ana,García,Ana,,#\r\n#2,#zoe,Ünal,Zoë,,#\r\n#3,#wei,李,伟,,#\r\n#4,#jo,May,Jo,,#\r\n"
    ),
}


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize("case", GRADEBOOKS, ids=lambda case: case[1])
def test_from_the_archive_to_the_gradebook(tmp_path: Path, case: tuple[str, str, str, str]) -> None:
    """Three have ten points, and who handed in nothing has a zero; nothing else of the file is changed."""
    layout, export, option, column = case
    text = GRADEBOOKS[case]
    source = make_file(tmp_path, "export.csv", text.encode())
    out = tmp_path / "filled.csv"
    done = invoked(
        *("export", export, graded(tmp_path, layout), option, source, column),
        *("--missing", "zero", "--out", out),
    )
    before, after = (list(csv.reader(io.StringIO(one))) for one in (text, out.read_text("utf-8")))
    changed = {
        (row[0], cell)
        for row, old in zip(after, before, strict=True)
        for cell, was in zip(row, old, strict=True)
        if cell != was
    }

    assert 0 == done.exit_code, done.stderr
    assert done.stdout.startswith("4 grades to change, 1 of them with nothing handed in.")
    students = [row[0] for row in before[-4:]]
    assert {*((student, "10") for student in students[:3]), (students[3], "0")} == changed


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_every_platforms_archive_is_graded(tmp_path: Path, layout: str) -> None:
    """Nobody unpacks anything: everybody has a verdict, and the names are the students'."""
    out = graded(tmp_path, layout)
    rows = list(csv.DictReader(io.StringIO((out / "grades.csv").read_text("utf-8"))))
    names = " ".join(f"{row['id']} {row['name']}" for row in rows)

    assert ["passed"] * 3 == [row["verdict"] for row in rows]
    # GitHub's repositories have logins alone, and Canvas' names are of one word in small letters.
    if layout != "github":
        folded = names.casefold().replace(" ", "").replace("_", "")
        assert all(part.casefold() in folded for name in STUDENTS for part in name.split())
    assert 3 == len(json.loads((out / "run.json").read_text("utf-8"))["submissions"])
    assert not [path for path in out.rglob("*") if "MACOSX" in path.name]
