"""Tests of the check on how far training and validation are apart."""

import math
from typing import Any

import pytest
from builders_evidence import a_log, a_step_log, ask
from pydantic import ValidationError

from grader.checks.gap_between import GapBetween
from grader.evidence.log import Log

NEAR = GapBetween(at_most=0.05)
FAR = GapBetween(at_least=0.05)
LOSS = GapBetween(of="loss", at_most=0.2)
EPOCHS = a_log(epoch=[1, 2], accuracy=[0.8, 0.95], val_accuracy=[0.8, 0.88])
# Keras' running mean begins anew in each epoch; the last epoch has 0.9 on average.
STEPS = a_step_log(
    steps=4,
    epochs=2,
    accuracy=[0.5, 0.6, 0.6, 0.6, 1.0, 0.9, 0.9, 0.9],
    val_accuracy=[*[None] * 3, 0.7, *[None] * 3, 0.86],
)
BELOW = a_log(accuracy=[0.7], val_accuracy=[0.8])
BOTH = GapBetween(at_most=0.05, at_least=-0.05)
NO_BATCHES = a_log(loss=[0.5] * 8, accuracy=[*[None] * 7, 0.9], val_accuracy=[*[None] * 7, 0.88])


@pytest.mark.parametrize(
    ("check", "log", "status"),
    [
        pytest.param(NEAR, EPOCHS, "failed", id="overfitted"),
        pytest.param(FAR, EPOCHS, "passed", id="overfitted on purpose"),
        pytest.param(NEAR, STEPS, "passed", id="the mean of the last epoch"),
        pytest.param(FAR, STEPS, "failed", id="not overfitted"),
        pytest.param(
            NEAR, a_log(accuracy=[0.7], val_accuracy=[0.8]), "passed", id="better on the validation data"
        ),
        pytest.param(
            GapBetween(at_most=0.05, at_least=-0.05),
            a_log(accuracy=[0.7], val_accuracy=[0.8]),
            "failed",
            id="both",
        ),
        pytest.param(NEAR, a_log(accuracy=[0.9], val_accuracy=[0.85]), "passed", id="0.05 as floats have it"),
        pytest.param(LOSS, a_log(loss=[0.3], val_loss=[0.45]), "passed", id="of the loss"),
        pytest.param(LOSS, a_log(loss=[0.3], val_loss=[0.6]), "failed", id="a larger one of the loss"),
        pytest.param(LOSS, a_log(loss=[0.3], val_loss=[math.nan]), "failed", id="not a number"),
        pytest.param(NEAR, a_log(accuracy=[0.9]), "failed", id="no validation"),
        pytest.param(NEAR, a_log(val_accuracy=[0.9]), "failed", id="no training"),
        pytest.param(NEAR, NO_BATCHES, "passed", id="one accuracy"),
    ],
)
def test_the_gap_at_the_end(check: GapBetween, log: Log, status: str) -> None:
    """Positive where the network is better on its training data."""
    assert status == ask(check, log=log).status


@pytest.mark.parametrize("wrong", [{}, {"at_most": 0.0, "at_least": 0.1}, {"of": "val_loss", "at_most": 1.0}])
def test_a_mistake_in_the_rubric(wrong: dict[str, Any]) -> None:
    """It must ask for something that can be."""
    with pytest.raises(ValidationError):
        GapBetween.model_validate(wrong)
