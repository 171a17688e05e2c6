"""Tests of `grader.measure.training.images`."""

import keras
import numpy as np
import pytest

from grader.errors import SubmissionError
from grader.measure.training.images import SCALES, Standard, as_inputs, check_output, fitted_shape


def network(shape: tuple[int | None, ...], outputs: int = 10) -> keras.Model:
    inputs = keras.Input(shape)
    flat = keras.layers.GlobalMaxPooling2D()(inputs) if None in shape else keras.layers.Flatten()(inputs)
    return keras.Model(inputs, keras.layers.Dense(outputs)(flat))


@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 1), (784,)])
def test_takes_each_usual_shape(shape: tuple[int, ...]) -> None:
    """An image is given as it is, with one channel, or flat."""
    assert shape == fitted_shape(network(shape), (28, 28))


def test_takes_an_input_of_any_size() -> None:
    """A convolutional network that does not fix the size gets images with one channel."""
    assert (28, 28, 1) == fitted_shape(network((None, None, 1)), (28, 28))


@pytest.mark.hostile_row(36)
@pytest.mark.parametrize("shape", [(32, 32), (28, 28, 3), (28,), (783,)])
def test_another_shape_is_refused_with_those_that_fit(shape: tuple[int, ...]) -> None:
    """The sentence has the network's shape and the three that would do."""
    shown = "(" + ", ".join(map(str, shape)) + ("," if len(shape) == 1 else "") + ")"

    with pytest.raises(SubmissionError) as caught:
        fitted_shape(network(shape), (28, 28))

    assert f"The model takes inputs of shape {shown}; the images fit (28, 28), (28, 28, 1) or (784,)." == str(
        caught.value.message
    )
    assert "Build the model with one of these input shapes." == str(caught.value.hint)


@pytest.mark.hostile_row(36)
def test_two_inputs_are_refused() -> None:
    """A model for more than an image is not this homework's."""
    inputs = [keras.Input((28, 28)), keras.Input((28, 28))]
    model = keras.Model(inputs, keras.layers.Dense(10)(keras.layers.Flatten()(keras.layers.Add()(inputs))))

    with pytest.raises(SubmissionError) as caught:
        fitted_shape(model, (28, 28))

    assert "The model has 2 inputs; one is needed, for the image." == str(caught.value.message)


@pytest.mark.hostile_row(36)
def test_two_outputs_are_refused() -> None:
    """A model with a second output does not say which one counts."""
    inputs = keras.Input((4,))
    model = keras.Model(inputs, [keras.layers.Dense(10)(inputs), keras.layers.Dense(10)(inputs)])

    with pytest.raises(SubmissionError) as caught:
        check_output(model, 10)

    assert "The model has 2 outputs; one is needed, with a number for each class." == str(
        caught.value.message
    )


@pytest.mark.hostile_row(36)
def test_eight_classes_are_refused() -> None:
    """The sentence has both numbers."""
    with pytest.raises(SubmissionError) as caught:
        check_output(network((28, 28), 8), 10)

    assert "The model's output has shape (8,); the data has 10 classes, so it must be (10,)." == str(
        caught.value.message
    )
    assert "End the network with `Dense(10)` and train it on all 10 classes." == str(caught.value.hint)


def test_scales_are_what_their_names_say() -> None:
    """0 and 255 come out at the ends of each scale, standardised by the numbers of the data set."""
    image = np.array([[[0, 255]]], np.uint8)
    standard = Standard(0.2860, 0.3530)
    ends = {scale: as_inputs(image, (2,), scale, standard).numpy().ravel().tolist() for scale in SCALES}

    assert [0.0, 1.0] == ends["pixels / 255"]
    assert [0.0, 255.0] == ends["raw pixels"]
    assert [-1.0, 1.0] == ends["pixels / 127.5 - 1"]
    assert pytest.approx([-0.8102, 2.0227], abs=1e-4) == ends["standardised pixels"]
