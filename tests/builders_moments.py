"""Trainings without a network: gradients by chance, clipped as Keras does, and what Adam keeps of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from builders_evidence import a_model, a_norm, a_step_log, an_optimizer

from grader.analysis.moments import AdamState, adam_state_of
from grader.evidence.log import Log
from grader.evidence.model import Model, Moments
from grader.evidence.values import Scope, Stage

VARIABLES = 6
BETA_1, BETA_2 = 0.9, 0.999


@dataclass(frozen=True)
class Training:
    """A training.

    Attributes:
        norms: the four series.
        moments: after each step that was asked for.
    """

    norms: Mapping[tuple[Scope, Stage], tuple[float, ...]]
    moments: Mapping[int, Moments]

    def logged(self, scope: Scope = "global", stage: Stage = "after") -> tuple[float, ...]:
        """One of the series."""
        return self.norms[scope, stage]


@cache
def a_training(
    steps: int = 600, *, clipnorm: float = 1.0, seed: int = 0, saved: tuple[int, ...] = (), fresh: int = 0
) -> Training:
    """Gradients of six variables that become smaller, as float32.

    Args:
        steps: of the optimizer.
        clipnorm: the cap on each variable's gradient.
        seed: of the gradients.
        saved: the steps after which the moments are kept, beside the last.
        fresh: the step before which the optimizer is made anew.
    """
    generator = np.random.default_rng(seed)
    first, second = np.zeros((2, VARIABLES, 8), "float32")
    norms: dict[tuple[Scope, Stage], list[float]] = {
        (scope, stage): [] for scope in ("variable", "global") for stage in ("before", "after")
    }
    moments = {}
    for step in range(1, steps + 1):
        if step == fresh:
            first, second = np.zeros((2, VARIABLES, 8), "float32")
        size = 0.15 + 0.8 / (1 + step / 150)
        gradient = (size * generator.normal(0.2, 1.0, (VARIABLES, 8))).astype("float32")
        lengths = np.linalg.norm(gradient, axis=1, keepdims=True)
        clipped = gradient * np.minimum(np.float32(1), np.float32(clipnorm) / lengths)
        first += (clipped - first) * np.float32(1 - BETA_1)
        second += (np.square(clipped) - second) * np.float32(1 - BETA_2)
        for stage, array in (("before", gradient), ("after", clipped)):
            norms["variable", stage].append(float(np.linalg.norm(array, axis=1).max()))
            norms["global", stage].append(float(np.linalg.norm(array)))
        if step in (steps, *saved):
            moments[step] = Moments(
                beta_1=BETA_1,
                beta_2=BETA_2,
                first=tuple(np.linalg.norm(first.astype("float64"), axis=1).tolist()),
                second=tuple(second.astype("float64").sum(axis=1).tolist()),
            )
    return Training({series: tuple(values) for series, values in norms.items()}, moments)


def the_model(training: Training, step: int = 0, **fields: Any) -> Model:
    """The model that was saved after a step, the last where none is given, with fields of its optimizer."""
    saved = step or max(training.moments)
    stored = {"iterations": saved, "moments": training.moments[saved], **fields}
    return a_model(parameters=48, optimizer=an_optimizer(**stored))


def the_state(training: Training, step: int = 0, **fields: Any) -> AdamState:
    """What the optimizer of that model remembers."""
    state = adam_state_of(the_model(training, step, **fields))
    assert state is not None
    return state


def the_log(values: Sequence[float], header: str = "grad_norm", epochs: int = 1, **declared: Any) -> Log:
    """A log of these norms, one for each step."""
    return a_step_log(a_norm(values, header, **declared), steps=len(values) // epochs, epochs=epochs)
