"""Moodle's worksheet and its feedback files, filled and then read by Moodle's own rules."""

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from builders_platforms import WORKSHEET, a_gradebook, a_graded, cells_of
from builders_reports import REVIEW
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.platforms.moodle.gradebook import moodle_feedback, moodle_worksheet
from grader.report import Report
from grader.reports import plain_text


def worksheet_imported(text: str) -> dict[str, tuple[str, str]]:
    """Grade and time of the last change by participant, as the importer of worksheets finds them."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    header = rows[0]
    places = [header.index(title) for title in ("Identifier", "Grade", "Last modified (grade)")]
    return {row[places[0]][len("Participant ") :]: (row[places[1]], row[places[2]]) for row in rows[1:]}


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
    content, lines = moodle_worksheet(reports, False, source=a_gradebook(folder, text), **options)
    assert isinstance(content, str)
    return content, lines


def feedback(folder: Path, *reports: Report, text: str = WORKSHEET) -> tuple[dict[str, str], tuple[str, ...]]:
    """The files in the zip of feedback by their paths, and what is said of them."""
    content, lines = moodle_feedback(reports, False, source=a_gradebook(folder, text))
    assert isinstance(content, bytes)
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
    assert ("Feedback for 1 student, 2 reports left out.", "Unmatched: zhou.") == (lines[0], lines[2])
    assert lines[1].endswith("(ren): it needs review.")
    assert (
        "ana: 2 submissions belong to this student.",
        "ana garcia: 2 submissions belong to this student.",
    ) == feedback(tmp_path, ana, again)[1][1:]


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=5), st.lists(st.integers(0, 6), unique=True), st.floats(0, 100))
def test_any_class_is_imported_as_meant(tmp_path_factory, names, who, score) -> None:
    """Whatever the students are called: who has a report and a row gets grade and page, and nobody else."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["Identifier", "Full name", "Email address", "Grade", "Last modified (grade)"])
    for number, name in enumerate(names):
        writer.writerow([f"Participant {number}", name, f"s{number}@uni.example", "-", "-"])
    folder = tmp_path_factory.mktemp("moodle")
    reports = [a_graded(f"s{number}@uni.example", score, 100.0) for number in who]
    meant = {str(number) for number in who if number < len(names)}
    filled, _ = sheet(folder, *reports, text=text.getvalue())
    files, _ = feedback(folder, *reports, text=text.getvalue())

    assert meant == {key for key, (cell, _) in worksheet_imported(filled).items() if cell != "-"}
    assert meant == set(feedback_imported(list(files), set(map(str, range(len(names))))))
