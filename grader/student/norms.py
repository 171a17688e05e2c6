"""The four gradient norms of one step, and the clipping of Keras between them."""

from collections.abc import Iterable
from typing import Any

import keras
import tensorflow as tf
from keras import ops


def four_norms(gradients: Iterable[Any], clipped: Iterable[Any] | None, optimizer: Any) -> tf.Tensor:
    """Measures the gradients of one step before and after clipping.

    Args:
        gradients: tensors or `IndexedSlices`; None among them is left out.
        clipped: the gradients after a clipping by hand, or None.
        optimizer: the one that divides them by its `loss_scale_factor` and clips them next.

    Returns:
        Float32, shape (4,): the largest of the variables' L2 norms before and after,
        then the L2 norm of all gradients as one vector before and after.
    """
    before = _present(gradients)
    after = before if clipped is None else _present(clipped)
    before, after = _unscaled(before, optimizer), clip(_unscaled(after, optimizer), optimizer)
    (variable_before, global_before), (variable_after, global_after) = _two_norms(before), _two_norms(after)
    return tf.stack([variable_before, variable_after, global_before, global_after])


def clip(gradients: list[Any], optimizer: Any) -> list[Any]:
    """Clips gradients by the settings of an optimizer, as it does itself when it applies them.

    The order and the formulas are those of `keras.optimizers.Optimizer`, Keras 3.
    The operations too, because in the gradient of an embedding (`IndexedSlices`)
    Keras squares the parts of a row that occurs twice before it adds them.
    """
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
    norm = ops.sqrt(ops.sum(ops.square(gradient)))
    return ops.convert_to_tensor(ops.multiply(gradient, cap)) / ops.maximum(norm, cap)


def _present(gradients: Iterable[Any]) -> list[Any]:
    return [gradient for gradient in gradients if gradient is not None]


def _unscaled(gradients: list[Any], optimizer: keras.optimizers.Optimizer) -> list[Any]:
    scale = optimizer.loss_scale_factor
    return gradients if scale is None else [gradient / scale for gradient in gradients]


def _two_norms(gradients: list[Any]) -> tuple[tf.Tensor, tf.Tensor]:
    dense = (tf.cast(tf.convert_to_tensor(gradient), tf.float32) for gradient in gradients)
    squares = tf.stack([tf.reduce_sum(tf.square(gradient)) for gradient in dense])
    total = tf.reduce_sum(squares)
    # XLA's maximum leaves NaN out, and a NaN is what a reader of the log must see.
    largest = tf.where(tf.math.is_nan(total), total, tf.reduce_max(squares))
    return tf.sqrt(largest), tf.sqrt(total)
