"""Norms of made-up honest runs, and the calibration that ships, for tests of what fits what."""

import math
import random
from collections.abc import Sequence
from pathlib import Path

from builders_evidence import a_log, a_norm, a_rerun

from grader.analysis.norms.columns import Series
from grader.analysis.reference.calibration import LEVELS, Calibration, Comparison, Ends, Size, Spread
from grader.evidence.log import Column, Log
from grader.evidence.training import Norms, Probe, Rerun
from grader.rubric.calibrated import read_calibration

SHIPPED = Path(__file__).parents[1] / "rubrics" / "gradient_clipping.calibration.json"
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
    return some_steps(seed, steps).series(*series)


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
