"""Who is who: keys of names, and people found by them."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.submissions.people import may_be_one, name_keys


def keys_with_accents(name: str) -> frozenset[str]:
    return name_keys(name, accents=True)


modest = settings(max_examples=100, deadline=None)
WORDS = st.lists(
    st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=2, max_size=8), min_size=1, max_size=4
)


@pytest.mark.parametrize(
    "written",
    [
        "garcíalópezanamaría",
        "García López, Ana María",
        "ana_maría_garcía_lópez",
        "GARCÍA LÓPEZ ANA MARÍA",
        unicodedata.normalize("NFD", "Ana María García López"),
    ],
)
def test_one_name(written: str) -> None:
    """The order of family name and given name, letter case, spaces and commas do not matter."""
    assert keys_with_accents("Ana María García López") & keys_with_accents(written)


@pytest.mark.parametrize(
    ("first", "second"),
    [("Ana García", "Ana Garcia"), ("Ana García", "Ana"), ("O'Neil Bo", "Neil Bo"), ("", "Ana"), ("", "")],
)
def test_two_names(first: str, second: str) -> None:
    """Accents and every part count, and no name is nobody's."""
    assert not keys_with_accents(first) & keys_with_accents(second)


def test_marks_of_other_scripts() -> None:
    """A vowel sign that has no composed form breaks no word, and two names that differ in one are two."""
    assert keys_with_accents("नमिता राव") & keys_with_accents("रावनमिता")
    assert not keys_with_accents("राम") & keys_with_accents("रीम")


@modest
@given(WORDS)
def test_canvas_way_of_writing_a_name(words) -> None:
    """The family name in front, small letters, nothing between."""
    *given_names, family = words
    canvas = "".join([family, *given_names]).lower()

    assert keys_with_accents(" ".join(words)) & keys_with_accents(canvas) or canvas.casefold() != canvas


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("garcíaana", "Ana García", True),
        ("Bob Smith", "Robert Smith", True),
        ("smithbob", "Robert Smith", True),
        ("Bo Li", "Li, Bo", True),
        ("Bo Li", "Carla Ito", False),
        ("garcíaana", "Carla Ito", False),
        ("", "Carla Ito", True),
    ],
)
def test_names_that_may_be_of_one_person(first: str, second: str, expected: bool) -> None:
    """A word in common is enough."""
    assert expected == may_be_one(first, second) == may_be_one(second, first)


@modest
@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_is_a_name(first, second) -> None:
    """Nothing is raised, and a name is its own."""
    assert may_be_one(first, first)
    assert may_be_one(first, second) == may_be_one(second, first)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("राम", "रीम", False),
        ("김 민준", "김민준", True),
        ("Łukasz Żak", "lukasz zak", False),
        ("José", "Jose\u0301", True),
        ("José", "Jose", True),
        ("O'Neil, Sean", "sean o neil", True),
        ("Ana", "Anna", False),
        ("A", "a", False),
    ],
)
def test_names_that_are_alike_but_for_accents(one: str, other: str, alike: bool) -> None:
    """Vowel signs make a name, accents above a letter do not; `Ł` is a letter of its own."""
    assert alike == bool(name_keys(one, accents=False) & name_keys(other, accents=False))
