"""Tests of `grader.platforms.hooks`: a submission in, a page for each stage out."""

from pathlib import Path

import pytest
from builders_reports import FAILED, HOSTILE, REVIEW

from grader.grading.stages import Stage
from grader.platforms.hooks import open_inside, tell, write_results
from grader.report import Isolation


def test_a_submission_is_found_and_results_can_be_written(tmp_path: Path) -> None:
    """The folder of the results is made where the platform has not."""
    (tmp_path / "student").mkdir()
    submission = open_inside(tmp_path, "student")

    assert tmp_path / "student" == submission.path
    assert (tmp_path / "results").is_dir()


def test_the_last_page_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each stage is told, what waits for a person with its reason, and the exit code is the last one's."""
    (tmp_path / "results").mkdir()
    held = Isolation(level="limited", sentence="A worker could connect by TCP.")
    isolated = REVIEW.model_copy(update={"isolation": held})
    stages = (Stage(FAILED, finished=False), Stage(isolated, finished=True))
    code = write_results(tmp_path, stages, lambda report, finished: f"{report.verdict} {finished}")

    assert 3 == code
    assert "review True" == (tmp_path / "results" / "results.json").read_text(encoding="utf-8")
    assert [
        "ito: partial results, 4.5 of 7.5 points",
        "okafor: review, 4.5 of 7.5 points",
        f"  {REVIEW.items[1].title}: {REVIEW.items[1].message} {REVIEW.items[1].hint}",
        "  Isolation: limited. A worker could connect by TCP.",
    ] == capsys.readouterr().out.splitlines()


def test_a_line_for_each_stage(capsys: pytest.CaptureFixture[str]) -> None:
    """Partial results are called so, and nothing in an id acts on a screen."""
    for stage in (Stage(FAILED, finished=False), Stage(FAILED, finished=True), Stage(HOSTILE, finished=True)):
        tell(stage)

    assert [
        "ito: partial results, 4.5 of 7.5 points",
        "ito: failed, 4.5 of 7.5 points",
        "\\ud800\\t=1: passed, 2 of 2 points",
    ] == capsys.readouterr().out.splitlines()
