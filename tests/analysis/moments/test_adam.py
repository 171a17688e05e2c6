"""The state of an optimizer, and what a log predicts of it."""

import math

import pytest
from builders_evidence import a_model, an_optimizer

from grader.analysis.moments import adam_state_of
from grader.analysis.moments.adam import Average, average, largest_first
from grader.evidence.model import Moments

MOMENTS = Moments(beta_1=0.9, beta_2=0.999, first=(3.0, 4.0), second=(0.25, 0.5))


def test_sums_and_lengths() -> None:
    """Of all variables, or of the largest."""
    state = adam_state_of(a_model(optimizer=an_optimizer(moments=MOMENTS)))

    assert state is not None
    assert (0.75, 0.5) == (state.total, state.largest)
    assert (5.0, 4.0) == (state.length("global"), state.length("variable"))


@pytest.mark.parametrize(
    ("caps", "cap", "variable", "all_variables"),
    [
        ({"clipnorm": 2.0}, 2.0, 2.0, 2 * math.sqrt(2)),
        ({"clipnorm": None, "global_clipnorm": 2.0}, 2.0, 2.0, 2.0),
        ({"clipnorm": None}, 0.0, math.inf, math.inf),
        ({"clipnorm": 0.0}, 0.0, math.inf, math.inf),
    ],
)
def test_the_cap_bounds_the_norms(caps, cap: float, variable: float, all_variables: float) -> None:
    """Of each variable, or of all as one vector; a cap of zero is none."""
    state = adam_state_of(a_model(optimizer=an_optimizer(moments=MOMENTS, **caps)))

    assert state is not None
    assert cap == state.cap
    assert (variable, all_variables) == (state.bound("variable"), state.bound("global"))


@pytest.mark.parametrize(
    "optimizer",
    [
        None,
        an_optimizer(),
        an_optimizer(moments=MOMENTS, iterations=0),
        an_optimizer(moments=MOMENTS, iterations=None),
        an_optimizer(moments=MOMENTS.model_copy(update={"second": (0.0, 0.0)})),
    ],
)
def test_an_optimizer_without_a_past(optimizer) -> None:
    """None is stored, or it has made no step."""
    assert adam_state_of(a_model(optimizer=optimizer)) is None


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
