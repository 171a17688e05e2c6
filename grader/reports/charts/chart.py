"""What a chart shows, as plain data: parts side by side with one vertical axis, and what is drawn in each."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any, Literal, TypeAlias

from grader.analysis.log_positions import place, steps
from grader.analysis.statistics import Array, as_array, is_finite
from grader.evidence.log import Column, Log
from grader.messages.message import EMPTY, Message, joined, say, say_counted
from grader.messages.wording import number, quoted
from grader.report import Verdict

# What something is drawn as; the style sheet of the page gives each its colours, light and dark.
_NormLook = Literal["after", "before", "cap", "over", "expected", "diverged"]
Look: TypeAlias = _NormLook | Literal["loss", "accuracy", "validation", "asked", "test"] | Verdict
# On a page, more points than this cannot be told apart.
MOST_POINTS = 600
WINDOWS = 250
# Larger values are drawn here, and on a logarithmic axis smaller ones at its inverse.
_LARGEST = 1e12


@dataclass(frozen=True)
class Curve:
    """Values over steps; a thinned curve has the median, minimum and maximum of each window."""

    look: Look
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True)
class Band:
    """The range in which values are expected between two steps, and the median expected there."""

    look: Look
    start: float
    end: float
    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Mark:
    """A value that matters: a point, or without `x` a horizontal line across the chart."""

    look: Look
    y: float
    x: float | None = None


@dataclass(frozen=True)
class Divergence:
    """The row and the step `x` where a column's first value is not finite, and how many are not.

    With `for_good`, no later value is finite.
    """

    header: str
    row: int
    x: float
    count: int
    for_good: bool


@dataclass(frozen=True)
class Bars:
    """A histogram: `base` has the counts of the bars below; there is one edge more than there are counts."""

    look: Look
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    base: tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """One of the plots side by side, its bands below and its marks above; only bars have no `x_range`."""

    title: Message = EMPTY
    x_name: Message = EMPTY
    x_range: tuple[float, float] | None = None
    curves: tuple[Curve, ...] = ()
    bands: tuple[Band, ...] = ()
    marks: tuple[Mark, ...] = ()
    bars: tuple[Bars, ...] = ()
    divergence: Divergence | None = None


@dataclass(frozen=True)
class Chart:
    """Parts from left to right on one vertical axis; without a `y_range`, it ends where the values do."""

    parts: tuple[Part, ...]
    y_name: Message = EMPTY
    y_range: tuple[float, float] | None = None
    logarithmic: bool = False
    logarithmic_x: bool = False


@dataclass(frozen=True)
class Key:
    """What a look means in a chart; the text may hold words of a student."""

    look: Look
    shape: Literal["line", "dashes", "band", "ring", "box"]
    text: Message


@dataclass(frozen=True)
class Panel:
    """A chart under a name that no other has; the words say what can be seen in it, or why there is none."""

    name: str
    title: Message
    chart: Chart | None
    keys: tuple[Key, ...]
    words: Message

    @property
    def numbers(self) -> tuple[tuple[Message, ...], list[tuple[Message | str, ...]]]:
        """A table's heads and rows, for those who do not see the chart; `keys` have what is one number."""
        parts = self.chart.parts if self.chart else ()
        if bars := [one for part in parts for one in part.bars]:
            bins = zip(pairwise(bars[0].edges), zip(*(one.counts for one in bars), strict=True), strict=True)
            heads = (say("From"), say("To"), *(self._named(one.look, 0) for one in bars))
            return heads, [(*map(number, ends), *map(str, counts)) for ends, counts in bins if any(counts)]
        rows: list[tuple[Message | str, ...]] = []
        for order, part in enumerate(parts):
            shown: list[tuple[Look, float, float, float]] = [
                (one.look, min(one.low or one.y), median(one.y), max(one.high or one.y))
                for one in part.curves
            ]
            shown += [(band.look, band.low, band.middle, band.high) for band in part.bands]
            for look, *values in shown:
                rows.append((joined(": ", [part.title, self._named(look, order)]), *map(number, values)))
        return (say("Line or band"), say("Least"), say("Median"), say("Largest")), rows

    def _named(self, look: Look, order: int) -> Message:
        """What a look means in a part; where it has a key for each part, that of this one."""
        texts = [key.text for key in self.keys if key.look == look]
        return texts[min(order, len(texts) - 1)] if texts else EMPTY


