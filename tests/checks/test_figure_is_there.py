"""Tests of `figure_is_there`: size, and whether something is to be seen."""

import pytest
from builders_evidence import ask, some_evidence

from grader.analysis.targets import Targets
from grader.checks.figure_is_there import FigureIsThere
from grader.evidence.figure import Figure
from grader.evidence.problem import Problem
from grader.grading.judge import Findings

CHECK = FigureIsThere()
PNG = Figure(form="png", width=640, height=480, ink=0.0789)


def test_a_figure_that_is_there() -> None:
    """It has what was found and what was asked."""
    assert "passed" == ask(CHECK, figure=PNG).status


@pytest.mark.parametrize("size", [{"width": 199}, {"height": 149}])
def test_a_figure_that_is_too_small(size: dict[str, int]) -> None:
    """Both sizes are named."""
    assert "failed" == ask(CHECK, figure=PNG.model_copy(update={"width": 300, "height": 200, **size})).status


def test_a_blank_figure() -> None:
    """Nothing is to be seen in it."""
    assert "failed" == ask(CHECK, figure=PNG.model_copy(update={"form": "jpeg", "ink": 0.0})).status


def test_a_figure_that_is_missing_or_damaged() -> None:
    """The reason is the item's."""
    missing = Problem(who="student", message="No file for the figure was found.")

    assert missing == Findings(some_evidence(figure=missing), Targets()).of(CHECK)


def test_a_rubric_without_patterns() -> None:
    """Nobody fails for what was not looked for."""
    outcome = Findings(some_evidence(), Targets()).of(CHECK)

    assert isinstance(outcome, Problem)
    assert "operator" == outcome.who
