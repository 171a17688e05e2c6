"""The logged norms of every step with their cap, and both ends with what the grader measured itself."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from grader.analysis.norms.columns import Bound, NormColumn, bound_after_clipping
from grader.analysis.norms.infer import NormColumns
from grader.analysis.reference.calibration import LEVELS, MEDIAN, STEPS
from grader.analysis.reference.fit import Fit
from grader.analysis.reference.references import References, first_steps
from grader.analysis.statistics import quantiles
from grader.analysis.targets import Targets
from grader.evidence.log import Column, Log
from grader.messages.message import Message, together
from grader.reports.charts import captions
from grader.reports.charts.captions import End
from grader.reports.charts.chart import (
    Band,
    Chart,
    Curve,
    Key,
    Level,
    Mark,
    Panel,
    Part,
    StepAxis,
    curve_of,
    divergence_of,
    first_divergence,
    on_logarithmic_axis,
)


@dataclass(frozen=True)
class _Over:
    """The first norm over its bound."""

    row: int
    value: float
    x: float


@dataclass(frozen=True)
class _Scene:
    """What the norms of one scope are drawn with; the first column is the one that is compared."""

    log: Log
    axis: StepAxis
    targets: Targets
    references: References
    columns: tuple[NormColumn, ...]
    bound: Bound | None
    over: _Over | None

    @property
    def main(self) -> NormColumn:
        return self.columns[0]


def norm_panels(norms: NormColumns, axis: StepAxis) -> Iterator[Panel]:
    """For each scope that was logged, a panel with all steps and one with both ends."""
    references, targets = norms.references, norms.references.targets
    found = sorted(norms.columns, key=lambda one: (one.scope, one.stage))
    for scope, own in groupby(reversed(found), key=lambda one: one.scope):
        # One column of each stage; more would hide each other.
        stages = [next(group) for _, group in groupby(own, key=lambda one: one.stage)]
        every = tuple(sorted(stages, key=lambda one: one.stage))
        bound = (
            bound_after_clipping(targets.cap, scope, references.model, references.rerun)
            if targets.cap
            else None
        )
        over = _first_over(every[0], bound, targets, axis)
        scene = _Scene(norms.log, axis, targets, references, every, bound, over)
        yield _every_step(scene)
        if len(scene.main.values) > 1:
            yield from _both_ends(scene)


def largest_norm(norms: NormColumns) -> float | None:
    """The largest logged norm after clipping, or before it where there is no other; None without any."""
    chosen = [one for one in norms.columns if one.stage == "after"] or list(norms.columns)
    ours = [one for one in chosen if one.scope == norms.references.targets.scope] or chosen
    return max(filter(math.isfinite, ours[0].values), default=None) if ours else None


def _first_over(column: NormColumn, bound: Bound | None, targets: Targets, axis: StepAxis) -> _Over | None:
    """The first norm over what clipping leaves; norms that are said to be from before it may be."""
    if bound is None or (column.stage == "before" and column.stage_by in {"declared", "beside"}):
        return None
    limit = bound.value * (1 + targets.tolerance)
    for row, value in zip(column.logged.rows, column.values, strict=True):
        if limit < value < math.inf:
            return _Over(row, value, axis.of(row))
    return None


def _every_step(scene: _Scene) -> Panel:
    scope = scene.main.scope
    name, title = f"norms-{scope}", captions.EVERY_STEP[scope]
    curves: list[Curve] = []
    keys: list[Key] = []
    words: list[Message] = []
    for column in reversed(scene.columns):
        drawn = curve_of(column.stage, column.logged, scene.axis, positive=True)
        if drawn is not None:
            curves.append(drawn)
            keys.append(Key(column.stage, "line", captions.named(column)))
            words.append(captions.described(column))
    if not curves:
        return Panel(name, title, None, (), captions.nothing_to_draw(scene.main.logged, positive=True))
    if scene.bound is not None:
        keys.append(Key("cap", "dashes", captions.at_most(scene.bound)))
        if scene.over is not None:
            first = captions.first_over(scene.bound, scene.over.value, scene.log, scene.over.row)
            keys.append(Key("over", "ring", first))
        elif scene.main.stage == "after":
            words.append(captions.none_over(scene.bound))
    broken = first_divergence([column.logged for column in scene.columns], scene.axis)
    if broken is not None:
        words.append(captions.diverged(broken[0], scene.log, broken[1]))
    part = Part(
        x_name=scene.axis.name,
        x_range=scene.axis.range,
        curves=tuple(curves),
        levels=_levels(scene),
        marks=_marks(scene),
        divergence=broken[1] if broken is not None else None,
    )
    return Panel(name, title, Chart((part,), logarithmic=True), tuple(keys), together(*words))


def _both_ends(scene: _Scene) -> Iterator[Panel]:
    column, series = scene.main.logged, (scene.main.scope, scene.main.stage)
    many = len(column.values)
    references = scene.references
    rerun, probe = references.rerun, references.probe
    finite = math.isfinite(sum(column.values)) and scene.targets.cap is not None
    head, tail = min(STEPS, many), min(STEPS, many // 2)
    ends: tuple[tuple[End, Column, Fit | None, Sequence[float]], ...] = (
        (
            "first",
            _cut(column, 0, head),
            references.first_fit(column, series, rerun) if finite else None,
            first_steps(rerun.norms, head).series(*series) if rerun else (),
        ),
        (
            "last",
            _cut(column, many - tail, many),
            references.last_fit(column, series, probe, many) if finite else None,
            probe.norms.series(*series) if probe else (),
        ),
    )
    keys = [Key(scene.main.stage, "line", captions.named(scene.main))]
    words: list[Message] = []
    parts: list[Part] = []
    for end, own, nearest, measured in ends:
        fit = nearest if nearest is not None and nearest.fits else None
        band = _band(scene.axis, own, fit, measured)
        if band is not None:
            keys.append(Key("expected", "band", captions.MEASURED[end] if fit is None else captions.HONEST))
        words.append(captions.compared(end, own.values, band.middle if band is not None else None))
        drawn = curve_of(scene.main.stage, own, scene.axis, positive=True)
        parts.append(
            Part(
                captions.end_of_log(end, len(own.values)),
                scene.axis.name,
                (scene.axis.of(own.rows[0]), scene.axis.of(own.rows[-1])),
                (drawn,) if drawn is not None else (),
                bands=(band,) if band is not None else (),
                levels=_levels(scene),
                marks=_marks(scene) if scene.over is not None and scene.over.row in own.rows else (),
                divergence=divergence_of(own, scene.axis),
            )
        )
    if scene.bound is not None:
        keys.append(Key("cap", "dashes", captions.at_most(scene.bound)))
    if any(part.curves for part in parts):
        scope = scene.main.scope
        chart = Chart(tuple(parts), logarithmic=True)
        # Both bands of an honest run have the same key.
        every = tuple(dict.fromkeys(keys))
        yield Panel(f"ends-{scope}", captions.BOTH_ENDS[scope], chart, every, together(*words))


def _levels(scene: _Scene) -> tuple[Level, ...]:
    return (Level("cap", scene.bound.value),) if scene.bound is not None else ()


def _marks(scene: _Scene) -> tuple[Mark, ...]:
    over = scene.over
    return (Mark("over", over.x, on_logarithmic_axis(over.value)),) if over is not None else ()


def _band(axis: StepAxis, end: Column, fit: Fit | None, measured: Sequence[float]) -> Band | None:
    if not measured:
        return None
    low, middle, high = (
        (fit.expected[0], fit.expected[MEDIAN], fit.expected[len(LEVELS) - 1])
        if fit is not None
        else quantiles(measured, (LEVELS[0], 0.5, LEVELS[-1]))
    )
    if not 0 < low <= high < math.inf:
        return None
    return Band("expected", axis.of(end.rows[0]), axis.of(end.rows[-1]), low, middle, high)


def _cut(column: Column, start: int, end: int) -> Column:
    return column.model_copy(update={"rows": column.rows[start:end], "values": column.values[start:end]})
