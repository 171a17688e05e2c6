"""Submitty's hook and its configuration: from a test case's folder to what Submitty makes of the result.

The rules are those of `custom_doit` and `getCustomValidatorMessage` in Submitty's `grading/dispatch.cpp`.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from builders_folders import make_file
from builders_platforms import an_environment, ran, strictly, unpacked
from builders_reports import ALL, ERROR, FAILED, PASSED, REPORTS, REVIEW
from hypothesis import given
from hypothesis import strategies as st

from grader.platforms.submitty.hook import page
from grader.platforms.submitty.pack import BUDGET, CONFIG, SECONDS

STATUSES = {"information", "failure", "warning", "success"}


def validated(text: str) -> tuple[float, list[tuple[str, str]]]:
    """The score and the messages with their statuses; what Submitty would refuse fails."""
    result: dict[str, Any] = strictly(text)
    assert "success" == result["status"]
    score, messages = result["data"]["score"], result["data"]["message"]
    assert type(score) in {int, float}
    # Submitty would cut it without a word.
    assert 0 <= score <= 1
    assert all(isinstance(one["message"], str) and one["status"] in STATUSES for one in messages)
    return score, [(one["status"], one["message"]) for one in messages]


def test_the_rules_find_mistakes() -> None:
    """A validation that failed and a score above 1."""
    for wrong in ('{"status": "fail"}', '{"status": "success", "data": {"score": 2, "message": []}}'):
        with pytest.raises(AssertionError):
            validated(wrong)


@pytest.mark.parametrize(
    ("report", "score", "statuses", "said"),
    [
        (PASSED, 1, ["success", "success", "success"], "Passed: 7.5 of 7.5 points"),
        (FAILED, 0.6, ["success", "failure", "success"], "Failed: 4.5 of 7.5 points"),
        (REVIEW, 0.6, ["success", "warning", "success"], "Needs review: 4.5 of 7.5 points so far"),
    ],
)
def test_a_message_for_each_item(report: Any, score: float, statuses: list[str], said: str) -> None:
    """Under the verdict; what waits is a warning, and no failure."""
    found, [first, *others] = validated(page(report) or "")

    assert score == found
    assert first[1].startswith(said)
    assert statuses == [status for status, _ in others[:3]]
    assert {"information"} == {status for status, _ in others[3:]}


@given(st.sampled_from(ALL) | REPORTS)
def test_any_report_is_accepted(report) -> None:
    """Whatever text and numbers it has; without a grade there is no result."""
    text = page(report)

    assert page(report, finished=False) is None
    assert (text is None) == (report.verdict == "error")
    assert text is None or validated(text)
    assert page(ERROR) is None


@pytest.mark.parametrize("grades", [True, False])
def test_a_test_case_and_its_validator(tmp_path: Path, grades: bool) -> None:
    """The container grades what was copied into its folder, and the validator hands the result on.

    Without a result the validation has failed.
    """
    image, work = tmp_path / "grader", tmp_path / "work"
    unpacked("submitty", image)
    an_environment(image / "environment")
    [case] = CONFIG["testcases"]
    for name in ("notes.txt", "validation_results.json"):
        make_file(work / "test01", name, b'{"status": "success", "data": {"score": 1, "message": []}}')
    make_file(work, "custom_validator_input.json", json.dumps({"testcase_prefix": "test01"}).encode())
    run = case["command"].replace("/grader", str(image))
    if grades:
        done = ran("bash", "-c", f"cd {work}/test01 && {run}", GRADER_FOLDER=str(image))
        assert 0 == done.returncode, done.stderr
    validator = image / "config" / "custom_validation_code" / "validator.py"
    handed = ran("bash", "-c", f'cd {work} && "{sys.executable}" {validator}')

    assert 0 == handed.returncode, handed.stderr
    text = (work / "validation_results.json").read_text(encoding="utf-8")
    if grades:
        score, [first, *_] = validated(text)
        assert (0, True) == (score, first[1].startswith("Failed: 0 of 10 points"))
    else:
        assert "fail" == strictly(text)["status"]
    assert BUDGET < SECONDS
