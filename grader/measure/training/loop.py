"""Compiled loops over batches of data that is already there: the training of a network, and the probe."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.measure.training.examples import Batches
from grader.measure.training.gradients import (
    Objective,
    Update,
    clip,
    clipped_norms,
    each_half_square,
    four_norms,
    norms_of_half_squares,
)
from grader.measure.training.load import operations
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
    hits: tf.Tensor  # which examples are right, as 0 or 1, shape (batch size,)
    gradients: list[tf.Tensor]  # one for each trainable variable
    # The numbers by whose norm Keras clips each: of an embedding, whose gradient is sparse, a row for each
    # time that it was looked up, and not their sum.
    parts: list[tf.Tensor]


def backward(model: keras.Model, batches: Batches, objective: Objective, chosen: tf.Tensor) -> Backward:
    """A pass through the model in training mode, and back, for the chosen examples, shape (batch size,)."""
    tensors = [variable.value for variable in model.trainable_variables]
    inputs = batches.prepare(tf.gather(batches.inputs, chosen))
    labels = tf.gather(batches.labels, chosen)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(tensors)
        outputs = model(inputs, training=True)
        loss = objective(labels, outputs)
        if model.losses:
            loss += tf.cast(tf.add_n(model.losses), loss.dtype)
    found = tape.gradient(loss, tensors, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    gradients = [tf.convert_to_tensor(gradient) for gradient in found]
    parts = [one.values if isinstance(one, tf.IndexedSlices) else one for one in found]
    return Backward(loss, objective.hits(labels, outputs), gradients, parts)


def looks_up(model: keras.Model) -> bool:
    """Whether a network has an embedding, whose norms are not those that Keras clips by."""
    return any(isinstance(one, keras.layers.Embedding) for one in operations(model))


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
    model: keras.Model, batches: Batches, objective: Objective, plan: OptimizerPlan, update: Update
) -> Loop:
    """A training with clipping as the plan says, shape (steps, 7).

    The columns are loss, accuracy, the `four_norms`, and by what factor the norm of an embedding's gradient
    is above that which Keras clips by.
    """
    variables, has_parts = len(model.trainable_variables), looks_up(model)

    def row(chosen: tf.Tensor) -> list[tf.Tensor]:
        found = backward(model, batches, objective, chosen)
        before, parts = _half_squares(found, has_parts)
        clipped = clip(found.gradients, tf.sqrt(2.0 * parts), plan)
        update(clipped)
        numbers = [[found.loss, tf.reduce_mean(found.hits)], before, each_half_square(clipped)]
        return [*numbers, parts] if has_parts else numbers

    loop = compiled_loop(row, 2 + (2 + has_parts) * variables)

    def run(order: NDArray[np.int32]) -> NDArray[np.float32]:
        rows = loop(order)
        before, after, *parts = _norms_in(rows, variables)
        return _numbers(rows, before, after, parts)

    return run


def compiled_probe(model: keras.Model, batches: Batches, objective: Objective, plan: OptimizerPlan) -> Loop:
    """A probe: the same numbers at the weights as they are, shape (steps, 7). No weight changes."""
    variables, has_parts = len(model.trainable_variables), looks_up(model)
    # The norms before do not tell what clipping each element leaves of them, nor what it leaves of sums.
    measured = plan.clipvalue is not None or has_parts

    def row(chosen: tf.Tensor) -> list[tf.Tensor]:
        found = backward(model, batches, objective, chosen)
        before, parts = _half_squares(found, has_parts)
        numbers = [[found.loss, tf.reduce_mean(found.hits)], before]
        if not measured:
            return numbers
        numbers.append(each_half_square(clip(found.gradients, tf.sqrt(2.0 * parts), plan)))
        return [*numbers, parts] if has_parts else numbers

    loop = compiled_loop(row, 2 + variables * (1 + measured + has_parts))

    def run(order: NDArray[np.int32]) -> NDArray[np.float32]:
        rows = loop(order)
        before, *others = _norms_in(rows, variables)
        after, *parts = others or [clipped_norms(before, plan)]
        return _numbers(rows, before, after, parts)

    return run


def _half_squares(found: Backward, has_parts: bool) -> tuple[tf.Tensor, tf.Tensor]:
    """||g||^2 / 2 of each gradient, and of its parts."""
    before = each_half_square(found.gradients)
    return before, each_half_square(found.parts) if has_parts else before


def _norms_in(rows: NDArray[np.float32], variables: int) -> list[NDArray[np.float32]]:
    """The norms of each variable in the rows of a loop, after the first two columns."""
    norms = norms_of_half_squares(rows[:, 2:])
    return np.split(norms, norms.shape[1] // variables, axis=1)


def _numbers(
    rows: NDArray[np.float32],
    before: NDArray[np.float32],
    after: NDArray[np.float32],
    parts: Sequence[NDArray[np.float32]],
) -> NDArray[np.float32]:
    """What a loop gives for each step."""
    above = np.ones((len(rows), 1), np.float32)
    for clipped_by in parts:
        with np.errstate(invalid="ignore", divide="ignore"):
            above = np.nan_to_num(before / clipped_by, nan=1.0, posinf=1.0).max(axis=1, keepdims=True)
    return np.concatenate([rows[:, :2], four_norms(before, after), above], axis=1)
