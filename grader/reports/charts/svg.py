"""A chart as SVG that takes its colours, its font and its theme from the page that it stands in.

Matplotlib draws it; each look gets a colour of its own there, which is then replaced by a variable of the
page's style sheet. Text stays text, in whatever language: Matplotlib, whose own font has not all letters, is
given a name for each text that is no number. Identifiers are made unique, since a page has several charts.
"""

import io
import re
import typing
from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

from grader.reports.charts.chart import Band, Chart, Curve, Look, Part

WIDTH, HEIGHT = 400, 240
_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"
_LOOKS: tuple[Look, ...] = typing.get_args(Look)
_COLOURS = {look: f"#0a0b{number:02x}" for number, look in enumerate(_LOOKS)}
_TEXT, _GRID = "#0a0c00", "#0a0c01"
_VARIABLES = {colour: f"var(--{look})" for look, colour in _COLOURS.items()} | {
    _TEXT: "currentColor",
    _GRID: "var(--grid)",
}
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 11.5,
    "axes.edgecolor": _GRID,
    "axes.labelcolor": _TEXT,
    "axes.titlecolor": _TEXT,
    "axes.titlesize": 11.5,
    "axes.titlelocation": "left",
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": _GRID,
    "grid.linewidth": 0.6,
    "xtick.color": _GRID,
    "ytick.color": _GRID,
    "xtick.labelcolor": _TEXT,
    "ytick.labelcolor": _TEXT,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "text.color": _TEXT,
    "text.parse_math": False,
    "path.simplify": False,
}
_NUMBER = re.compile(r"-?\d+\.\d+")
_COLOUR = re.compile("|".join(map(re.escape, _VARIABLES)))
_FONT = re.compile(r"font-family:[^;]*;? ?")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_ROOM = 0.06
# Where the parts stand, as shares of the whole.
_LEFT, _RIGHT, _BOTTOM, _TOP, _GAP = 0.11, 0.985, 0.17, 0.9, 0.03


def labels(chart: Chart) -> tuple[str, ...]:
    """The texts in a chart, in the order of their names `label-0`, `label-1` in what is rendered."""
    return tuple(text for part in chart.parts for text in (part.title or chart.y_name, part.x_name))


def render(chart: Chart, name: str) -> str:
    """The chart as an `svg` element, to stand in a page; it is hidden from assistive technology.

    Args:
        chart: what to draw.
        name: of the chart, unique in its page, in ASCII letters.
    """
    # Half a second, and only where something is drawn.
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context({**_SETTINGS, "svg.hashsalt": name}):
        figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72)
        FigureCanvasSVG(figure)
        figure.patch.set_visible(False)
        _draw(figure, chart)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return _for_a_page(text.getvalue(), name)


def _draw(figure: Any, chart: Chart) -> None:
    width = (_RIGHT - _LEFT - _GAP * (len(chart.parts) - 1)) / len(chart.parts)
    first = None
    names = [f"label-{number}" if text else "" for number, text in enumerate(labels(chart))]
    for place, part in enumerate(chart.parts):
        left = _LEFT + place * (width + _GAP)
        axes = figure.add_axes((left, _BOTTOM, width, _TOP - _BOTTOM), sharey=first)
        first = first or axes
        axes.patch.set_visible(False)
        axes.set_axisbelow(True)
        if place:
            axes.spines["left"].set_visible(False)
        _fill(axes, part)
        # Matplotlib would measure every other text to place a title or the name of an axis.
        figure.text(left, _TOP + 0.02, names[2 * place], verticalalignment="bottom")
        figure.text(left + width / 2, 0.03, names[2 * place + 1], horizontalalignment="center")
    if first is not None:
        _scale(first, figure.axes, chart)


def _fill(axes: Any, part: Part) -> None:
    for band in part.bands:
        _band(axes, band)
    for one in part.curves:
        _curve(axes, one)
    for bars in part.bars:
        widths = [end - start for start, end in pairwise(bars.edges)]
        axes.bar(
            bars.edges[:-1],
            bars.counts,
            widths,
            bars.base,
            align="edge",
            color=_COLOURS[bars.look],
            linewidth=0,
        )
    for level in part.levels:
        axes.axhline(level.y, color=_COLOURS[level.look], linewidth=1.4, dashes=(5, 3), zorder=4)
    for mark in part.marks:
        style = {"markerfacecolor": "none", "markeredgewidth": 1.8, "linestyle": "none", "zorder": 5}
        axes.plot([mark.x], [mark.y], "o", markersize=9, markeredgecolor=_COLOURS[mark.look], **style)


