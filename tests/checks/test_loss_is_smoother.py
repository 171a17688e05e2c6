"""Tests of `loss_is_smoother`: the steps at which the loss of two runs jumps."""

import math
from itertools import accumulate

import pytest
from builders_evidence import a_log, a_step_log
from builders_two_runs import STEPS, compare, some_losses

from grader.checks.loss_is_smoother import LossIsSmoother
from grader.evidence.log import Log

CHECK = LossIsSmoother(than="plain")


def a_run(seed: int, spikes: int) -> Log:
    return a_log(loss=some_losses(seed, spikes))


def a_long_run(seed: int, spikes: int) -> Log:
    """A log of a training that goes on for long after its spikes."""
    losses = [*some_losses(seed, spikes), *(loss for part in range(9) for loss in some_losses(seed + part))]
    return a_log(loss=losses)


def of_keras(seed: int, spikes: int) -> Log:
    """The log of `fit`: the mean of the losses since the epoch began."""
    losses = some_losses(seed, spikes)
    return a_step_log(steps=STEPS, loss=[total / step for step, total in enumerate(accumulate(losses), 1)])


@pytest.mark.parametrize(
    ("mine", "theirs", "status"),
    [
        (a_run(1, 2), a_run(2, 20), "passed"),
        (a_run(1, 20), a_run(2, 20), "failed"),
        (a_run(1, 20), a_run(2, 2), "not_checked"),
        (a_run(1, 0), a_run(2, 0), "not_checked"),
        (a_long_run(1, 5), a_long_run(2, 5), "not_checked"),
        (of_keras(1, 2), of_keras(2, 20), "passed"),
        (of_keras(1, 20), of_keras(2, 20), "failed"),
        (a_log(loss=[2.3, 1.0, 0.5]), a_log(loss=[2.3, 1.1, 0.6]), "failed"),
        (a_log(accuracy=[0.5] * STEPS), a_run(2, 20), "failed"),
    ],
    ids=[
        *(
            "fewer spikes",
            "as many",
            "more",
            "none in either",
            "a few in many steps",
            "running means",
            "running means, as many",
        ),
        *("of epochs", "no loss"),
    ],
)
def test_the_spikes_of_two_runs(mine: Log, theirs: Log, status: str) -> None:
    """There must be half as many; where there are hardly any, nothing could be smoother."""
    assert status == compare(CHECK, mine, theirs).status


def test_a_loss_that_becomes_nan_jumps() -> None:
    """Each step to, from and within what is not finite is a spike."""
    broken = a_log(loss=[*some_losses(2)[: STEPS // 2], *[math.nan] * (STEPS // 2)])

    assert "passed" == compare(CHECK, a_run(1, 2), broken).status
    assert "failed" == compare(CHECK, broken, a_run(1, 20)).status


def test_one_training_handed_in_as_two() -> None:
    """Two logs of one training are not compared."""
    assert "review" == compare(CHECK, a_run(1, 20), a_run(1, 20)).status
