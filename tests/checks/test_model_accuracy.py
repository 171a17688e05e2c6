"""Tests of the check on the accuracy of the submitted model."""

import pytest
from builders_evidence import a_log, a_model, a_rerun, an_accuracy, an_optimizer, ask

from grader.checks.model_accuracy import ModelAccuracy

CHECK = ModelAccuracy()
ASKED = "the rubric asks for at least 0.87, with a tolerance of 0.01."
TRAIN = (
    "Train for more epochs, or save the model of the epoch with the best validation accuracy, "
    "and submit the model together with the log of its training."
)


@pytest.mark.parametrize(("value", "shown"), [(0.8716, "0.8716"), (0.86, "0.86")])
def test_an_accuracy_within_the_tolerance_passes(value: float, shown: str) -> None:
    """The sentence says on how many images, how they were given, and what the tolerance is."""
    assert "passed" == ask(CHECK, accuracy=an_accuracy(value)).status


def test_an_accuracy_below_the_tolerance_fails() -> None:
    """The sentence says what each way of giving the pixels led to."""
    assert "failed" == ask(CHECK, accuracy=an_accuracy(0.85999)).status


def test_a_cause_that_the_evidence_shows_goes_first() -> None:
    """The stored learning rate is the reason, and the grader's own training speaks for that."""
    model = a_model(optimizer=an_optimizer(learning_rate=10.0))

    finding = ask(CHECK, accuracy=an_accuracy(0.1), model=model, log=a_log(loss=[11.3]), rerun=a_rerun())

    assert "failed" == finding.status


def test_nothing_is_said_of_what_was_not_tried() -> None:
    """The sentence ends with what was asked."""
    finding = ask(CHECK, accuracy=an_accuracy(0.1, tried=()))

    assert str(finding.message).endswith(ASKED)
    assert str(TRAIN) == str(finding.hint)


def test_rounding_takes_nothing_away() -> None:
    """0.9 less 0.7 is 0.20000000000000007, and an accuracy of 0.2 reaches it."""
    check = ModelAccuracy(at_least=0.9, tolerance=0.7)

    assert "passed" == ask(check, accuracy=an_accuracy(0.2)).status
