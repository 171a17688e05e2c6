"""Tests of `grader.measure.training.predict`."""

import math

import builders_training as build
import numpy as np
import pytest
from builders_golden import refusal_of

from grader.measure.inputs import scales_of
from grader.measure.loss import Loss
from grader.measure.training.predict import Aim, Predictor, Tried, best_scale, gives_probabilities, try_scales
from grader.rubric import InputsPlan

SCALES = scales_of("small", build.a_dataset().x_train, InputsPlan())


def test_predicts_as_keras_does() -> None:
    """The classes are those of `model.predict`, for any number of images."""
    dataset = build.a_dataset()
    model = build.trained(build.a_network(), dataset)
    expected = model.predict(dataset.x_test / 255.0, verbose=0).argmax(axis=1)

    found = Predictor(model, (6, 6), SCALES).finite_outputs(dataset.x_test, "pixels / 255")

    assert expected.tolist() == found.argmax(axis=1).tolist()


@pytest.mark.parametrize("softmax", [True, False])
@pytest.mark.parametrize(("scale", "divisor"), [("pixels / 255", 255.0), ("raw pixels", 1.0)])
def test_the_scale_of_the_training_is_taken(scale: str, divisor: float, softmax: bool) -> None:
    """Each scale is tried, and the one that the model was trained on is found."""
    dataset = build.a_dataset()
    model = build.trained(build.a_network(softmax=softmax), dataset, divisor, softmax=softmax)

    tried = try_scales(Predictor(model, (6, 6), SCALES), dataset.x_train, dataset.y_train, Aim())

    assert list(SCALES) == [one.scale for one in tried]
    assert scale == best_scale(tried).scale


def test_a_more_accurate_scale_beats_a_smaller_loss() -> None:
    """The loss decides only among scales that are equally accurate but for chance."""
    tried = (Tried("a", 0.70, 0.5), Tried("b", 0.83, 2.0), Tried("c", 0.82, 1.5), Tried("d", 0.1, math.inf))

    assert "c" == best_scale(tried).scale


def test_a_loss_that_is_no_number_is_the_largest() -> None:
    """Poisson's loss of a negative output is NaN, which is smaller than nothing."""
    dataset = build.a_dataset()
    predictor = Predictor(build.a_network(softmax=False), (6, 6), SCALES)

    tried = try_scales(predictor, dataset.x_train, dataset.y_train, Aim(loss=Loss(name="poisson")))

    assert {math.inf} == {one.loss for one in tried}


@pytest.mark.hostile_row(35)
def test_outputs_that_are_not_finite_are_refused() -> None:
    """A diverged model is the student's to mend, and the sentence says how many images show it."""
    dataset = build.a_dataset()
    model = build.a_network()
    model.set_weights([np.full_like(weight, np.nan) for weight in model.get_weights()])

    predictor = Predictor(model, (6, 6), SCALES)
    message, hint = refusal_of(lambda: predictor.finite_outputs(dataset.x_test, "pixels / 255"))

    assert "The model's outputs are NaN or infinite for 200 of 200 examples." == message
    assert hint


def test_tells_probabilities_from_logits() -> None:
    """Outputs in [0, 1] are probabilities, others logits."""
    assert gives_probabilities(np.array([[0.2, 0.8], [1.0, 0.0]], np.float32))
    assert not gives_probabilities(np.array([[0.2, 1.8]], np.float32))
    assert not gives_probabilities(np.array([[-0.2, 0.8]], np.float32))
