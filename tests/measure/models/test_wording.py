"""Text of a file made fit to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.measure.models import wording
from grader.measure.models.wording import LONGEST_SHOWN, shown


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


def test_a_longer_text_may_be_asked_for() -> None:
    """The name of a layer is shown whole."""
    assert "x" * 100 == shown("x" * 100, longest=100)


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_is_shown_is_short_and_harmless(text) -> None:
    """Lone surrogates and controls included."""
    found = shown(text)

    assert len(found) <= LONGEST_SHOWN
    assert found.isprintable() or set(found) & set("\u200c\u200d\u2028") or not found.isascii()
    assert "`" not in found
    assert found == found.encode().decode()


def test_every_advice_is_a_sentence() -> None:
    """Each says what to do next, and ends."""
    advice = [
        getattr(wording, name)
        for name in ("SAVE_AGAIN", "OWN_LAYERS", "UPLOAD_AGAIN", "NUMBERS_ONLY", "SMALLER")
    ]

    assert ["Save", "Build", "Check", "Prepare", "Submit"] == [text.split()[0] for text in advice]
    assert all(text.endswith(".") and text == text.strip() for text in advice)
