"""Tests of `grader.reports.charts.svg`: charts as SVG in a page."""

import math
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from builders_reports import PASSED
from hypothesis import example, given
from hypothesis import strategies as st

from grader.messages.languages import Language
from grader.messages.message import say
from grader.reports import html
from grader.reports.charts import Drawing
from grader.reports.charts.chart import Band, Bars, Chart, Curve, Divergence, Mark, Panel, Part
from grader.reports.charts.svg import Picture, Scale, picture

CURVE = Curve("after", (1.0, 2.0, 3.0), (1.0, 0.5, 2.0))
NORMS = Chart(
    (
        Part(
            "First 3 steps",
            "Step",
            (1.0, 3.0),
            (CURVE, Curve("before", (1.0, 2.0), (1.0, 2.0), (0.5, 1.0), (2.0, 3.0))),
            bands=(Band("expected", 1.0, 3.0, 0.5, 1.0, 2.0),),
            marks=(Mark("cap", 1.0), Mark("over", 2.0, 1.0)),
        ),
        Part("Last 3 steps", "Step", (1.0, 3.0), (CURVE,)),
    ),
    logarithmic=True,
)
COUNTS = Chart(
    (Part(bars=(Bars("passed", (0.1, 1.0, 10.0), (2, 1), (0, 0)),)),), "Submissions", logarithmic_x=True
)


def svg(chart: Chart, language: Language = "en") -> ET.Element:
    """The element as a page has it."""
    panel = Panel("norms", "Norms", chart, (), "")
    page = html.page(PASSED.model_copy(update={"language": language}), Drawing(panels=(panel,)))
    found = re.search("<svg.*</svg>", page, re.DOTALL)
    assert found is not None
    return ET.fromstring(found[0])  # noqa: S314  (ours)


def texts(root: ET.Element) -> list[str]:
    return ["".join(element.itertext()) for element in root.iter("text")]


def test_text_is_text() -> None:
    """Titles, names and numbers can be read and chosen, none ends an element; a screen reader skips them."""
    assert ("true", "false") == (svg(NORMS).get("aria-hidden"), svg(NORMS).get("focusable"))
    assert {"First 3 steps", "Step", "Last 3 steps", "0.5", "1", "2"} <= set(texts(svg(NORMS)))
    assert {"Submissions", "0.1", "1", "10"} <= set(texts(svg(COUNTS)))
    assert "<b> & c" in texts(svg(Chart((Part(title="<b> & c", x_range=(1.0, 2.0)),))))


def test_texts_are_in_the_language_of_the_page() -> None:
    """As everything else in it."""
    assert "Paso" in texts(svg(Chart((Part(x_name=say("Step"), x_range=(1.0, 2.0)),)), "es"))


def test_the_page_gives_the_colours() -> None:
    """Each path has a variable of the style sheet or a class, and no colour of its own."""
    for chart, look in ((NORMS, "after"), (COUNTS, "passed")):
        paths = list(svg(chart).iter("path"))

        assert {"class", "d", "style"} >= {name for path in paths for name in path.attrib}
        assert f"--own: var(--{look})" in {path.get("style") for path in paths}


def test_every_label_is_whole() -> None:
    """Also that of the last of 4,300 steps, at the right edge of the second part."""
    parts = tuple(Part("", "", ends) for ends in ((1.0, 200.0), (4101.0, 4300.0)))
    found = picture(Chart(parts))
    first, last = (plot.ticks for plot in found.plots)

    assert "4,300" == last[-1][1]
    assert all(plot.axis.count("v-4") == len(plot.ticks) for plot in found.plots)
    assert last[-1][0] + 3.5 * len("4,300") <= found.width
    (end, before), (start, after) = first[-1], last[0]
    assert end + 3.5 * len(before) < start - 3.5 * len(after)


@pytest.mark.parametrize("high", [1.0, 1e5, 1e12])
def test_the_labels_of_the_vertical_axis_have_room(high: float) -> None:
    """However long they are."""
    found = picture(Chart((Part(x_range=(1.0, 2.0), curves=(Curve("loss", (1.0,), (high,)),)),)))

    assert found.plots[0].left - 5 - 6 * max(len(label) for _, label in found.ticks) >= 0


