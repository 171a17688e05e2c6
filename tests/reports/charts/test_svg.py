"""Tests of `grader.reports.charts.svg`: a chart as an element that a page can take in."""

import re
from xml.etree import ElementTree as ET

from grader.reports.charts.chart import Band, Bars, Chart, Curve, Level, Mark, Part
from grader.reports.charts.svg import labels, render

CURVE = Curve("after", (1.0, 2.0, 3.0), (2.0, 1.0, 0.5))
NORMS = Chart(
    (
        Part(
            "The first 3 steps",
            "step",
            (CURVE,),
            bands=(Band("rerun", 1.0, 3.0, 0.5, 1.0, 2.0),),
            levels=(Level("cap", 1.0),),
            marks=(Mark("over", 1.0, 2.0),),
        ),
        Part("The last 3 steps", "step", (CURVE,)),
    ),
    logarithmic=True,
)
COUNTS = Chart(
    (Part(bars=(Bars("passed", (0.1, 1.0, 10.0), (2, 1), (0, 0)),)),), "submissions", logarithmic_x=True
)


def texts(svg: str) -> list[str]:
    root = ET.fromstring(svg)  # noqa: S314  (ours)
    return ["".join(element.itertext()) for element in root.iter() if element.tag.endswith("text")]


def test_text_is_text() -> None:
    """Titles, names and numbers can be read and chosen, and come in the page's own font."""
    svg = render(NORMS, "norms")

    assert {"label-0", "label-1", "label-2", "label-3", "0.5", "1", "2"} <= set(texts(svg))
    assert "font-family" not in svg
    assert "DejaVu" not in svg


def test_texts_that_are_no_numbers_have_names() -> None:
    """The page puts them in, in its language; a text that is empty has none."""
    assert ("The first 3 steps", "step", "The last 3 steps", "step") == labels(NORMS)
    assert ("submissions", "") == labels(COUNTS)
    assert "label-1" not in render(COUNTS, "counts")


def test_the_page_gives_the_colours() -> None:
    """Every colour is a variable of the style sheet, or the text's own."""
    for chart in (NORMS, COUNTS):
        svg = render(chart, "norms")

        assert not re.search(r"#[0-9a-f]{6}", svg)
    assert "var(--after)" in render(NORMS, "norms")
    assert "var(--passed)" in render(COUNTS, "counts")


def test_names_are_unique_in_a_page() -> None:
    """Two charts of the same have no id in common, and each refers to its own only."""
    one, other = render(NORMS, "one"), render(NORMS, "other")
    own = set(re.findall(r'id="([^"]+)"', one))
    referred = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", one))

    assert own
    assert all(name.startswith("one-") for name in own)
    assert own == referred
    assert not own & set(re.findall(r'id="([^"]+)"', other))


def test_nothing_else_is_in_it() -> None:
    """No style element, no metadata, no address, and no size but its proportions."""
    svg = render(NORMS, "norms")
    root = ET.fromstring(svg)  # noqa: S314  (ours)

    assert {"viewBox", "class", "aria-hidden", "focusable"} == set(root.attrib)
    assert not {"style", "metadata", "script", "image"} & {
        element.tag.rpartition("}")[2] for element in root.iter()
    }
    assert ["http://www.w3.org/2000/svg"] == re.findall(r"https?:[^\"\s]+", svg)


def test_the_same_chart_is_the_same_text() -> None:
    """A page that did not change is not written again."""
    assert render(NORMS, "norms") == render(NORMS, "norms")


def test_a_chart_of_one_value() -> None:
    """A band without height and a single point do no harm."""
    part = Part(curves=(Curve("after", (1.0,), (1.0,)),), bands=(Band("rerun", 1.0, 1.0, 1.0, 1.0, 1.0),))

    assert "svg" in render(Chart((part,), logarithmic=True), "one")
