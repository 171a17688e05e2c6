"""A column of norms beside the moments of one optimizer."""

import math
from dataclasses import replace

import numpy as np
import pytest
from builders_runs import a_training, the_state

from grader.analysis.moments.adam import fading_sums
from grader.analysis.moments.compare import Column, Fit, fits
from grader.analysis.moments.rows import RowRange
from grader.evidence.model import Moments


def test_the_first_steps_of_an_honest_log_leave_what_the_bound_allows() -> None:
    """Without a stored cap it has no upper limit."""
    training = a_training()
    row_range = RowRange(0, 400, 200)
    for cap, is_finite in ((1.0, True), (None, False)):
        state = the_state(training, clipnorm=cap)
        (fit,) = fits(training.logged()[200:], state, [row_range], [("global", "after")])

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
        (fit,) = fits(values, state, ranges, [("global", "after")])

        assert found == fit.row_range


def test_norms_are_held_at_the_cap_only_before_clipping() -> None:
    """Else they would predict more than the sum of the second moment."""
    training = a_training()
    norms, series = training.logged("global", "before"), [("global", "before"), ("global", "after")]

    before, after = fits(norms, the_state(training), [RowRange(0, 600, 0)], series)

    assert (True, False) == (before.fits, after.fits)
    assert "sum" == after.quantity


def test_a_unit_changes_the_square_by_no_more_than_this() -> None:
    """(n + u)^2 - n^2, averaged."""

    def squares(norm: float, unit: float) -> tuple[float, float]:
        norms, units = np.array([norm, norm + 1]), np.array([unit, unit])
        column = Column(norms, units, the_state(a_training()), 0.0, [RowRange(0, 2, 0)])
        return tuple(float(each[0]) for each in column.squares)

    (square, slack), (_, least) = squares(1.0, 0.1), squares(1.0, 0.0)

    assert pytest.approx(squares(1.1, 0.0)[0] - square) == slack - least


def a_fit(stored: float, low: float, high: float, predicted: float = 2.0) -> Fit:
    return Fit("global", "after", RowRange(0, 5, 0), "sum", predicted, stored, predicted, low, high)


@pytest.mark.parametrize(
    ("fit", "fits_it", "is_conclusive"),
    [
        pytest.param(a_fit(2.001, 1.99, 2.01), True, True, id="within what is allowed"),
        pytest.param(a_fit(1.0, 1.99, 2.01), False, False, id="below it"),
        pytest.param(a_fit(3.0, 1.99, 2.01), False, False, id="above it"),
        pytest.param(a_fit(1.5, -math.inf, 2.01), True, False, id="an inequality fits too easily"),
        pytest.param(a_fit(2.0, 1.8, 2.2), True, False, id="a log with one decimal could be many things"),
    ],
)
def test_what_a_fit_tells(fit: Fit, fits_it: bool, is_conclusive: bool) -> None:
    """Only a close equation is conclusive; how far off and how much is allowed are relative."""
    assert (fits_it, is_conclusive) == (fit.fits, fit.is_conclusive)
    assert pytest.approx(0.0 if fits_it else 0.495) == fit.apart
    assert pytest.approx(0.1 if fit.low == 1.8 else 0.005) == fit.allowed


def test_a_log_of_zeros_is_far_from_any_moment() -> None:
    """There is no division by zero."""
    assert a_fit(1.0, 0.0, 0.0, predicted=0.0).apart > 1