@dataclass(frozen=True)
class StepAxis:
    """The horizontal axis of a log: the step of each row, or rows from 1, between the rows with values."""

    name: Message
    steps: Array | None
    ends: tuple[float, float]

    def of(self, rows: Any) -> Any:
        """The step of a row, or those of an array of rows."""
        return rows + 1.0 if self.steps is None else self.steps[rows]


def step_axis(log: Log) -> StepAxis:
    """The log's own steps if they increase through all of it, else its rows, counted from 1."""
    filled = [column.rows for column in log.columns if column.rows]
    first, last = min((rows[0] for rows in filled), default=0), max((rows[-1] for rows in filled), default=0)
    column = steps(log)
    own = as_array(column.values if column else ())
    # Steps that begin again in each epoch would draw all epochs on top of each other.
    if len(own) != last + 1 or not is_finite(own) or (own[1:] <= own[:-1]).any():
        return StepAxis(say("Row of the log"), None, (first + 1.0, last + 1.0))
    return StepAxis(say("Step"), own, (float(own[first]), float(own[last])))


def curve_of(look: Look, column: Column, axis: StepAxis, *, positive: bool = False) -> Curve | None:
    """The curve of the values that can be drawn, of those over 0 if `positive`; None where there are none."""
    import numpy as np

    rows, values = np.asarray(column.rows, dtype=int), as_array(column.values)
    drawn = np.isfinite(values) & ((values > 0) | (not positive))
    rows, values = rows[drawn], values[drawn].clip(1 / _LARGEST if positive else -_LARGEST, _LARGEST)
    if not len(values):
        return None
    x = axis.of(rows)
    if len(values) <= MOST_POINTS:
        return Curve(look, tuple(x.tolist()), tuple(values.tolist()))
    # Minimum, median and maximum of windows, so that a single outlier is still seen.
    edges = np.arange(WINDOWS + 1) * len(values) // WINDOWS
    starts, sizes = edges[:-1], np.diff(edges)
    # Sorted within each window.
    ordered = values[np.lexsort((values, np.repeat(np.arange(WINDOWS), sizes)))]
    middles = (ordered[starts + (sizes - 1) // 2] + ordered[starts + sizes // 2]) / 2
    shown = (x[starts + sizes // 2], middles, ordered[starts], ordered[edges[1:] - 1])
    return Curve(look, *(tuple(map(float, one)) for one in shown))


def finite(values: Sequence[float]) -> list[float]:
    """The values that are finite."""
    return list(filter(math.isfinite, values))


def on_logarithmic_axis(value: float) -> float:
    """The value as a logarithmic axis shows it."""
    return min(max(value, 1 / _LARGEST), _LARGEST)


def divergence_of(columns: Iterable[Column], axis: StepAxis) -> Divergence | None:
    """Where the first of some columns stops being finite; None where all values are."""
    import numpy as np

    found = []
    for column in columns:
        broken = np.flatnonzero(~np.isfinite(as_array(column.values))).tolist()
        if broken:
            row, for_good = column.rows[broken[0]], len(broken) == len(column.values) - broken[0]
            found.append(Divergence(column.header, row, float(axis.of(row)), len(broken), for_good))
    return min(found, key=lambda where: where.row, default=None)


def diverged(where: Divergence, log: Log) -> Message:
    """The sentence on a column that is not finite throughout."""
    name, start = quoted(where.header), place(log, where.row)
    if where.for_good:
        return say("{name} is not finite from {where} on: the training diverged.", name=name, where=start)
    return say_counted(
        where.count,
        "{number} value of {name} is not finite, at {where}.",
        "{number} values of {name} are not finite, the first at {where}.",
        number=f"{where.count:,}",
        name=name,
        where=start,
    )
