"""Gradients of one batch, clipped as Keras clips, and the optimizer's step with them.

With per-variable gradients g_1 .. g_k:
the `variable` norm is max_i ||g_i||, the `global` norm is sqrt(sum_i ||g_i||^2), both L2.
`clipnorm=c` gives g_i * c / max(||g_i||, c) for each i;
`global_clipnorm=c` gives g_i * c / max(global norm, c);
`clipvalue=c` bounds each element by [-c, c]. (Keras, `optimizers/base_optimizer.py`; Pascanu et al. 2013.)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.errors import SubmissionError
from grader.evidence.optimizers import BY_VALUES, INITIAL
from grader.evidence.training import Norms
from grader.evidence.values import Task
from grader.measure.loss import OF_ONE_CLASS, PLAIN
from grader.measure.loss import Loss as StoredLoss
from grader.messages.message import say
from grader.rubric import OptimizerPlan

Loss = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
Update = Callable[[list[tf.Tensor]], None]

SMALLER_RATE = say(
    "The training diverged: train again with a smaller learning rate, and check the loss before you save."
)

# Keras' defaults, `optimizers/adam.py`.
_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-7


@dataclass(frozen=True)
class Objective:
    """The loss of a batch, and which of its examples are right.

    Where one output stands for two classes or for a label, it says 1 if it is above the threshold.
    """

    loss: Loss
    threshold: float

    def __call__(self, labels: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
        """The loss."""
        return self.loss(labels, outputs)

    def hits(self, labels: tf.Tensor, outputs: tf.Tensor) -> tf.Tensor:
        """The share of each example that is right, shape (batch size,); of a regression it means nothing."""
        if labels.shape.rank == 2:
            same = tf.equal(outputs > self.threshold, labels > 0)
            return tf.reduce_mean(tf.cast(same, tf.float32), axis=-1)
        if outputs.shape[-1] == 1:
            found = tf.cast(outputs[:, 0] > self.threshold, labels.dtype)
        else:
            found = tf.argmax(outputs, axis=-1, output_type=labels.dtype)
        return tf.cast(found == labels, tf.float32)


def loss_for(
    probabilities: bool, stored: StoredLoss | None = None, task: Task = "classification", outputs: int = 2
) -> Objective:
    """The stored loss of a batch of a network with so many outputs, or the usual one of the task.

    That is the mean cross-entropy for outputs that are probabilities or logits, and the mean squared error
    for a regression. Where one output stands for two classes, or a label has several numbers, labels are
    compared as they are; else all losses but `PLAIN` compare with one-hot labels.
    """
    direct = outputs == 1 or task in {"regression", "multilabel"}
    if stored is not None and direct and stored.name in OF_ONE_CLASS and task != "multilabel":
        stored = None  # it does not fit, and nothing can be learned with it
    usual = "mean_squared_error" if task == "regression" else "binary_crossentropy" if direct else PLAIN
    name = stored.name if stored else usual
    settings = dict(stored.settings) if stored else {"from_logits": not probabilities}
    if stored is None and task == "regression":
        settings = {}
    function: Callable[..., tf.Tensor] = getattr(keras.losses, name)
    reduce = tf.reduce_sum if stored and stored.total else tf.reduce_mean

    def loss(labels: tf.Tensor, given: tf.Tensor) -> tf.Tensor:
        if direct:
            expected = tf.reshape(tf.cast(labels, given.dtype), tf.shape(given))
        else:
            one_hot = name != PLAIN
            expected = tf.one_hot(labels, given.shape[-1], dtype=given.dtype) if one_hot else labels
        return reduce(tf.cast(function(expected, given, **settings), tf.float32))

    return Objective(loss, 0.5 if probabilities else 0.0)


def clip(gradients: Sequence[tf.Tensor], norms: tf.Tensor, plan: OptimizerPlan) -> list[tf.Tensor]:
    """Clip k gradients, of which these are the L2 norms, as the plan's optimizer would."""
    if cap := plan.clipnorm or plan.global_clipnorm:
        decisive = norms if plan.clipnorm else tf.fill(norms.shape, tf.norm(norms))
        scales = tf.unstack(cap / tf.maximum(decisive, cap))
        return [
            gradient * tf.cast(scale, gradient.dtype)
            for gradient, scale in zip(gradients, scales, strict=True)
        ]
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
    """What clipping by norm, not by value, leaves of each variable's norms, shape (steps, k)."""
    if plan.clipnorm:
        bound, decisive = np.float32(plan.clipnorm), norms
    elif plan.global_clipnorm:
        bound, decisive = np.float32(plan.global_clipnorm), _global_norms(norms)[:, np.newaxis]
    else:
        return norms
    # An infinite norm becomes NaN, as its gradient does.
    with np.errstate(invalid="ignore"):
        return (norms * (bound / np.maximum(decisive, bound))).astype(np.float32)


