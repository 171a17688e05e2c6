"""Coursera's hook: `feedback.json` by the rules of its own tool, from the folder of its container.

The rules are those of `run_container` in `commands/grade.py` of coursera/coursera_autograder.
"""

from pathlib import Path
from typing import Any

import pytest
from builders_folders import a_zip, make_file
from builders_platforms import an_environment, ran, strictly, unpacked
from builders_reports import ALL, ERROR, FAILED, PASSED, REPORTS, REVIEW
from hypothesis import given
from hypothesis import strategies as st

from grader.platforms.coursera.hook import page
from grader.platforms.coursera.pack import BUDGET


def accepted(text: str) -> tuple[dict[str, Any], list[str]]:
    """What the file has, and what Coursera refuses."""
    found = strictly(text)
    score = found.get("fractionalScore")
    wrong = [] if type(score) in {int, float} else ["fractionalScore"]
    wrong += ["fractionalScore"] if not wrong and not 0 <= found["fractionalScore"] <= 1 else []
    wrong += [] if isinstance(found.get("feedback"), str) else ["feedback"]
    return found, wrong


def test_the_rules_find_mistakes() -> None:
    """A truth is no score, nor is what is above 1; without feedback it is refused."""
    assert ["fractionalScore", "feedback"] == accepted('{"fractionalScore": true}')[1]
    assert ["fractionalScore"] == accepted('{"fractionalScore": 1.5, "feedback": ""}')[1]


@pytest.mark.parametrize(
    ("report", "score", "said"),
    [(PASSED, 1, "Passed: 7.5 of"), (FAILED, 0.6, "Failed: 4.5 of"), (REVIEW, 0.6, "Needs review: 4.5 of")],
)
def test_the_share_of_the_points(report: Any, score: float, said: str) -> None:
    """With what the student reads, which says what waits for a person."""
    found, wrong = accepted(page(report) or "")

    assert ([], score) == (wrong, found["fractionalScore"])
    assert said in found["feedback"]


@given(st.sampled_from(ALL) | REPORTS)
def test_any_report_is_accepted(report) -> None:
    """Whatever text and numbers it has; without a grade there is no file."""
    text = page(report)

    assert page(report, finished=False) is None
    assert (text is None) == (report.verdict == "error")
    assert text is None or [] == accepted(text)[1]
    assert page(ERROR) is None


def test_a_container_grades_a_handed_in_file(tmp_path: Path) -> None:
    """As the platform mounts it, with the script of the image; 300 s is the shortest time there."""
    image, shared = tmp_path / "grader", tmp_path / "shared"
    unpacked("coursera", image)
    an_environment(image / "environment")
    make_file(shared, "submission/homework.zip", a_zip(("notes.txt", b"x")))

    done = ran(image / "run.sh", GRADER_FOLDER=str(image), GRADER_ROOT=str(shared))

    assert 0 == done.returncode, done.stderr
    found, wrong = accepted((shared / "feedback.json").read_text(encoding="utf-8"))
    assert ([], 0) == (wrong, found["fractionalScore"])
    assert "Failed: 0 of 10 points" in found["feedback"]
    assert BUDGET < 300
