"""The optimizer of a rubric's plan; the clipping is done before it, where its norms can be seen."""

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from grader.rubric import OptimizerPlan

Update = Callable[[list[tf.Tensor]], None]

# Keras' defaults, `optimizers/adam.py`.
_BETA_1, _BETA_2, _EPSILON = 0.9, 0.999, 1e-7


def build_update(plan: OptimizerPlan, variables: Sequence[keras.Variable]) -> Update:
    """One step of the plan's optimizer, without clipping, from a fresh state.

    Args:
        plan: the optimizer's name and learning rate.
        variables: the trainable variables, in the order of the gradients that the update is given.
    """
    # The kernel ends the process on a variable of another type.
    if plan.name == "Adam" and all(variable.dtype == "float32" for variable in variables):
        return _adam(plan.learning_rate, variables)
    optimizer = getattr(keras.optimizers, plan.name)(learning_rate=plan.learning_rate)
    optimizer.build(variables)
    return lambda gradients: optimizer.apply(gradients, variables)


def _adam(learning_rate: float, variables: Sequence[keras.Variable]) -> Update:
    """Keras' Adam by TensorFlow's own kernel, which goes over the memory once and saves a quarter of a step.

    With t counted from 1: m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;
    w = w - lr sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + eps). (Kingma & Ba 2015, end of section 2.)
    """
    weights = [variable.value for variable in variables]
    first = [tf.Variable(tf.zeros_like(weight), trainable=False) for weight in weights]
    second = [tf.Variable(tf.zeros_like(weight), trainable=False) for weight in weights]
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
