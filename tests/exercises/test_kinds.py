"""Honest students: the functions of TensorFlow and Keras, and the formulas of PyTorch, Optax and timm.

PyTorch is needed by nobody, so its functions are written here anew, from what its documentation says.
"""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from builders_exercises import NAME, Arrays, Solution, handed_out, solved, some_answers

from grader.checks.answers_match import AnswersMatch

STUDENTS = ("ana", "ben", "김민준", "2026001")
ALWAYS: dict[str, Any] = {"more": ("embedding", "infinite", "not_a_number")}
WEIGHTS = ("kernel_0", "bias_0", "kernel_1", "bias_1")
# A fifth of what a rubric allows.
CHECK = AnswersMatch(exercise=NAME, within=2e-6)


def gradients(given: Arrays) -> dict[str, Any]:
    """The gradients as arrays, that of the embedding made one."""
    found = {name: one for name, one in given.items() if name.startswith("gradient_")}
    if "rows_2" in given:
        dense = np.zeros(given["shape_2"], np.float32)
        np.add.at(dense, given["rows_2"], given["values_2"])
        found["gradient_2"] = dense
    return found


def each(clip: Callable[[Any, Any], Any]) -> Solution:
    return lambda given: {name: clip(one, given["cap"]) for name, one in gradients(given).items()}


def by_global_norm(given: Arrays) -> Mapping[str, Any]:
    own = gradients(given)
    clipped, norm = tf.clip_by_global_norm([tf.constant(one) for one in own.values()], given["cap"])
    return {**dict(zip(own, clipped, strict=True)), "norm": norm}


def as_keras_clips(way: str) -> Solution:
    """What an optimizer of Keras makes of gradients."""

    def clip(given: Arrays) -> Mapping[str, Any]:
        own = gradients(given)
        optimizer = keras.optimizers.SGD(**{way: float(given["cap"])})
        clipped = optimizer._clip_gradients([tf.constant(one) for one in own.values()])
        norm = np.sqrt(sum(np.sum(one.astype(np.float64) ** 2) for one in own.values()))
        return {**dict(zip(own, clipped, strict=True)), "norm": norm}

    return clip


def as_torch(given: Arrays) -> Mapping[str, Any]:
    """`torch.nn.utils.clip_grad_norm_`: the norm of the norms, and a coefficient of at most 1."""
    own = gradients(given)
    norms = np.array([np.linalg.norm(one) for one in own.values()], np.float32)
    total = np.float32(np.linalg.norm(norms))
    coefficient = np.minimum(np.float32(given["cap"]) / (total + np.float32(1e-6)), np.float32(1))
    return {**{name: one * coefficient for name, one in own.items()}, "norm": total}


def as_optax(given: Arrays) -> Mapping[str, Any]:
    """`optax.clip_by_global_norm`: unchanged below the norm, else divided first and multiplied then."""
    own = gradients(given)
    norm = np.sqrt(np.sum([np.sum(one * one) for one in own.values()]))
    changed = {name: one if norm < given["cap"] else one / norm * given["cap"] for name, one in own.items()}
    return {**changed, "norm": norm}


def agc(outputs: str) -> Solution:
    """Timm's `adaptive_clip_grad`, and Optax' `adaptive_grad_clip` with units along the last axis."""

    def norms(array: Any) -> Any:
        axes = range(1, array.ndim) if outputs == "first" else range(array.ndim - 1)
        return np.sqrt(np.sum(array * array, axis=tuple(axes) if array.ndim > 1 else None, keepdims=True))

    def clip(given: Arrays) -> Mapping[str, Any]:
        found = {}
        for name, one in gradients(given).items():
            limit = np.maximum(norms(given[name.replace("gradient", "weight")]), given["eps"])
            limit *= given["clipping"]
            scaled = one * (limit / np.maximum(norms(one), np.float32(1e-6)))
            found[name] = np.where(norms(one) < limit, one, scaled)
        return found

    return clip


def in_keras(way: str, cap: float) -> Solution:
    """A loop of one's own with a network and Adam of Keras."""

    def train(given: Arrays) -> Mapping[str, Any]:
        layers = [keras.layers.Dense(given["bias_0"].size, "tanh"), keras.layers.Dense(given["bias_1"].size)]
        model = keras.Sequential([keras.Input((given["x"].shape[-1],)), *layers])
        model.set_weights([given[name] for name in WEIGHTS])
        optimizer = keras.optimizers.Adam(float(given["learning_rate"]), **{way: cap})
        losses, norms = [], []
        for x, y in zip(given["x"], given["y"], strict=True):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(model(x, training=True) - y))
            found = tape.gradient(loss, model.trainable_variables)
            losses.append(loss)
            norms.append(tf.linalg.global_norm(found))
            optimizer.apply_gradients(zip(found, model.trainable_variables, strict=True))
        return {**dict(zip(WEIGHTS, model.get_weights(), strict=True)), "loss": losses, "norm": norms}

    return train


