"""Tests of the shape of a series of numbers."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.analysis.statistics import (
    quantiles,
    repeated_block,
    rounding,
    smoothness,
    units,
    variation,
)

SCATTER = random.Random(1)  # noqa: S311  (test data)
NOISE = [SCATTER.gauss(3, 1) for _ in range(1000)]


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_quantiles_lie_between_the_extremes(values: list[float]) -> None:
    """The quantiles at 0 and 1 are the smallest and the largest value, and the others are in order."""
    found = quantiles(values, (0.0, 0.25, 0.5, 1.0))

    assert (min(values), max(values)) == (found[0], found[-1])
    assert found == pytest.approx(sorted(found))


def test_quantiles_are_interpolated() -> None:
    """As NumPy does it: a quarter of the way from the first of five values is the second."""
    assert (2.0, 2.5, 5.0) == quantiles([5, 1, 4, 2, 3], (0.25, 0.375, 1.0))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1.0, 2.0), 0.5),
        ((1.0, 2.5), 0.05),
        ((1.0, 0.97, 2.9), 0.005),
        ((1.0, 0.1 + 0.2), 0.05),
        ((math.pi, 1.0), 5e-10),
        ((), 0.5),
    ],
)
def test_the_rounding_is_half_a_unit_of_the_last_digit(values: tuple[float, ...], expected: float) -> None:
    """The value with the most decimals tells."""
    assert expected == pytest.approx(rounding(values))


@pytest.mark.parametrize(
    ("values", "expected"),
    [((1.0, 3.0, 1.0, 3.0), 1.0), ((2.0, 2.0, 2.0), 0.0), ((1.0,), 0.0), ((), 0.0), ((0.0, 0.0), 0.0)],
)
def test_variation_is_relative_to_the_mean(values: tuple[float, ...], expected: float) -> None:
    """Neighbours that differ by 2 about a mean of 2 vary by 1; where there is nothing to vary it is 0."""
    assert expected == variation(values)


def test_independent_values_are_not_smooth() -> None:
    """Their correlation is near 0, with a trend or without."""
    trend = [value + place for place, value in enumerate(NOISE)]

    assert abs(smoothness(NOISE) or 1) < 0.15
    assert abs(smoothness(trend) or 1) < 0.15


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([math.sin(place / 40) for place in range(1000)], id="curve"),
        pytest.param([sum(NOISE[place : place + 10]) for place in range(900)], id="filtered"),
        pytest.param([NOISE[place // 10] for place in range(1000)], id="stairs"),
    ],
)
def test_curves_and_means_are_smooth(values: list[float]) -> None:
    """Their neighbours are alike."""
    assert (smoothness(values) or 0) > 0.8


@pytest.mark.parametrize("values", [[1.0] * 500, [float(place) for place in range(500)], [1.0, 2.0] * 5, []])
def test_nothing_is_said_of_a_line_or_of_few_values(values: list[float]) -> None:
    """What has no scatter has no correlation."""
    assert smoothness(values) is None


def test_the_correlation_of_an_alternation_is_negative() -> None:
    """Each value says that the next is the other."""
    assert (smoothness([1.0, 2.0] * 50) or 0) < -0.9


def test_a_block_that_comes_again_is_found() -> None:
    """The ranges are those of its first and of its second appearance, and its length."""
    values = (*NOISE[:500], *NOISE[100:140], *NOISE[600:])

    assert (100, 500, 40) == repeated_block(values)


def test_a_block_that_is_mostly_at_the_cap_is_found() -> None:
    """A norm in twenty is below it, at the same ranges again and again."""
    block = [1.0] * 200
    block[7::20] = [abs(value) / 10 for value in NOISE[:10]]

    assert (6, 206, 2794) == repeated_block(block * 15)


def test_two_values_in_turn_are_a_block() -> None:
    """No measurement goes back and forth five hundred times."""
    assert (0, 2, 998) == repeated_block((1.0, 0.9) * 500)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(tuple(NOISE), id="measured"),
        pytest.param(tuple(round(value, 1) for value in NOISE * 1), id="one decimal"),
        pytest.param((1.0,) * 1000, id="held at the cap"),
        pytest.param(
            tuple(float(SCATTER.random() < 0.95 or 0.9) for _ in range(20_000)), id="mostly at the cap"
        ),
        pytest.param(tuple(NOISE[:8] + NOISE[500:] + NOISE[:8]), id="too short"),
        pytest.param((1.0,), id="one"),
        pytest.param((), id="nothing"),
    ],
)
def test_what_is_equal_by_right_is_no_block(values: tuple[float, ...]) -> None:
    """Norms at the cap, rounded ones, and a few equal ones are no copy."""
    assert repeated_block(values) is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1.25, 0.5, 12.75), (0.01, 0.01, 0.01)),
        ((1.25, 0.0125, 12.5), (0.01, 0.0001, 0.1)),
        ((1.0, 2.0, 3.0), (1.0, 1.0, 1.0)),
        ((1.0, 1.0, 1.0), (0.1, 0.1, 0.1)),
        ((0.85, 0.85), (0.01, 0.01)),
        ((1.5, 0.0), (0.1, 0.1)),
        ((1e-05, 2.5e-05), (1e-6, 1e-6)),
        ((), ()),
    ],
)
def test_the_unit_of_the_last_place(values: tuple[float, ...], expected: tuple[float, ...]) -> None:
    """From the most decimals, or the most digits, whichever is coarser."""
    assert pytest.approx(expected) == units(values)


@pytest.mark.parametrize(("values", "expected"), [(19_999, 0.1), (20_000, 1.0)])
def test_ten_thousand_different_values_show_how_a_log_was_written(values: int, expected: float) -> None:
    """Every second of twice as many, in order, so that a long log does not take long."""
    assert expected == min(units([*range(values - 1), 0.5]))


def test_numbers_as_fine_as_float32_have_a_tiny_unit() -> None:
    """It is that of the largest, relative to what float32 has."""
    assert max(units((1.76509690, 3.530787945, 0.1))) < 1e-6


@given(st.lists(st.floats(0.01, 50), min_size=30, max_size=60), st.integers(1, 6))
def test_rounded_numbers_are_within_their_unit(values, decimals) -> None:
    """Whatever the numbers are, if they show their decimals."""
    rounded = [round(value, decimals) for value in values]
    digits = {len(repr(value).partition(".")[2]) for value in rounded}

    assert max(digits) < decimals or all(
        abs(value - written) <= unit
        for value, written, unit in zip(values, rounded, units(rounded), strict=True)
    )
