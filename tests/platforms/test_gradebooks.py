"""Whose report is whose, never by a guess, and what a teacher reads before a gradebook is written."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from builders_platforms import a_graded, a_table, cells_of
from builders_reports import ERROR, REVIEW

from grader.platforms.gradebooks import Export, GradedClass, Grades, fill, parsed, waits
from grader.platforms.rows import Match, Row, match, row_of
from grader.report import Report

FILE = "id,grade\na,\nb,7.50\nc,EX\nd,3\n"


def row(number: int, name: str, ids: Sequence[str] = (), logins: Sequence[str] = ()) -> Row:
    return row_of(number, "shown", ids=ids, logins=logins, name=name)


CLASS = (
    row(0, "García, Ana", ["101", "2026001"], ["ana@uni.example"]),
    row(1, "Ito, Ren", ["102", "2026002"], ["ren.ito"]),
    row(2, "Smith, Ana", ["103"], ["ana@other.example"]),
)


def matched(*reports: Report, rows: Sequence[Row] = CLASS, **options: bool) -> list[int | str | None]:
    """The number of the row of each report, or the doubt about it."""
    found = match(reports, rows, lambda report: [report.id], **options)
    return [one.row.number if one.row else one.doubt or None for one in found]


@pytest.mark.parametrize(
    ("identity", "row"),
    [
        ("101", 0),
        ("2026002", 1),
        ("REN.ITO", 1),
        ("ana@other.example", 2),
        ("ana_garcia", 0),
        ("García Ana", 0),
        ("GARCIA-ANA", 0),
        ("garciaana", 0),
        ("anagarcia", 0),
        ("Ren Ito", 1),
        *((nobody, None) for nobody in ("1010", "nobody", "ito", "", " ", "García Ana María")),
        # The part before the `@` is the same at both schools.
        ("ana", "it could belong to 2 students"),
    ],
)
def test_one_student_is_found_and_nobody_guessed(identity: str, row: int | str | None) -> None:
    """By an id, a login, or the parts of the name in any order and spelling of their accents."""
    assert [row] == matched(a_graded(identity))


def test_two_submissions_of_one_student_are_left_alone() -> None:
    """Nobody knows which counts."""
    both = "2 submissions belong to this student"

    assert [both, both, 1] == matched(a_graded("101"), a_graded("ana_garcia"), a_graded("102"))


def test_an_id_goes_before_a_name() -> None:
    """A folder that is called like one student's name and another's id is the other's."""
    assert [3] == matched(a_graded("ana_garcia"), rows=(*CLASS, row(3, "Lee", ["ana_garcia"])))


def test_the_name_that_a_platform_gave_counts() -> None:
    """But not a name that the student declares."""
    given = a_graded("x1", name="Ren Ito")
    said_by_both = a_graded("x1", name="Ren Ito", declared={"name": "Ren Ito"})
    declared = a_graded("x1", name="Ren Ito", declared={"name": "Ren Ito"}, name_is_declared=True)

    assert [[1], [1], [None]] == [matched(one) for one in (given, said_by_both, declared)]


def test_a_declaration_counts_only_if_it_is_trusted() -> None:
    """It could name another student; and an id goes before it."""
    liar = a_graded("zhou", declared={"id": "101"})
    honest = a_graded("102", declared={"id": "101"})

    assert [None, 1] == matched(liar, honest)
    assert [0, 1] == matched(liar, honest, trust_declared=True)
    assert Match(would_match=True) == match([liar], CLASS, lambda report: [report.id])[0]


def test_nothing_is_no_key() -> None:
    """Two people without an id are not the same one, nor are those with one letter."""
    assert row(0, "") == row(0, "A", ids=["", " "], logins=["", "@"])


def filled(
    folder: Path, *reports: Report, possible: float | None = None, **options: Any
) -> tuple[Export, dict[int, str]]:
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
    grades = Grades(1, rows, possible, lambda report: [report.id])
    return fill(table, grades, GradedClass(reports), **options)


def test_everything_that_can_happen(tmp_path: Path) -> None:
    """The numbers first, then a line for each change, each that is left alone, each that is unmatched."""
    waiting = REVIEW.model_copy(update={"id": "d"})
    reports = (a_graded("a"), a_graded("b", 7.5), a_graded("c"), waiting, a_graded("x"), a_graded("y`\x1b"))
    found, _ = filled(tmp_path, *reports, a_graded("z", declared={"id": "a"}))

    assert cells_of(FILE.replace("a,", "a,8")) == cells_of(str(found.content))
    assert (
        "1 grade to change, 1 unchanged, 2 left alone, 3 unmatched.",
        "Change: `A`: (empty) → 8.",
        "Left alone: c: the student is excused.",
        f"Left alone: {waiting.name} (d): it needs review.",
        "Unmatched: x.",
        "Unmatched: y`\\x1b.",
        "Unmatched: z.",
        "`--trust-declared` would match 1 more by what `submission.yaml` says.",
    ) == found.lines
    assert {"a": "8"} == found.given


def test_grades_that_become_lower_are_counted(tmp_path: Path) -> None:
    """A teacher wants to know before they are written; who has no report keeps the grade."""
    found, _ = filled(tmp_path, a_graded("a", 0.0), a_graded("b", 2.0), a_graded("d", 1.0))

    assert ("3 grades to change. Lower than before: 2.", "Change: `A`: (empty) → 0.") == found.lines[:2]
    assert ("0 grades to change.",) == filled(tmp_path)[0].lines
    one = filled(tmp_path, a_graded("d"))[0].content
    assert cells_of(FILE.replace("d,3", "d,8")) == cells_of(str(one))


def test_a_bonus_above_the_maximum_is_counted(tmp_path: Path) -> None:
    """Not every platform takes it."""
    more = a_graded("a", 8.0).model_copy(update={"score": 11.0})

    found = filled(tmp_path, more, possible=10.0)[0]

    assert (
        "1 grade to change. Above the maximum, with a bonus: 1.",
        "Change: `A`: (empty) → 11.",
    ) == found.lines


def test_points_are_scaled_if_asked(tmp_path: Path) -> None:
    """With a decimal point, two decimals, and no mark for thousands."""
    assert {1: "16"} == filled(tmp_path, a_graded("a"), possible=20.0, scale_to=20.0)[1]
    assert {1: "6666.67"} == filled(tmp_path, a_graded("a", 2.0, 3.0), scale_to=10_000.0)[1]


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (a_graded("a"), ""),
        (REVIEW, "it needs review"),
        (ERROR, "it was not fully graded"),
        (a_graded("a", score=float("nan"), verdict="failed"), "its points are not a number"),
        (a_graded("a", 0.0, 0.0), "its points are not a number"),
    ],
)
def test_who_waits(report: Report, reason: str) -> None:
    """A report that somebody must look at has no grade yet."""
    assert reason == waits(report)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("7.50", 7.5), (" 7,5 ", 7.5), ("", None), ("-", None), ("EX", None), ("NaN", None)),
        *(("1,200.00", 1200.0), ("1.200,50", 1200.5), ("-1,234,567.8", -1234567.8), ("1,200", 1.2)),
        *(("1,20.00", None), ("1,200,00", None)),
    ],
)
def test_a_number_in_a_gradebook(text: str, value: float | None) -> None:
    """With a point or a comma, and with a mark for thousands where the other one is at the decimals."""
    assert value == parsed(text)
