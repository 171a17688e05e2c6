"""Gradients of one batch, clipped as Keras clips.

With per-variable gradients g_1 .. g_k:
the `variable` norm is max_i ||g_i||, the `global` norm is sqrt(sum_i ||g_i||^2), both L2.
`clipnorm=c` gives g_i * c / max(||g_i||, c) for each i;
`global_clipnorm=c` gives g_i * c / max(global norm, c);
`clipvalue=c` bounds each element by [-c, c]. (Keras, `optimizers/base_optimizer.py`; Pascanu et al. 2013.)
"""

from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.evidence.training import Norms
from grader.rubric import OptimizerPlan

Loss = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]


def loss_for(probabilities: bool) -> Loss:
    """Mean sparse categorical cross-entropy of a batch, for outputs that are probabilities or logits."""

    def loss(labels: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
        each = keras.losses.sparse_categorical_crossentropy(labels, outputs, from_logits=not probabilities)
        return tf.reduce_mean(tf.cast(each, tf.float32))

    return loss


def clip(gradients: Sequence[tf.Tensor], norms: tf.Tensor, plan: OptimizerPlan) -> list[tf.Tensor]:
    """Clip gradients as the plan's optimizer would.

    Args:
        gradients: k tensors.
        norms: their k L2 norms.
        plan: at most one kind of clipping is set.
    """
    if plan.clipnorm:
        cap = plan.clipnorm
        scales = tf.unstack(cap / tf.maximum(norms, cap))
        return [
            gradient * tf.cast(scale, gradient.dtype)
            for gradient, scale in zip(gradients, scales, strict=True)
        ]
    if plan.global_clipnorm:
        cap = plan.global_clipnorm
        scale = cap / tf.maximum(tf.norm(norms), cap)
        return [gradient * tf.cast(scale, gradient.dtype) for gradient in gradients]
    if plan.clipvalue:
        return [tf.clip_by_value(gradient, -plan.clipvalue, plan.clipvalue) for gradient in gradients]
    return list(gradients)


def each_half_square(gradients: Sequence[tf.Tensor]) -> tf.Tensor:
    """||g||^2 / 2 of each gradient, shape (k,), float32: one pass over its elements."""
    return tf.stack([tf.cast(tf.nn.l2_loss(gradient), tf.float32) for gradient in gradients])


def norms_of_half_squares(half_squares: NDArray[np.float32]) -> NDArray[np.float32]:
    """L2 norms ||g|| from ||g||^2 / 2, which is what TensorFlow's kernel gives."""
    norms: NDArray[np.float32] = np.sqrt(np.float32(2.0) * half_squares)
    return norms


def clipped_norms(norms: NDArray[np.float32], plan: OptimizerPlan) -> NDArray[np.float32]:
    """What clipping by norm leaves of norms, which depends on them alone; see `gradients`.

    Args:
        norms: of each variable's gradient, shape (steps, k).
        plan: it must not clip by value.
    """
    if plan.clipnorm:
        bound, decisive = np.float32(plan.clipnorm), norms
    elif plan.global_clipnorm:
        bound, decisive = np.float32(plan.global_clipnorm), _whole(norms)[:, np.newaxis]
    else:
        return norms
    # An infinite norm becomes NaN, as its gradient does.
    with np.errstate(invalid="ignore"):
        return (norms * (bound / np.maximum(decisive, bound))).astype(np.float32)


def four_norms(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """[variable before, variable after, global before, global after] of each step, shape (steps, 4).

    Args:
        before: the norm of each variable's gradient, shape (steps, k).
        after: the same, clipped.
    """
    return np.stack([before.max(axis=1), after.max(axis=1), _whole(before), _whole(after)], axis=1)


def norms_of(recorded: NDArray[np.float32]) -> Norms:
    """The four series of norms from rows in the order of `four_norms`, shape (steps, 4)."""
    variable_before, variable_after, global_before, global_after = (
        tuple(column.tolist()) for column in recorded.T
    )
    return Norms(
        variable_before=variable_before,
        variable_after=variable_after,
        global_before=global_before,
        global_after=global_after,
    )


def _whole(norms: NDArray[np.float32]) -> NDArray[np.float32]:
    whole: NDArray[np.float32] = np.sqrt(np.square(norms, dtype=np.float64).sum(axis=1)).astype(np.float32)
    return whole
