"""What a teacher reads before a gradebook is written."""

from pathlib import Path
from typing import Any

import pytest
from builders_platforms import a_graded, a_table, cells_of
from builders_reports import ERROR, REVIEW

from grader.errors import UsageError
from grader.platforms.gradebook_rows import row_of
from grader.platforms.gradebooks import Choice, Filled, Grades, fill, only_column, parsed, waits
from grader.report import Report

FILE = "id,grade\na,\nb,7.50\nc,EX\nd,3\n"


def filled(folder: Path, *reports: Report, possible: float | None = None, **choice: Any) -> Filled:
    table = a_table(folder, FILE)
    rows = tuple(
        row_of(
            number,
            row[0].upper(),
            ids=[row[0]],
            logins=[],
            name="",
            fixed="the student is excused" if row[1] == "EX" else "",
        )
        for number, row in enumerate(table.rows)
        if number
    )
    grades = Grades("grade", 1, rows, possible, lambda report: [report.id])
    return fill(table, grades, reports, Choice(**choice))


def test_everything_that_can_happen(tmp_path: Path) -> None:
    """The numbers first, then a line for each change, each that is left alone, each that is unmatched."""
    waiting = REVIEW.model_copy(update={"id": "d"})
    reports = (a_graded("a"), a_graded("b", 7.5), a_graded("c"), waiting, a_graded("x"), a_graded("y`\x1b"))
    found = filled(tmp_path, *reports, a_graded("z", declared={"id": "a"}))

    assert cells_of(FILE.replace("a,", "a,8")) == cells_of(found.text)
    assert (
        "1 grade changes, 3 students unmatched. 1 grade stays the same. 2 grades are left alone.",
        "Change: `A`: (empty) → 8.",
        "Left alone: `c`: the student is excused.",
        "Left alone: `d`: it waits for a teacher.",
        "Unmatched: `x`.",
        "Unmatched: `y'\\x1b`.",
        "Unmatched: `z`.",
        (
            "What `submission.yaml` declares would match 1 of the unmatched; `--trust-declared` takes it for "
            "true."
        ),
    ) == found.lines()


def test_nothing_happens(tmp_path: Path) -> None:
    """No report, no change."""
    found = filled(tmp_path)

    assert cells_of(FILE) == cells_of(found.text)
    assert ("0 grades change, 0 students unmatched.",) == found.lines()


def test_many(tmp_path: Path) -> None:
    """Each number has its own form of the verb."""
    found = filled(tmp_path, a_graded("a"), a_graded("b"), a_graded("d", 3.0), a_graded("x"))

    assert (
        "2 grades change, 1 student unmatched. 1 grade stays the same.",
        "Change: `A`: (empty) → 8.",
        "Change: `B`: `7.50` → 8.",
    ) == found.lines()[:3]
    assert "2 grades stay the same. 1 grade is left alone." in " ".join(
        filled(tmp_path, a_graded("b", 7.5), a_graded("d", 3.0), a_graded("c")).lines()
    )


def test_grades_that_become_lower_are_counted(tmp_path: Path) -> None:
    """A teacher wants to know before they are written."""
    one = filled(tmp_path, a_graded("b", 2.0))
    two = filled(tmp_path, a_graded("a", 0.0), a_graded("b", 2.0), a_graded("d", 1.0))

    assert "1 grade changes, 0 students unmatched. 1 grade becomes lower." == one.lines()[0]
    assert "3 grades change, 0 students unmatched. 2 grades become lower." == two.lines()[0]


def test_who_has_no_report_keeps_the_grade(tmp_path: Path) -> None:
    """Only cells of students with a decided report change."""
    assert cells_of(FILE.replace("d,3", "d,8")) == cells_of(filled(tmp_path, a_graded("d")).text)


def test_points_are_scaled_if_asked(tmp_path: Path) -> None:
    """With a decimal point, two decimals, and no mark for thousands."""
    assert {1: "16"} == filled(tmp_path, a_graded("a"), possible=20.0, scale_to=20.0).grades
    assert {1: "6666.67"} == filled(tmp_path, a_graded("a", 2.0, 3.0), scale_to=10_000.0).grades


def test_points_of_another_maximum_are_refused(tmp_path: Path) -> None:
    """Eight of ten are not eight of twenty."""
    with pytest.raises(UsageError) as caught:
        filled(tmp_path, a_graded("a"), possible=20.0)
    with pytest.raises(UsageError) as scaled:
        filled(tmp_path, a_graded("a"), possible=20.0, scale_to=100.0)

    assert "The column `grade` has 20 points; the reports have 10." == caught.value.message
    assert "Scale them with `--scale-to 20`." == caught.value.hint
    assert "The column `grade` has 20 points; they would be scaled to 100." == scaled.value.message


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (a_graded("a"), ""),
        (REVIEW, "it waits for a teacher"),
        (ERROR, "it was not fully graded"),
        (a_graded("a", score=float("nan"), verdict="failed"), "its points are not a number"),
        (a_graded("a", 0.0, 0.0), "its points are not a number"),
    ],
)
def test_who_waits(report: Report, reason: str) -> None:
    """A report that somebody must look at has no grade yet."""
    assert reason == waits(report)


def test_a_column_that_is_not_there() -> None:
    """It is not made; those that are there are named."""
    with pytest.raises(UsageError) as none:
        only_column(["a", "b", " "], "c", [])
    with pytest.raises(UsageError) as two:
        only_column(["a", "a"], "a", [0, 1])

    assert "There is no column `c`, and none is made." == none.value.message
    assert "The columns are: `a`, `b`." == none.value.hint
    assert "2 columns are called `a`." == two.value.message
    assert "Name one of them in full. The columns are: `a`, `a`." == two.value.hint


@pytest.mark.parametrize(
    ("text", "value"), [("7.50", 7.5), (" 7,5 ", 7.5), ("", None), ("-", None), ("EX", None), ("NaN", None)]
)
def test_a_number_in_a_gradebook(text: str, value: float | None) -> None:
    """With a point or a comma."""
    assert value == parsed(text)
