"""Makes the optimizer of a model measure every gradient that `model.fit` gives it."""

from collections.abc import Iterable
from typing import Any

import keras
import tensorflow as tf

from grader.student.norms import four_norms


class MeasuringApply:
    """Stands in for `optimizer.apply`: measures the gradients, then applies them.

    Attributes:
        rows: the norms of the last steps as `four_norms` gives them, shape (steps, 4), the newest last.
    """

    def __init__(self, optimizer: Any, steps: int) -> None:
        self._optimizer = optimizer
        self._apply = optimizer.apply
        # A variable, because it is the way out of a step that is traced, compiled or inside a loop.
        self.rows = tf.Variable(tf.fill((steps, 4), float("nan")), trainable=False)

    def __call__(self, grads: Iterable[Any], trainable_variables: Any = None) -> None:
        """Does what `keras.optimizers.Optimizer.apply` does."""
        gradients = list(grads)
        if all(gradient is None for gradient in gradients):
            # Keras has an error of its own for it.
            self._apply(gradients, trainable_variables)
            return
        row = four_norms(gradients, None, self._optimizer)
        self.rows.assign(tf.concat([self.rows[1:], [row]], axis=0))
        if not self._optimizer.built:
            # As Keras does it, but here: XLA allows no new variables below.
            with keras.name_scope(self._optimizer.name, caller=self._optimizer):
                self._optimizer.build(list(trainable_variables))
        # At the end of a data set of unknown size, TensorFlow would count a step that has no gradients.
        with tf.control_dependencies([row]):
            self._apply(gradients, trainable_variables)


def start_measuring(model: Any) -> None:
    """Puts a `MeasuringApply` in place.

    Raises:
        TypeError: the optimizer is none of Keras 3.
        ValueError: the norms of this kind of training cannot be measured here.
    """
    optimizer = unwrapped(model.optimizer)
    if optimizer.gradient_accumulation_steps:
        raise ValueError(
            "`gradient_accumulation_steps` must not be set, because the gradients of most steps are "
            "neither clipped nor applied. "
            f"Received: gradient_accumulation_steps={optimizer.gradient_accumulation_steps}."
        )
    if (replicas := model.distribute_strategy.num_replicas_in_sync) > 1:
        raise ValueError(
            "The model must train on one device, because each replica has gradients of its own. "
            f"Received: {replicas} replicas."
        )
    # A `fit` that ended with an exception may have left one.
    stop_measuring(model)
    optimizer.apply = MeasuringApply(optimizer, model.steps_per_execution)
    # What an earlier `fit` has traced does not know of the new `apply`.
    model.make_train_function(force=True)


def measured(model: Any) -> Any:
    """The norms of the last steps, the newest last: float32, shape (`steps_per_execution`, 4)."""
    return unwrapped(model.optimizer).apply.rows.numpy()


def stop_measuring(model: Any) -> None:
    """Makes the optimizer what it was before `start_measuring`; can be called more than once."""
    optimizer = unwrapped(model.optimizer)
    if isinstance(optimizer.apply, MeasuringApply):
        del optimizer.apply
        model.make_train_function(force=True)


def unwrapped(optimizer: Any) -> Any:
    """The optimizer inside a `LossScaleOptimizer`, which clips and counts the steps; any other as it is.

    Raises:
        TypeError: it is no optimizer of Keras 3.
    """
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        raise TypeError(f"`optimizer` must be an optimizer of Keras 3. Received: {type(optimizer).__name__}.")
    return (
        optimizer.inner_optimizer if isinstance(optimizer, keras.optimizers.LossScaleOptimizer) else optimizer
    )


def iterations(optimizer: Any) -> int:
    """How many steps the optimizer has done."""
    return int(optimizer.iterations.numpy())
