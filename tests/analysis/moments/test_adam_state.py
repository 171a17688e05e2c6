"""What an optimizer remembers."""

import math

import pytest
from builders_evidence import a_model, an_optimizer

from grader.analysis.moments import adam_state_of
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
