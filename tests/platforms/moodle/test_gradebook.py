"""Moodle's import, its worksheet and its feedback files, read by Moodle's own rules.

The import of grades takes a whole file or nothing.
"""

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from builders_platforms import MOODLE, WORKSHEET, a_gradebook, a_graded, cells_of
from builders_reports import REVIEW
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.platforms.gradebooks import GradedClass
from grader.platforms.moodle.gradebook import moodle, moodle_feedback, moodle_worksheet
from grader.report import Report
from grader.reports import plain_text

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
    content, lines, _ = moodle(
        GradedClass(reports), source=a_gradebook(folder, text), column=COLUMN, **options
    )
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


def test_more_than_100_points_are_scaled(tmp_path: Path) -> None:
    """One grade above 100 and Moodle imports nothing, be it by a bonus."""
    bonus = a_graded("ana", 90.0, 100.0).model_copy(update={"score": 110.0})
    with pytest.raises(UsageError) as refused:
        grades_of(tmp_path, bonus)
    assert "Use `--scale-to 90.9`." == refused.value.hint
    assert "ana@uni.example,99.99\n" in grades_of(tmp_path, bonus, scale_to=90.9)[0]
    assert "ana@uni.example,75\n" in grades_of(tmp_path, a_graded("ana", 90.0, 120.0), scale_to=100.0)[0]


@pytest.mark.parametrize("title", ["Matrikel", ""])
def test_the_column_that_identifies_must_be_there(tmp_path: Path, title: str) -> None:
    """Names are not what Moodle can be told."""
    with pytest.raises(UsageError):
        grades_of(tmp_path, identify_by=title)


def worksheet_imported(text: str) -> dict[str, tuple[str, str]]:
    """Grade and time of the last change by participant, as the importer of worksheets finds them."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    header = rows[0]
    places = [header.index(title) for title in ("Identifier", "Grade", "Last modified (grade)")]
    return {row[places[0]][len("Participant ") :]: (row[places[1]], row[places[2]]) for row in rows[1:]}


@pytest.mark.parametrize("title", ["Maximum Grade", "Maximum grade", "Höchste Bewertung"])
def test_a_worksheet_has_no_grade_above_the_maximum(tmp_path: Path, title: str) -> None:
    """Moodle would pass over it in silence, and whoever has a bonus would have no grade."""
    source = a_gradebook(tmp_path, WORKSHEET.replace("Maximum Grade", title))
    bonus = a_graded("Ana García").model_copy(update={"score": 11.5})

    found = moodle_worksheet(GradedClass([bonus, a_graded("Ren Ito")]), source=source)

    assert isinstance(found.content, str)
    assert ["10", "8"] == [grade for grade, _ in worksheet_imported(found.content).values()][:2]
    assert {"Ana García": "10", "Ren Ito": "8"} == found.given
    assert "Cut to the maximum, above which no grade is taken, with a bonus: 1." in found.lines[0]


def test_moodle_52_takes_no_zero(tmp_path: Path) -> None:
    """Its importer takes a grade that PHP calls true, and 0 is not; the dry run says so."""
    # As Moodle 5.2 writes it where there are several markers.
    text = WORKSHEET.replace("Maximum Grade", "Maximum grade").replace("Status,", "Status,Marker 1,")
    text = text.replace("grading,,", "grading,,,").replace("submission,", "submission,,")
    content, lines = sheet(tmp_path, a_graded("Ana García", 0.0), a_graded("ren"), text=text)

    grades = {number: grade for number, (grade, _) in worksheet_imported(content).items()}
    assert {"902": "8"} == {number: grade for number, grade in grades.items() if grade not in {"", "-", "0"}}
    assert "0" == grades["901"]
    assert lines[1].startswith("Moodle 5.2 passes over a grade of 0 in a worksheet. New here: 1.")
    with pytest.raises(UsageError, match="has 10 points; the reports have 20"):
        sheet(tmp_path, a_graded("ren", 8.0, 20.0), text=text)


def feedback_imported(paths: list[str], participants: set[str]) -> dict[str, str]:
    """The file that each participant gets: a folder is split at underscores into name, number and plugin."""
    found = {}
    for path in paths:
        parts = path.split("/")
        assert not parts[-1].startswith((".", "~"))
        while parts:
            info = parts.pop(0).split("_", 4)
            if len(info) >= 4 and info[1] in participants and info[2:4] == ["assignfeedback", "file"]:
                found[info[1]] = "/".join(parts)
                break
        else:
            raise AssertionError(path)
    return found


def sheet(
    folder: Path, *reports: Report, text: str = WORKSHEET, **options: Any
) -> tuple[str, tuple[str, ...]]:
    """The text of the filled worksheet, and what is said of it."""
    content, lines, _ = moodle_worksheet(GradedClass(reports), source=a_gradebook(folder, text), **options)
    assert isinstance(content, str)
    return content, lines


def feedback(folder: Path, *reports: Report, text: str = WORKSHEET) -> tuple[dict[str, str], tuple[str, ...]]:
    """The files in the zip of feedback by their paths, and what is said of them."""
    content, lines, given = moodle_feedback(GradedClass(reports), source=a_gradebook(folder, text))
    assert isinstance(content, bytes)
    assert {"feedback"} >= set(given.values())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {path: archive.read(path).decode() for path in archive.namelist()}, lines


def test_the_worksheet_is_filled(tmp_path: Path) -> None:
    """By participant, address or name; the times that Moodle compares stay as they were."""
    content, lines = sheet(
        tmp_path,
        a_graded("Ana Garcia_901_assignsubmission_file"),
        a_graded("ren"),
        a_graded("Participant 903"),
    )

    meant = WORKSHEET.replace("grading,,", "grading,8,").replace(",7.50,", ",8,")
    assert cells_of(meant) == cells_of(content)
    assert {
        "901": ("8", "-"),
        "902": ("8", "Monday, 2 March 2026"),
        "903": ("-", "-"),
    } == worksheet_imported(content)
    assert (
        "2 grades to change, 1 left alone.",
        "Change: `Ana García`: (empty) → 8.",
        "Change: `Ren Ito`: `7.50` → 8.",
        "Left alone: Participant 903: Moodle does not let this grade be changed.",
    ) == lines


def test_a_name_with_two_participants_is_left_alone(tmp_path: Path) -> None:
    """A student's own file may be called like another's folder."""
    own = "Ana_901_assignsubmission_file_x_902_assignsubmission_file"
    content, lines = sheet(tmp_path, a_graded(own))

    assert cells_of(WORKSHEET) == cells_of(content)
    assert f"Left alone: {own}: it could belong to 2 students." in lines


def test_a_number_alone_is_no_participant(tmp_path: Path) -> None:
    """It could be that of a student; with the name it is one, whoever gave the name."""
    declared = {"declared": {"name": "Ana García"}, "name_is_declared": True, "id_from": "platform"}

    for other in (
        a_graded("901", id_from="platform"),
        a_graded("901", name="Ren"),
        a_graded("902", name="Ana García", **declared),
    ):
        assert "0 grades to change, 1 unmatched." == sheet(tmp_path, other)[1][0]
    ana = a_graded("901", name="Ana García", **declared)
    assert "Change: `Ana García`: (empty) → 8." in sheet(tmp_path, ana)[1]


def test_a_worksheet_in_another_language(tmp_path: Path) -> None:
    """The grades' column is named by the teacher, the participant known by its form."""
    text = 'ID,Vollständiger Name,Bewertung,Zuletzt geändert (Bewertung)\nTeilnehmer/in 7,Ren Ito,"7,50",-\n'
    content, _ = sheet(tmp_path, a_graded("ren_ito"), text=text, column="Bewertung")

    assert cells_of(text.replace('"7,50"', '"8"')) == cells_of(content)


