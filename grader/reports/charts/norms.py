"""The logged norms of every step with their cap, and the two ends with what the grader measured itself."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from grader.analysis.log_positions import place
from grader.analysis.norms.columns import Bound, NormColumn, bound_after_clipping
from grader.analysis.norms.infer import NormColumns, norms_of
from grader.analysis.reference.calibration import LEVELS, MEDIAN, STEPS
from grader.analysis.reference.fit import Fit
from grader.analysis.reference.references import References, first_steps
from grader.analysis.statistics import quantiles
from grader.evidence import Evidence
from grader.evidence.log import Column, Log
from grader.evidence.problem import Problem
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
    references: References
    columns: tuple[NormColumn, ...]
    bound: Bound | None
    over: Over | None

    @property
    def main(self) -> NormColumn:
        return self.columns[0]


def norm_panels(evidence: Evidence, targets: ChartTargets) -> Iterator[Panel]:
    """For each scope that was logged, a panel with all steps and one with both ends."""
    norms = norms_of(evidence, targets)
    if isinstance(norms, Problem):
        return
    for scene in _scenes(norms):
        if any(finite(column.logged, scene.axis, positive=True)[0] for column in scene.columns):
            yield _all_steps(scene)
            if len(scene.main.values) > 1:
                yield from _both_ends(scene)


def largest_norm(evidence: Evidence, targets: ChartTargets) -> float | None:
    """The largest logged norm after clipping, or before it where there is no other; None without any."""
    norms = norms_of(evidence, targets)
    if isinstance(norms, Problem):
        return None
    chosen = [column for column in norms.columns if column.stage == "after"] or list(norms.columns)
    ours = [column for column in chosen if column.scope == targets.scope] or chosen
    return max(filter(math.isfinite, ours[0].values), default=None) if ours else None


def _scenes(norms: NormColumns) -> Iterator[_Scene]:
    log, references, targets = norms.log, norms.references, norms.references.targets
    found = sorted(norms.columns, key=lambda one: (one.scope, one.stage))
    for scope, own in groupby(reversed(found), key=lambda one: one.scope):
        stages = [list(group)[:_MOST_COLUMNS] for _, group in groupby(own, key=lambda one: one.stage)]
        every = sorted((one for group in stages for one in group), key=lambda one: one.stage)
        bound = (
            bound_after_clipping(targets.cap, scope, references.model, references.rerun)
            if targets.cap
            else None
        )
        axis = axis_of(log)
        over = _first_over(every[0], bound, targets, axis)
        yield _Scene(log, axis, targets, references, tuple(every), bound, over)


def _first_over(column: NormColumn, bound: Bound | None, targets: ChartTargets, axis: Axis) -> Over | None:
    """The first norm over what clipping leaves; norms that are said to be from before it may be."""
    if bound is None or (column.stage == "before" and column.stage_by in {"declared", "beside"}):
        return None
    limit = bound.value * (1 + targets.tolerance)
    for row, value in zip(column.logged.rows, column.values, strict=True):
        if limit < value < math.inf:
            return Over(row, value, axis.of(row))
    return None


def _all_steps(scene: _Scene) -> Panel:
    curves = []
    keys: list[tuple[Look, str, str]] = []
    words = []
    for column in reversed(scene.columns):
        drawn = curve(column.stage, *finite(column.logged, scene.axis, positive=True))
        curves.append(drawn)
        keys.append((column.stage, "line", named(column)))
        words.append(described(column))
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
    column, series = scene.main.logged, (scene.main.scope, scene.main.stage)
    head = slice(0, min(STEPS, len(column.values)))
    tail = slice(len(column.values) - min(STEPS, len(column.values) // 2), len(column.values))
    keys: list[tuple[Look, str, str]] = [(scene.main.stage, "line", named(scene.main))]
    words, parts = [], []
    finite_only = all(map(math.isfinite, column.values))
    references = scene.references
    rerun, probe = references.rerun, references.probe
    fits = (
        (
            references.first_fit(column, series, rerun),
            references.last_fit(column, series, probe, len(column.values)),
        )
        if finite_only and scene.targets.cap
        else (None, None)
    )
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
