"""Made-up honest trainings: norms by chance, what Adam keeps of them, and the calibration that ships."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from builders_evidence import a_log, a_model, a_norm, a_rerun, a_step_log, an_accuracy, an_optimizer

from grader.analysis.moments.adam import AdamState, adam_state_of
from grader.analysis.norms.columns import Series
from grader.analysis.reference.calibration import LEVELS, Calibration, Comparison, Ends, Size, Spread
from grader.evidence.log import Column, Log
from grader.evidence.model import Layer, Model, Moments
from grader.evidence.training import Norms, Probe, Rerun
from grader.evidence.values import Scope, Stage
from grader.rubric.lookup import read_calibration

SHIPPED = Path(__file__).parents[1] / "rubrics" / "gradient_clipping.calibration.json"
EVERY_SERIES: tuple[Series, ...] = (
    ("variable", "before"),
    ("variable", "after"),
    ("global", "before"),
    ("global", "after"),
)
# The parts that three weight matrices have in the norm of all gradients.
_PARTS = (0.65, 0.60, 0.47)


def some_steps(seed: int, steps: int = 600, *, start: float = 3.0, end: float = 1.2) -> Norms:
    """Norms that scatter from step to step as measured ones do, and fall from `start` to `end` in 300 steps.

    The numbers are median global norms before clipping, at batch size 32.
    """
    generator = random.Random(seed)  # noqa: S311  (test data)
    rows = []
    for step in range(steps):
        whole = (end + (start - end) * math.exp(-step / 300)) * math.exp(generator.gauss(0, 0.33))
        parts = [whole * part * math.exp(generator.gauss(0, 0.05)) for part in _PARTS]
        cut = [min(part, 1.0) for part in parts]
        rows.append((max(parts), max(cut), math.hypot(*parts), math.hypot(*cut)))
    variable_before, variable_after, global_before, global_after = zip(*rows, strict=True)
    return Norms(
        variable_before=variable_before,
        variable_after=variable_after,
        global_before=global_before,
        global_after=global_after,
    )


def a_measured_rerun(seed: int = 111, steps: int = 600) -> Rerun:
    """A rerun with such norms."""
    return a_rerun(loss=(2.3,) * steps, norms=some_steps(seed, steps))


def a_measured_probe(seed: int = 112, level: float = 1.2) -> Probe:
    """A probe at weights whose gradients have this median global norm."""
    return Probe(norms=some_steps(seed, 200, start=level, end=level), batch_size=32)


def a_run(seed: int, steps: int = 2000, series: Series = ("global", "before")) -> tuple[float, ...]:
    """One series of an honest run that ends where `a_measured_probe` is."""
    return tuple(some_steps(seed, steps).series(*series))


def a_run_log(*columns: Column, per_epoch: int = 1719, **cells: Sequence[float | None]) -> Log:
    """A log with these norm columns, epochs from 0 and steps from 1."""
    steps = max(column.rows[-1] + 1 for column in columns)
    return a_log(
        *columns,
        epoch=[row // per_epoch for row in range(steps)],
        step=[row + 1 for row in range(steps)],
        **cells,
    )


def a_series(values: Sequence[float], series: Series | None = None, header: str = "grad_norm") -> Column:
    """A norm column that declares its series, or nothing."""
    declared = {"scope": series[0], "stage": series[1]} if series else {}
    return a_norm(values, header, **declared)


def the_calibration() -> Calibration:
    """The one that ships."""
    return read_calibration(SHIPPED)


def a_network_with(*kinds: str, **fields: Any) -> Model:
    """The homework's network with further layers of these kinds, and with any field of it replaced."""
    further = (Layer(kind=kind, name=f"further_{number}") for number, kind in enumerate(kinds))
    return a_model(*a_model().layers, *further, **fields)


# Networks whose honest runs the calibration does not know.
UNCOVERED = (
    a_network_with("BatchNormalization"),
    a_network_with("Dropout", "LSTM"),
    a_network_with(optimizer=an_optimizer(averages=True)),
    a_network_with(loss="mean_squared_error", loss_form="other"),
    a_network_with(loss="my_loss", loss_form="unknown"),
)


def beside_an_honest_run(iterations: int | None = 2000, **parts: Any) -> dict[str, Any]:
    """What a log is compared with, with any part replaced; the optimizer counts so many steps."""
    measured: dict[str, Any] = {
        "model": a_model(optimizer=an_optimizer(iterations=iterations)),
        "accuracy": an_accuracy(0.88),
        "rerun": a_measured_rerun(),
        "probe": a_measured_probe(),
        "calibration": the_calibration(),
    }
    return measured | parts


def a_comparison(level: float = 0.0, spread: float = 0.1) -> Comparison:
    """All shapes as in the reference, all spreads equal."""
    return Comparison(
        level=Spread(mean=level, spread=spread),
        noise=level,
        shape=(Spread(mean=0.0, spread=spread),) * len(LEVELS),
        variation=Spread(mean=0.0, spread=spread),
    )


def a_size(batch_size: int = 32, inputs: str = "pixels / 255", level: float = 0.0) -> Size:
    """A calibrated batch size."""
    ends = Ends(head=a_comparison(level), tail=a_comparison(level))
    return Size(
        inputs=inputs,
        batch_size=batch_size,
        variable_norm=ends,
        global_norm=ends,
        start=Spread(mean=0.05, spread=0.03),
        smoothness=Spread(mean=0.1, spread=0.05),
    )


def a_calibration(*sizes: Size) -> Calibration:
    """A calibration of these sizes."""
    return Calibration(
        tensorflow="2.21.0",
        keras="3.15.1",
        plan={},
        hidden_layers=(300, 100),
        runs=8,
        sizes=sizes or (a_size(),),
    )


VARIABLES = 6
BETA_1, BETA_2 = 0.9, 0.999


@dataclass(frozen=True)
class Training:
    """The four series of norms of a training, and its moments after each step that was asked for."""

    norms: Mapping[tuple[Scope, Stage], tuple[float, ...]]
    moments: Mapping[int, Moments]

    def logged(self, scope: Scope = "global", stage: Stage = "after") -> tuple[float, ...]:
        """One of the series."""
        return self.norms[scope, stage]


@cache
def a_training(  # noqa: PLR0913  (each test is about one of them)
    steps: int = 600,
    *,
    clipnorm: float = 1.0,
    by_variable: bool = True,
    seed: int = 0,
    saved: tuple[int, ...] = (),
    fresh: int = 0,
) -> Training:
    """Gradients of six variables that become smaller, as float32, clipped to `clipnorm`, or as one vector.

    The moments are kept after the steps `saved` and the last; before the step `fresh` the optimizer is made
    anew.
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
        lengths = np.linalg.norm(gradient, axis=1 if by_variable else None, keepdims=True)
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
