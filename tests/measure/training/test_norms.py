"""Tests of `grader.measure.training.norms`."""

import numpy as np
import pytest
import tensorflow as tf

from grader.measure.training.gradients import clip, each_half_square
from grader.measure.training.norms import clipped_norms, four_norms, norms_of, norms_of_half_squares
from grader.rubric import OptimizerPlan

GRADIENTS = [np.array([[3.0, -4.0], [0.0, 12.0]]), np.array([0.1, -0.2]), np.zeros(3)]


def test_four_norms_are_the_largest_and_the_whole() -> None:
    """`variable` is the largest of the norms, `global` the norm of all gradients as one vector."""
    norms = np.array([[np.linalg.norm(gradient) for gradient in GRADIENTS]], np.float32)
    whole = np.linalg.norm(np.concatenate([gradient.ravel() for gradient in GRADIENTS]))

    found = four_norms(norms, norms / 2)

    np.testing.assert_allclose(found, [[13.0, 6.5, whole, whole / 2]], rtol=1e-6)


@pytest.mark.parametrize("way", [{"clipnorm": 1.0}, {"global_clipnorm": 1.0}, {}, {"clipnorm": 50.0}])
def test_norms_of_clipped_gradients_follow_from_those_before(way: dict[str, float]) -> None:
    """They are those of gradients that were really clipped."""
    plan, gradients = OptimizerPlan(**way), [tf.constant(gradient, tf.float32) for gradient in GRADIENTS]
    before = norms_of_half_squares(each_half_square(gradients).numpy())
    measured = norms_of_half_squares(each_half_square(clip(gradients, tf.constant(before), plan)).numpy())

    found = clipped_norms(before[np.newaxis], plan)

    np.testing.assert_allclose(found, measured[np.newaxis], rtol=3e-7)


def test_an_infinite_norm_is_no_number_afterwards() -> None:
    """As in Keras, which divides infinity by infinity, and without a warning."""
    found = clipped_norms(np.array([[np.inf, 0.5]], np.float32), OptimizerPlan(clipnorm=1.0))

    assert "[[nan, 0.5]]" == str(found.tolist())


def test_columns_become_series() -> None:
    """The rows of a run become the four series."""
    norms = norms_of(np.arange(8, dtype=np.float32).reshape(2, 4))

    assert (0.0, 4.0) == norms.variable_before
    assert (1.0, 5.0) == norms.series("variable", "after")
    assert (2.0, 6.0) == norms.series("global", "before")
    assert (3.0, 7.0) == norms.global_after