@pytest.mark.parametrize(
    ("low", "high", "logarithmic", "labels"),
    [
        (0.0, 1.0, False, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (0.8, 0.9, False, ["0.80", "0.82", "0.84", "0.86", "0.88", "0.90"]),
        (0.85, 0.86, False, ["0.850", "0.852", "0.854", "0.856", "0.858", "0.860"]),
        (1.0, 8595.0, False, ["2,000", "4,000", "6,000", "8,000"]),
        (-1.0, 1.0, False, ["-1.0", "-0.5", "0.0", "0.5", "1.0"]),
        (0.0, 5e12, False, ["0", "1e12", "2e12", "3e12", "4e12", "5e12"]),
        (0.4, 6.0, True, ["0.5", "1", "2", "5"]),
        (0.8, 1.1, True, ["0.8", "0.9", "1.0", "1.1"]),
        (0.001, 10.0, True, ["0.001", "0.01", "0.1", "1", "10"]),
        (1e-12, 1e12, True, ["1e-12", "1e-7", "0.01", "1,000", "1e8"]),
        (900.0, 12_000.0, True, ["1,000", "2,000", "5,000", "10,000"]),
    ],
)
def test_ticks_are_round(low: float, high: float, logarithmic: bool, labels: list[str]) -> None:
    """Multiples of 1, 2, 2.5 or 5 with commas; if logarithmic, 1, 2 and 5 of each decade, or few decades."""
    scale = Scale(low, high, 0, 1, logarithmic=logarithmic)

    assert labels == [label for _, label in scale.ticks(6)]


@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e12), st.integers(2, 8), st.booleans(), st.booleans())
@example(1e-9, 1e-9, 2, True, False)
def test_any_scale_has_few_ticks_within_it(
    low: float, size: float, most: int, whole: bool, logarithmic: bool
) -> None:
    """At most as many as asked for, each between the ends; there is no step 1.5."""
    assert ["1", "2"] == [label for _, label in Scale(1.0, 2.0, 0, 1).ticks(6, whole=True)]
    start = abs(low) + 1e-12 if logarithmic else low
    high = start + size
    if high <= start:
        return
    found = Scale(start, high, 0, 1, logarithmic=logarithmic).ticks(most, whole=whole)

    assert len(found) <= most
    assert all(value >= start or math.isclose(value, start, abs_tol=size * 1e-6) for value, _ in found)


def test_where_a_training_diverged() -> None:
    """There is a line, a label beside it, and after it the plot is shaded if no value is finite."""
    stop = Divergence("loss", 4, 5.0, 6, for_good=True)
    part = Part("", "Step", (1.0, 10.0), (CURVE,), divergence=stop)
    for_good, once = (
        picture(Chart((replace(part, divergence=replace(stop, for_good=good)),))) for good in (True, False)
    )

    assert ["gone", "stop"] == [one.kind for one in for_good.plots[0].shapes if one.look == "diverged"]
    assert ["stop"] == [one.kind for one in once.plots[0].shapes if one.look == "diverged"]
    assert "Diverged" in texts(svg(Chart((part,))))


def test_values_outside_the_axis_are_cut_off() -> None:
    """The axis is what was asked for, and the plot shows nothing beyond its edges."""
    curve = Curve("accuracy", (1.0, 2.0), (0.1, 0.9))
    found: Picture = picture(Chart((Part(x_range=(1.0, 2.0), curves=(curve,)),), y_range=(0.8, 0.9)))

    assert ("0.80", "0.90") == (found.ticks[0][1], found.ticks[-1][1])
    assert {"svg", "path", "text"} == {element.tag for element in svg(NORMS).iter()}


POINT = Curve("after", (1.0,), (1.0,))


@pytest.mark.parametrize(
    "part",
    [
        Part(x_range=(1.0, 1.0), curves=(POINT,), bands=(Band("expected", 1.0, 1.0, 1.0, 1.0, 1.0),)),
        Part(x_range=(1.0, 5.0)),
        Part(x_range=(1.0, 5.0), divergence=Divergence("loss", 0, 1.0, 5, for_good=True)),
    ],
)
@pytest.mark.parametrize("logarithmic", [True, False])
def test_a_chart_of_little(part: Part, logarithmic: bool) -> None:
    """A band without height, a single point and an empty part do no harm."""
    assert picture(Chart((part,), logarithmic=logarithmic)).ticks