def torch_adam(given: Arrays) -> Mapping[str, Any]:
    """PyTorch's Adam, whose epsilon is 1e-8 and is added after the bias correction; Optax has the same."""
    weights = {name: tf.Variable(given[name]) for name in WEIGHTS}
    first, second = ({name: np.zeros_like(given[name]) for name in WEIGHTS} for _ in range(2))
    losses, norms = [], []
    for step, (x, y) in enumerate(zip(given["x"], given["y"], strict=True), start=1):
        with tf.GradientTape() as tape:
            hidden = tf.tanh(x @ weights["kernel_0"] + weights["bias_0"])
            loss = tf.reduce_mean(tf.square(hidden @ weights["kernel_1"] + weights["bias_1"] - y))
        found, norm = tf.clip_by_global_norm(tape.gradient(loss, list(weights.values())), 1.0)
        losses.append(loss)
        norms.append(norm)
        for name, gradient in zip(WEIGHTS, found, strict=True):
            one = gradient.numpy()
            first[name] = np.float32(0.9) * first[name] + np.float32(0.1) * one
            second[name] = np.float32(0.999) * second[name] + np.float32(0.001) * one * one
            root = np.sqrt(second[name] / np.float32(1 - 0.999**step)) + np.float32(1e-8)
            change = first[name] / np.float32(1 - 0.9**step) / root
            weights[name].assign_sub(given["learning_rate"] * change)
    return {**{name: one.numpy() for name, one in weights.items()}, "loss": losses, "norm": norms}


def dqn(given: Arrays) -> Mapping[str, Any]:
    """The target of a DQN through `tf.stop_gradient`; the tape gives None for the target's variables."""
    variables = {
        name: tf.Variable(one) for name, one in given.items() if name.startswith(("online", "target"))
    }
    other = "target" if "target_bias_0" in variables else "online"

    def values(prefix: str, states: Any) -> Any:
        kernel, bias, kernel_1, bias_1 = (variables[f"{prefix}_{name}"] for name in WEIGHTS)
        return tf.tanh(states @ kernel + bias) @ kernel_1 + bias_1

    with tf.GradientTape() as tape:
        best = tf.reduce_max(values(other, given["next_states"]), axis=1)
        target = tf.stop_gradient(given["rewards"] + given["gamma"] * best)
        taken = tf.gather(values("online", given["states"]), given["actions"], batch_dims=1)
        loss = tf.reduce_mean(tf.square(taken - target))
    found = tape.gradient(loss, list(variables.values()))
    return {**dict(zip(variables, found, strict=True)), "loss": loss}


HONEST: dict[str, tuple[str, dict[str, Any], Solution]] = {
    "tf.clip_by_norm": ("clip_by_norm", ALWAYS, each(tf.clip_by_norm)),
    "Keras' clipnorm": ("clip_by_norm", ALWAYS, as_keras_clips("clipnorm")),
    "tf.clip_by_global_norm": ("clip_by_global_norm", ALWAYS, by_global_norm),
    "Keras' global_clipnorm": ("clip_by_global_norm", ALWAYS, as_keras_clips("global_clipnorm")),
    "PyTorch's, small cap": ("clip_by_global_norm", {**ALWAYS, "cap": 0.01}, as_torch),
    "Optax' clip_by_global_norm": ("clip_by_global_norm", ALWAYS, as_optax),
    "PyTorch's clip_grad_norm_": ("clip_grad_norm", ALWAYS, as_torch),
    "tf.clip_by_value": (
        "clip_by_value",
        {**ALWAYS, "cap": 0.25},
        each(lambda one, cap: tf.clip_by_value(one, -cap, cap)),
    ),
    "Keras' clipvalue": ("clip_by_value", ALWAYS, as_keras_clips("clipvalue")),
    "timm's AGC": ("adaptive_clip", {"outputs": "first"}, agc("first")),
    "Optax' AGC": ("adaptive_clip", {}, agc("last")),
    "global_clipnorm": ("training_step", {"global_clipnorm": 1.0}, in_keras("global_clipnorm", 1.0)),
    "clipnorm": (
        "training_step",
        {"clipnorm": 0.5, "steps": 9, "learning_rate": 1e-3},
        in_keras("clipnorm", 0.5),
    ),
    "clipvalue": ("training_step", {"clipvalue": 0.1}, in_keras("clipvalue", 0.1)),
    "PyTorch's Adam": ("training_step", {"global_clipnorm": 1.0}, torch_adam),
    "tf.stop_gradient": ("stopped_gradient", {}, dqn),
}


@pytest.mark.parametrize("library", HONEST)
def test_honest_students_pass(library: str) -> None:
    """Whichever library computed it, within a fifth of what a rubric allows."""
    kind, parameters, solution = HONEST[library]
    for student in STUDENTS:
        given = handed_out(kind, student, **parameters)
        finding = CHECK.find(some_answers(solved(given, solution)), given)

        assert "passed" == finding.status, str(finding.message)
