"""Tests of `grader.measure.figure.svg`: an SVG is read as XML, and no more."""

import pytest
from builders_figures import a_figure

from grader.errors import SubmissionError
from grader.measure.figure.svg import DEEPEST, read_svg

HEAD = '<svg xmlns="http://www.w3.org/2000/svg">'
BOMB = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def marks(inside: str) -> int | None:
    return read_svg("a", f"{HEAD}{inside}</svg>".encode()).marks


def test_a_curve_has_many_points_and_axes_have_few() -> None:
    """So a figure without a curve is known."""
    curve, empty = read_svg("a", a_figure("svg")).marks, read_svg("a", a_figure("svg", curve=False)).marks

    assert curve is not None
    assert empty is not None
    assert curve > 500
    assert empty < 50


@pytest.mark.parametrize(
    ("inside", "count"),
    [
        ("", 0),
        ('<path d="M 0 0 L 1 1 L 2,2"/>', 3),
        ('<polyline points="0,0 1e1,1 -2-2 .5.5"/>', 4),
        ("<g><rect/><circle/><line/></g>", 3),
        ('<defs><path d="M 0 0 L 1 1"/></defs><use/>', 1),
        ('<use href="#a"/><use href="#b"/><use href="#b"/>', 2),
        ("<text>1 2 3 4</text>", 0),
        ('<rect xmlns="http://example.org/other"/>', 0),
    ],
)
def test_what_counts(inside: str, count: int) -> None:
    """Points and shapes that are drawn, and nothing else."""
    assert count == marks(inside)


def test_nothing_but_the_form_is_known_of_it() -> None:
    """It is never rendered, so it has no pixels, and there is nothing to show."""
    figure = read_svg("a", a_figure("svg"))

    assert (None, None, None, "", "", "") == (
        figure.width,
        figure.height,
        figure.ink,
        figure.pixels,
        figure.fingerprint,
        figure.small,
    )


@pytest.mark.hostile_row(63)
@pytest.mark.parametrize("head", [BOMB, OUTSIDE, '<!DOCTYPE svg [<!ENTITY % p "x">]>'])
def test_entities_are_refused(head: str) -> None:
    """They could grow without end, or name a file."""
    with pytest.raises(SubmissionError) as caught:
        read_svg("`norms.svg`", f"{head}{HEAD}&b;&x;</svg>".encode())

    assert "`norms.svg` declares entities, which are not read." == caught.value.message
    assert "Save the figure as a PNG, and hand in that file." == caught.value.hint


@pytest.mark.parametrize(
    "content",
    [
        b"<svg",
        b"<svg></svg>",
        b"<html></html>",
        HEAD.encode(),
        f"{HEAD}&nbsp;</svg>".encode(),
        b'<?xml version="1.0" encoding="utf-7"?><svg/>',
        f"{HEAD}\x00</svg>".encode(),
    ],
)
def test_what_is_no_svg(content: bytes) -> None:
    """Half a file, another namespace, another root, an unknown encoding."""
    with pytest.raises(SubmissionError) as caught:
        read_svg("`norms.svg`", content)

    assert "`norms.svg` cannot be read as an SVG: it is damaged or not complete." == caught.value.message


def test_elements_too_deep_in_one_another() -> None:
    """Both numbers are named."""
    with pytest.raises(SubmissionError) as caught:
        marks("<g>" * DEEPEST)

    assert "a has 101 elements inside one another; at most 100 are read." == caught.value.message


def test_too_many_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Likewise."""
    monkeypatch.setattr("grader.measure.figure.svg.MOST_ELEMENTS", 5)
    with pytest.raises(SubmissionError) as caught:
        marks("<g/>" * 5)

    assert "a has 6 elements or more; at most 5 are read." == caught.value.message
