"""Tests of the check that log and model agree."""

import math

import pytest
from builders_evidence import a_log, a_model, an_accuracy, ask

from grader.checks.log_matches_model import LogMatchesModel
from grader.evidence.log import Log
from grader.evidence.model import Layer
from grader.evidence.training import Accuracy
from grader.evidence.values import Task

CHECK = LogMatchesModel()
SHIFTED = LogMatchesModel(test_images_harder_by=0.013)


def on_5000(share: float) -> float:
    """An accuracy on 5,000 images as Keras has it in float32, and as nine digits write it."""
    return round(round(share * 5_000) / 5_000 + 1e-8, 9)


def test_what_chance_explains_passes() -> None:
    """The sentence has three standard errors, the number of images behind them, and the rubric's limit."""
    log = a_log(val_accuracy=[on_5000(0.8412), on_5000(0.8566), on_5000(0.87)])

    assert "passed" == ask(CHECK, log=log, accuracy=an_accuracy(0.865)).status


def test_test_images_may_be_harder() -> None:
    """The log may be above the model by that much more, but not below it."""
    log = a_log(val_accuracy=[0.812345678, 0.8876])

    assert "passed" == ask(SHIFTED, log=log, accuracy=an_accuracy(0.86)).status
    assert "review" == ask(SHIFTED, log=log, accuracy=an_accuracy(0.9065)).status


@pytest.mark.parametrize(
    ("value", "status"), [(0.8623, "passed"), (0.8622, "review"), (0.8890, "passed"), (0.8891, "review")]
)
def test_more_validation_images_allow_less(value: float, status: str) -> None:
    """12,000 of them have a smaller sampling error than 5,000, on both sides."""
    log = a_log(val_accuracy=[10_001 / 12_000, 10_333 / 12_000, 10_511 / 12_000])

    assert status == ask(CHECK, log=log, accuracy=an_accuracy(value)).status


@pytest.mark.parametrize(("value", "status"), [(0.88, "passed"), (0.8799, "review")])
def test_the_rubric_limits_what_few_images_allow(value: float, status: str) -> None:
    """Three standard errors for 100 images are more than 0.04."""
    log = a_log(val_accuracy=[0.71, 0.83, 0.92])

    assert status == ask(CHECK, log=log, accuracy=an_accuracy(value)).status


@pytest.mark.parametrize(("value", "losses"), [(0.8875, [0.4, 0.3, 0.5]), (0.835, [0.3, 0.4, 0.5])])
def test_the_best_epoch_may_be_the_submitted_one(value: float, losses: list[float]) -> None:
    """`EarlyStopping` and `ModelCheckpoint` keep the epoch of the best accuracy or of the lowest loss."""
    log = a_log(epoch=[1, 2, 3], val_accuracy=[0.83, 0.89, 0.86], val_loss=losses)

    assert "passed" == ask(LogMatchesModel(within=0.02), log=log, accuracy=an_accuracy(value)).status


@pytest.mark.parametrize("value", [0.1, 0.98])
def test_a_contradiction_is_left_to_a_teacher(value: float) -> None:
    """Whichever of the two is the better one; all numbers are laid out."""
    log = a_log(val_accuracy=[0.8123456, 0.8754, 0.87], val_loss=[math.nan] * 3)

    assert "review" == ask(LogMatchesModel(within=0.01), log=log, accuracy=an_accuracy(value)).status


@pytest.mark.parametrize(("logged", "status"), [(0.91, "passed"), (0.9101, "review"), (0.8299, "review")])
def test_training_accuracies_are_no_matter_of_sampling(logged: float, status: str) -> None:
    """How much a model has learned by heart cannot be computed, so the rubric's limit alone holds."""
    check = LogMatchesModel(column="accuracy", test_images_harder_by=0.013)

    assert status == ask(check, log=a_log(accuracy=[0.8, logged]), accuracy=an_accuracy(0.87)).status


@pytest.mark.parametrize(
    ("log", "accuracy", "status"),
    [
        # There is no best epoch then, and no standard error.
        (a_log(val_accuracy=[math.nan], val_loss=[1.0]), an_accuracy(0.8), "review"),
        (a_log(val_accuracy=[0.5]), an_accuracy(0.87, tried=()), "review"),
        (a_log(loss=[0.5]), an_accuracy(0.87), "failed"),
    ],
    ids=["not finite", "not tried on training images", "no accuracy"],
)
def test_what_is_missing_is_not_compared(log: Log, accuracy: Accuracy, status: str) -> None:
    """The numbers that there are stand in the sentence; where nothing is claimed, the item fails."""
    assert status == ask(CHECK, log=log, accuracy=accuracy).status


@pytest.mark.parametrize(
    ("task", "logits", "units", "status"),
    [
        ("binary", True, 1, "not_checked"),
        ("binary", False, 1, "review"),
        ("classification", True, 3, "review"),
        ("multilabel", False, 3, "not_checked"),
    ],
)
def test_an_accuracy_that_keras_counts_otherwise(task: Task, logits: bool, units: int, status: str) -> None:
    """Of a logit it takes 0.5 for the threshold, and of several labels the largest: nobody is doubted."""
    model = a_model(Layer(kind="Dense", name="out", units=units), from_logits=logits)
    accuracy = an_accuracy(0.87, task=task)

    assert status == ask(CHECK, log=a_log(val_accuracy=[0.7, 0.8]), accuracy=accuracy, model=model).status
    assert "passed" == ask(CHECK, log=a_log(val_accuracy=[0.8, 0.87]), accuracy=accuracy, model=model).status
