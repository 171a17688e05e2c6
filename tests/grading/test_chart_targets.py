"""Tests of `grader.reports.charts.targets`: what of a rubric a log is drawn against."""

from grader.grading.chart_targets import targets_of
from grader.reports.charts.targets import ChartTargets
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import DEFAULT, find_rubric

RUBRIC = load_rubric(find_rubric(DEFAULT))


def test_the_parameters_of_the_checks() -> None:
    """Those of the homework's rubric, with its calibration."""
    assert ChartTargets(
        cap=1.0,
        accuracy=0.87,
        test_accuracy=0.87 - 0.03,
        training_images=60_000,
        calibration=RUBRIC.calibration,
    ) == targets_of(RUBRIC)


def test_a_rubric_that_does_not_ask() -> None:
    """The cap is that of the grader's own training then, and nothing else is known."""
    only = RUBRIC.model_copy(update={"items": RUBRIC.items[:1], "calibration": None})

    assert ChartTargets(cap=1.0) == targets_of(only)
