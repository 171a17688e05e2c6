"""Classroom 50's hook: `result.json` by the rules of its runner, from a repository as a student has it.

The rules are those of `validate_result` and `finalize_result` in `runner.py` of foundation50/classroom50.
"""

import re
from typing import Any

import pytest
from builders_command_line import invoked
from builders_folders import make_file
from builders_platforms import CLASSROOM50, strictly
from builders_reports import ALL, ERROR, FAILED, PASSED, REPORTS, REVIEW, a_report, an_item
from builders_rubric import a_file
from hypothesis import given
from hypothesis import strategies as st

from grader.platforms.classroom50.hook import body, page, result, status
from grader.report import LATE, Report

IDENTITY = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "owner": "OWNER",
    "assignment_type": "ASSIGNMENT_TYPE",
}


def is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def validated(text: str | None) -> tuple[dict[str, Any], list[str]]:
    """What the runner reads, and what it would refuse the result for."""
    assert text is not None
    found = strictly(text)
    wrong = [] if found["schema"] == "classroom50/result/v1" else ["schema"]
    wrong += [field for field, name in IDENTITY.items() if found[field] != CLASSROOM50[name]]
    wrong += [] if str(found["submission"]).startswith("submit/") else ["submission"]
    links = ("commit", "release", "review", "datetime")
    wrong += [field for field in links if not isinstance(found[field], str) or not found[field]]
    moments = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
    wrong += [field for field in ("datetime", "graded_at") if not moments.fullmatch(found[field])]
    known = {*IDENTITY, *links, "schema", "submission", "graded_at", "score", "max-score", "tests"}
    wrong += sorted(set(found) - known)
    for one in (found, *found["tests"]):
        if not (is_whole(one["score"]) and is_whole(one["max-score"]) and one["score"] <= one["max-score"]):
            wrong.append("score")
    for test in found["tests"]:
        wrong += [] if isinstance(test["test-name"], str) and test["test-name"] else ["test-name"]
        wrong += [] if isinstance(test["passed"], bool) else ["passed"]
    return found, wrong


def graded(report: Report, per_point: int = 100) -> dict[str, Any]:
    found, wrong = validated(result(report, per_point=per_point, environment=CLASSROOM50))
    assert [] == wrong
    return found


def test_the_rules_find_mistakes() -> None:
    """A score with a fraction, another's name and a field that the schema lacks are seen."""
    text = (result(PASSED, environment=CLASSROOM50) or "").replace(
        '"score": 750,', '"score": 7.5, "x": 1,', 1
    )

    assert ["owner", "x", "score"] == validated(text.replace("ana", "ben"))[1]


def test_points_are_whole_numbers() -> None:
    """A point is a hundred, so halves stay; with another number of them, parts of one are cut off."""
    assert [(200, 200), (0, 300), (250, 250)] == [
        (test["score"], test["max-score"]) for test in graded(FAILED)["tests"]
    ]
    assert (450, 750) == (graded(FAILED)["score"], graded(FAILED)["max-score"])
    assert (4, 8) == (graded(FAILED, 1)["score"], graded(FAILED, 1)["max-score"])
    assert (8, 8) == (graded(PASSED, 1)["score"], graded(PASSED, 1)["max-score"])


@given(st.floats(0, 20), st.floats(0.01, 20), st.integers(1, 100))
def test_nobody_gets_more_than_was_earned(points, at_most, per_point) -> None:
    """Only who has all points has all of them here, and nobody loses more than a part of one."""
    at_most = round(at_most, 4)
    earned = min(round(points, 4), at_most)
    item = an_item(points=earned, max_points=at_most, status="failed")
    found = graded(a_report(item, verdict="failed"), per_point)

    assert (found["score"] == found["max-score"]) == (earned == at_most)
    assert earned == at_most or found["score"] <= earned * per_point + 1e-4
    assert found["score"] > earned * per_point - 1 - 1e-4


def test_what_waits_is_no_zero() -> None:
    """It has 0 of 0 points, says so, and the commit's state is pending."""
    found = graded(REVIEW)
    waiting = found["tests"][1]

    assert (450, 750) == (found["score"], found["max-score"])
    assert (False, 0, 0) == (waiting["passed"], waiting["score"], waiting["max-score"])
    assert "The logged norm stays within the cap (not decided yet)" == waiting["test-name"]
    assert (status(REVIEW) or "").startswith("status=pending\nsummary=Needs review: 4.5 of 7.5 points so far")


@pytest.mark.parametrize(("report", "state"), [(PASSED, "success"), (FAILED, "failure")])
def test_the_state_is_the_verdict(report: Report, state: str) -> None:
    """On one line, as long as GitHub takes it."""
    first, second = (status(report) or "").splitlines()

    assert f"status={state}" == first
    assert len(second) <= len("summary=") + 140


@pytest.mark.parametrize(("report", "finished"), [(ERROR, True), (PASSED, False)])
def test_without_a_grade_there_is_no_result(report: Report, finished: bool) -> None:
    """Nothing that a runner could take for one."""
    assert result(report, finished=finished, environment=CLASSROOM50) is None
    assert [None] * 3 == [one(report, finished=finished) for one in (body, page, status)]


def test_bonus_points_and_late_work_fit_the_schema() -> None:
    """No more than all points, and nothing below none."""
    late = an_item(id=LATE, kind=LATE, status="failed", points=-0.5, max_points=0.0, is_extra=True)
    bonus = an_item(id="bonus", points=1.5, max_points=2.0, is_extra=True)

    found = graded(a_report(an_item(), bonus, late, max_score=2.0))

    assert (200, 200) == (found["score"], found["max-score"])
    assert [(200, 200), (150, 200), (0, 0)] == [(test["score"], test["max-score"]) for test in found["tests"]]


@given(st.sampled_from(ALL) | REPORTS, st.integers(1, 100))
def test_any_report_is_accepted(report, per_point) -> None:
    """Whatever text and numbers it has."""
    text = result(report, per_point=per_point, environment=CLASSROOM50)

    assert (report.verdict == "error") == (text is None)
    assert text is None or [] == validated(text)[1]


@pytest.mark.usefixtures("workers")
def test_a_repository_is_graded(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the files for the release; a result that the student has committed does not stay."""
    for name, text in CLASSROOM50.items():
        monkeypatch.setenv(name, text)
    repository = tmp_path / "repository"
    make_file(repository, "log.csv", b"step,variable_norm_after\n1,0.9\n2,1.8\n")
    make_file(repository, "result.json", b'{"schema": "classroom50/result/v1", "score": 100}')
    make_file(repository, ".classroom50.yaml", b"classroom: dl\n")
    monkeypatch.chdir(repository)

    done = invoked("hook", "classroom50", "--rubric", a_file(tmp_path))

    assert 0 == done.exit_code, done.stderr
    found, wrong = validated((repository / "result.json").read_text(encoding="utf-8"))
    assert ([], 0, 200) == (wrong, found["score"], found["max-score"])
    assert (repository / "release-body.md").read_text(encoding="utf-8").startswith("## Failed: 0 of 2 points")
    assert "Failed: 0 of 2 points" in (repository / "report.html").read_text(encoding="utf-8")
    assert done.stdout.splitlines()[-1].startswith("::notice title=Graded::Failed: 0 of 2 points")

    monkeypatch.delenv("OWNER")
    again = invoked("hook", "classroom50", "--rubric", a_file(tmp_path))
    assert 2 == again.exit_code
    assert not (repository / "result.json").exists()