def test_a_worksheet_of_other_points_is_refused(tmp_path: Path) -> None:
    """Its own column says how many there are."""
    with pytest.raises(UsageError, match="The column `Grade` has 10 points; the reports have 20"):
        sheet(tmp_path, a_graded("ren", 8.0, 20.0))


@pytest.mark.parametrize(
    "text",
    ["a,b,c\n", "a,b,c\nAna,x,y\n", "a,b,c\nP 1,x,y\nP 1,x,y\n", "a,b\nP 1,x\n", "a;b;c\nP 1;x;y\n"],
)
def test_what_is_no_worksheet_is_refused(tmp_path: Path, text: str) -> None:
    """Each row must have a number of its own."""
    with pytest.raises(UsageError, match="different number for each participant"):
        sheet(tmp_path, text=text)


def test_feedback_has_a_folder_for_each_participant(tmp_path: Path) -> None:
    """What waits for a teacher names others, so it is left out."""
    ana, again = a_graded("ana"), a_graded("ana garcia")
    files, lines = feedback(tmp_path, ana, REVIEW.model_copy(update={"id": "ren"}), a_graded("zhou"))

    (path,) = files
    assert re.fullmatch(r"Ana-Garcia-[0-9a-f]{8}_901_assignfeedback_file/report\.txt", path)
    assert {"901": "report.txt"} == feedback_imported(list(files), {"901", "902", "903"})
    assert plain_text.page(ana) == files[path]
    assert (
        "Feedback for 1 student, 2 reports left out.",
        "Feedback: `Ana García`: report.txt of ana.",
        f"{REVIEW.name} (ren): it needs review.",
        "Unmatched: zhou.",
    ) == lines
    assert (
        "ana: 2 submissions belong to this student.",
        "ana garcia: 2 submissions belong to this student.",
    ) == feedback(tmp_path, ana, again)[1][1:]


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


def quoted_rows(*rows: list[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


@given(st.lists(NAMES, min_size=1, max_size=5), st.lists(st.integers(0, 6), unique=True), st.floats(0, 100))
def test_any_class_is_imported_as_meant(tmp_path_factory, names, who, score) -> None:
    """Whatever the students are called: who has a report and a row gets grade and page, and nobody else."""
    folder = tmp_path_factory.mktemp("moodle")
    people = [(str(number), name, f"s{number}@uni.example") for number, name in enumerate(names)]
    book = [["First name", "Last name", "Email address", COLUMN]]
    book += [[name, name, mail, "-"] for _, name, mail in people]
    rows = [["Identifier", "Full name", "Email address", "Grade", "Last modified (grade)"]]
    rows += [[f"Participant {number}", name, mail, "-", "-"] for number, name, mail in people]
    reports = [a_graded(f"s{number}@uni.example", score, 100.0) for number in who]
    meant = {str(number) for number in who if number < len(names)}

    content, _ = grades_of(folder, *reports, text=quoted_rows(*book))
    worksheet, _ = sheet(folder, *reports, text=quoted_rows(*rows))
    files, _ = feedback(folder, *reports, text=quoted_rows(*rows))

    assert {f"s{number}@uni.example" for number in meant} == set(
        imported(content, {mail for *_, mail in people})
    )
    assert meant == {key for key, (cell, _) in worksheet_imported(worksheet).items() if cell != "-"}
    assert meant == set(feedback_imported(list(files), {number for number, *_ in people}))
