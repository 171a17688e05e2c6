"""What every step of reading a file knows."""

import pytest
from builders_models import a_dense, a_keras_file, a_sequential, an_input
from hypothesis import given
from hypothesis import strategies as st

from grader import rubric
from grader.measure.model.read import read_model
from grader.measure.model.reading import LONGEST_SHOWN, MEBIBYTE, Limits, shown, start


def test_a_note_is_kept_once() -> None:
    """What was changed in ten layers is said once, in the order in which it was found."""
    reading = start("model.keras", Limits())
    for sentence in ("First.", "Second.", "First."):
        reading.note(sentence)

    assert ["First.", "Second."] == reading.notes


def test_notes_are_bounded() -> None:
    """A file cannot make as many as it likes."""
    reading = start("model.keras", Limits(notes=2))
    for number in range(5):
        reading.note(f"Note {number}.")

    assert ["Note 0.", "Note 1."] == reading.notes


def test_a_file_is_not_unpacked_beyond_what_its_weights_may_be() -> None:
    """All the weights that are read fit into the largest file, as float32."""
    most = Limits().of_rubric

    assert most.parameters * 4 <= most.model_file == 256 * MEBIBYTE


def test_the_limits_can_be_raised() -> None:
    """Whoever grades gives others than the defaults."""
    network = a_sequential(an_input(3), *(a_dense(2, f"d{number}") for number in range(201)))
    found = read_model("m.keras", a_keras_file(network), Limits(rubric.Limits(layers=600))).facts

    assert 201 == len(found.layers)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("dense", "dense"),
        ("a`b", "a'b"),
        ("\x1b[31m", "\\x1b[31m"),
        ("two\nlines", "two\\nlines"),
        (7, "7"),
        (None, "None"),
        ([1, "x"], "[1, 'x']"),
        ("x" * 100, "x" * 77 + "..."),
        ("", ""),
    ],
)
def test_any_value_can_stand_in_backticks(value: object, expected: str) -> None:
    """It is one short line in which nothing acts and no backtick ends the name."""
    assert expected == shown(value)


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_is_shown_is_short_and_harmless(text) -> None:
    """Lone surrogates and controls included."""
    found = shown(text)

    assert len(found) <= LONGEST_SHOWN
    assert found.isprintable() or set(found) & set("\u200c\u200d\u2028") or not found.isascii()
    assert "`" not in found
    assert found == found.encode().decode()
