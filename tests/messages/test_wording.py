"""Tests of how numbers and names are written."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.messages.wording import accuracy, counted, listed, number, quoted


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0.0"),
        (1.0, "1.0"),
        (1.0000001192, "1.0"),
        (0.0010000000474974513, "0.001"),
        (2.449489742783178, "2.449"),
        (7.3149, "7.315"),
        (1719.4, "1719"),
        (123456.7, "123457"),
        (1.5e9, "1500000000.0"),
        (3.2e-7, "3.2e-07"),
        (-0.25, "-0.25"),
        (math.nan, "NaN"),
        (math.inf, "infinity"),
        (-math.inf, "minus infinity"),
    ],
)
def test_a_number_has_four_digits(value: float, expected: str) -> None:
    """Float32's remainders are not shown, and NaN is a word."""
    assert str(expected) == str(number(value))


@pytest.mark.parametrize(
    ("value", "other", "expected"),
    [
        (1.00002, 1.0, "1.00002"),
        (1.0000001192, 1.0, "1.0000001"),
        (2.44955, 2.449489742783178, "2.45"),
        (2.4491, 2.449489742783178, "2.4491"),
        (1.0, 1.0, "1.0"),
        (1000.2, 1000.0, "1000.2"),
        (7.3149, 1.0, "7.315"),
    ],
)
def test_unequal_numbers_do_not_look_equal(value: float, other: float, expected: str) -> None:
    """A number gets as many digits as it needs to differ from the other as that is written."""
    assert expected == number(value, apart_from=other)


@pytest.mark.parametrize(
    ("value", "other", "expected"),
    [
        (0.87, None, "0.8700"),
        (0.86996, 0.87, "0.86996"),
        (0.8699, 0.87, "0.8699"),
        (0.87, 0.87, "0.8700"),
        (1.0, None, "1.0000"),
    ],
)
def test_an_accuracy_has_four_decimals(value: float, other: float | None, expected: str) -> None:
    """It gets more where it would look like the threshold that it misses."""
    assert expected == accuracy(value, apart_from=other)


def test_a_count_agrees_with_its_noun() -> None:
    """Only one is singular."""
    assert ["0 steps", "1 step", "8595 steps"] == [str(counted(count, "step")) for count in (0, 1, 8595)]


def test_words_are_listed_with_and() -> None:
    """Commas stand between all but the last two."""
    assert ["", "a", "a and b", "a, b and c"] == [
        str(listed(list(words))) for words in ("", "a", "ab", "abc")
    ]


def test_a_name_from_a_file_is_quoted() -> None:
    """A student's header cannot end the backticks, break the line or run on."""
    assert "`grad norm`" == quoted("grad norm")
    assert r"`a\x1b[31m'b`" == quoted("a\x1b[31m`b")
    assert 62 == len(quoted("x" * 300))


@settings(max_examples=50, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False), st.floats(1e-6, 1e6))
def test_every_number_can_be_written(value: float, other: float) -> None:
    """Whatever a log holds, a sentence can say it, and it does not look like another number."""
    written = number(value, apart_from=other)

    assert written == number(other) or float(written) != float(number(other)) or value == other
