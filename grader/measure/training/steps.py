"""Steps of training: each clips its gradients, and leaves its loss, accuracy and norms."""

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.measure.training.batches import Batches
from grader.measure.training.gradients import Loss, clip, each_half_square
from grader.measure.training.loop import Loop, backward, compiled_loop
from grader.measure.training.norms import four_norms, norms_of_half_squares
from grader.measure.training.optimizer import Update
from grader.rubric import OptimizerPlan


def run_steps(
    model: keras.Model, batches: Batches, loss_function: Loss, plan: OptimizerPlan, update: Update
) -> NDArray[np.float32]:
    """Go through the batches and record each step.

    Args:
        model: in training mode during the steps.
        batches: what it sees, a batch a step.
        loss_function: the mean loss of a batch.
        plan: how gradients are clipped.
        update: takes the clipped gradients of the trainable variables.

    Returns:
        One row a step: loss, accuracy, and the norms in the order of `four_norms`; shape (steps, 6).
    """
    return compiled_steps(model, batches, loss_function, plan, update)(batches.order)


def compiled_steps(
    model: keras.Model, batches: Batches, loss_function: Loss, plan: OptimizerPlan, update: Update
) -> Loop:
    """The loop of `run_steps` as one compiled function of the order, shape (steps, batch size)."""
    variables = len(model.trainable_variables)

    def row(chosen: tf.Tensor) -> list[tf.Tensor]:
        found = backward(model, batches, loss_function, chosen)
        before = each_half_square(found.gradients)
        clipped = clip(found.gradients, tf.sqrt(2.0 * before), plan)
        update(clipped)
        return [[found.loss, tf.reduce_mean(found.hits)], before, each_half_square(clipped)]

    loop = compiled_loop(row, 2 + 2 * variables)

    def run(order: NDArray[np.int32]) -> NDArray[np.float32]:
        rows = loop(order)
        before, after = (norms_of_half_squares(part) for part in np.split(rows[:, 2:], 2, axis=1))
        return np.concatenate([rows[:, :2], four_norms(before, after)], axis=1)

    return run
