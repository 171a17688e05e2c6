"""A column of norms beside the moments of one optimizer."""

import math
from dataclasses import replace

import numpy as np
import pytest
from builders_runs import a_training, the_state

from grader.analysis.moments.adam import fading_sums
from grader.analysis.moments.compare import Fit, column_of, compare
from grader.analysis.moments.rows import RowRange
from grader.evidence.model import Moments


def test_the_first_steps_of_an_honest_log_leave_what_the_bound_allows() -> None:
    """Without a stored cap it has no upper limit."""
    training = a_training()
    row_range = RowRange(0, 400, 200)
    for cap, is_finite in ((1.0, True), (None, False)):
        column = column_of(training.logged()[200:], the_state(training, clipnorm=cap), [row_range])
        fit = compare(column, "global", "after")

        assert fit.fits
        assert is_finite == math.isfinite(fit.high)


def test_a_doubtful_span_is_known_where_nothing_before_it_is_left() -> None:
    """After 20,000 rows all else is forgotten; after 600 it is not."""
    training = a_training()
    values = np.array([*training.logged() * 34, *[0.0] * 20_400])
    (total,), _ = fading_sums(values**2, 0.999, np.array([0]), np.array([20_400]))
    moments = Moments(beta_1=0.9, beta_2=0.999, first=(0.01,) * 6, second=(float(total) / 6,) * 6)
    state = replace(the_state(training, iterations=50_000), moments=moments)
    wrong, short = RowRange(20_400, 40_800, 9_600), RowRange(19_800, 20_400, 30_200)
    long = RowRange(0, 20_400, 29_600, is_ambiguous=True)
    doubtful = replace(short, is_ambiguous=True)

    for ranges, found in (([wrong, long], long), ([wrong, doubtful], wrong), ([wrong, short], short)):
        column = column_of(values, state, ranges)

        assert found == compare(column, "global", "after").row_range


def test_norms_are_held_at_the_cap_only_before_clipping() -> None:
    """Else they would predict more than the sum of the second moment."""
    training = a_training()
    column = column_of(training.logged("global", "before"), the_state(training), [RowRange(0, 600, 0)])

    before, after = (compare(column, "global", stage) for stage in ("before", "after"))

    assert (True, False) == (before.fits, after.fits)
    assert "sum" == after.quantity


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
