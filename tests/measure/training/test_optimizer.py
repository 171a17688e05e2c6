"""Tests of `grader.measure.training.optimizer`."""

from typing import get_args

import keras
import numpy as np
import pytest
import tensorflow as tf

from grader.measure.training.optimizer import build_update
from grader.rubric import OptimizerPlan

NAMES = get_args(OptimizerPlan.model_fields["name"].annotation)


def some_gradients(steps: int, dtype: str) -> list[list[tf.Tensor]]:
    generator = np.random.default_rng(3)
    return [
        [tf.constant(generator.normal(size=shape), dtype) for shape in ((4, 3), (3,))] for _ in range(steps)
    ]


def some_variables(dtype: str) -> list[keras.Variable]:
    return [
        keras.Variable(np.linspace(-1, 1, 12).reshape(4, 3), dtype=dtype),
        keras.Variable(np.ones(3), dtype=dtype),
    ]


def test_the_names_are_known_to_keras() -> None:
    """Every optimizer that a rubric may name exists in Keras."""
    assert [] == [name for name in NAMES if not hasattr(keras.optimizers, name)]


@pytest.mark.parametrize(("name", "dtype"), [*((name, "float32") for name in NAMES), ("Adam", "float64")])
def test_updates_as_keras_does(name: str, dtype: str) -> None:
    """Thirty steps of the update give the weights that Keras' own optimizer gives."""
    ours, theirs = some_variables(dtype), some_variables(dtype)
    update = tf.function(build_update(OptimizerPlan(name=name, learning_rate=0.01), ours))
    optimizer = getattr(keras.optimizers, name)(learning_rate=0.01)

    for gradients in some_gradients(30, dtype):
        update(gradients)
        optimizer.apply(gradients, theirs)

    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our.numpy(), their.numpy(), rtol=1e-5, atol=1e-6)
