"""Tests of `grader.drawing.panel`: a chart with its words."""

from grader.drawing.chart import Chart, Curve, Part
from grader.drawing.panel import Key, panel


def test_a_panel() -> None:
    """It has what it was given, and the chart drawn under its name."""
    chart = Chart((Part(curves=(Curve("loss", (1.0, 2.0), (2.0, 1.0)),)),), "loss")
    found = panel("loss", "Loss", chart, (("loss", "line", "`loss`"),), "It falls.")

    assert (Key(look="loss", shape="line", text="`loss`"),) == found.keys
    assert ("loss", "Loss", "It falls.") == (found.name, found.title, found.words)
    assert found.svg.startswith("<svg")
