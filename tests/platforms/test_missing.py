"""Who handed in nothing: named before anything is written, and nobody of whom it is not sure."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from builders_platforms import BRIGHTSPACE, CANVAS, MOODLE, WORKSHEET, a_gradebook, a_graded, cells_of
from builders_reports import REVIEW

from grader.errors import UsageError
from grader.platforms.brightspace.gradebook import brightspace
from grader.platforms.canvas.gradebook import canvas
from grader.platforms.gradebooks import Export, GradedClass
from grader.platforms.moodle.gradebook import moodle, moodle_worksheet
from grader.report import Report
from grader.submissions.roster import Student

# What Canvas' gradebook has: two without a grade, one excused, two with a grade, one without the assignment.
NOT_THEIRS = CANVAS.replace("Learning,,,\r\n", "Learning,N/A,,\r\n")


def exported(
    folder: Path,
    *reports: Report,
    missing: str = "zero",
    absent: Sequence[Student] | None = None,
    text: str = CANVAS,
    export: Any = canvas,
    **options: Any,
) -> Export:
    """What is written for those reports, where Ana García, Ren Ito and others have a row."""
    source = a_gradebook(folder, text)
    given = GradedClass(reports, absent)
    found: Export = export(given, source=source, missing=missing, **{"column": "4711", **options})
    return found


def test_a_zero_where_no_grade_is(tmp_path: Path) -> None:
    """Whoever waits for a person has handed in; a grade that is there and an excuse stay, and are named."""
    waiting = REVIEW.model_copy(update={"id": "ren.ito"})
    found = exported(tmp_path, waiting, text=NOT_THEIRS)

    assert cells_of(NOT_THEIRS.replace("Learning,,4.00", "Learning,0,4.00")) == cells_of(str(found.content))
    assert (
        "1 grade to change, 1 of them with nothing handed in, 4 left alone.",
        "Change: `García, Ana`: (empty) → 0, nothing handed in.",
        f"Left alone: {REVIEW.name} (ren.ito): it needs review.",
        'Left alone: `Okafor, "Chi" Chi`: the student is excused.',
        "Left alone: `Smith, Ana`: nothing handed in, and the grade `8.00`.",
        "Left alone: `Student, Test`: the assignment is not for this student.",
    ) == found.lines
    assert {} == found.given


def test_a_zero_that_is_there(tmp_path: Path) -> None:
    """Nothing is said of it again."""
    found = exported(tmp_path, a_graded("104"), text=CANVAS.replace("7.5", "0.00"))

    assert not [line for line in found.lines if "Ito" in line]


def test_an_empty_cell_in_place_of_a_grade(tmp_path: Path) -> None:
    """Zeros that were given too early are taken back; an excuse stays."""
    found = exported(tmp_path, a_graded("101"), missing="empty")

    meant = CANVAS.replace("Learning,,4.00", "Learning,8,4.00").replace("Learning,7.5,", "Learning,,")
    assert cells_of(meant.replace('"8.00"', "")) == cells_of(str(found.content))
    assert "3 grades to change, 2 of them with nothing handed in, 1 left alone." == found.lines[0]
    assert "Change: `Ito, Ren`: `7.5` → (empty), nothing handed in." in found.lines


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (a_graded("zhou"), "no row was found for zhou"),
        (a_graded("zhou", declared={"id": "101"}), "no row was found for zhou"),
        (a_graded("101", name="group1", id_from="platform"), "perhaps that of a group"),
    ],
    ids=["unmatched", "declared", "a group's"],
)
@pytest.mark.parametrize("missing", ["zero", "empty"])
def test_nobody_is_missing_for_sure(tmp_path: Path, report: Report, said: str, missing: str) -> None:
    """What was handed in could be anybody's, or that of a group, whose others have no file of their own."""
    with pytest.raises(UsageError, match=said):
        exported(tmp_path, report, missing=missing)
    assert exported(tmp_path, report, missing="keep").lines


def test_a_login_is_no_name(tmp_path: Path) -> None:
    """GitHub gives nothing else, which says nothing of a group."""
    found = exported(tmp_path, a_graded("chi", id_from="platform"), a_graded("7f0e", id_from="platform"))

    assert "Change: `Student, Test`: (empty) → 8." in found.lines


def test_a_doubt_is_about_those_whom_it_names(tmp_path: Path) -> None:
    """Neither of two students of one login is missing, nor whoever handed in twice."""
    two = a_graded("ana", name="")
    text = CANVAS.replace("ana.garcia", "ana@a.example").replace("ana.smith", "ana@b.example")
    found = exported(tmp_path, two, a_graded("102"), a_graded("ren.ito"), text=text)

    assert "Left alone: ana: it could belong to 2 students." in found.lines
    assert ["Change: `Student, Test`: (empty) → 0, nothing handed in."] == [
        line for line in found.lines if line.startswith("Change")
    ]


def test_the_roster_says_who_is_missing(tmp_path: Path) -> None:
    """A gradebook has other sections, too; a name that two rows have is neither's."""
    text = CANVAS.replace("Student, Test", "García, Ana").replace("EX", "")
    absent = (Student("2026003", "Chi Okafor", ("2026003",)), Student("Ana García", "Ana García"))
    found = exported(tmp_path, a_graded("102"), absent=absent, text=text)

    assert ['Change: `Okafor, "Chi" Chi`: (empty) → 0, nothing handed in.'] == [
        line for line in found.lines if line.endswith("handed in.") and line.startswith("Change")
    ]
    assert 3 == sum("the roster does not name" in line for line in found.lines)
    assert "0 grades" in exported(tmp_path, absent=()).lines[0]


def test_moodle_says_that_something_was_handed_in(tmp_path: Path) -> None:
    """What came after the download is no reason for a zero."""
    text = WORKSHEET.replace("-,10.00,No", "-,10.00,Yes")
    found = exported(tmp_path, text=text, export=moodle_worksheet, column="Grade")

    assert cells_of(text.replace("-,10.00", "0,10.00")) == cells_of(str(found.content))
    assert "Left alone: `Ana García`: the platform has a submission that is not here." in found.lines


def test_a_file_of_changes_has_the_missing(tmp_path: Path) -> None:
    """Moodle takes an empty grade for none, and a row without an id for another student's."""
    column = "Assignment: Homework 11 (Real)"
    zero = exported(tmp_path, text=MOODLE, export=moodle, column=column)
    empty = exported(tmp_path, text=MOODLE, export=moodle, column=column, missing="empty")

    assert f"Email address,{column}\nana@uni.example,0\n" == zero.content
    assert f"Email address,{column}\nren@uni.example,\n" == empty.content
    assert "Left alone: `Chi Okafor`: `Email address` is empty for this student." in zero.lines


@pytest.mark.parametrize(
    ("export", "text", "column"),
    [(moodle_worksheet, WORKSHEET, "Grade"), (brightspace, BRIGHTSPACE, "Homework 11")],
    ids=["worksheet", "Brightspace"],
)
def test_where_an_empty_cell_takes_nothing_away(tmp_path: Path, export, text: str, column: str) -> None:
    """Moodle passes over it in a worksheet, and Brightspace does not say what it does; zeros are taken."""
    with pytest.raises(UsageError, match="not known to take a grade away"):
        exported(tmp_path, text=text, export=export, column=column, missing="empty")
    assert " to change" in exported(tmp_path, text=text, export=export, column=column).lines[0]
