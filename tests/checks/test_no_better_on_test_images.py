"""Tests of the check that the model has not learned from the test images."""

from typing import Any

import pytest
from builders_evidence import a_log, a_model, an_accuracy, an_optimizer, ask
from builders_runs import a_calibration

from grader.analysis.norms.infer import infer_columns
from grader.analysis.reference.calibration import Accuracies, Calibration
from grader.analysis.reference.references import References
from grader.analysis.targets import Targets
from grader.checks.no_better_on_test_images import NoBetterOnTestImages
from grader.evidence.log import Log
from grader.evidence.model import Layer, Model
from grader.evidence.training import Accuracy

CHECK = NoBetterOnTestImages()


def accuracies(test: float, training: float, **fields: Any) -> Accuracy:
    """A model's accuracies on test and training images."""
    tried = (("pixels / 255", training), ("raw pixels", 0.99))
    return an_accuracy(test, tried=tried, **fields)


@pytest.mark.parametrize(
    ("test", "training", "status"),
    [
        pytest.param(0.87, 0.901, "passed", id="better on images that it has seen"),
        pytest.param(0.885, 0.87, "passed", id="has seen neither"),
        # What ten epochs on the test images alone led to.
        pytest.param(0.879, 0.848, "review", id="knows the test images"),
        pytest.param(0.0, 0.0, "passed", id="never right"),
        pytest.param(1.0, 1.0, "passed", id="always right"),
        # Of the first 2,000 images that class need not have a tenth.
        pytest.param(0.1, 0.0865, "passed", id="always guesses the same class"),
    ],
)
def test_a_model_is_no_better_on_the_test_images(test: float, training: float, status: str) -> None:
    """The sentence has both accuracies, of the scale that was taken, and what chance allows."""
    assert status == ask(CHECK, accuracy=accuracies(test, training)).status


@pytest.mark.parametrize(
    ("check", "accuracy", "status"),
    [
        # The number that was measured on decides, not the one that is usual.
        (CHECK, accuracies(0.879, 0.848, tried_images=2_000), "review"),
        (CHECK, accuracies(0.879, 0.848, tried_images=500), "passed"),
        (NoBetterOnTestImages(standard_errors=3.0), accuracies(0.879, 0.848), "review"),
        (NoBetterOnTestImages(standard_errors=4.0), accuracies(0.879, 0.848), "passed"),
        (CHECK, an_accuracy(0.95, tried=()), "not_checked"),
    ],
    ids=["2,000 images", "fewer images", "three errors", "four errors", "nothing to compare with"],
)
def test_how_much_is_chance(check: NoBetterOnTestImages, accuracy: Accuracy, status: str) -> None:
    """Fewer training images and more standard errors allow more; what is not known contradicts nothing."""
    assert status == ask(check, accuracy=accuracy).status


HONEST = Accuracies(
    mean=0.898, spread=0.001, highest=0.8995, runs=8, epochs=20, training_images=60_000, test_images=10_000
)
BOTH_KINDS = accuracies(0.921, 0.93)


def calibrated(**fields: Any) -> Calibration:
    """The calibration of these honest runs of the homework's network."""
    measured = {"accuracies": HONEST, "plan": {"optimizer": {"name": "Adam", "learning_rate": 0.001}}}
    return a_calibration().model_copy(update=measured | fields)


def a_log_of(epochs: int) -> Log:
    """A log of so many epochs."""
    return a_log(epoch=range(epochs))


@pytest.mark.hostile_row(102)
@pytest.mark.parametrize(
    ("model", "epochs"),
    [
        (a_model(), 5),
        (a_model(optimizer=None), 1),
        (a_model(optimizer=an_optimizer(learning_rate=None)), 20),
    ],
    ids=["as asked", "no optimizer", "no rate"],
)
def test_a_model_that_is_too_good_is_left_to_a_teacher(model: Model, epochs: int) -> None:
    """It has learned from training and test images alike, so it is not ahead on either."""
    found = ask(CHECK, accuracy=BOTH_KINDS, model=model, log=a_log_of(epochs), calibration=calibrated())

    assert "review" == found.status


@pytest.mark.parametrize(
    ("highest", "value", "status"),
    [
        (0.8995, 0.9109, "passed"),
        (0.8995, 0.911, "review"),
        (0.905, 0.9137, "passed"),
        (0.905, 0.9138, "review"),
    ],
)
def test_four_deviations_and_three_standard_errors_are_left_to_honest_work(
    highest: float, value: float, status: str
) -> None:
    """0.898 + 4 * 0.001 + 3 * 0.00297, or the highest of the honest runs and as many standard errors."""
    accuracy = accuracies(value, 0.93)
    runs = calibrated(accuracies=HONEST.model_copy(update={"highest": highest}))
    found = ask(CHECK, accuracy=accuracy, model=a_model(), log=a_log_of(5), calibration=runs)

    assert status == found.status


DENSE = a_model().layers


@pytest.mark.parametrize(
    ("model", "epochs", "calibration"),
    [
        (a_model(), 21, calibrated()),
        (a_model(), 0, calibrated()),
        (None, 5, calibrated()),
        (a_model(*DENSE, Layer(kind="Dropout", name="dropout")), 5, calibrated()),
        (a_model(*DENSE[:2], DENSE[-1]), 5, calibrated()),
        (a_model(optimizer=an_optimizer(kind="SGD")), 5, calibrated()),
        (a_model(optimizer=an_optimizer(learning_rate=0.002)), 5, calibrated()),
        (a_model(optimizer=an_optimizer(schedule="CosineDecay")), 5, calibrated()),
        (a_model(), 5, calibrated(accuracies=HONEST.model_copy(update={"test_images": 9_000}))),
        (a_model(), 5, calibrated(accuracies=None)),
        (a_model(), 5, None),
    ],
    ids=[
        *("longer", "no epochs", "no model", "dropout", "one layer", "SGD", "another rate", "a schedule"),
        *("other test images", "an old calibration", "no calibration"),
    ],
)
def test_what_the_calibration_does_not_cover_is_not_compared(
    model: Model | None, epochs: int, calibration: Calibration | None
) -> None:
    """Nobody is suspected for better work than was measured."""
    parts = {"log": a_log_of(epochs), "calibration": calibration} | ({"model": model} if model else {})

    assert "passed" == ask(CHECK, accuracy=BOTH_KINDS, **parts).status


@pytest.mark.parametrize(("images", "status"), [(60_000, "review"), (60_001, "passed")])
def test_students_who_have_more_images_are_not_compared(images: int, status: str) -> None:
    """More images make better models."""
    targets = Targets(training_images=images, calibration=calibrated())
    norms = infer_columns(a_log_of(5), References(targets, model=a_model()))

    assert status == CHECK.find(BOTH_KINDS, norms).status
