"""The images, and how a network is given them: shape, scale, order and batches."""

from collections.abc import Callable
from pathlib import Path

import builders_training as build
import keras
import numpy as np
import pytest
import tensorflow as tf
from builders_golden import refusal_of

from grader.measure.training.images import (
    SCALES,
    Arrays,
    Standard,
    as_inputs,
    batches_of,
    check_output,
    fitted_shape,
    replayed_order,
    shuffled_order,
)
from grader.rubric import RerunPlan


def test_the_order_of_a_replay_stays_what_it_is() -> None:
    """Last year's logs are still made again: no version of NumPy changes the raw numbers of a generator."""
    assert [[6, 3, 4], [10, 9, 0]] == replayed_order(12, 2, 3, 7).tolist()


@pytest.mark.parametrize(
    ("examples", "steps", "size", "shape"),
    [(600, 9, 5, (9, 5)), (24, 9, 5, (4, 5)), (3, 9, 5, (1, 3)), (1, 5, 1, (1, 1))],
)
def test_a_replay_has_images_that_are_trained_on(
    examples: int, steps: int, size: int, shape: tuple[int, int]
) -> None:
    """Each comes once, none of those that are kept to validate with; few images make fewer steps."""
    order = replayed_order(examples, steps, size, 3)

    assert shape == order.shape
    assert order.size == len(set(order.ravel().tolist()))
    assert order.max() < examples - examples // 12


def network(shape: tuple[int | None, ...], outputs: int = 10) -> keras.Model:
    inputs = keras.Input(shape)
    flat = keras.layers.GlobalMaxPooling2D()(inputs) if None in shape else keras.layers.Flatten()(inputs)
    return keras.Model(inputs, keras.layers.Dense(outputs)(flat))


@pytest.mark.parametrize("shape", [(28, 28), (28, 28, 1), (784,), (None, None, 1)])
def test_takes_each_usual_shape(shape: tuple[int | None, ...]) -> None:
    """An image is given as it is, with one channel, or flat; a network may leave the size open."""
    expected = tuple(size or 28 for size in shape)

    assert expected == fitted_shape(network(shape), (28, 28))


def check_both_ends(model: keras.Model) -> None:
    fitted_shape(model, (28, 28))
    check_output(model, 10)


def two_inputs() -> keras.Model:
    inputs = [keras.Input((28, 28)), keras.Input((28, 28))]
    return keras.Model(inputs, keras.layers.Dense(10)(keras.layers.Flatten()(keras.layers.Add()(inputs))))


def two_outputs() -> keras.Model:
    inputs = keras.Input((28, 28))
    return keras.Model(inputs, [keras.layers.Dense(10)(inputs), keras.layers.Dense(10)(inputs)])


@pytest.mark.hostile_row(36)
@pytest.mark.parametrize(
    ("build", "message"),
    [
        *(
            (
                lambda shape=shape: network(shape),
                f"The model takes inputs of shape {shape}; the images fit (28, 28), (28, 28, 1) or (784,).",
            )
            for shape in ((32, 32), (28, 28, 3), (28,), (783,))
        ),
        (two_inputs, "The model has 2 inputs; it needs one, for the image."),
        (two_outputs, "The model has 2 outputs; it needs one, with a number for each class."),
        (
            lambda: network((28, 28), 8),
            "The model's output has shape (8,); the data has 10 classes, so it must be (10,).",
        ),
    ],
)
def test_another_shape_is_refused_with_those_that_fit(build: Callable[[], keras.Model], message: str) -> None:
    """The sentence has what the network takes or gives and what would do, the hint what to build."""
    found, hint = refusal_of(lambda: check_both_ends(build()))

    assert message == found
    assert hint


def test_scales_are_what_their_names_say() -> None:
    """0 and 255 come out at the ends of each scale, standardised by the numbers of the data set."""
    image = np.array([[[0, 255]]], np.uint8)
    standard = Standard(0.2860, 0.3530)
    ends = {scale: as_inputs(image, (2,), scale, standard).numpy().ravel().tolist() for scale in SCALES}

    assert [0.0, 1.0] == ends["pixels / 255"]
    assert [0.0, 255.0] == ends["raw pixels"]
    assert [-1.0, 1.0] == ends["pixels / 127.5 - 1"]
    assert pytest.approx([-0.8102, 2.0227], abs=1e-4) == ends["standardised pixels"]


