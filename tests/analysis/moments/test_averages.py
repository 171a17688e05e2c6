"""Exponential averages."""

import pytest

from grader.analysis.moments.adam import Average, average, largest_first


def test_the_square_is_the_sum_of_the_definition() -> None:
    """(1 - b) sum b^(T-i) n_i^2."""
    found = average((1.0, 2.0, 3.0), (0.0, 0.0, 0.0), 0.5)

    assert pytest.approx(0.5 * (9 + 0.5 * 4 + 0.25 * 1)) == found.square
    assert 0.0 == found.square_unit


def test_a_unit_changes_the_square_by_no_more_than_this() -> None:
    """(n + u)^2 - n^2, averaged."""
    plain = average((1.0, 2.0), (0.1, 0.1), 0.9)
    more = average((1.1, 2.1), (0.0, 0.0), 0.9)

    assert pytest.approx(more.square - plain.square) == plain.square_unit


def test_the_drift_adds_the_averages_up() -> None:
    """Each fades with the following steps."""
    first, both = average((1.0,), (0.0,), 0.5), average((1.0, 2.0), (0.0, 0.0), 0.5)

    assert pytest.approx(0.5 * first.square + both.square) == both.drift


def test_the_first_moment_is_not_longer_than_the_average() -> None:
    """(1 - b) sum b^(T-i) (n_i + u_i)."""
    assert pytest.approx(0.5 * (3.1 + 0.5 * 2.1)) == largest_first((2.0, 3.0), (0.1, 0.1), 0.5)


@pytest.mark.parametrize("beta", [0.0, 0.9])
def test_far_rows_are_not_looked_at(beta: float) -> None:
    """Their weight is below what float64 can hold."""
    norms, units = (1e9, *(1.0,) * 2000), (0.0,) * 2001

    assert pytest.approx(1.0) == largest_first(norms, units, beta) == average(norms, units, beta).square


def test_nothing_averages_to_nothing() -> None:
    """Before the first row."""
    assert Average(0.0, 0.0, 0.0) == average((), (), 0.5)
