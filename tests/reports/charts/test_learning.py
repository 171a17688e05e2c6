"""Tests of `grader.reports.charts.learning`: loss and accuracy, with what was asked for and measured."""

import math

import pytest
from builders_evidence import a_log, a_step_log

from grader.evidence.log import Log
from grader.reports.charts.chart import Divergence, Panel, step_axis
from grader.reports.charts.learning import learning_panels


def panels(log: Log, asked: float | None = 0.87, test: float | None = 0.8734) -> dict[str, Panel]:
    return {panel.name: panel for panel in learning_panels(log, step_axis(log), asked, test)}


def range_of(panel: Panel) -> tuple[float, float]:
    """The ends of the vertical axis, rounded."""
    assert panel.chart is not None
    assert panel.chart.y_range is not None
    low, high = panel.chart.y_range
    return round(low, 4), round(high, 4)


def test_only_what_is_there() -> None:
    """Without a column there is no panel, without a rubric's threshold no line, without a model no mark."""
    (accuracy,) = panels(a_log(val_accuracy=[0.5, 0.8]), None, None).values()

    assert ["validation"] == [key.look for key in accuracy.keys]
    assert {} == panels(a_log(step=[1, 2]))


def test_the_axis_of_accuracy_shows_what_matters() -> None:
    """Without the first steps and the jumps between epochs, but with the threshold and the test accuracy."""
    shares = [min(0.89, 0.76 + step / 1000) for step in range(1000)]
    shares[0], shares[500] = 0.1, 1.0
    found = panels(a_log(accuracy=shares))["accuracy"]

    assert (0.86, 0.89) == range_of(found)
    assert "0.86" in str(found.words)
    assert (0.1, 0.9) == range_of(panels(a_log(accuracy=[0.1] * 99))["accuracy"])
    # Within a hundredth of the curves, so that no part of the chart is empty.
    assert (0.79, 0.91) == range_of(panels(a_log(accuracy=[0.796, 0.85, 0.909]))["accuracy"])


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_an_axis_of_one_accuracy(value: float) -> None:
    """It has two ends, or the picture gives it some room."""
    low, high = range_of(panels(a_log(accuracy=[value]), None, None)["accuracy"])

    assert low <= value <= high


def test_a_loss_that_explodes_has_a_logarithmic_axis() -> None:
    """So that its beginning is seen, too."""
    honest, exploding = (panels(a_log(loss=[2.3, 1.0, last]))["loss"].chart for last in (0.01, 1e6))

    assert honest
    assert exploding
    assert (False, True) == (honest.logarithmic, exploding.logarithmic)


def test_where_the_loss_diverged() -> None:
    """The finite values are drawn, the place is marked, and the words say it."""
    log = a_step_log(steps=30, epochs=2, loss=[2.0] * 41 + [math.nan] * 19)
    found = panels(log)["loss"]

    assert found.chart is not None
    (part,) = found.chart.parts
    assert Divergence("loss", 41, 42.0, 19, for_good=True) == part.divergence
    assert (1.0, 60.0) == part.x_range


def test_nothing_finite_is_no_chart() -> None:
    """A sentence stands in its place."""
    log = a_log(loss=[math.nan, math.inf], accuracy=[math.nan, math.nan])

    assert [None, None] == [panel.chart for panel in panels(log).values()]
