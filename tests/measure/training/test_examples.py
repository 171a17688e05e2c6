"""The examples, and how a network is given them: shape, order and batches; and what it must give."""

from collections.abc import Callable
from pathlib import Path

import builders_training as build
import keras
import numpy as np
import pytest
import tensorflow as tf
from builders_golden import refusal_of

from grader.evidence.values import Task
from grader.measure.inputs import Scale
from grader.measure.training.examples import (
    Arrays,
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


FITTING = "(28, 28), (28, 28, 1), (784,)"


def check_both_ends(model: keras.Model) -> None:
    fitted_shape(model, (28, 28))
    check_output(model, "classification", 10)


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
                f"The model takes inputs of shape {shape}; an example of the data fits {FITTING}.",
            )
            for shape in ((32, 32), (28, 28, 3), (28,), (783,))
        ),
        (two_inputs, "The model has 2 inputs; it needs one, for the example."),
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

    short = batches_of(arrays, plan, 6, arrays.x_train.shape[1:], Scale())

    assert 120 == len(short.inputs) < len(arrays.x_train)
    for mine, other in zip(short.order, whole, strict=True):
        seen = short.prepare(tf.gather(short.inputs, mine)).numpy()
        np.testing.assert_array_equal(arrays.x_train[other], seen)
        np.testing.assert_array_equal(arrays.y_train[other], tf.gather(short.labels, mine).numpy())


def test_a_long_plan_sees_every_image() -> None:
    """From an epoch on the images are copied once, and the order refers to them as often as they are seen."""
    arrays, plan = some_arrays(), RerunPlan(batch_size=20, seed=5)

    batches = batches_of(arrays, plan, 60, arrays.x_train.shape[1:], Scale(255.0))

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


@pytest.mark.hostile_row(170)
@pytest.mark.parametrize(
    ("task", "outputs", "units", "message"),
    [
        ("classification", 2, 1, ""),  # the probability of the second of two classes
        ("binary", 2, 1, ""),
        ("binary", 2, 2, ""),
        ("binary", 2, 3, "The model's output has shape (3,); a label is 0 or 1, so it must be (1,)."),
        ("regression", 1, 1, ""),
        ("regression", 3, 3, ""),
        (
            "regression",
            1,
            2,
            "The model's output has shape (2,); it is to give 1 numbers, so it must be (1,).",
        ),
        ("multilabel", 4, 4, ""),
        (
            "multilabel",
            4,
            1,
            "The model's output has shape (1,); the data has 4 labels, so it must be (4,).",
        ),
    ],
)
def test_the_output_fits_the_task(task: Task, outputs: int, units: int, message: str) -> None:
    """Else the sentence has what the network gives and what it must give."""
    model = network((28, 28), units)
    if not message:
        check_output(model, task, outputs)
        return

    assert message == refusal_of(lambda: check_output(model, task, outputs))[0]
