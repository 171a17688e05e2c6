"""Whose report is whose: by id, then login, then a name that only one has, never by a guess."""

from collections.abc import Sequence

import pytest
from builders_platforms import a_graded

from grader.platforms.gradebook_rows import Matching, Row, match, row_of
from grader.report import Report


def row(number: int, name: str, ids: Sequence[str] = (), logins: Sequence[str] = ()) -> Row:
    return row_of(number, "shown", ids=ids, logins=logins, name=name)


CLASS = (
    row(0, "García, Ana", ["101", "2026001"], ["ana@uni.example"]),
    row(1, "Ito, Ren", ["102", "2026002"], ["ren.ito"]),
    row(2, "Smith, Ana", ["103"], ["ana@other.example"]),
)


def own_id(report: Report) -> list[str]:
    return [report.id]


def rows(matching: Matching) -> dict[int, int]:
    return {position: row.number for position, row in matching.rows.items()}


def found(*ids: str, **options: bool) -> Matching:
    return match([a_graded(identity) for identity in ids], CLASS, own_id, **options)


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
    ],
)
def test_one_student_is_found(identity: str, row: int) -> None:
    """By an id, a login, or the parts of the name in any order and spelling of their accents."""
    assert {0: row} == rows(found(identity))


@pytest.mark.parametrize("identity", ["ana", "1010", "nobody", "ito", "", " ", "García Ana María"])
def test_nobody_is_guessed(identity: str) -> None:
    """A part of a name, and what is merely like an id, is nobody."""
    result = found(identity)

    assert {} == rows(result)
    assert [0] == [*result.unmatched, *result.doubtful]


def test_a_login_that_two_have_is_left_alone() -> None:
    """The part before the `@` is the same at both schools."""
    assert {0: "it could belong to 2 students"} == found("ana").doubtful


def test_two_submissions_of_one_student_are_left_alone() -> None:
    """Nobody knows which counts."""
    result = found("101", "ana_garcia", "102")

    assert {2: 1} == rows(result)
    assert dict.fromkeys((0, 1), "2 submissions belong to this student") == result.doubtful


def test_an_id_goes_before_a_name() -> None:
    """A folder that is called like one student's name and another's id is the other's."""
    people = (*CLASS, row(3, "Lee", ["ana_garcia"]))

    assert {0: 3} == rows(match([a_graded("ana_garcia")], people, own_id))


def test_the_name_that_a_platform_gave_counts() -> None:
    """But not a name that the student declares."""
    given = a_graded("x1", name="Ren Ito")
    said_by_both = a_graded("x1", name="Ren Ito", declared={"name": "Ren Ito"})
    declared = a_graded("x1", name="Ren Ito", declared={"name": "Ren Ito"}, name_is_declared=True)

    assert {0: 1} == rows(match([given], CLASS, own_id))
    assert {0: 1} == rows(match([said_by_both], CLASS, own_id))
    assert {} == rows(match([declared], CLASS, own_id))


def test_a_declaration_counts_only_if_it_is_trusted() -> None:
    """It could name another student; and an id goes before it."""
    liar = a_graded("zhou", declared={"id": "101"})
    honest = a_graded("102", declared={"id": "101"})

    plain = match([liar, honest], CLASS, own_id)
    trusting = match([liar, honest], CLASS, own_id, trust_declared=True)
    assert ({1: 1}, (0,), (0,)) == (rows(plain), plain.unmatched, plain.declared)
    assert ({1: 1, 0: 0}, ()) == (rows(trusting), trusting.unmatched)


def test_nothing_is_no_key() -> None:
    """Two people without an id are not the same one, nor are those with one letter."""
    assert row(0, "") == row(0, "A", ids=["", " "], logins=["", "@"])
