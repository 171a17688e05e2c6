"""Moodle's import of grades, read by Moodle's own rules: it takes a whole file or nothing."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from builders_platforms import MOODLE, a_gradebook, a_graded
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.platforms.moodle.gradebook import moodle
from grader.report import Report

COLUMN = "Assignment: Homework 11 (Real)"
MAILS = {"ana@uni.example", "ren@uni.example", "chi@uni.example"}


def imported(text: str, known: set[str], most: float = 100.0) -> dict[str, float]:
    """The grades of a file, by what identifies the student; an `AssertionError` where Moodle takes none."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert 2 == len(rows[0])
    found = {}
    for row in rows[1:]:
        assert len(row) == len(rows[0])
        assert row[0].strip(), "a blank id is taken for the student of the row before"
        assert row[0] in known, "an unknown user aborts the import"
        assert row[0] not in found
        if row[1] not in {"", "-"}:
            assert float(row[1]) <= most, "a grade above the maximum aborts the import"
            found[row[0]] = float(row[1])
    return found


def grades_of(
    folder: Path, *reports: Report, text: str = MOODLE, **options: Any
) -> tuple[str, tuple[str, ...]]:
    """The text of the new file, and what is said of it."""
    content, lines = moodle(reports, False, source=a_gradebook(folder, text), column=COLUMN, **options)
    assert isinstance(content, str)
    return content, lines


def test_a_file_with_the_grades_that_change(tmp_path: Path) -> None:
    """Nobody else is in it, so no unknown user and no other grade can be."""
    content, lines = grades_of(tmp_path, a_graded("ana"), a_graded("Ito Ren", 7.5), a_graded("zhou"))

    assert f"Email address,{COLUMN}\nana@uni.example,8\n" == content
    assert {"ana@uni.example": 8.0} == imported(content, MAILS)
    assert (
        "1 grade to change, 1 unchanged, 1 unmatched.",
        "Change: `Ana García`: `-` → 8.",
        "Unmatched: zhou.",
    ) == lines


def test_a_student_without_an_id_is_left_alone(tmp_path: Path) -> None:
    """Moodle would take the row for the student of the row before."""
    content, lines = grades_of(tmp_path, a_graded("Chi Okafor"))

    assert {} == imported(content, MAILS)
    assert "Left alone: Chi Okafor: `Email address` is empty for this student." in lines


def test_another_column_identifies(tmp_path: Path) -> None:
    """The one that the teacher names; its ids are found in the names of the folders."""
    content, _ = grades_of(tmp_path, a_graded("2026002"), identify_by="ID number")

    assert f"ID number,{COLUMN}\n2026002,8\n" == content


def test_an_id_that_two_have_is_left_alone(tmp_path: Path) -> None:
    """Moodle would find either."""
    text = MOODLE.replace("2026002", "2026001")
    _, lines = grades_of(tmp_path, a_graded("Ren Ito"), text=text, identify_by="ID number")

    assert "Left alone: Ren Ito: 2 students have the same `ID number`." in lines


def test_more_than_100_points_are_refused(tmp_path: Path) -> None:
    """One such grade and Moodle imports nothing."""
    with pytest.raises(UsageError):
        grades_of(tmp_path, a_graded("ana", 90.0, 120.0))

    assert "ana@uni.example,75\n" in grades_of(tmp_path, a_graded("ana", 90.0, 120.0), scale_to=100.0)[0]


@pytest.mark.parametrize(
    "options", [{"text": MOODLE.replace("@", " at ")}, {"identify_by": "Matrikel"}, {"identify_by": ""}]
)
def test_without_addresses_a_column_must_be_named(tmp_path: Path, options: Any) -> None:
    """One that is there: names are not what Moodle can be told."""
    with pytest.raises(UsageError):
        grades_of(tmp_path, **options)


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=5), st.lists(st.integers(0, 6), unique=True), st.floats(0, 100))
def test_any_class_is_imported_as_meant(tmp_path_factory, names, who, score) -> None:
    """Whatever the students are called: who has a report and a row is in the file, and nobody else."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["First name", "Last name", "Email address", COLUMN])
    for number, name in enumerate(names):
        writer.writerow([name, name, f"s{number}@uni.example", "-"])
    reports = [a_graded(f"s{number}@uni.example", score, 100.0) for number in who]
    content, _ = grades_of(tmp_path_factory.mktemp("moodle"), *reports, text=text.getvalue())
    known = {f"s{number}@uni.example" for number in range(len(names))}

    assert known & {report.id for report in reports} == set(imported(content, known))
