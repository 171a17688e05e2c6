"""Gradient norms at weights that stay as they are."""

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.measure.training.batches import Batches
from grader.measure.training.gradients import (
    Loss,
    clip,
    clipped_norms,
    each_half_square,
    four_norms,
    norms_of_half_squares,
)
from grader.measure.training.loop import Loop, backward, compiled_loop
from grader.rubric import OptimizerPlan


def compiled_probe(model: keras.Model, batches: Batches, loss_function: Loss, plan: OptimizerPlan) -> Loop:
    """A function of the order, shape (steps, batch size), that gives the norms, shape (steps, 4).

    They come in the order of `four_norms`. No weight changes.

    Args:
        model: in training mode.
        batches: what it sees.
        loss_function: the mean loss of a batch.
        plan: how gradients would be clipped.
    """
    variables = len(model.trainable_variables)
    # The norms before do not tell what clipping each element leaves of them.
    measured = plan.clipvalue is not None

    def row(chosen: tf.Tensor) -> list[tf.Tensor]:
        gradients = backward(model, batches, loss_function, chosen).gradients
        before = each_half_square(gradients)
        if not measured:
            return [before]
        return [before, each_half_square(clip(gradients, tf.sqrt(2.0 * before), plan))]

    loop = compiled_loop(row, variables * (1 + measured))

    def run(order: NDArray[np.int32]) -> NDArray[np.float32]:
        norms = norms_of_half_squares(loop(order))
        before = norms[:, :variables]
        return four_norms(before, norms[:, variables:] if measured else clipped_norms(before, plan))

    return run
