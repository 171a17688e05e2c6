"""Compiled loops over batches of data that is already there: the training of a network, and the probe."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.measure.training.gradients import (
    Loss,
    Update,
    clip,
    clipped_norms,
    each_half_square,
    four_norms,
    norms_of_half_squares,
)
from grader.measure.training.images import Batches
from grader.rubric import OptimizerPlan

# Of the order of the examples, shape (steps, batch size); it gives a row of numbers for each step.
Loop = Callable[[NDArray[np.int32]], NDArray[np.float32]]


@contextmanager
def as_traced() -> Iterator[None]:
    """Leave the graphs that are run first in this block as they are.

    TensorFlow rewrites each before its first run. For dense layers that takes longer than it saves in 600
    steps, and with convolutions as long.
    """
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})


def use_one_thread() -> None:
    """Let this process compute on one thread; to be called before the first operation.

    Several workers share the cores, and one thread gives the same numbers from the same seed.
    """
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


class Backward(NamedTuple):
    """What a pass through a network and back gives for one batch."""

    loss: tf.Tensor
    hits: tf.Tensor  # where the largest output is at the label, as 0 or 1, shape (batch size,)
    gradients: list[tf.Tensor]  # one for each trainable variable


def backward(model: keras.Model, batches: Batches, loss_function: Loss, chosen: tf.Tensor) -> Backward:
    """A pass through the model in training mode, and back, for the chosen examples, shape (batch size,)."""
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
    """A loop whose rows, of this width, are the vectors of float32 that `row` makes of a batch's examples.

    Every operation costs half a millisecond before the first step, so what can be done with the rows
    afterwards is done there.
    """

    def loop(order: tf.Tensor) -> tf.Tensor:
        def one(number: tf.Tensor, rows: tf.TensorArray) -> tuple[tf.Tensor, tf.TensorArray]:
            return number + 1, rows.write(number, tf.concat(row(order[number]), axis=0))

        steps = tf.shape(order)[0]
        rows = tf.TensorArray(tf.float32, size=steps, element_shape=(width,))
        _, rows = tf.while_loop(lambda number, _: number < steps, one, (0, rows), parallel_iterations=1)
        return rows.stack()

    compiled = tf.function(loop, autograph=False)

    def run(order: NDArray[np.int32]) -> NDArray[np.float32]:
        rows: NDArray[np.float32] = compiled(tf.constant(order)).numpy()
        return rows

    return run


def compiled_steps(
    model: keras.Model, batches: Batches, loss_function: Loss, plan: OptimizerPlan, update: Update
) -> Loop:
    """A training with clipping as the plan says: loss, accuracy and the `four_norms`, shape (steps, 6)."""
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


def compiled_probe(model: keras.Model, batches: Batches, loss_function: Loss, plan: OptimizerPlan) -> Loop:
    """A probe: the same numbers at the weights as they are, shape (steps, 6). No weight changes."""
    variables = len(model.trainable_variables)
    # The norms before do not tell what clipping each element leaves of them.
    measured = plan.clipvalue is not None

    def row(chosen: tf.Tensor) -> list[tf.Tensor]:
        found = backward(model, batches, loss_function, chosen)
        before = each_half_square(found.gradients)
        numbers = [[found.loss, tf.reduce_mean(found.hits)], before]
        if not measured:
            return numbers
        return [*numbers, each_half_square(clip(found.gradients, tf.sqrt(2.0 * before), plan))]

    loop = compiled_loop(row, 2 + variables * (1 + measured))

    def run(order: NDArray[np.int32]) -> NDArray[np.float32]:
        rows = loop(order)
        norms = norms_of_half_squares(rows[:, 2:])
        before = norms[:, :variables]
        after = norms[:, variables:] if measured else clipped_norms(before, plan)
        return np.concatenate([rows[:, :2], four_norms(before, after)], axis=1)

    return run
