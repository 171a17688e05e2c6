"""The last place of logged numbers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.analysis.moments.rounding import units


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


def test_numbers_as_fine_as_float32_have_a_tiny_unit() -> None:
    """It is that of the largest, relative to what float32 has."""
    assert max(units((1.76509690, 3.530787945, 0.1))) < 1e-6


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0.01, 50), min_size=30, max_size=60), st.integers(1, 6))
def test_rounded_numbers_are_within_their_unit(values, decimals) -> None:
    """Whatever the numbers are, if they show their decimals."""
    rounded = [round(value, decimals) for value in values]
    digits = {len(repr(value).partition(".")[2]) for value in rounded}

    assert max(digits) < decimals or all(
        abs(value - written) <= unit
        for value, written, unit in zip(values, rounded, units(rounded), strict=True)
    )
