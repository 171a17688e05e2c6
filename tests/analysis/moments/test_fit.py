"""A stored number beside a predicted one."""

import math

import pytest

from grader.analysis.moments.compare import Fit
from grader.analysis.moments.rows import RowRange


def a_fit(stored: float, low: float, high: float, predicted: float = 2.0) -> Fit:
    return Fit("global", "after", RowRange(0, 5, 0), "sum", predicted, stored, predicted, low, high)


def test_within_what_is_allowed() -> None:
    """Nothing is apart."""
    fit = a_fit(stored=2.001, low=1.99, high=2.01)

    assert fit.fits
    assert fit.is_conclusive
    assert pytest.approx(0.005) == fit.allowed


@pytest.mark.parametrize(("stored", "apart"), [(1.0, 0.495), (3.0, 0.495)])
def test_outside_of_what_is_allowed(stored: float, apart: float) -> None:
    """Relative to what was predicted."""
    fit = a_fit(stored, 1.99, 2.01)

    assert not fit.fits
    assert pytest.approx(apart) == fit.apart


def test_an_inequality_tells_nothing() -> None:
    """It fits too easily."""
    fit = a_fit(1.5, -math.inf, 2.01)

    assert fit.fits
    assert not fit.is_conclusive
    assert pytest.approx(0.005) == fit.allowed


def test_a_loose_equation_tells_nothing() -> None:
    """A log with one decimal could be many things."""
    assert not a_fit(2.0, 1.8, 2.2).is_conclusive


def test_a_log_of_zeros_is_far_from_any_moment() -> None:
    """There is no division by zero."""
    assert a_fit(1.0, 0.0, 0.0, predicted=0.0).apart > 1
