"""Arrays in short."""

import math

import numpy as np
import pytest

from grader.measure.model.totals import Totals, totals_of


def test_sums_in_float64() -> None:
    """Ten million float32 numbers lose nothing."""
    found = totals_of(np.full((1000, 1000), 0.1, "float32"))

    assert pytest.approx(float(np.float32(0.1)) * 1e6, rel=1e-12) == found.total
    assert pytest.approx(float(np.float32(0.1)) ** 2 * 1e6, rel=1e-12) == found.squares
    assert ((1000, 1000), True) == (found.shape, found.exact)


@pytest.mark.parametrize(("dtype", "exact"), [("float64", True), ("float16", False), ("int64", False)])
def test_whether_it_is_exact(dtype: str, exact: bool) -> None:
    """Half precision and whole numbers are not."""
    assert Totals((2,), exact, 3.0, 5.0, 1.0) == totals_of(np.array([1, 2], dtype))


def test_an_empty_array() -> None:
    """It sums to nothing."""
    assert Totals((0, 3), True, 0.0, 0.0, 0.0) == totals_of(np.zeros((0, 3)))


def test_what_is_not_finite_shows() -> None:
    """No warning is raised over it."""
    assert math.isnan(totals_of(np.array([1.0, np.nan])).total)
    assert math.isinf(totals_of(np.array([1e300, 1.0])).squares)
