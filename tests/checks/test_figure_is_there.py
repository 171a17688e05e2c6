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
    finding = ask(CHECK, figure=PNG)

    assert "passed" == finding.status
    assert (
        "The figure is a PNG of 640 x 480 pixels, and 0.0789 of it differs from its most common colour; "
        "the rubric asks for at least 200 x 150 and 0.005."
    ) == str(finding.message)


@pytest.mark.parametrize("size", [{"width": 199}, {"height": 149}])
def test_a_figure_that_is_too_small(size: dict[str, int]) -> None:
    """Both sizes are named."""
    finding = ask(CHECK, figure=PNG.model_copy(update={"width": 300, "height": 200, **size}))

    assert "failed" == finding.status
    assert str(finding.message).endswith(" pixels; the rubric asks for at least 200 x 150.")
    assert 'Save the figure in a larger size, for example with `plt.savefig("norms.png", dpi=150)`.' == str(
        finding.hint
    )


def test_a_blank_figure() -> None:
    """Nothing is to be seen in it."""
    finding = ask(CHECK, figure=PNG.model_copy(update={"form": "jpeg", "ink": 0.0}))

    assert "failed" == finding.status
    assert (
        "The figure is a JPEG of 640 x 480 pixels, and 0.0 of it differs from its most common colour; "
        "the rubric asks for at least 200 x 150 and 0.005. It looks blank."
    ) == str(finding.message)
    assert (
        "Draw the gradient norm of every step over the steps, with its axes named, save the figure "
        "after drawing "
        "and before closing it, and hand in that file."
    ) == str(finding.hint)


def test_a_figure_that_is_missing_or_damaged() -> None:
    """The reason is the item's."""
    missing = Problem(who="student", message="No file for the figure was found.")

    assert missing == Findings(some_evidence(figure=missing), Targets()).of(CHECK)


def test_a_rubric_without_patterns() -> None:
    """Nobody fails for what was not looked for."""
    outcome = Findings(some_evidence(), Targets()).of(CHECK)

    assert isinstance(outcome, Problem)
    assert "operator" == outcome.who
    assert "figure" in str(outcome.hint)
