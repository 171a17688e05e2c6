"""Where everything in a chart is placed, for the template `charts.html`; the style sheet has the colours."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Literal

from markupsafe import Markup

from grader.messages.message import Message, say
from grader.reports.charts.chart import Band, Bars, Chart, Curve, Look, Mark, Panel, Part

WIDTH, HEIGHT = 370, 230
# The room for titles above the plots, the least above a plot, that for steps below it, and between two.
_TITLES, _TOP, _BOTTOM, _GAP = 24, 10, 38, 26
# The room between the edges of a plot and what is drawn in it, so that a ring at its end is whole.
_INSIDE = 7
# No digit is wider in any common font, at the size that the style sheet sets.
_DIGIT = 7.8
_TICK = 4
_MOST_TICKS = 6
# A curve of so few values has a dot for each.
_FEW = 40
_RING = 4.5
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Shape:
    """A path; the style sheet knows its kind and its look."""

    kind: Literal["area", "line", "thin", "dots", "level", "ring", "bar", "stop", "gone"]
    look: Look
    path: Markup


@dataclass(frozen=True)
class Plot:
    """One part of a chart, placed: the ticks (places with labels) in the picture, all else in the plot.

    `axis` is the path of its horizontal axis, from its left end. The topmost shape is the last one. The note
    has its text, its place, and which end of the text is there.
    """

    part: Part
    left: float
    width: float
    axis: Markup
    ticks: tuple[tuple[float, str], ...]
    shapes: tuple[Shape, ...]
    note: tuple[Message, float, str] | None


@dataclass(frozen=True)
class Picture:
    """A chart, placed: the ticks of its vertical axis, the plots, and the path of the grid in each plot."""

    y_name: Message
    ticks: tuple[tuple[float, str], ...]
    plots: tuple[Plot, ...]
    top: int
    bottom: int
    grid: Markup
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True)
class Scale:
    """From values to places: `low`, over 0 if logarithmic, is at `start`, and the larger `high` at `end`."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def places(self, values: Iterable[float]) -> list[float]:
        """The place of each value."""
        along = math.log if self.logarithmic else float
        low = along(self.low)
        slope = (self.end - self.start) / (along(self.high) - low)
        return [self.start + (along(value) - low) * slope for value in values]

    def place(self, value: float) -> float:
        """The place of a value."""
        return self.places((value,))[0]

    def ticks(self, most: int, *, whole: bool = False) -> list[tuple[float, str]]:
        """At most so many round values on the scale (2 or more), each with its label."""
        if self.logarithmic:
            return _logarithmic_ticks(self.low, self.high, most)
        return _linear_ticks(self.low, self.high, most, whole=whole)


def _linear_ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[tuple[float, str]]:
    unit = 10.0 ** math.floor(math.log10((high - low) / most))
    sizes = [size * unit * power for power in (1, 10) for size in _STEPS]
    steps = [step for step in sizes if not whole or step.is_integer()] or [max(1.0, sizes[-1])]
    step = next((step for step in steps if len(_multiples(low, high, step)) <= most), steps[-1])
    decimals = next((places for places in range(12) if math.isclose(round(step, places), step)), 12)
    return [
        (place * step, _compact(place * step) if abs(high) >= 1e6 else f"{place * step:,.{decimals}f}")
        for place in _multiples(low, high, step)
    ]


def _multiples(low: float, high: float, step: float) -> range:
    # An end that is a multiple but for the rounding of a float counts as one.
    slack = 1e-9 * min(1.0, (high - low) / step)
    return range(math.ceil(low / step - slack), math.floor(high / step + slack) + 1)


def _logarithmic_ticks(low: float, high: float, most: int) -> list[tuple[float, str]]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    every = [float(f"{digit}e{decade}") for decade in decades for digit in (1, 2, 5)]
    values = [value for value in every if low <= value <= high]
    if len(values) < 3:
        return [tick for tick in _linear_ticks(low, high, most) if tick[0] > 0]
    if len(values) > most:
        powers = [float(f"1e{decade}") for decade in decades]
        values = [value for value in powers if low <= value <= high]
        values = values[:: math.ceil(len(values) / most)]
    return [(value, _compact(value)) for value in values]


def _compact(value: float) -> str:
    """`0.5`, `1,000`, `1e6`."""
    digits, _, exponent = f"{value:,g}".partition("e")
    return f"{digits}e{int(exponent)}" if exponent else digits


def placed(panels: Iterable[Panel]) -> list[tuple[Panel, Picture | None]]:
    """Each panel with its picture; None where there is no chart."""
    return [(panel, picture(panel.chart) if panel.chart is not None else None) for panel in panels]


def picture(chart: Chart) -> Picture:
    """Place everything in a chart."""
    counts = any(part.bars for part in chart.parts)
    top = _TITLES if chart.y_name or any(part.title for part in chart.parts) else _TOP
    height = HEIGHT - _BOTTOM - top
    low, high = chart.y_range or _y_range(chart)
    y = Scale(low, high, height - (0 if counts else _INSIDE), _INSIDE, chart.logarithmic)
    ticks = y.ticks(_MOST_TICKS, whole=counts)
    left = 8 + _DIGIT * max((len(label) for _, label in ticks), default=0)
    width = (WIDTH - 2 - left - _GAP * (len(chart.parts) - 1)) / len(chart.parts)
    return Picture(
        y_name=chart.y_name,
        ticks=tuple((round(top + y.place(value), 1), label) for value, label in ticks),
        plots=tuple(
            _plot(part, round(left + place * (width + _GAP), 1), round(width, 1), y, chart)
            for place, part in enumerate(chart.parts)
        ),
        top=top,
        bottom=top + height,
        grid=_path("".join(f"M0 {y.place(value):.1f}H{width:.1f}" for value, _ in ticks)),
    )


