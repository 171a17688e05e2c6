"""Steps of training, with or without an update, as one compiled loop over data that is already there."""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.evidence import Norms
from grader.measure.training.batches import Batches
from grader.measure.training.gradients import Loss, clip, each_norm, four_norms
from grader.measure.training.optimizer import Update
from grader.rubric import OptimizerPlan


def run_steps(
    model: keras.Model,
    batches: Batches,
    loss_function: Loss,
    plan: OptimizerPlan,
    update: Update | None,
) -> NDArray[np.float32]:
    """Go through the batches and record each step.

    Args:
        model: in training mode during the steps.
        batches: what it sees, a batch a step.
        loss_function: the mean loss of a batch.
        plan: how gradients are clipped.
        update: takes the clipped gradients of the trainable variables; None for no update.

    Returns:
        One row a step: loss, accuracy, and the norms in the order of `four_norms`; shape (steps, 6).
    """
    loop = compiled_steps(model, batches, loss_function, plan, update)
    recorded: NDArray[np.float32] = loop(tf.constant(batches.order)).numpy()
    return recorded


def compiled_steps(
    model: keras.Model,
    batches: Batches,
    loss_function: Loss,
    plan: OptimizerPlan,
    update: Update | None,
) -> Callable[[tf.Tensor], tf.Tensor]:
    """The loop of `run_steps` as one compiled function of the order, shape (steps, batch size)."""
    tensors = [variable.value for variable in model.trainable_variables]

    def step(chosen: tf.Tensor) -> tf.Tensor:
        inputs = batches.prepare(tf.gather(batches.inputs, chosen))
        labels = tf.gather(batches.labels, chosen)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(tensors)
            outputs = model(inputs, training=True)
            loss = loss_function(labels, outputs)
            if model.losses:
                loss += tf.cast(tf.add_n(model.losses), loss.dtype)
        found = tape.gradient(loss, tensors, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        # The gradient of an embedding is sparse.
        gradients = [tf.convert_to_tensor(gradient) for gradient in found]
        before = each_norm(gradients)
        clipped = clip(gradients, before, plan)
        if update is not None:
            update(clipped)
        hits = tf.cast(tf.argmax(outputs, axis=-1, output_type=labels.dtype) == labels, tf.float32)
        return tf.concat([[loss, tf.reduce_mean(hits)], four_norms(before, each_norm(clipped))], axis=0)

    def loop(order: tf.Tensor) -> tf.Tensor:
        def one(number: tf.Tensor, rows: tf.TensorArray) -> tuple[tf.Tensor, tf.TensorArray]:
            return number + 1, rows.write(number, step(order[number]))

        steps = tf.shape(order)[0]
        rows = tf.TensorArray(tf.float32, size=steps, element_shape=(6,))
        return tf.while_loop(lambda number, _: number < steps, one, (0, rows), parallel_iterations=1)[
            1
        ].stack()

    compiled: Callable[[tf.Tensor], tf.Tensor] = tf.function(loop, autograph=False)
    return compiled


def norms_of(recorded: NDArray[np.float32]) -> Norms:
    """The four series of norms from the rows of `run_steps`."""
    variable_before, variable_after, global_before, global_after = (
        tuple(recorded[:, column].tolist()) for column in range(2, 6)
    )
    return Norms(
        variable_before=variable_before,
        variable_after=variable_after,
        global_before=global_before,
        global_after=global_after,
    )