def _band(axes: Any, band: Band) -> None:
    colour = _COLOURS[band.look]
    axes.fill_between([band.start, band.end], band.low, band.high, color=colour, alpha=0.25, linewidth=0)
    axes.plot([band.start, band.end], [band.middle, band.middle], color=colour, linewidth=1.6)


def _curve(axes: Any, one: Curve) -> None:
    colour = _COLOURS[one.look]
    if one.low:
        axes.fill_between(one.x, one.low, one.high, color=colour, alpha=0.35, linewidth=0)
    dots = {"marker": "o", "markersize": 4.5} if len(one.x) <= 40 else {}
    axes.plot(one.x, one.y, color=colour, linewidth=1.5 if one.low or dots else 0.9, **dots)


def _scale(first: Any, every: Sequence[Any], chart: Chart) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator

    counts = any(part.bars for part in chart.parts)
    if chart.logarithmic:
        low, high = _limits(chart)
        first.set_yscale("log")
        first.set_ylim(low, high)
        _tick(first.yaxis, LogLocator(subs=(1, 2, 5) if high / low < 3000 else (1,), numticks=12), "g")
    else:
        _tick(first.yaxis, MaxNLocator(5, integer=counts), "g")
    for axes in every:
        axes.tick_params(labelleft=axes is first)
        axes.grid(visible=False, axis="x")
        if not counts:
            axes.margins(x=0.02)
        if chart.logarithmic_x:
            axes.set_xscale("log")
            _tick(axes.xaxis, LogLocator(subs=(1, 2, 5), numticks=8), "g")
        else:
            many = 2 if len(every) > 1 else 5
            _tick(axes.xaxis, MaxNLocator(many, min_n_ticks=2), "g" if counts else ",.0f")


def _tick(axis: Any, locator: Any, form: str) -> None:
    """Set the ticks once, so that they are not looked for each time that something is measured."""
    low, high = axis.get_view_interval()
    values = [value for value in locator.tick_values(low, high) if low <= value <= high]
    axis.set_ticks(values, [format(value, form) for value in values])
    axis.set_ticks([], minor=True)


def _limits(chart: Chart) -> tuple[float, float]:
    """The ends of a logarithmic axis, with a little room on both sides."""
    shown: list[float] = []
    for part in chart.parts:
        for one in part.curves:
            shown += [min(one.low or one.y), max(one.high or one.y)]
        shown += [end for band in part.bands for end in (band.low, band.high) if end > 0]
        shown += [level.y for level in part.levels]
    low, high = min(shown), max(shown)
    room = (high / low) ** _ROOM * 1.1
    return low / room, high * room


def _for_a_page(text: str, name: str) -> str:
    ET.register_namespace("", _SVG)
    root = ET.fromstring(text)  # noqa: S314  (Matplotlib wrote it just now)
    referred = set(_REFERENCE.findall(text)) | {
        link.removeprefix("#") for element in root.iter() if (link := element.get(_LINK))
    }
    for parent in root.iter():
        for child in list(parent):
            if child.tag in {f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"}:
                parent.remove(child)
    for element in root.iter():
        _clean(element, name, referred)
    root.attrib = {
        "viewBox": f"0 0 {WIDTH} {HEIGHT}",
        "class": "chart",
        "aria-hidden": "true",
        "focusable": "false",
    }
    return ET.tostring(root, encoding="unicode", short_empty_elements=True)


def _clean(element: ET.Element, name: str, referred: set[str]) -> None:
    own = element.attrib.pop("id", None)
    if own in referred:
        element.set("id", f"{name}-{own}")
    link = element.attrib.pop(_LINK, None)
    if link:
        element.set("href", f"#{name}-{link.removeprefix('#')}")
    for key in ("style", "clip-path", "fill", "stroke"):
        if key in element.attrib:
            value = _FONT.sub("", element.attrib[key])
            value = _REFERENCE.sub(rf"url(#{name}-\1)", value)
            element.set(key, _COLOUR.sub(lambda match: _VARIABLES[match[0]], value))
    for key in ("d", "transform", "x", "y", "width", "height"):
        if key in element.attrib:
            element.set(key, _NUMBER.sub(lambda match: f"{float(match[0]):.1f}", element.attrib[key]))
    if element.text and not element.text.strip():
        element.text = None
    if element.tail and not element.tail.strip():
        element.tail = None
    if "d" in element.attrib:
        element.set("d", " ".join(element.attrib["d"].split()))
