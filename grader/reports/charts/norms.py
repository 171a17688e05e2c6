"""The logged norms of every step with their cap, and both ends with what the grader measured itself."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from grader.analysis.log_positions import place
from grader.analysis.norms.columns import Bound, NormColumn, over
from grader.analysis.norms.infer import NormColumns
from grader.analysis.reference.calibration import LEVELS, MEDIAN, STEPS
from grader.analysis.reference.fit import Fit
from grader.analysis.reference.references import first_steps
from grader.analysis.statistics import as_array, quantiles
from grader.evidence.log import Column
from grader.evidence.values import Scope, Stage
from grader.messages.message import Message, say, say_counted, together
from grader.messages.wording import number, quoted
from grader.reports.charts.chart import (
    Band,
    Chart,
    Key,
    Mark,
    Panel,
    Part,
    StepAxis,
    curve_of,
    diverged,
    divergence_of,
    finite,
    on_logarithmic_axis,
)

_EVERY_STEP: dict[Scope, Message] = {
    "variable": say("Largest per-variable norm, every step"),
    "global": say("Global norm, every step"),
}
_BOTH_ENDS: dict[Scope, Message] = {
    "variable": say("Largest per-variable norm, first and last steps"),
    "global": say("Global norm, first and last steps"),
}


@dataclass(frozen=True)
class _Scene:
    """What the norms of one scope are drawn with: a column of each stage, of which the first is compared.

    No clipped norm is over the `bound`; `over` has row and value of the first that is.
    """

    norms: NormColumns
    axis: StepAxis
    columns: tuple[NormColumn, ...]
    bound: Bound | None
    over: tuple[int, float] | None

    @property
    def main(self) -> NormColumn:
        return self.columns[0]

    def marks(self, rows: Sequence[int]) -> Iterator[Mark]:
        """The bound, and the first norm over it if that is in these rows."""
        if self.bound is not None:
            yield Mark("cap", self.bound.value)
        if self.over is not None and self.over[0] in rows:
            row, value = self.over
            yield Mark("over", on_logarithmic_axis(value), self.axis.of(row))


def norm_panels(norms: NormColumns, axis: StepAxis) -> Iterator[Panel]:
    """For each scope that was logged, a panel with all steps and one with both ends."""
    references, cap = norms.references, norms.references.targets.cap
    # One column of each series; more would hide each other.
    shown = {(one.scope, one.stage): one for one in norms.columns}
    stages: tuple[Stage, ...] = ("after", "before")
    for scope in _EVERY_STEP:
        columns = tuple(shown[scope, stage] for stage in stages if (scope, stage) in shown)
        if columns:
            bound = references.bound(cap, scope) if cap else None
            inexact = references.model.inexact if references.model else 0.0
            first = _first_over(columns[0], bound, max(references.targets.tolerance, inexact))
            scene = _Scene(norms, axis, columns, bound, first)
            yield _every_step(scene)
            if len(scene.main.values) > 1:
                yield from _both_ends(scene)


def largest_norm(norms: NormColumns) -> float | None:
    """The largest logged norm after clipping, or before it where there is no other; None without any."""
    chosen = [one for one in norms.columns if one.stage == "after"] or list(norms.columns)
    ours = [one for one in chosen if one.scope == norms.references.targets.scope] or chosen
    return max(finite(ours[0].values), default=None) if ours else None


def _first_over(column: NormColumn, bound: Bound | None, tolerance: float) -> tuple[int, float] | None:
    """The first norm over what clipping leaves; norms that are said to be from before it may be."""
    if bound is None or (column.stage == "before" and column.stage_by in {"declared", "beside"}):
        return None
    values, places = as_array(column.values), over(column.values, bound.value * (1 + tolerance))
    finite = places[values[places] < math.inf]
    return (column.logged.rows[finite[0]], float(values[finite[0]])) if len(finite) else None


def _every_step(scene: _Scene) -> Panel:
    name, title = f"norms-{scene.main.scope}", _EVERY_STEP[scene.main.scope]
    found = [
        (curve, column)
        for column in reversed(scene.columns)
        if (curve := curve_of(column.stage, column.logged, scene.axis, positive=True))
    ]
    keys, words = [_key(column) for _, column in found], [_largest_and_last(column) for _, column in found]
    if not found:
        header = quoted(scene.main.logged.header)
        empty = say("{name} has no finite value over 0, so there is no chart.", name=header)
        return Panel(name, title, None, (), empty)
    if scene.bound is not None:
        bound = number(scene.bound.value)
        keys.append(_cap(scene.bound))
        if scene.over is not None:
            row, norm = scene.over
            shown, where = number(norm, scene.bound.value), place(scene.norms.log, row)
            first = say("First norm over {bound}: {norm} at {where}", bound=bound, norm=shown, where=where)
            keys.append(Key("over", "ring", first))
        elif scene.main.stage == "after":
            words.append(say("No norm after clipping exceeds {value}.", value=bound))
    broken = divergence_of([column.logged for column in scene.columns], scene.axis)
    if broken is not None:
        words.append(diverged(broken, scene.norms.log))
    part = Part(
        x_name=scene.axis.name,
        x_range=scene.axis.ends,
        curves=tuple(curve for curve, _ in found),
        marks=tuple(scene.marks(scene.main.logged.rows)),
        divergence=broken,
    )
    return Panel(name, title, Chart((part,), logarithmic=True), tuple(keys), together(*words))


def _key(column: NormColumn) -> Key:
    after = say("{name} (after clipping)", name=column.name)
    before = say("{name} (before clipping)", name=column.name)
    return Key(column.stage, "line", after if column.stage == "after" else before)


def _largest_and_last(column: NormColumn) -> Message:
    shown = finite(column.values)
    name, largest, last = column.name, number(max(shown)), number(shown[-1])
    return say("{name} is at most {largest} and ends at {last}.", name=name, largest=largest, last=last)


def _cap(bound: Bound) -> Key:
    """The key of the line that no clipped norm is over."""
    value = number(bound.value)
    at_most = say("At most {value} after clipping", value=value)
    return Key("cap", "dashes", at_most if bound.reason else say("Cap of {value}", value=value))


def _both_ends(scene: _Scene) -> Iterator[Panel]:
    column, series = scene.main.logged, (scene.main.scope, scene.main.stage)
    many, references = len(column.values), scene.norms.references
    rerun, probe = references.rerun, references.probe
    is_comparable = math.isfinite(sum(column.values)) and references.targets.cap is not None
    head, tail = min(STEPS, many), min(STEPS, many // 2)
    ends = (
        (
            say_counted(head, "First step", "First {count} steps"),
            _cut(column, 0, head),
            references.first_fit(scene.main, series, rerun) if is_comparable else None,
            first_steps(rerun.norms, head).series(*series) if rerun else (),
            say("Expected at the start: the grader's own training"),
        ),
        (
            say_counted(tail, "Last step", "Last {count} steps"),
            _cut(column, many - tail, many),
            references.last_fit(scene.main, series, probe, many) if is_comparable else None,
            probe.norms.series(*series) if probe else (),
            say("Expected at the end: measured at the submitted weights"),
        ),
    )
    keys, parts, words = [_key(scene.main)], [], []
    for steps, own, fit, measured, source in ends:
        honest = fit if fit is not None and fit.fits else None
        shown = (scene.axis.of(own.rows[0]), scene.axis.of(own.rows[-1]))
        band = _band(shown, honest, measured)
        if band is not None:
            keys.append(Key("expected", "band", say("Expected: an honest run") if honest else source))
        drawn = curve_of(scene.main.stage, own, scene.axis, positive=True)
        part = Part(
            title=steps,
            x_name=scene.axis.name,
            x_range=shown,
            curves=(drawn,) if drawn is not None else (),
            bands=(band,) if band is not None else (),
            marks=tuple(scene.marks(own.rows)),
            divergence=divergence_of([own], scene.axis),
        )
        parts.append(part)
        words.append(_median(steps, own.values, band))
    if scene.bound is not None:
        keys.append(_cap(scene.bound))
    if any(part.curves for part in parts):
        # Both bands of an honest run have the same key.
        every = tuple(dict.fromkeys(keys))
        name, title = f"ends-{scene.main.scope}", _BOTH_ENDS[scene.main.scope]
        yield Panel(name, title, Chart(tuple(parts), logarithmic=True), every, together(*words))


def _band(steps: tuple[float, float], honest: Fit | None, measured: Sequence[float]) -> Band | None:
    if not measured:
        return None
    low, middle, high = quantiles(measured, (LEVELS[0], 0.5, LEVELS[-1]))
    if honest is not None:
        low, middle, high = honest.expected[0], honest.expected[MEDIAN], honest.expected[len(LEVELS) - 1]
    return Band("expected", *steps, low, middle, high) if 0 < low <= high < math.inf else None


def _median(steps: Message, values: Sequence[float], band: Band | None) -> Message:
    """The median of an end, beside the expected one where that is known."""
    shown = finite(values)
    if not shown:
        return say("{steps}: no finite norm.", steps=steps)
    own = number(median(shown))
    if band is None:
        return say("{steps}: median {median}.", steps=steps, median=own)
    expected = number(band.middle)
    return say("{steps}: median {median}, expected {expected}.", steps=steps, median=own, expected=expected)


def _cut(column: Column, start: int, end: int) -> Column:
    return column.model_copy(update={"rows": column.rows[start:end], "values": column.values[start:end]})
