"""One compiled loop over batches of data that is already there; each step leaves a row of numbers."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.measure.training.batches import Batches
from grader.measure.training.gradients import Loss, clip, each_half_square, four_norms, norms_of_half_squares
from grader.measure.training.optimizer import Update
from grader.rubric import OptimizerPlan

Loop = Callable[[NDArray[np.int32]], NDArray[np.float32]]


class Backward(NamedTuple):
    """What a pass through a network and back gives for one batch.

    Attributes:
        loss: a scalar.
        hits: which of the largest outputs stand at the label, as 0 or 1, shape (batch size,).
        gradients: one for each of the trainable variables, in their order.
    """

    loss: tf.Tensor
    hits: tf.Tensor
    gradients: list[tf.Tensor]


def backward(model: keras.Model, batches: Batches, loss_function: Loss, chosen: tf.Tensor) -> Backward:
    """A pass through the model in training mode, and back.

    Args:
        model: whose trainable variables count.
        batches: the examples.
        loss_function: the mean loss of a batch.
        chosen: which of the examples, shape (batch size,).
    """
    tensors = [variable.value for variable in model.trainable_variables]
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
    hits = tf.cast(tf.argmax(outputs, axis=-1, output_type=labels.dtype) == labels, tf.float32)
    return Backward(loss, hits, gradients)


def compiled_loop(row: Callable[[tf.Tensor], Sequence[tf.Tensor]], width: int) -> Loop:
    """A function of the order, shape (steps, batch size), that gives the rows, shape (steps, width).

    Every operation in it costs half a millisecond before the first step, so what can be done with the rows
    afterwards is done there.

    Args:
        row: of the examples of a batch, shape (batch size,): vectors of float32 that make the row together.
        width: of a row.
    """

    def loop(order: tf.Tensor) -> tf.Tensor:
        def one(number: tf.Tensor, rows: tf.TensorArray) -> tuple[tf.Tensor, tf.TensorArray]:
            return number + 1, rows.write(number, tf.concat(row(order[number]), axis=0))

        steps = tf.shape(order)[0]
        rows = tf.TensorArray(tf.float32, size=steps, element_shape=(width,))
        return tf.while_loop(lambda number, _: number < steps, one, (0, rows), parallel_iterations=1)[
            1
        ].stack()

    compiled = tf.function(loop, autograph=False)

    def run(order: NDArray[np.int32]) -> NDArray[np.float32]:
        rows: NDArray[np.float32] = compiled(tf.constant(order)).numpy()
        return rows

    return run


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
