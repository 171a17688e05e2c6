"""A column of norms at spans."""

import math

from builders_moments import a_training, the_memory

from grader.analysis.moments.column import column_of, compare, is_known
from grader.analysis.moments.spans import Span


def test_the_first_steps_of_an_honest_log_leave_what_the_bound_allows() -> None:
    """Without a stored cap it has no upper limit."""
    training = a_training()
    span = Span(0, 400, 200)
    for cap, is_finite in ((1.0, True), (None, False)):
        column = column_of(training.logged()[200:], the_memory(training, clipnorm=cap), [span], ["after"])
        fit = compare(column, "global", "after", span)

        assert fit.fits
        assert is_finite == math.isfinite(fit.high)


def test_a_doubtful_span_is_known_where_nothing_before_it_is_left() -> None:
    """After 20,000 rows all else is forgotten; after 600 it is not."""
    training = a_training()
    memory = the_memory(training, iterations=50_000)
    values = training.logged() * 34
    long, short = Span(0, 20_400, 29_600, is_doubtful=True), Span(0, 600, 49_400, is_doubtful=True)
    column = column_of(values, memory, [long, short], ["after"])

    assert is_known(column, "global", long)
    assert not is_known(column, "global", short)
    assert is_known(column, "global", Span(0, 600, 49_400))


def test_norms_are_held_at_the_cap_only_before_clipping() -> None:
    """After clipping they are under it."""
    training = a_training()
    memory = the_memory(training)
    span = Span(0, 600, 0)
    before = column_of(training.logged("variable", "before"), memory, [span], ["before"])
    after = column_of(training.logged("variable", "after"), memory, [span], ["after"])

    assert before.held is not None
    assert before.held[600].square < before.whole[600].square
    assert after.whole is after.held