def four_norms(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """[variable before, variable after, global before, global after] of each step, shape (steps, 4).

    Given are the norms of each variable's gradient, shape (steps, k).
    """
    return np.stack(
        [before.max(axis=1), after.max(axis=1), _global_norms(before), _global_norms(after)], axis=1
    )


def norms_of(recorded: NDArray[np.float32]) -> Norms:
    """The four series of norms of rows in the order of `four_norms`; refused if one of them is not finite."""
    broken = np.flatnonzero(~np.isfinite(recorded).all(axis=1))
    if len(broken):
        sentence = say(
            "The gradients of this network are NaN or infinite in {broken} of {batches} batches.",
            broken=len(broken),
            batches=len(recorded),
        )
        raise SubmissionError(sentence, SMALLER_RATE)
    series = (tuple(column.tolist()) for column in recorded.T)
    return Norms(**dict(zip(Norms.model_fields, series, strict=True)))


def _global_norms(norms: NDArray[np.float32]) -> NDArray[np.float32]:
    squares = np.square(norms, dtype=np.float64)
    global_norms: NDArray[np.float32] = np.sqrt(squares.sum(axis=1)).astype(np.float32)
    return global_norms


def build_update(plan: OptimizerPlan, variables: Sequence[keras.Variable]) -> Update:
    """The plan's optimizer in a fresh state; it does not clip, which is done where the norms can be seen."""
    # The kernel ends the process on a variable of another type.
    plain = plan.name == "Adam" and not plan.settings and not plan.schedule
    if plain and all(variable.dtype == "float32" for variable in variables):
        return _adam(plan.learning_rate, variables)
    rate: Any = plan.learning_rate
    for kind, settings in plan.schedule.items():
        first = {} if kind == BY_VALUES else {INITIAL: rate}
        rate = getattr(keras.optimizers.schedules, kind)(**first, **settings)
    optimizer = getattr(keras.optimizers, plan.name)(learning_rate=rate, **plan.settings)
    optimizer.build(variables)
    return lambda gradients: optimizer.apply(gradients, variables)


def _adam(learning_rate: float, variables: Sequence[keras.Variable]) -> Update:
    """Keras' Adam by TensorFlow's own kernel, which goes over the memory once and saves a quarter of a step.

    With t counted from 1: m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;
    w = w - lr sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + eps). (Kingma & Ba 2015, end of section 2.)
    """
    weights = [variable.value for variable in variables]
    first, second = (
        [tf.Variable(tf.zeros_like(weight), trainable=False) for weight in weights] for _ in range(2)
    )
    power_1, power_2 = tf.Variable(1.0, trainable=False), tf.Variable(1.0, trainable=False)

    def update(gradients: list[tf.Tensor]) -> None:
        beta_1_power, beta_2_power = power_1.assign(power_1 * _BETA_1), power_2.assign(power_2 * _BETA_2)
        for weight, m, v, gradient in zip(weights, first, second, gradients, strict=True):
            tf.raw_ops.ResourceApplyAdam(
                var=weight.handle,
                m=m.handle,
                v=v.handle,
                beta1_power=beta_1_power,
                beta2_power=beta_2_power,
                lr=learning_rate,
                beta1=_BETA_1,
                beta2=_BETA_2,
                epsilon=_EPSILON,
                grad=gradient,
            )

    return update
