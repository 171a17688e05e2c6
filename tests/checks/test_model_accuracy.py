"""Tests of the check on the accuracy of the submitted model."""

from typing import Any

import pytest
from builders_evidence import a_log, a_model, a_rerun, an_accuracy, an_optimizer, ask

from grader.checks.model_accuracy import ModelAccuracy
from grader.evidence.training import Accuracy

# The stored learning rate is the reason, and the grader's own training speaks for that.
DIVERGED = {
    "model": a_model(optimizer=an_optimizer(learning_rate=10.0)),
    "log": a_log(loss=[11.3]),
    "rerun": a_rerun(),
}


@pytest.mark.parametrize(
    ("accuracy", "parts", "status"),
    [
        pytest.param(an_accuracy(0.8716), {}, "passed", id="above it"),
        pytest.param(an_accuracy(0.86), {}, "passed", id="within the tolerance"),
        pytest.param(an_accuracy(0.85999), {}, "failed", id="below the tolerance"),
        pytest.param(an_accuracy(0.1), DIVERGED, "failed", id="a cause that the evidence shows"),
        pytest.param(an_accuracy(0.1, tried=()), {}, "failed", id="nothing else was tried"),
    ],
)
def test_the_accuracy_is_reached_within_the_tolerance(
    accuracy: Accuracy, parts: dict[str, Any], status: str
) -> None:
    """The sentence says on how many images, how they were given, and what each way of giving them led to."""
    assert status == ask(ModelAccuracy(), accuracy=accuracy, **parts).status


def test_rounding_takes_nothing_away() -> None:
    """0.9 less 0.7 is 0.20000000000000007, and an accuracy of 0.2 reaches it."""
    check = ModelAccuracy(at_least=0.9, tolerance=0.7)

    assert "passed" == ask(check, accuracy=an_accuracy(0.2)).status
