"""Tests of `grader.grading.stages`: something is known at every time."""

import time
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.grading import judging
from grader.grading.stages import stages
from grader.report import Whose
from grader.rubric.lookup import DEFAULT
from grader.submissions.submission import open_submission


def test_the_first_stage_comes_before_anything_is_measured(examples: Path) -> None:
    """It has every item, none of them decided, and costs no worker."""
    first = next(stages(open_submission(examples / "ana_passes"), Whose("7", "Ana"), DEFAULT))

    assert not first.finished
    report = first.report
    assert ("7", "Ana", 0.0, 10.0) == (report.id, report.name, report.score, report.max_score)
    assert {"skipped"} == {item.status for item in report.items}


def test_a_submission_without_files_is_finished_soon(tmp_path: Path) -> None:
    """The last stage has the verdict, the limits that the budget left, and a note on a shortened rerun."""
    every = list(stages(open_submission(tmp_path), Whose("7"), DEFAULT, budget=19.0))

    report = every[-1].report
    assert [False, True] == [stage.finished for stage in every]
    assert "failed" == report.verdict
    assert 0 < float(str(report.limits[0].value).split()[0]) < 8.5
    assert "from 600 steps to 200" in str(report.notes[-1])


@pytest.mark.usefixtures("workers")
def test_judging_keeps_within_the_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it does not end, there is a report in time that says so."""
    monkeypatch.setattr(judging, "SERVE", "builders_workers:spin")
    began = time.monotonic()

    *_, last = stages(open_submission(tmp_path), Whose("7"), DEFAULT, budget=12.0)

    assert time.monotonic() - began < 12
    assert ("error", True) == (last.report.verdict, last.finished)
    assert str(last.report.summary).startswith("The judging took longer than 0.")


def test_what_cannot_be_used_is_said_at_once(tmp_path: Path) -> None:
    """A rubric that is not there ends it before the first stage."""
    with pytest.raises(UsageError):
        next(stages(open_submission(tmp_path), Whose("7"), "nothing_of_this_name"))
