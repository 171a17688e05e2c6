"""What a chart shows, as plain data: parts side by side with one vertical axis, and what is drawn in each."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Literal

from grader.messages.phrase import say

# A name for how something looks; the page's style sheet gives each its colour, in light and in dark.
Look = Literal[
    "after",
    "before",
    "cap",
    "over",
    "rerun",
    "probe",
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
# More points than this are not told apart on a page; so many are drawn as they are.
MOST_POINTS = 600
_BINS = 250
THINNED = say(
    "A line of more than {most} values is drawn as the least, the median and the largest of each of {bins} "
    "stretches.",
    most=MOST_POINTS,
    bins=_BINS,
)


@dataclass(frozen=True)
class Curve:
    """Values over steps.

    Attributes:
        look: of the line.
        x: of each value.
        y: the value; where the curve was thinned, the median of its bin.
        low: where it was thinned, the least value of each bin, else empty.
        high: likewise the largest.
    """

    look: Look
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True)
class Band:
    """Where values are expected, from one x to another: between two quantiles, and a median."""

    look: Look
    start: float
    end: float
    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Level:
    """A line across the chart."""

    look: Look
    y: float


@dataclass(frozen=True)
class Mark:
    """One point that matters."""

    look: Look
    x: float
    y: float


@dataclass(frozen=True)
class Bars:
    """A histogram.

    Attributes:
        look: of the bars.
        edges: of the bins, one more than there are counts.
        counts: of each bin.
        base: the counts of the bars below.
    """

    look: Look
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    base: tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """One of the pictures that stand side by side."""

    title: str = ""
    x_name: str = ""
    curves: tuple[Curve, ...] = ()
    bands: tuple[Band, ...] = ()
    levels: tuple[Level, ...] = ()
    marks: tuple[Mark, ...] = ()
    bars: tuple[Bars, ...] = ()


@dataclass(frozen=True)
class Chart:
    """A chart.

    Attributes:
        parts: from left to right.
        y_name: of the vertical axis.
        logarithmic: whether the vertical axis is.
        logarithmic_x: whether the horizontal axis is.
    """

    parts: tuple[Part, ...]
    y_name: str = ""
    logarithmic: bool = False
    logarithmic_x: bool = False


def curve(look: Look, x: Sequence[float], y: Sequence[float]) -> Curve:
    """A curve with every value, or if these are too many, the least, median and largest of each of 250 bins.

    So a single step that stands out is seen however long the log is.
    """
    if len(y) <= MOST_POINTS:
        return Curve(look, tuple(x), tuple(y))
    edges = [place * len(y) // _BINS for place in range(_BINS + 1)]
    bins = [y[start:end] for start, end in pairwise(edges)]
    return Curve(
        look,
        tuple(x[(start + end) // 2] for start, end in pairwise(edges)),
        tuple(median(values) for values in bins),
        tuple(map(min, bins)),
        tuple(map(max, bins)),
    )
