"""Tests of `grader.platforms.hooks`: a submission in, a page for each stage out."""

from pathlib import Path

import pytest
from builders_reports import FAILED, HOSTILE, REVIEW

from grader.grading.stages import Stage
from grader.platforms.hooks import write_results
from grader.report import Isolation


def test_the_last_page_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each stage is told, what waits for a person with its reason; the exit code is the last one's.

    Partial results are called so, and nothing in an id acts on a screen.
    """
    (tmp_path / "results").mkdir()
    held = Isolation(level="limited", sentence="A worker could connect by TCP.")
    isolated = REVIEW.model_copy(update={"isolation": held})
    stages = (Stage(FAILED, finished=False), Stage(HOSTILE, finished=True), Stage(isolated, finished=True))
    code = write_results(tmp_path, stages, lambda report, finished: f"{report.verdict} {finished}")

    assert 3 == code
    assert "review True" == (tmp_path / "results" / "results.json").read_text(encoding="utf-8")
    assert [
        "ito: partial results, 4.5 of 7.5 points",
        "\\ud800\\t=1: passed, 2 of 2 points",
        "okafor: review, 4.5 of 7.5 points",
        f"  {REVIEW.items[1].title}: {REVIEW.items[1].message} {REVIEW.items[1].hint}",
        "  Isolation: limited. A worker could connect by TCP.",
    ] == capsys.readouterr().out.splitlines()
