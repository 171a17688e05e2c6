"""Whose report is whose: by id, then login, then a name that only one has, never by a guess."""

import pytest
from builders_gradebooks import a_graded

from grader.platforms.gradebooks.people import Matching, keys_without_accents, match, person
from grader.report import Report

CLASS = (
    person("García, Ana", ids=["101", "2026001"], logins=["ana@uni.example"], names=["García, Ana"]),
    person("Ito, Ren", ids=["102", "2026002"], logins=["ren.ito"], names=["Ito, Ren"]),
    person("Smith, Ana", ids=["103"], logins=["ana@other.example"], names=["Smith, Ana"]),
)


def own_id(report: Report) -> list[str]:
    return [report.id]


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
    assert {0: row} == found(identity).rows


@pytest.mark.parametrize("identity", ["ana", "1010", "nobody", "ito", "", " ", "García Ana María"])
def test_nobody_is_guessed(identity: str) -> None:
    """A part of a name, and what is merely like an id, is nobody."""
    result = found(identity)

    assert {} == result.rows
    assert [0] == [*result.unmatched, *result.doubtful]


def test_a_login_that_two_have_is_left_alone() -> None:
    """The part before the `@` is the same at both schools."""
    assert {0: "it could belong to 2 students"} == found("ana").doubtful


def test_two_submissions_of_one_student_are_left_alone() -> None:
    """Nobody knows which counts."""
    result = found("101", "ana_garcia", "102")

    assert {2: 1} == result.rows
    assert dict.fromkeys((0, 1), "2 submissions belong to this student") == result.doubtful


def test_an_id_goes_before_a_name() -> None:
    """A folder that is called like one student's name and another's id is the other's."""
    people = (*CLASS, person("Lee", ids=["ana_garcia"]))

    assert {0: 3} == match([a_graded("ana_garcia")], people, own_id).rows


def test_the_name_that_a_platform_gave_counts() -> None:
    """But not a name that the student declares."""
    given = a_graded("x1", name="Ren Ito")
    said_by_both = a_graded("x1", name="Ren Ito", declared={"name": "Ren Ito"})
    declared = a_graded("x1", name="Ren Ito", declared={"name": "Ren Ito"}, name_is_declared=True)

    assert {0: 1} == match([given], CLASS, own_id).rows
    assert {0: 1} == match([said_by_both], CLASS, own_id).rows
    assert {} == match([declared], CLASS, own_id).rows


def test_a_declaration_counts_only_if_it_is_trusted() -> None:
    """It could name another student; and an id goes before it."""
    liar = a_graded("zhou", declared={"id": "101"})
    honest = a_graded("102", declared={"id": "101"})

    plain = match([liar, honest], CLASS, own_id)
    trusting = match([liar, honest], CLASS, own_id, trust_declared=True)
    assert ({1: 1}, (0,), (0,)) == (plain.rows, plain.unmatched, plain.declared)
    assert ({1: 1, 0: 0}, ()) == (trusting.rows, trusting.unmatched)


def test_nothing_is_no_key() -> None:
    """Two people without an id are not the same one, nor are those with one letter."""
    assert person("x") == person("x", ids=["", " "], logins=["", "@"], names=["", "-", "A"])


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("राम", "रीम", False),
        ("김 민준", "김민준", True),
        ("Łukasz Żak", "lukasz zak", False),
        ("José", "Jose\u0301", True),
        ("O'Neil, Sean", "sean o neil", True),
        ("Ana", "Anna", False),
    ],
)
def test_when_names_are_alike(one: str, other: str, alike: bool) -> None:
    """Vowel signs make a name, accents above a letter do not; `Ł` is a letter of its own."""
    assert alike == bool(keys_without_accents(one) & keys_without_accents(other))