def _y_range(chart: Chart) -> tuple[float, float]:
    shown: list[float] = []
    for part in chart.parts:
        for curve in part.curves:
            shown += (min(curve.low or curve.y), max(curve.high or curve.y))
        for band in part.bands:
            shown += (band.low, band.high)
        for bars in part.bars:
            shown += (0.0, max(map(sum, zip(bars.counts, bars.base, strict=True))))
        shown += [mark.y for mark in part.marks]
    return _apart(min(shown, default=1.0), max(shown, default=1.0), logarithmic=chart.logarithmic)


def _apart(low: float, high: float, *, logarithmic: bool = False) -> tuple[float, float]:
    """The ends of an axis, with some room where there is only one value."""
    if logarithmic:
        return (low, high) if high > low * 1.05 else (low / 1.2, high * 1.2)
    room = abs(high) / 20 or 0.5
    return (low, high) if high > low else (low - room, high + room)


def _plot(part: Part, left: float, width: float, y: Scale, chart: Chart) -> Plot:
    # A part without a range is a histogram.
    ends = part.x_range or (part.bars[0].edges[0], part.bars[0].edges[-1])
    low, high = _apart(*ends, logarithmic=chart.logarithmic_x)
    x = Scale(low, high, _INSIDE, width - _INSIDE, chart.logarithmic_x)
    longest = len(f"{high:,.0f}")
    most = max(2, min(_MOST_TICKS, int(width / (_DIGIT * (longest + 2)))))
    axis, end, labels = f"h{width}", width, []
    for value, label in x.ticks(most, whole=not part.bars):
        at = round(x.place(value), 1)
        axis += f"m{at - end:.1f} 0v{_TICK}v{-_TICK}"
        end = at
        # A label is whole, also at the edges of the picture, and stays clear of the next plot's.
        half = _DIGIT * len(label) / 2
        room = (max(0.0, left - _GAP / 2) + half, min(WIDTH, left + width + _GAP / 2) - half)
        labels.append((round(min(max(left + at, room[0]), room[1]), 1), label))
    shapes = chain(
        chain.from_iterable(_band(band, x, y) for band in part.bands),
        chain.from_iterable(_curve(curve, x, y) for curve in part.curves),
        (_bars(bars, x, y) for bars in part.bars),
        _stop(part, x, y, width),
        (_mark(mark, x, y, width) for mark in part.marks),
    )
    note = None
    if part.divergence is not None:
        said = say("Diverged") if part.divergence.for_good else say("Not finite")
        at = x.place(part.divergence.x)
        note = (said, round(at + 4, 1), "start") if at < width / 2 else (said, round(at - 4, 1), "end")
    return Plot(part, left, width, _path(axis), tuple(labels), tuple(shapes), note)


def _band(band: Band, x: Scale, y: Scale) -> Iterator[Shape]:
    start, end = x.places((band.start, band.end))
    low, middle, high = y.places((band.low, band.middle, band.high))
    yield Shape("area", band.look, _path(f"M{start:.1f} {high:.1f}H{end:.1f}V{low:.1f}H{start:.1f}Z"))
    yield Shape("line", band.look, _path(f"M{start:.1f} {middle:.1f}H{end:.1f}"))


def _curve(curve: Curve, x: Scale, y: Scale) -> Iterator[Shape]:
    across = x.places(curve.x)
    if curve.low:
        outline = (*_points(across, y.places(curve.high)), *_points(across[::-1], y.places(curve.low[::-1])))
        yield Shape("area", curve.look, _path(f"M{' '.join(outline)}Z"))
    points = _points(across, y.places(curve.y))
    few = len(points) <= _FEW
    yield Shape("line" if curve.low or few else "thin", curve.look, _path(f"M{' '.join(points)}"))
    if few:
        yield Shape("dots", curve.look, _path("".join(f"M{point}h0" for point in points)))


def _points(across: Sequence[float], down: Sequence[float]) -> list[str]:
    return [f"{x:.1f} {y:.1f}" for x, y in zip(across, down, strict=True)]


def _bars(bars: Bars, x: Scale, y: Scale) -> Shape:
    sides = pairwise(x.places(bars.edges))
    bases = y.places(bars.base)
    tops = y.places(map(sum, zip(bars.base, bars.counts, strict=True)))
    boxes = (
        f"M{left:.1f} {base:.1f}V{top:.1f}H{right:.1f}V{base:.1f}Z"
        for (left, right), base, top, count in zip(sides, bases, tops, bars.counts, strict=True)
        if count
    )
    return Shape("bar", bars.look, _path("".join(boxes)))


def _stop(part: Part, x: Scale, y: Scale, width: float) -> Iterator[Shape]:
    if part.divergence is not None:
        at, bottom = x.place(part.divergence.x), y.start + _INSIDE
        if part.divergence.for_good:
            yield Shape("gone", "diverged", _path(f"M{at:.1f} 0H{width:.1f}V{bottom:.1f}H{at:.1f}Z"))
        yield Shape("stop", "diverged", _path(f"M{at:.1f} 0V{bottom:.1f}"))


def _mark(mark: Mark, x: Scale, y: Scale, width: float) -> Shape:
    if mark.x is None:
        return Shape("level", mark.look, _path(f"M0 {y.place(mark.y):.1f}H{width:.1f}"))
    start, turn = x.place(mark.x) - _RING, f"a{_RING} {_RING} 0 1 0 "
    ring = f"M{start:.1f} {y.place(mark.y):.1f}{turn}{2 * _RING} 0{turn}{-2 * _RING} 0"
    return Shape("ring", mark.look, _path(ring))


def _path(commands: str) -> Markup:
    return Markup(commands)  # noqa: S704  (letters and numbers of ours)
