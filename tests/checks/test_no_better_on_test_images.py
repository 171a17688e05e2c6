"""Tests of the check that the model has not learned from the test images."""

from typing import Any

import pytest
from builders_evidence import an_accuracy, ask

from grader.checks.no_better_on_test_images import NoBetterOnTestImages
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


@pytest.mark.parametrize(("images", "status"), [(2_000, "review"), (500, "passed")])
def test_fewer_training_images_tell_less(images: int, status: str) -> None:
    """The number that was measured on decides, not the one that is usual."""
    assert status == ask(CHECK, accuracy=accuracies(0.879, 0.848, tried_images=images)).status


@pytest.mark.parametrize(("standard_errors", "status"), [(3.0, "review"), (4.0, "passed")])
def test_the_rubric_says_how_much_is_chance(standard_errors: float, status: str) -> None:
    """More standard errors allow more."""
    check = NoBetterOnTestImages(standard_errors=standard_errors)

    assert status == ask(check, accuracy=accuracies(0.879, 0.848)).status


def test_there_may_be_nothing_to_compare_with() -> None:
    """What is not known contradicts nothing."""
    assert "passed" == ask(CHECK, accuracy=an_accuracy(0.95, tried=())).status
