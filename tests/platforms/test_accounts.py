"""Whole classes as platforms hand them out: each student has a row with their own files, nothing vanishes."""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from builders_downloads import DOCUMENTS, JUNK, LAYOUTS, UNREADABLE, Handout
from builders_folders import a_tar, a_zip, make_file
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.platforms.downloads import open_class
from grader.submissions.matching import ClassList
from grader.submissions.submission import own_files

STUDENTS = (
    "Ana García",
    "李 伟",
    "Bo Li",
    "Zoë Ünal",
    "Иван Петров",
    "أحمد علي",
    "Jose\u0301 Ruiz",
    "田中 花子",
)
ONLY_NEWEST = {name for name in LAYOUTS if name not in {"canvas", "brightspace", "blackboard", "teams"}}


def handed_in(student: str, attempt: int) -> Mapping[str, bytes]:
    """A model and a log that say whose they are, and which attempt."""
    mark = f"{student} {attempt}".encode()
    return {"model.keras": mark, "training_log.csv": mark}


@st.composite
def classes(draw: st.DrawFn) -> Handout:
    """Some students, with attempts, some of whom handed in what cannot be read."""
    students = draw(st.lists(st.sampled_from(STUDENTS), unique=True, min_size=2))
    attempts = {}
    for student in students:
        number = draw(st.integers(1, 3))
        attempts[student] = [handed_in(student, attempt) for attempt in range(number)]
        if draw(st.booleans()):
            name = draw(st.sampled_from(sorted(UNREADABLE)))
            attempts[student] = [{name: UNREADABLE[name] and UNREADABLE[name] + student.encode()}]
    return Handout(attempts)


def contents(found: ClassList) -> list[set[bytes]]:
    """What is in the files of each submission, but for what a platform adds."""
    every = []
    for one in found.submissions:
        paths = [one.path] if one.zipped else [one.path / stored for stored in own_files(one).values()]
        every.append({path.read_bytes() for path in paths if path.name != "timestamp.txt"})
    return every


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("pack", [None, a_zip, a_tar], ids=["folder", "zip", "tar"])
@settings(max_examples=6)
@given(
    classes(),
    st.lists(st.sampled_from(JUNK), unique=True),
    st.lists(st.sampled_from(DOCUMENTS), unique=True, max_size=2),
)
def test_a_whole_class(layout: str, pack, class_, junk, documents) -> None:
    """Each student's newest attempt is one row, and the account is of every entry of the folder."""
    LAYOUTS[layout](class_)
    files = class_.files | dict.fromkeys(junk, b"junk") | dict.fromkeys(documents, b"mine")
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary) / "class"
        if pack is None:
            for name, content in files.items():
                make_file(source, name, content)
        else:
            source = make_file(Path(temporary), "class.zip", pack(*files.items()))
        with open_class(source) as found:
            rows = contents(found)

    expected = [set(attempts[-1].values()) for attempts in class_.handed_in.values()]
    if layout == "archives":
        expected = [{content} for name, content in class_.files.items()]
    if layout == "blackboard":
        # Its texts are no files of a student's.
        rows = [{content for content in row if not content.startswith(b"Name: ")} for row in rows]
    assert sorted(map(sorted, expected)) == sorted(map(sorted, rows))
    counts = {kind: int(count) for count, kind in re.findall(r"(\d+) ([a-z ]+?)(?: \(|[,.])", found.account)}
    entries = {name.split("/")[0] for name in files}
    total = int(found.account.split(" ", 1)[0])
    assert len(entries) == total == sum(counts.values())
    assert counts.get("left behind by systems", 0) == len({name.split("/")[0] for name in junk})
    assert ("older attempts" in counts) == (
        layout not in {*ONLY_NEWEST, "teams"} and any(len(one) > 1 for one in class_.handed_in.values())
    )
