"""A network of two layers in NumPy, with the gradients that an exercise asks for."""

from collections.abc import Mapping

from grader.exercises.drawing import Drawing, exact
from grader.exercises.exercise import Array, Arrays

VARIABLES = ("kernel_0", "bias_0", "kernel_1", "bias_1")


def drawn(draw: Drawing, inputs: int, hidden: int, outputs: int) -> dict[str, Array]:
    """Weights as before a training, but for biases from 0.5 to 1: where all are small, rounding shows."""
    return {
        "kernel_0": draw.uniform(inputs, hidden),
        "bias_0": exact(draw.uniform(hidden, size=0.25) + 0.75),
        "kernel_1": draw.uniform(hidden, outputs),
        "bias_1": exact(draw.uniform(outputs, size=0.25) + 0.75),
    }


def outputs_of(weights: Arrays, inputs: Array) -> Array:
    """What the network gives: a hidden layer with tanh, and a linear one."""
    found: Array = _hidden(weights, inputs) @ weights["kernel_1"] + weights["bias_1"]
    return found


def gradients_of(weights: Arrays, inputs: Array, slopes: Array) -> dict[str, Array]:
    """The gradient of each variable, from the slopes of the loss in the network's outputs."""
    hidden = _hidden(weights, inputs)
    below = slopes @ weights["kernel_1"].T * (1 - hidden * hidden)
    return {
        "kernel_0": inputs.T @ below,
        "bias_0": below.sum(axis=0),
        "kernel_1": hidden.T @ slopes,
        "bias_1": slopes.sum(axis=0),
    }


def named(prefix: str, weights: Mapping[str, Array]) -> dict[str, Array]:
    """The variables with a word before their names."""
    return {f"{prefix}_{name}": weight for name, weight in weights.items()}


def within(prefix: str, given: Arrays) -> dict[str, Array]:
    """The variables with this word before their names, without it."""
    return {name: given[f"{prefix}_{name}"] for name in VARIABLES}


def _hidden(weights: Arrays, inputs: Array) -> Array:
    import numpy as np

    found: Array = np.tanh(inputs @ weights["kernel_0"] + weights["bias_0"])
    return found
