"""The four gradient norms of a step, and an optimizer that measures what `model.fit` gives it.

Keras and TensorFlow are imported where something is measured with them: a log of PyTorch needs neither.
"""

from collections.abc import Iterable
from typing import Any


class MeasuringApply:
    """Stands in for `optimizer.apply`: measures the gradients, then applies them.

    Its `rows` are the norms of the last steps as `four_norms` gives them, shape (steps, 4), the newest last.
    """

    def __init__(self, optimizer: Any, steps: int) -> None:
        import tensorflow as tf

        self._optimizer = optimizer
        self._apply = optimizer.apply
        # A variable, because it is the way out of a step that is traced, compiled or inside a loop.
        self.rows = tf.Variable(tf.fill((steps, 4), float("nan")), trainable=False)

    def __call__(self, grads: Iterable[Any], trainable_variables: Any = None) -> None:
        """Does what `keras.optimizers.Optimizer.apply` does."""
        import keras
        import tensorflow as tf

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
        TypeError: The optimizer is none of Keras 3.
        ValueError: The norms of this kind of training cannot be measured here.
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


def stop_measuring(model: Any) -> None:
    """Makes the optimizer what it was before `start_measuring`; can be called more than once."""
    optimizer = unwrapped(model.optimizer)
    if isinstance(optimizer.apply, MeasuringApply):
        del optimizer.apply
        model.make_train_function(force=True)


def unwrapped(optimizer: Any) -> Any:
    """The optimizer inside a `LossScaleOptimizer`, which clips and counts the steps; any other as it is.

    Raises:
        TypeError: It is no optimizer of Keras 3.
    """
    import keras

    if not isinstance(optimizer, keras.optimizers.Optimizer):
        raise TypeError(f"`optimizer` must be an optimizer of Keras 3. Received: {type(optimizer).__name__}.")
    scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    return optimizer.inner_optimizer if scaled else optimizer


def four_norms(gradients: Iterable[Any], clipped: Iterable[Any] | None, optimizer: Any) -> Any:
    """Measures the gradients of one step, of which some may be None, before and after clipping.

    The optimizer receives the gradients, or those that were `clipped` by hand; it divides them by its
    `loss_scale_factor` and clips them.

    Returns:
        Float32, shape (4,): the largest of the variables' L2 norms before and after, then the L2 norm of all
        gradients as one vector before and after.
    """
    import tensorflow as tf

    before = [gradient for gradient in gradients if gradient is not None]
    after = before if clipped is None else [gradient for gradient in clipped if gradient is not None]
    before, after = _unscaled(before, optimizer), clip(_unscaled(after, optimizer), optimizer)
    (variable_before, global_before), (variable_after, global_after) = _two_norms(before), _two_norms(after)
    return tf.stack([variable_before, variable_after, global_before, global_after])


def clip(gradients: list[Any], optimizer: Any) -> list[Any]:
    """Clips gradients by the settings of an optimizer, as it does itself when it applies them.

    Order, formulas and operations are those of `keras.optimizers.Optimizer`, Keras 3: in the gradient of an
    embedding (`IndexedSlices`) Keras squares the parts of a row that occurs twice before it adds them.
    """
    from keras import ops

    if (cap := optimizer.clipnorm or 0) > 0:
        return [_by_norm(gradient, cap) for gradient in gradients]
    if (cap := optimizer.global_clipnorm or 0) > 0:
        norm = ops.sqrt(ops.sum(ops.stack([ops.sum(ops.square(gradient)) for gradient in gradients])))
        # The difference is 0, or NaN where the norm is infinite.
        scale = cap * ops.minimum(1.0 / norm, 1.0 / cap) + (norm - norm)
        return [gradient * scale for gradient in gradients]
    if (cap := optimizer.clipvalue or 0) > 0:
        return [ops.clip(gradient, -cap, cap) for gradient in gradients]
    return gradients


def _by_norm(gradient: Any, cap: float) -> Any:
    from keras import ops

    norm = ops.sqrt(ops.sum(ops.square(gradient)))
    return ops.convert_to_tensor(ops.multiply(gradient, cap)) / ops.maximum(norm, cap)


def _unscaled(gradients: list[Any], optimizer: Any) -> list[Any]:
    scale = optimizer.loss_scale_factor
    return gradients if scale is None else [gradient / scale for gradient in gradients]


def _two_norms(gradients: list[Any]) -> tuple[Any, Any]:
    import tensorflow as tf

    dense = (tf.cast(tf.convert_to_tensor(gradient), tf.float32) for gradient in gradients)
    squares = tf.stack([tf.reduce_sum(tf.square(gradient)) for gradient in dense])
    total = tf.reduce_sum(squares)
    # XLA's maximum leaves NaN out, and a NaN is what a reader of the log must see.
    largest = tf.where(tf.math.is_nan(total), total, tf.reduce_max(squares))
    return tf.sqrt(largest), tf.sqrt(total)
