"""Tests of the check that log and model agree."""

import math
from typing import Any

import pytest
from builders_evidence import a_log, an_accuracy, ask
from pydantic import ValidationError

from grader.checks.log_matches_model import LogMatchesModel
from grader.report import passed, review

CHECK = LogMatchesModel()
ASKED = "the rubric asks for a difference of at most 0.0200."
ASK_THE_STUDENT = "Ask the student whether the log and the model come from the same training."


@pytest.mark.parametrize("value", [0.87, 0.89, 0.85])
def test_a_small_difference_passes(value: float) -> None:
    """In either direction, up to and with what the rubric allows."""
    finding = ask(CHECK, log=a_log(val_accuracy=[0.5, 0.87]), accuracy=an_accuracy(value))
    model = f"the submitted model has {value:.4f} on the 10000 test images"

    assert passed(f"`val_accuracy` ends at 0.8700, and {model}; {ASKED}") == finding


@pytest.mark.parametrize(
    ("value", "losses", "best"),
    [(0.8875, [0.4, 0.3, 0.5], "0.8900 in epoch 2"), (0.83, [0.3, 0.4, 0.5], "0.8300 in epoch 1")],
)
def test_the_best_epoch_may_be_the_submitted_one(value: float, losses: list[float], best: str) -> None:
    """`EarlyStopping` and `ModelCheckpoint` keep the epoch of the best accuracy or of the lowest loss."""
    log = a_log(epoch=[1, 2, 3], val_accuracy=[0.83, 0.89, 0.86], val_loss=losses)

    assert passed(
        f"`val_accuracy` ends at 0.8600 but is {best}, "
        f"and the submitted model has {value:.4f} on the 10000 test images; {ASKED}",
        "The model seems to be that of the best epoch, which is right.",
    ) == ask(CHECK, log=log, accuracy=an_accuracy(value))


@pytest.mark.parametrize("value", [0.1, 0.98])
def test_a_contradiction_is_left_to_a_teacher(value: float) -> None:
    """Whichever of the two is the better one; all numbers are laid out."""
    log = a_log(val_accuracy=[0.8, 0.8754, 0.87], val_loss=[math.nan] * 3)

    assert review(
        "`val_accuracy` ends at 0.8700 and is 0.8754 at best, "
        f"but the submitted model has {value:.4f} on the 10000 test images, "
        f"which it was given as pixels / 255; {ASKED}",
        ASK_THE_STUDENT,
    ) == ask(CHECK, log=log, accuracy=an_accuracy(value))


def test_a_log_without_a_finite_accuracy_is_left_to_a_teacher() -> None:
    """There is no best epoch then."""
    assert review(
        "`val_accuracy` ends at NaN, but the submitted model has 0.8000 on the 10000 test images, "
        f"which it was given as pixels / 255; {ASKED}",
        ASK_THE_STUDENT,
    ) == ask(CHECK, log=a_log(val_accuracy=[math.nan], val_loss=[1.0]), accuracy=an_accuracy(0.8))


def test_a_missing_accuracy_fails() -> None:
    """Where nothing is claimed, nothing can be compared."""
    finding = ask(CHECK, log=a_log(loss=[0.5]), accuracy=an_accuracy(0.87))

    assert "failed" == finding.status
    assert "The log has no values of `val_accuracy`; it has `loss`." == finding.message


@pytest.mark.parametrize("parameters", [{"column": "val_loss"}, {"within": 0}, {"within": 2}])
def test_wrong_parameters_are_a_mistake_in_the_rubric(parameters: dict[str, Any]) -> None:
    """Only an accuracy can be compared with the model's, and some difference must be allowed."""
    with pytest.raises(ValidationError):
        LogMatchesModel.model_validate(parameters)
