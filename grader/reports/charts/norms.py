"""The logged norms of every step with their cap, and the two ends with what the grader measured itself."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from grader.analysis.log_positions import place
from grader.analysis.moments import memory_of
from grader.analysis.norms.columns import Bound, Reading, bound_after_clipping, readings
from grader.analysis.norms.infer import told
from grader.analysis.reference.calibration import LEVELS, MEDIAN, STEPS
from grader.analysis.reference.fit import Fit
from grader.analysis.reference.references import Anchors, first_steps, largest_batch
from grader.analysis.statistics import quantiles
from grader.evidence import Evidence
from grader.evidence.log import Column, Log
from grader.evidence.model import Model
from grader.evidence.training import Accuracy, Probe, Rerun
from grader.evidence.values import Scope
from grader.messages.phrase import say, together
from grader.messages.wording import number
from grader.reports.charts.captions import End, at_most, compared, described, end_of_log, expected, named
from grader.reports.charts.chart import THINNED, Band, Chart, Curve, Level, Look, Mark, Part, curve
from grader.reports.charts.panel import Panel, panel
from grader.reports.charts.steps import Axis, axis_of, drawable, finite
from grader.reports.charts.targets import ChartTargets

# Of each scope and stage, so many columns are drawn.
_MOST_COLUMNS = 1
_TITLES: dict[Scope, str] = {
    "variable": say("Largest gradient norm of a variable"),
    "global": say("Norm of all gradients as one vector"),
}
# Each end with the look of what the grader has measured there.
_ENDS: tuple[tuple[End, Look], ...] = (("first", "rerun"), ("last", "probe"))


@dataclass(frozen=True)
class Over:
    """The first norm over its bound."""

    row: int
    value: float
    x: float


@dataclass(frozen=True)
class _Scene:
    """What the norms of one scope are drawn with; the first reading is the one that is compared."""

    log: Log
    axis: Axis
    targets: ChartTargets
    anchors: Anchors
    readings: tuple[Reading, ...]
    bound: Bound | None
    over: Over | None

    @property
    def main(self) -> Reading:
        return self.readings[0]


def norm_panels(evidence: Evidence, targets: ChartTargets) -> Iterator[Panel]:
    """For each scope that was logged, a panel with all steps and one with both ends."""
    log = evidence.found(Log)
    if log is None:
        return
    for scene in _scenes(evidence, log, targets):
        if any(finite(reading.column, scene.axis, positive=True)[0] for reading in scene.readings):
            yield _all_steps(scene)
            if len(scene.main.column.values) > 1:
                yield from _both_ends(scene)


def largest_norm(evidence: Evidence, targets: ChartTargets) -> float | None:
    """The largest logged norm after clipping, or before it where there is no other; None without any."""
    log = evidence.found(Log)
    if log is None:
        return None
    logged = readings(log, targets.scope, targets.stage)
    chosen = [reading for reading in logged if reading.stage == "after"] or list(logged)
    ours = [reading for reading in chosen if reading.scope == targets.scope] or chosen
    return (
        max((value for value in ours[0].column.values if math.isfinite(value)), default=None)
        if ours
        else None
    )


def _scenes(evidence: Evidence, log: Log, targets: ChartTargets) -> Iterator[_Scene]:
    model, rerun, measured = evidence.found(Model), evidence.found(Rerun), evidence.found(Accuracy)
    anchors = Anchors(
        cap=targets.cap or math.inf,
        calibration=targets.calibration,
        rerun=rerun,
        probe=evidence.found(Probe),
        inputs=measured.inputs if measured else None,
        largest_batch=largest_batch(log, targets.training_images),
        memory=memory_of(model) if model else None,
    )
    found = sorted(_read(log, anchors, targets, model, rerun), key=lambda one: (one.scope, one.stage))
    for scope, own in groupby(reversed(found), key=lambda one: one.scope):
        stages = [list(group)[:_MOST_COLUMNS] for _, group in groupby(own, key=lambda one: one.stage)]
        every = sorted((one for group in stages for one in group), key=lambda one: one.stage)
        bound = bound_after_clipping(targets.cap, scope, model, rerun) if targets.cap else None
        axis = axis_of(log)
        over = _first_over(every[0], bound, targets, axis)
        yield _Scene(log, axis, targets, anchors, tuple(every), bound, over)


def _read(
    log: Log, anchors: Anchors, targets: ChartTargets, model: Model | None, rerun: Rerun | None
) -> Sequence[Reading]:
    known = all(math.isfinite(value) for column in log.norms() for value in column.values)
    if not known or targets.cap is None:
        return readings(log, targets.scope, targets.stage)
    widest = bound_after_clipping(targets.cap, "global", model, rerun)
    return told(log, anchors, widest, targets.scope, targets.stage)


def _first_over(reading: Reading, bound: Bound | None, targets: ChartTargets, axis: Axis) -> Over | None:
    """The first norm over what clipping leaves; norms that are said to be from before it may be."""
    if bound is None or (reading.stage == "before" and reading.stage_by in {"declared", "beside"}):
        return None
    limit = bound.value * (1 + targets.tolerance)
    for row, value in zip(reading.column.rows, reading.column.values, strict=True):
        if limit < value < math.inf:
            return Over(row, value, axis.of(row))
    return None


def _all_steps(scene: _Scene) -> Panel:
    curves = []
    keys: list[tuple[Look, str, str]] = []
    words = []
    for reading in reversed(scene.readings):
        drawn = curve(reading.stage, *finite(reading.column, scene.axis, positive=True))
        curves.append(drawn)
        keys.append((reading.stage, "line", named(reading)))
        words.append(described(reading))
    marks: tuple[Mark, ...] = ()
    if scene.bound is not None:
        keys.append(("cap", "dashes", at_most(scene.bound)))
    if scene.over is not None:
        marks = (Mark("over", scene.over.x, drawable(scene.over.value)),)
        first = say(
            "First norm over it: {norm} at {where}",
            norm=number(scene.over.value),
            where=place(scene.log, scene.over.row),
        )
        keys.append(("over", "ring", first))
    elif scene.bound is not None and scene.main.stage == "after":
        words.append(say("None is over the bound."))
    if any(drawn.low for drawn in curves):
        words.append(THINNED)
    part = Part(x_name=scene.axis.name, curves=tuple(curves), levels=_levels(scene), marks=marks)
    scope = scene.main.scope
    chart = Chart((part,), y_name=say("Norm"), logarithmic=True)
    title = say("{norm}, every step", norm=_TITLES[scope])
    return panel(f"norms-{scope}", title, chart, tuple(keys), together(*words))


def _both_ends(scene: _Scene) -> Iterator[Panel]:
    column, series = scene.main.column, (scene.main.scope, scene.main.stage)
    head = slice(0, min(STEPS, len(column.values)))
    tail = slice(len(column.values) - min(STEPS, len(column.values) // 2), len(column.values))
    keys: list[tuple[Look, str, str]] = [(scene.main.stage, "line", named(scene.main))]
    words, parts = [], []
    finite_only = all(map(math.isfinite, column.values))
    fits = (
        (scene.anchors.head(column, series), scene.anchors.tail(column, series, len(column.values)))
        if finite_only and scene.targets.cap
        else (None, None)
    )
    rerun, probe = scene.anchors.rerun, scene.anchors.probe
    measured = (
        first_steps(rerun.norms, head.stop).series(*series) if rerun else (),
        probe.norms.series(*series) if probe else (),
    )
    for window, nearest, own, (end, look) in zip((head, tail), fits, measured, _ENDS, strict=True):
        fit = nearest if nearest is not None and nearest.fits else None
        ends = _cut(column, window)
        drawn = Curve(scene.main.stage, *map(tuple, finite(ends, scene.axis, positive=True)))
        band = _band(look, scene.axis, ends, fit, own)
        if band is not None:
            keys.append((look, "band", expected(end, fit)))
        words.append(compared(end, ends.values, band.middle if band is not None else None, fit))
        inside = scene.over is not None and scene.over.row in ends.rows
        marks = (
            (Mark("over", scene.over.x, drawable(scene.over.value)),)
            if scene.over is not None and inside
            else ()
        )
        bands = (band,) if band is not None else ()
        title = end_of_log(end, len(ends.values))
        parts.append(Part(title, scene.axis.name, (drawn,), bands=bands, levels=_levels(scene), marks=marks))
    if any(part.curves[0].x for part in parts):
        scope = scene.main.scope
        chart = Chart(tuple(parts), y_name=say("Norm"), logarithmic=True)
        title = say("{norm}, both ends", norm=_TITLES[scope])
        yield panel(f"ends-{scope}", title, chart, tuple(keys), together(*words))


def _levels(scene: _Scene) -> tuple[Level, ...]:
    return (Level("cap", scene.bound.value),) if scene.bound is not None else ()


def _band(look: Look, axis: Axis, ends: Column, fit: Fit | None, own: Sequence[float]) -> Band | None:
    if not ends.rows or not own:
        return None
    low, middle, high = (
        (fit.expected[0], fit.expected[MEDIAN], fit.expected[len(LEVELS) - 1])
        if fit is not None
        else quantiles(own, (LEVELS[0], 0.5, LEVELS[-1]))
    )
    if not 0 < low <= high < math.inf:
        return None
    return Band(look, axis.of(ends.rows[0]), axis.of(ends.rows[-1]), low, middle, high)


def _cut(column: Column, window: slice) -> Column:
    return column.model_copy(update={"rows": column.rows[window], "values": column.values[window]})
