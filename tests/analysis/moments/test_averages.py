"""Exponential averages."""

import pytest

from grader.analysis.moments.averages import NOTHING, averages, largest_first


def test_the_square_is_the_sum_of_the_definition() -> None:
    """(1 - b) sum b^(T-i) n_i^2."""
    found = averages((1.0, 2.0, 3.0), (0.0, 0.0, 0.0), 0.5, {3})[3]

    assert pytest.approx(0.5 * (9 + 0.5 * 4 + 0.25 * 1)) == found.square
    assert 0.0 == found.square_unit


def test_a_unit_changes_the_square_by_no_more_than_this() -> None:
    """(n + u)^2 - n^2, averaged."""
    plain = averages((1.0, 2.0), (0.1, 0.1), 0.9, {2})[2]
    more = averages((1.1, 2.1), (0.0, 0.0), 0.9, {2})[2]

    assert pytest.approx(more.square - plain.square) == plain.square_unit


def test_the_drift_adds_the_averages_up() -> None:
    """Each fades with the following steps."""
    found = averages((1.0, 2.0), (0.0, 0.0), 0.5, {1, 2})

    assert pytest.approx(0.5 * found[1].square + found[2].square) == found[2].drift


def test_what_came_before_can_be_taken_out() -> None:
    """As if the moment had begun there at zero."""
    whole = averages((3.0, 1.0, 2.0), (0.1, 0.1, 0.1), 0.5, {1, 3})
    rest = averages((1.0, 2.0), (0.1, 0.1), 0.5, {2})[2]
    since = whole[3].since(whole[1], 0.5**2)

    assert pytest.approx(rest.square) == since.square
    assert pytest.approx(rest.square_unit) == since.square_unit


def test_nothing_averages_to_nothing() -> None:
    """Before the first row."""
    assert {0: NOTHING} == averages((), (), 0.5, {0})


def test_the_first_moment_is_not_longer_than_the_average() -> None:
    """(1 - b) sum b^(T-i) (n_i + u_i), over the rows that count."""
    assert pytest.approx(0.5 * (3.1 + 0.5 * 2.1)) == largest_first(
        (9.0, 2.0, 3.0), (0.1, 0.1, 0.1), 0.5, 1, 3
    )


def test_far_rows_are_not_looked_at() -> None:
    """Their weight is below what float64 can hold."""
    assert pytest.approx(1.0) == largest_first((1e9, *(1.0,) * 2000), (0.0,) * 2001, 0.9, 0, 2001)