def some_arrays() -> Arrays:
    dataset = build.a_dataset()
    return Arrays("small", dataset.x_train, dataset.y_train, dataset.x_test)


def test_an_epoch_sees_each_example_once() -> None:
    """The order of one epoch has no example twice, and the next epoch has another order."""
    order = shuffled_order(600, steps=60, batch_size=20, seed=5)

    assert 600 == len(set(order[:30].ravel().tolist()))
    assert 600 == len(set(order[30:].ravel().tolist()))
    assert order[:30].tolist() != order[30:].tolist()


def test_a_batch_is_at_most_all_examples() -> None:
    """With fewer examples than a batch has, each step sees all of them."""
    order = shuffled_order(7, steps=3, batch_size=20, seed=5)

    assert (3, 7) == order.shape


def test_only_what_is_seen_is_copied() -> None:
    """Of a short plan only the images of its batches are there, and they are those of the whole order."""
    arrays, plan = some_arrays(), RerunPlan(batch_size=20, seed=5)
    whole = shuffled_order(len(arrays.x_train), 6, 20, 5)

    short = batches_of(arrays, plan, 6, arrays.x_train.shape[1:], "raw pixels")

    assert 120 == len(short.inputs) < len(arrays.x_train)
    for mine, other in zip(short.order, whole, strict=True):
        seen = short.prepare(tf.gather(short.inputs, mine)).numpy()
        np.testing.assert_array_equal(arrays.x_train[other], seen)
        np.testing.assert_array_equal(arrays.y_train[other], tf.gather(short.labels, mine).numpy())


def test_a_long_plan_sees_every_image() -> None:
    """From an epoch on the images are copied once, and the order refers to them as often as they are seen."""
    arrays, plan = some_arrays(), RerunPlan(batch_size=20, seed=5)

    batches = batches_of(arrays, plan, 60, arrays.x_train.shape[1:], "pixels / 255")

    assert len(arrays.x_train) == len(batches.inputs)
    assert (60, 20) == batches.order.shape
    assert 1.0 >= float(tf.reduce_max(batches.prepare(batches.inputs)))


def test_the_arrays_are_read_as_they_were_written(tmp_path: Path) -> None:
    """All but the labels of the test images."""
    dataset = build.a_dataset()

    arrays = Arrays.read(build.arrays_in(tmp_path, dataset), "small")

    assert ["data", "x_train", "y_train", "x_test"] == list(vars(arrays))
    assert np.array_equal(dataset.x_train, arrays.x_train)
    assert np.array_equal(dataset.y_train, arrays.y_train)
    assert np.array_equal(dataset.x_test, arrays.x_test)


def arrays_of(pixels: np.ndarray, data: str = "own.npz") -> Arrays:
    return Arrays(data, pixels, np.zeros(len(pixels), np.int64), pixels)


@pytest.mark.parametrize("largest", [1.0, 255.0])
def test_pixels_are_standardised_by_their_own_data_set(largest: float) -> None:
    """Whatever their range, the mean becomes 0 and the standard deviation 1."""
    pixels = np.random.default_rng(7).uniform(0, largest, (1200, 4, 4))
    arrays = arrays_of(pixels)

    inputs = as_inputs(pixels, (4, 4), "standardised pixels", arrays.standard).numpy()

    assert (pytest.approx(0, abs=1e-5), pytest.approx(1, abs=1e-5)) == (inputs.mean(), inputs.std())
    assert pixels.max() == arrays.largest_pixel


def test_numbers_to_standardise_by_that_are_not_measured() -> None:
    """Of Fashion-MNIST a part ships, and students have all; images that are all alike have no deviation."""
    assert Standard(0.2860, 0.3530) == arrays_of(np.zeros((2, 2, 2)), "fashion_mnist").standard
    assert Standard(2 / 255, 1.0) == arrays_of(np.full((2, 2, 2), 2)).standard
