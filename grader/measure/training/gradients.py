"""Gradients of one batch, clipped as Keras clips.

With per-variable gradients g_1 .. g_k:
the `variable` norm is max_i ||g_i||, the `global` norm is sqrt(sum_i ||g_i||^2), both L2.
`clipnorm=c` gives g_i * c / max(||g_i||, c) for each i;
`global_clipnorm=c` gives g_i * c / max(global norm, c);
`clipvalue=c` bounds each element by [-c, c]. (Keras, `optimizers/base_optimizer.py`; Pascanu et al. 2013.)
"""

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

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
