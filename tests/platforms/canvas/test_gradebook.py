"""Canvas' gradebook, filled and then read by Canvas' own rules."""

import csv
import io
import re
from pathlib import Path

import pytest
from builders_platforms import CANVAS, a_gradebook, a_graded, cells_of
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.platforms.canvas.gradebook import canvas
from grader.platforms.gradebooks import GradedClass
from grader.report import Report

THOUSANDS = """Student,ID,SIS Login ID,Section,"Homework 11 (4711)"
    Points Possible,,,,"1,200.00"
"Example, Ana",101,ana,S1,"1,000.00"
"""

# What an importer does, as Canvas' source has it; apart from the code that is tested.


def canvas_number(text: str) -> float | None:
    """Canvas' number: all but the last part of `[0-9.,]+` are joined, so `1,234` is 1.234."""
    if not re.fullmatch(r"-?[0-9.,]+", text):
        return None
    parts = re.split(r"[.,]", text)
    return float("".join(parts[:-1]) + "." + parts[-1]) if len(parts) > 1 else float(text)


def imported(text: str) -> dict[str, dict[str, str]]:
    """The grades by Canvas' id and by column; an `AssertionError` where Canvas would refuse the file."""
    first_lines = text.splitlines()[:3]
    delimiter = ";" if sum(line.count(";") > line.count(",") for line in first_lines) > 1 else ","
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))
    header = rows[0]
    assert len(header) > 3
    assert "Student" in header[0]
    assert "ID" in header[1]
    optional = ["SIS User ID", "SIS Login ID", "Integration ID", "Root Account"]
    place = 2
    while "Section" not in header[place]:
        assert header[place] in optional
        place += 1
    found: dict[str, dict[str, str]] = {}
    for row in rows[1:]:
        if set(map(str.strip, row)) <= {"", "Muted", "Manual Posting"} or "Points Possible" in row[0]:
            continue
        columns = zip(header[place + 1 :], row[place + 1 :], strict=True)
        found[row[1]] = {title: cell for title, cell in columns if re.search(r"\(\d+\)$", title)}
    return found


def changed(before: str, after: str) -> dict[tuple[str, str], tuple[str, str]]:
    """What Canvas would show as changes: compared as numbers at two decimals."""
    old, new = imported(before), imported(after)
    assert old.keys() == new.keys()
    return {
        (student, column): (old[student][column], grade)
        for student, columns in new.items()
        for column, grade in columns.items()
        if grade != old[student][column]
        and (canvas_number(grade) is None or canvas_number(old[student][column]) != canvas_number(grade))
    }


def filled(
    folder: Path, *reports: Report, column: str = "Homework 11 (4711)", text: str = CANVAS
) -> tuple[str, tuple[str, ...]]:
    """The text of the filled file, and what is said of it."""
    content, lines, _ = canvas(GradedClass(reports), source=a_gradebook(folder, text), column=column)
    assert isinstance(content, str)
    return content, lines


def test_the_importers_number() -> None:
    """The trap with thousands is there."""
    assert [1.234, 1234.5, 8.0, None] == [canvas_number(text) for text in ("1,234", "1.234,5", "8", "EX")]


@pytest.mark.parametrize("column", ["Homework 11 (4711)", "Homework 11", "4711"])
def test_one_column_of_the_teachers_file_is_filled(tmp_path: Path, column: str) -> None:
    """Named by its whole title, without its number, or by the number; all other cells stay."""
    content, lines = filled(tmp_path, a_graded("101"), a_graded("ren.ito", 9.25), column=column)

    meant = CANVAS.replace("Learning,,4.00", "Learning,8,4.00").replace("Learning,7.5,", "Learning,9.25,")
    assert cells_of(meant) == cells_of(content)
    assert {
        ("101", "Homework 11 (4711)"): ("", "8"),
        ("102", "Homework 11 (4711)"): ("7.5", "9.25"),
    } == changed(CANVAS, content)
    assert (
        "2 grades to change.",
        "Change: `García, Ana`: (empty) → 8.",
        "Change: `Ito, Ren`: `7.5` → 9.25.",
    ) == lines


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (a_graded("chi"), "Left alone: chi: the student is excused."),
        (a_graded("104", 8.001), "0 grades to change, 1 unchanged."),
    ],
)
def test_what_stays_as_it_was_written(tmp_path: Path, report: Report, said: str) -> None:
    """A grade would take an excuse away, and Canvas takes another one for the same."""
    content, lines = filled(tmp_path, report)

    assert (cells_of(CANVAS), said) == (cells_of(content), lines[-1])


def test_the_test_student_and_a_bulk_download(tmp_path: Path) -> None:
    """A folder that Canvas named has Canvas' id in its name."""
    content, _ = filled(
        tmp_path, a_graded("studenttest_LATE_105_88_model"), a_graded("itoren_102_89_model-1")
    )

    assert {"105", "102"} == {student for student, _ in changed(CANVAS, content)}


