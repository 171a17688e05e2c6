"""Tests of what the stored optimizer remembers of a column."""

import math

import pytest
from builders_evidence import a_log, a_norm
from builders_runs import a_training, the_log, the_state

from grader.analysis.moments import RowRange, fits_in_log
from grader.analysis.moments.rows import has_every_step, is_whole, row_ranges_in
from grader.evidence.log import Log


def test_one_fit_for_each_series() -> None:
    """That of the series that was logged fits, and tells."""
    training = a_training(600)
    log = the_log(training.logged("global", "after"))

    found = fits_in_log(log, log.norms()[0], the_state(training))

    assert [("global", "after"), ("variable", "after"), ("variable", "before"), ("global", "before")] == [
        (fit.scope, fit.stage) for fit in found
    ]
    assert ("global", "after") == next((fit.scope, fit.stage) for fit in found if fit.is_conclusive)


def test_a_log_without_every_step_is_not_compared() -> None:
    """The squares of every tenth norm predict nothing."""
    training = a_training(600)
    values = training.logged("global", "after")[::10]
    log = a_log(a_norm(values), step=range(0, 600, 10))

    assert () == fits_in_log(log, log.norms()[0], the_state(training))


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.1])
def test_what_is_no_norm_is_not_compared(value: float) -> None:
    """It is not finite, or below 0."""
    log = the_log([*a_training(600).logged()[:-1], value])

    assert not is_whole(log.norms()[0])
    assert () == fits_in_log(log, log.norms()[0], the_state(a_training(600)))


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (a_log(a_norm([1.0] * 4), step=[1, 2, 3, 4]), True),
        (a_log(a_norm([1.0] * 4), batch=[0, 1, 0, 1]), True),
        (a_log(a_norm([1.0] * 4)), True),
        (a_log(a_norm([1.0] * 4), step=[1, 2, None, 4]), True),
        (a_log(a_norm([1.0] * 4), step=[1, 2, 4, 5]), False),
        (a_log(a_norm([1.0, None, 1.0, 1.0]), step=[1, 2, 3, 4]), False),
    ],
)
def test_steps_that_follow_each_other(log: Log, expected: bool) -> None:
    """A number that is missing says nothing, one that was left out does."""
    assert expected == has_every_step(log, log.norms()[0])


def test_the_rows_that_an_optimizer_saw() -> None:
    """As many as it made steps, up to the row with the number of its last one."""
    log = a_log(a_norm([1.0] * 10), step=range(1, 11))

    assert RowRange(0, 6, 0) == row_ranges_in(log, log.norms()[0], 6)[0]
