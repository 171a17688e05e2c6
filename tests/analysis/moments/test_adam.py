"""The state of an optimizer, and what a log predicts of it."""

import math

import numpy as np
import pytest
from builders_evidence import a_model, an_optimizer

from grader.analysis.moments.adam import adam_state_of, fading_sums
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
        ({"clipnorm": 2.0, "clipnorm_is_global": True}, 2.0, 2.0, 2.0),
        ({"clipnorm": None}, 0.0, math.inf, math.inf),
        ({"clipnorm": 0.0}, 0.0, math.inf, math.inf),
    ],
)
def test_the_cap_bounds_the_norms(caps, cap: float, variable: float, all_variables: float) -> None:
    """Of each variable, or of all as one vector; a cap of zero is none."""
    state = adam_state_of(a_model(optimizer=an_optimizer(moments=MOMENTS, **caps)))

    assert state is not None
    assert cap == state.optimizer.cap
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


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.999, 0.9999999])
def test_the_sums_of_many_ranges_are_those_of_each(beta: float) -> None:
    """Ranges may overlap, lie in each other, share their ends, or be empty."""
    terms = np.random.default_rng(1).lognormal(0, 3, 500)
    starts, ends = np.array([0, 0, 7, 7, 100, 250, 500]), np.array([500, 7, 8, 400, 400, 250, 500])

    plain, aged = fading_sums(terms, beta, starts, ends)

    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        ages = np.arange(end - start, 0, -1)
        weighted = (1 - beta) * beta ** (ages - 1) * terms[start:end]
        assert pytest.approx(weighted.sum()) == plain[at]
        assert pytest.approx((ages * weighted).sum()) == aged[at]


@pytest.mark.parametrize("beta", [0.0, 0.9])
def test_far_rows_are_not_looked_at(beta: float) -> None:
    """Their weight is below what float64 can hold."""
    (sum_,), _ = fading_sums(np.array([1e18, *[1.0] * 2000]), beta, np.array([0]), np.array([2001]))

    assert pytest.approx(1.0) == sum_