def test_a_name_that_two_have_is_left_alone(tmp_path: Path) -> None:
    """Ana García and Ana Smith are told apart by more than `ana`, and a file's name may have two numbers."""
    assert "Unmatched: ana." in filled(tmp_path, a_graded("ana"))[1]
    _, lines = filled(tmp_path, a_graded("garciaana_101_1_102_90_model"))
    assert "Left alone: garciaana_101_1_102_90_model: it could belong to 2 students." in lines


@pytest.mark.parametrize("column", ["Final Score", "Current Score"])
def test_a_column_that_canvas_computes_is_refused(tmp_path: Path, column: str) -> None:
    """It would be ignored or taken for an override; the row of points may say so of any other."""
    with pytest.raises(UsageError, match="itself"):
        filled(tmp_path, column=column, text=CANVAS.replace("Final Score", column).replace("(read only)", ""))
    with pytest.raises(UsageError, match="itself"):
        filled(tmp_path, column="Total", text=CANVAS.replace("Final Score", "Total (3)"))


@pytest.mark.parametrize(
    "title", ["Final Points quiz", "Current Score", "My Override Grade", "Final Status 2"]
)
def test_a_title_that_the_importer_passes_over_is_refused(tmp_path: Path, title: str) -> None:
    """Wherever in an assignment's title the words stand."""
    with pytest.raises(UsageError, match="passes over"):
        filled(tmp_path, column=title, text=CANVAS.replace("Quiz (12)", f"{title} (12)"))


def test_a_maximum_with_a_mark_for_thousands(tmp_path: Path) -> None:
    """A scale is asked for, and a grade that falls is counted as lower."""
    with pytest.raises(UsageError, match="1200 points"):
        filled(tmp_path, a_graded("101"), text=THOUSANDS)
    gradebook = a_gradebook(tmp_path, THOUSANDS)
    lines = canvas(GradedClass([a_graded("101")]), source=gradebook, column="4711", scale_to=1200.0).lines
    assert "1 grade to change. Lower than before: 1." == lines[0]


@pytest.mark.parametrize("column", ["Homework 12", "Student", "Section", "ID", ""])
def test_no_column_is_made(tmp_path: Path, column: str) -> None:
    """Canvas would make a new assignment of a new title."""
    with pytest.raises(UsageError, match=f"There is no column `{column}`"):
        filled(tmp_path, column=column)


def test_two_columns_of_one_title(tmp_path: Path) -> None:
    """Only the number tells them apart."""
    text = CANVAS.replace("Quiz (12)", "Homework 11 (12)")

    assert "1 grade to change." in filled(tmp_path, a_graded("101", 1.0, 5.0), column="12", text=text)[1][0]


@pytest.mark.parametrize(
    "header",
    [
        "Name,ID,SIS Login ID,Section",
        "Student,SIS User ID,SIS Login ID,Section",
        "Student,ID,Section,Homework 11 (4711)",
        "Student,ID,Login,Section",
        "Student,ID,SIS Login ID,SIS User ID,Section",
        "Student,ID,SIS Login ID",
        "Student,ID,SIS Login ID,Homework 11 (4711)",
    ],
)
def test_a_header_that_canvas_would_refuse_is_refused(tmp_path: Path, header: str) -> None:
    """Canvas reads the first columns by their order."""
    with pytest.raises(UsageError):
        filled(tmp_path, text=f"{header}\n")


def test_without_sis_and_with_semicolons(tmp_path: Path) -> None:
    """The shortest header, and the delimiter of other countries."""
    text = 'Student;ID;SIS Login ID;Section;Homework 11 (4711)\n"Ito, Ren";102;ren;A;7,5\n'
    content, _ = filled(tmp_path, a_graded("ren"), text=text)

    assert cells_of(text.replace("7,5", "8"), ";") == cells_of(content, ";")
    assert {("102", "Homework 11 (4711)"): ("7,5", "8")} == changed(text, content)


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@given(
    st.lists(NAMES, min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(100, 108), st.floats(0, 10_000)), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_class_is_imported_as_meant(tmp_path_factory, names, scores, line_end) -> None:
    """Whatever the students are called: the importer sees the changes that were said, and no other."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow(["Student", "ID", "SIS Login ID", "Section", "Homework 11 (4711)"])
    for number, name in enumerate(names):
        writer.writerow([name, 100 + number, f"login{number}", "A", "" if number % 2 else "1.00"])
    reports = [a_graded(str(identity), score, 10_000.0) for identity, score in dict(scores).items()]
    before = text.getvalue()
    content, lines = filled(tmp_path_factory.mktemp("canvas"), *reports, text=before)
    seen = changed(before, content)

    assert len(seen) == sum(line.startswith("Change: ") for line in lines)
    assert len(reports) == sum(map(int, re.findall(r"(\d+) (?:grade|un|left)", lines[0])))
    for report in reports:
        if (new := seen.get((report.id, "Homework 11 (4711)"))) is not None:
            assert canvas_number(new[1]) == pytest.approx(report.score, abs=0.0051)
