"""What a chart shows, as plain data: parts side by side with one vertical axis, and what is drawn in each."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from grader.analysis.log_positions import place, steps
from grader.evidence.log import Column, Log
from grader.messages.message import EMPTY, Message, say, say_counted
from grader.messages.wording import quoted

# What something is drawn as; the style sheet of the page gives each its colours, light and dark.
Look = Literal[
    "after",
    "before",
    "cap",
    "over",
    "expected",
    "diverged",
    "loss",
    "accuracy",
    "validation",
    "asked",
    "test",
    "passed",
    "failed",
    "review",
    "error",
]
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
class Level:
    """A horizontal line across the chart."""

    look: Look
    y: float


@dataclass(frozen=True)
class Mark:
    """One point that matters."""

    look: Look
    x: float
    y: float


@dataclass(frozen=True)
class Divergence:
    """Where a column stops being finite.

    Attributes:
        row: The row of the first value that is NaN or infinite.
        x: The step of that row.
        count: How many values are not finite.
        for_good: Whether no later value is finite.
    """

    row: int
    x: float
    count: int
    for_good: bool

    @property
    def label(self) -> Message:
        """What the chart says beside the line."""
        return say("Diverged") if self.for_good else say("Not finite")


@dataclass(frozen=True)
class Bars:
    """A histogram: `base` has the counts of the bars below; there is one edge more than there are counts."""

    look: Look
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    base: tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """One of the plots that stand side by side; its bands are drawn first, its marks last.

    Attributes:
        title: What it shows; "" where the chart has only one part.
        x_name: The name of the horizontal axis.
        x_range: The ends of the horizontal axis; None for those of what is drawn.
    """

    title: Message = EMPTY
    x_name: Message = EMPTY
    x_range: tuple[float, float] | None = None
    curves: tuple[Curve, ...] = ()
    bands: tuple[Band, ...] = ()
    levels: tuple[Level, ...] = ()
    marks: tuple[Mark, ...] = ()
    bars: tuple[Bars, ...] = ()
    divergence: Divergence | None = None


@dataclass(frozen=True)
class Chart:
    """Parts from left to right.

    Attributes:
        y_name: The name of the vertical axis; "" where the title says it.
        y_range: The ends of the vertical axis; None for those of what is drawn.
        logarithmic: Whether the vertical axis is logarithmic.
        logarithmic_x: Whether the horizontal axis is logarithmic.
    """

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
    """A chart in a page.

    Attributes:
        name: Unique among the panels of a page.
        title: What the chart shows.
        chart: None where there is nothing to draw; the words say so.
        keys: What each look means.
        words: What can be seen in the chart, also for those who do not see it.
    """

    name: str
    title: Message
    chart: Chart | None
    keys: tuple[Key, ...]
    words: Message


@dataclass(frozen=True)
class StepAxis:
    """The horizontal axis of a log.

    Attributes:
        name: What is counted.
        numbers: The step of each row, by the row; empty where the rows are counted from 1.
        rows: The first and the last row that has a value.
    """

    name: Message
    numbers: dict[int, float]
    rows: tuple[int, int]

    def of(self, row: int) -> float:
        """The step of a row."""
        return self.numbers.get(row, row + 1.0)

    @property
    def range(self) -> tuple[float, float]:
        """The steps of the whole log."""
        return self.of(self.rows[0]), self.of(self.rows[1])


def step_axis(log: Log) -> StepAxis:
    """The log's own steps if they increase through all of it, else its rows."""
    filled = [column.rows for column in log.columns if column.rows]
    rows = (min(own[0] for own in filled), max(own[-1] for own in filled)) if filled else (0, 0)
    column = steps(log)
    if column is not None and len(column.values) == log.rows > 0 and _increases(column.values):
        return StepAxis(say("Step"), dict(zip(column.rows, column.values, strict=True)), rows)
    return StepAxis(say("Row of the log"), {}, rows)


def _increases(values: Sequence[float]) -> bool:
    # Steps that begin again in each epoch would draw all epochs on top of each other.
    return math.isfinite(sum(values)) and all(before < after for before, after in pairwise(values))


def curve_of(look: Look, column: Column, axis: StepAxis, *, positive: bool = False) -> Curve | None:
    """The curve of a column, without the values that cannot be drawn; None where none can be.

    With `positive`, as on a logarithmic axis, only values over 0 can.
    """
    least = 1 / _LARGEST if positive else -_LARGEST
    rows: Sequence[int] = column.rows
    values: Sequence[float] = column.values
    # The sum is finite only if every value is: the fast way for the many logs without a fault.
    if not values or not math.isfinite(sum(values)) or min(values) < least or max(values) > _LARGEST:
        shown = [
            (row, min(max(value, least), _LARGEST))
            for row, value in zip(column.rows, column.values, strict=True)
            if math.isfinite(value) and (value > 0 or not positive)
        ]
        if not shown:
            return None
        rows, values = zip(*shown, strict=True)
    if len(values) <= MOST_POINTS:
        return Curve(look, tuple(map(axis.of, rows)), tuple(values))
    return _thinned(look, rows, values, axis)


def _thinned(look: Look, rows: Sequence[int], values: Sequence[float], axis: StepAxis) -> Curve:
    """The minimum, median and maximum of windows, so that a single outlier is still seen."""
    edges = [place * len(values) // WINDOWS for place in range(WINDOWS + 1)]
    windows = [sorted(values[start:end]) for start, end in pairwise(edges)]
    return Curve(
        look,
        tuple(axis.of(rows[(start + end) // 2]) for start, end in pairwise(edges)),
        tuple((window[len(window) // 2] + window[(len(window) - 1) // 2]) / 2 for window in windows),
        tuple(window[0] for window in windows),
        tuple(window[-1] for window in windows),
    )


def on_logarithmic_axis(value: float) -> float:
    """The value as a logarithmic axis shows it."""
    return min(max(value, 1 / _LARGEST), _LARGEST)


def divergence_of(column: Column, axis: StepAxis) -> Divergence | None:
    """Where the first value is not finite; None where all are."""
    if math.isfinite(sum(column.values)):
        return None
    broken = [place for place, value in enumerate(column.values) if not math.isfinite(value)]
    if not broken:
        return None
    row = column.rows[broken[0]]
    return Divergence(row, axis.of(row), len(broken), len(broken) == len(column.values) - broken[0])


def first_divergence(columns: Iterable[Column], axis: StepAxis) -> tuple[Column, Divergence] | None:
    """The column that stops being finite first, and where."""
    found = [(column, where) for column in columns if (where := divergence_of(column, axis)) is not None]
    return min(found, key=lambda pair: pair[1].row, default=None)


def diverged(column: Column, log: Log, where: Divergence) -> Message:
    """The sentence on a column that is not finite throughout."""
    name, start = quoted(column.header), place(log, where.row)
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
