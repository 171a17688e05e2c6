"""Tests of `grader.reports.charts.learning`: loss and accuracy, with what was asked for and measured."""

import math

from builders_drawn import YARDSTICK, drawable
from builders_evidence import a_log

from grader.evidence.problem import Problem
from grader.reports.charts.learning import learning_panels
from grader.reports.charts.targets import ChartTargets

MISSING = Problem(who="student", message="No file was found.")


def test_loss_and_accuracy() -> None:
    """Each has its panel, with the ends in words."""
    loss, accuracy = learning_panels(drawable(), YARDSTICK)

    assert ("Loss", "`loss` goes from 2.3 to 0.2794.") == (loss.title, loss.words)
    assert (
        "`accuracy` goes from 0.1000 to 0.9000. `val_accuracy` goes from 0.8800 to 0.8800."
    ) == accuracy.words
    assert [
        ("accuracy", "`accuracy`"),
        ("validation", "`val_accuracy`"),
        ("asked", "Asked for: 0.8700"),
        ("test", "The submitted model on the test images: 0.8734"),
    ] == [(key.look, key.text) for key in accuracy.keys]


def test_only_what_is_there() -> None:
    """Without a column there is no panel, without a rubric's threshold no line, without a model no mark."""
    log = a_log(val_accuracy=[0.5, 0.8], loss=[math.nan, math.inf])
    (accuracy,) = learning_panels(drawable(log=log, accuracy=MISSING), ChartTargets())

    assert ["validation"] == [key.look for key in accuracy.keys]
    assert [] == list(learning_panels(drawable(log=MISSING), YARDSTICK))


def test_a_long_log_says_how_it_is_drawn() -> None:
    """In a sentence below the chart."""
    loss, _ = learning_panels(drawable(1_000), YARDSTICK)

    assert loss.words.endswith(
        "A line of more than 600 values is drawn as the least, the median and the largest of each "
        "of 250 stretches."
    )
