"""A column of norms at row ranges."""

import math

from builders_runs import a_training, the_state

from grader.analysis.moments.compare import column_of, compare, is_known
from grader.analysis.moments.rows import RowRange


def test_the_first_steps_of_an_honest_log_leave_what_the_bound_allows() -> None:
    """Without a stored cap it has no upper limit."""
    training = a_training()
    row_range = RowRange(0, 400, 200)
    for cap, is_finite in ((1.0, True), (None, False)):
        column = column_of(training.logged()[200:], the_state(training, clipnorm=cap))
        fit = compare(column, "global", "after", row_range)

        assert fit.fits
        assert is_finite == math.isfinite(fit.high)


def test_a_doubtful_span_is_known_where_nothing_before_it_is_left() -> None:
    """After 20,000 rows all else is forgotten; after 600 it is not."""
    training = a_training()
    state = the_state(training, iterations=50_000)
    values = training.logged() * 34
    long, short = RowRange(0, 20_400, 29_600, is_ambiguous=True), RowRange(0, 600, 49_400, is_ambiguous=True)
    column = column_of(values, state)

    assert is_known(column, "global", long)
    assert not is_known(column, "global", short)
    assert is_known(column, "global", RowRange(0, 600, 49_400))


def test_norms_are_held_at_the_cap_only_before_clipping() -> None:
    """Else they would predict more than the sum of the second moment."""
    training = a_training()
    column = column_of(training.logged("global", "before"), the_state(training))

    before, after = (compare(column, "global", stage, RowRange(0, 600, 0)) for stage in ("before", "after"))

    assert (True, False) == (before.fits, after.fits)
    assert "sum" == after.quantity
