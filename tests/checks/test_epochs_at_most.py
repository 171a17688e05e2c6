"""Tests of the check on how long a training was."""

from typing import Any

import pytest
from builders_evidence import a_log, a_model, a_step_log, an_optimizer, ask

from grader.checks.epochs_at_most import EpochsAtMost
from grader.evidence.log import Log

CHECK = EpochsAtMost(count=3)
THREE = a_step_log(steps=100, epochs=3)
# Every tenth step of three epochs.
SAMPLED = a_log(epoch=[1] * 10 + [2] * 10 + [3] * 10, step=list(range(10, 301, 10)))
IN_EACH = a_log(epoch=[1, 1, 2, 2, 3, 3], batch=[0, 1] * 3)


@pytest.mark.parametrize(
    ("log", "done", "status"),
    [
        pytest.param(THREE, None, "passed", id="as many, and no optimizer"),
        pytest.param(THREE, 300, "passed", id="as many"),
        pytest.param(THREE, 303, "passed", id="a step more in each epoch, as Keras counts it"),
        pytest.param(THREE, 600, "review", id="the optimizer has made twice the steps"),
        pytest.param(a_step_log(steps=100, epochs=4), 400, "failed", id="too many"),
        pytest.param(a_step_log(steps=100, epochs=2), 200, "passed", id="fewer"),
        pytest.param(SAMPLED, 300, "passed", id="a sample of the steps"),
        pytest.param(SAMPLED, 3000, "review", id="a sample of a part"),
        pytest.param(IN_EACH, 6, "passed", id="steps that are counted in each epoch"),
        pytest.param(IN_EACH, 60, "review", id="a part of them"),
        pytest.param(a_log(epoch=[1, 2, 3]), 5000, "passed", id="a row an epoch tells no steps"),
        pytest.param(a_log(val_accuracy=[0.1, 0.2, 0.3, 0.4]), None, "failed", id="by validation alone"),
        pytest.param(a_log(loss=[0.5] * 9), None, "failed", id="no epochs"),
    ],
)
def test_the_epochs_of_the_log_count(log: Log, done: int | None, status: str) -> None:
    """And the steps of the optimizer, where they show that the log is of a part of the training."""
    model = a_model(optimizer=None if done is None else an_optimizer(iterations=done))

    assert status == ask(CHECK, log=log, model=model).status


@pytest.mark.parametrize("steps", [[float("nan")] * 9, [-1e308] * 9, [1e308, 5.0, 1e300] * 3])
def test_numbers_of_steps_that_are_none(steps: Any) -> None:
    """They tell nothing, and stop nothing."""
    log = a_log(epoch=[1] * 3 + [2] * 3 + [3] * 3, step=steps)

    assert ask(CHECK, log=log, model=a_model()).status in {"passed", "review"}
