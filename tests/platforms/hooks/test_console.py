"""Tests of `grader.platforms.hooks.console`: a line for each stage."""

import pytest
from builders_reports import FAILED, HOSTILE

from grader.grading.stages import Stage
from grader.platforms.hooks.console import tell


def test_a_line_for_each_stage(capsys: pytest.CaptureFixture[str]) -> None:
    """Partial results are called so."""
    tell(Stage(FAILED, finished=False))
    tell(Stage(FAILED, finished=True))

    assert (
        "ito: partial results, 4.5 of 7.5 points\nito: failed, 4.5 of 7.5 points\n"
    ) == capsys.readouterr().out


def test_an_id_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing in it acts on a screen."""
    tell(Stage(HOSTILE, finished=True))

    assert "\\ud800\\t=1: passed, 2 of 2 points\n" == capsys.readouterr().out
