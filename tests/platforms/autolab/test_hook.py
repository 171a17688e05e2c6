"""Autolab's hook: what its server records of stdout, from a lab's folder with a student's file.

The rules are those of `saveAutograde` and `parseAutoresult` in `assessment_autograde_core.rb`, and of
`parseFeedback` in `assessments_controller.rb` of autolab/Autolab.
"""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from builders_folders import a_zip
from builders_platforms import a_program, an_environment, ran, strictly, unpacked
from builders_reports import ALL, ERROR, FAILED, HOSTILE, PASSED, REPORTS, REVIEW
from hypothesis import given
from hypothesis import strategies as st

from grader.grading.stages import Stage
from grader.platforms.autolab.hook import printed
from grader.platforms.autolab.pack import BUDGET, TIMEOUT
from grader.report import Report

DEFINED = {"Total"}


def recorded(stdout: str) -> dict[str, Any]:
    """The score of each problem, and the stages of the semantic feedback with their tests."""
    *_, before, last = stdout.rstrip().splitlines()
    # Words before a colon get quotes, for the sake of old labs.
    scores = strictly(re.sub(r"([a-zA-Z0-9]+):", r'"\1":', last))["scores"]
    assert scores
    assert set(scores) <= DEFINED
    assert all(score is None or type(score) in {int, float} for score in scores.values())
    feedback = strictly(before)
    assert "semantic" == feedback["_presentation"]
    stages = {stage: feedback[stage] for stage in feedback["stages"]}
    for tests in stages.values():
        # A name that begins so is no test.
        assert all(isinstance(test, dict) and not name.startswith("_") for name, test in tests.items())
    return {"scores": scores, "stages": stages}


def ended(report: Report) -> str:
    return printed(Stage(report, finished=True))


def test_the_rules_find_mistakes() -> None:
    """A problem that the lab does not have, and a line that is not JSON."""
    with pytest.raises(AssertionError):
        recorded('{"_presentation": "semantic", "stages": []}\n{"scores": {"Other": 1}}')
    with pytest.raises(json.JSONDecodeError):
        recorded('{"_presentation": "semantic", "stages": []}\n{"scores": {"Total: all": 1}}')


def test_a_report_that_failed() -> None:
    """The points, and a test for each item with what to do."""
    found = recorded(ended(FAILED))
    [(stage, tests)] = found["stages"].items()

    assert {"Total": 4.5} == found["scores"]
    assert stage.startswith("Failed: 4.5 of 7.5 points")
    assert [True, False, True] == [test["passed"] for test in tests.values()]
    assert str(FAILED.items[1].message) in list(tests.values())[1]["hint"]


@pytest.mark.parametrize(("report", "decided"), [(REVIEW, 2), (ERROR, 0)])
def test_what_waits_has_no_score(report: Report, decided: int) -> None:
    """It is neither a zero nor a test that failed."""
    found = recorded(ended(report))

    assert {"Total": None} == found["scores"]
    assert decided == len(next(iter(found["stages"].values())))


def test_a_student_sees_no_stage() -> None:
    """Autolab shows stdout while it is written."""
    assert "" == printed(Stage(PASSED, finished=False))


@given(st.sampled_from([*ALL, HOSTILE]) | REPORTS)
def test_any_report_is_recorded(report) -> None:
    """Whatever text and numbers it has; each item that is decided is one test."""
    recorded(ended(report))


needs_make = pytest.mark.skipif(
    shutil.which("make") is None, reason="Autolab calls `make`, which is not here"
)


def lab(folder: Path, handin: bytes) -> Path:
    """A folder as Autolab makes it on Tango, of what is packed and of a student's file."""
    unpacked("autolab", folder / "lab")
    made = ran("make", "-C", folder / "lab")
    assert 0 == made.returncode, made.stderr
    job = folder / "job"
    job.mkdir()
    (job / "Makefile").write_bytes((folder / "lab" / "autograde-Makefile").read_bytes())
    (job / "autograde.tar").write_bytes((folder / "lab" / "autograde.tar").read_bytes())
    (job / "handin.zip").write_bytes(handin)
    return job


@needs_make
def test_a_job_grades_a_handed_in_file(tmp_path: Path) -> None:
    """With `make` alone, as Autolab does it."""
    job = lab(tmp_path, a_zip(("notes.txt", b"x")))
    an_environment(tmp_path / "grader" / "environment")

    done = ran("make", "--no-print-directory", "-C", job, GRADER_FOLDER=str(tmp_path / "grader"))

    assert 0 == done.returncode, done.stderr
    assert {"Total": 0} == recorded(done.stdout)["scores"]
    assert "Failed: 0 of 10 points" in done.stdout
    assert BUDGET < TIMEOUT


@needs_make
@pytest.mark.parametrize(("code", "adds"), [(0, False), (3, False), (2, True), (1, True)])
def test_a_grader_that_does_not_work_gives_no_zero(tmp_path: Path, code: int, adds: bool) -> None:
    """Then the last line is one without a score."""
    job = lab(tmp_path, b"")
    a_program(tmp_path / "grader" / "environment" / "bin" / "grader", f"echo last; exit {code}")

    done = ran("make", "--no-print-directory", "-C", job, GRADER_FOLDER=str(tmp_path / "grader"))

    assert 0 == done.returncode
    assert ["last", *['{"scores": {"Total": null}}'] * adds] == done.stdout.splitlines()
