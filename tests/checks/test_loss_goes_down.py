"""Tests of the check on the loss."""

import math
from typing import Any

import pytest
from builders_evidence import a_log, a_step_log, ask
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.loss_goes_down import LossGoesDown

CHECK = LossGoesDown()
FALLING = [2.3 * 0.98**step + 0.3 * (-1) ** step for step in range(100)]


def running(values: list[float], steps: int) -> list[float]:
    """The running means within epochs of so many steps, as Keras logs them."""
    return [sum(values[at - at % steps : at + 1]) / (at % steps + 1) for at in range(len(values))]


@pytest.mark.parametrize(
    ("values", "by", "status"),
    [
        pytest.param(FALLING, 0.5, "passed", id="noisy, and lower at the end"),
        pytest.param(FALLING[::-1], 0.0, "failed", id="higher at the end"),
        pytest.param([0.5] * 50, 0.0, "failed", id="always the same"),
        pytest.param([1.0, 0.95], 0.1, "failed", id="not enough"),
        pytest.param([1.0, 0.9], 0.1, "passed", id="just enough"),
        pytest.param([-1.0, -2.0], 0.5, "passed", id="a loss below 0"),
        pytest.param([2.0], 0.1, "failed", id="one value"),
        pytest.param([2.0, math.nan, 0.1], 0.1, "failed", id="not a number"),
        pytest.param([2.0, math.inf], 0.1, "failed", id="infinite"),
    ],
)
def test_the_means_of_both_ends_are_compared(values: list[float], by: float, status: str) -> None:
    """Single values do not decide."""
    assert status == ask(LossGoesDown(by=by), log=a_log(loss=values)).status


def test_the_batches_of_a_running_mean_are_compared() -> None:
    """Within one epoch the running mean hides how far the loss has come."""
    values = [1.0] * 50 + [0.5] * 50
    log = a_step_log(steps=100, loss=running(values, 100))

    assert "passed" == ask(LossGoesDown(by=0.5), log=log).status
    assert "failed" == ask(LossGoesDown(by=0.51), log=log).status


def test_the_loss_of_the_validation() -> None:
    """Where the rubric names it, and what there is where the log has none."""
    check = LossGoesDown(column="val_loss")

    assert "passed" == ask(check, log=a_log(loss=[1.0, 2.0], val_loss=[2.0, 1.0])).status
    assert "failed" == ask(check, log=a_log(loss=[2.0, 1.0])).status


@given(st.lists(st.floats(0, 10), min_size=2, max_size=50), st.floats(0, 1))
def test_a_lower_end_never_earns_less(values: list[float], factor: float) -> None:
    """Nor does a higher beginning."""
    half = len(values) // 2
    lower: list[Any] = [*values[:half], *(value * factor for value in values[half:])]
    check = LossGoesDown(part=0.5)

    if "passed" == check.find(a_log(val_loss=values, loss=values)).status:
        assert "passed" == LossGoesDown(column="val_loss", part=0.5).find(a_log(val_loss=lower)).status
