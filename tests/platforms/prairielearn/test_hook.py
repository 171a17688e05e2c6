"""`results.json` of PrairieLearn's hook, read by PrairieLearn's own rules."""

import math
from typing import Any

import pytest
from builders_platforms import strictly
from builders_reports import ALL, ERROR, FAILED, PARTIAL, PASSED, REPORTS, REVIEW, a_report, an_item
from hypothesis import given
from hypothesis import strategies as st

from grader.platforms.prairielearn.hook import page
from grader.report import Report
from grader.reports.sentences import advice, sections


def imported(text: str) -> dict[str, Any]:
    """What PrairieLearn makes of the file, with what it would complain of in `problems`."""
    problems = []
    if len(text.encode()) > 1024 * 1024:
        problems.append("more than 1 MB")
    if "\0" in text or "\\u0000" in text:
        problems.append("NUL")

    results = strictly(text)
    gradable = results.get("gradable", True)
    score = results.get("score", 0)
    if not isinstance(gradable, bool):
        problems.append("gradable")
    if gradable and type(score) not in {int, float}:
        problems.append("score was not a number")
    elif gradable and not 0 <= score <= 1:
        problems.append("score out of range")
    errors = results.get("format_errors", [])
    if not isinstance(errors, str) and not all(isinstance(error, str) for error in errors):
        problems.append("format_errors")
    tests = results.get("tests", [])
    if not all(type(test.get(key)) in {int, float} for test in tests for key in ("points", "max_points")):
        problems.append("points are shown of none")
    texts = ("name", "message", "output", "description")
    problems += [key for test in tests for key in texts if not isinstance(test.get(key, ""), str)]
    read = {"gradable": gradable, "score": score if gradable else None, "tests": tests, "errors": errors}
    return {**read, "problems": problems, "results": results}


def test_the_rules_find_mistakes() -> None:
    """A score as text and a test without points are seen."""
    assert ["score was not a number", "points are shown of none"] == imported(
        '{"score": "1", "tests": [{"points": 1}]}'
    )["problems"]
    with pytest.raises(AssertionError, match="NaN"):
        imported('{"score": NaN}')


def test_a_report_that_failed() -> None:
    """The share of the points, a test for each item with both of its points."""
    found = imported(page(FAILED))

    assert ([], 0.6) == (found["problems"], found["score"])
    assert [(2, 2), (0, 3), (2.5, 2.5)] == [(test["points"], test["max_points"]) for test in found["tests"]]
    item, test = FAILED.items[1], found["tests"][1]
    assert str(item.message) == test["message"]
    assert advice(item) == tuple(test["output"].splitlines())


def test_facts_and_notes_are_the_output() -> None:
    """One line each."""
    lines = imported(page(PASSED))["results"]["output"].splitlines()

    assert {line for section in sections(PASSED) for line in section.lines} <= set(lines)


@pytest.mark.parametrize(("report", "open_items"), [(REVIEW, [1]), (PARTIAL, []), (ERROR, [0, 1, 2])])
def test_what_is_not_decided_is_shown_as_neither(report: Report, open_items: list[int]) -> None:
    """It has 0 of 0 points, so the points of the others are shown."""
    tests = imported(page(report))["tests"]

    assert open_items == [position for position, test in enumerate(tests) if test["max_points"] == 0]


@pytest.mark.parametrize(("report", "finished"), [(ERROR, True), (PASSED, False)])
def test_what_is_not_graded_costs_no_attempt(report: Report, finished: bool) -> None:
    """An error, and a page that is not finished: if it stays, the student can submit again; it says why."""
    found = imported(page(report, finished=finished))

    assert not found["gradable"]
    assert "score" not in found["results"]
    assert [found["results"]["message"]] == found["errors"]


@pytest.mark.parametrize("many", [2, 300, 2_000, 9_000])
def test_it_is_never_more_than_1_mb(many: int) -> None:
    """Sentences are cut, then left out; the score stays."""
    long = 1000 if many < 9_000 else 1
    texts = {"message": "é" * long, "hint": "h" * long, "teacher_hint": "t" * long}
    item = an_item(**texts, status="failed", points=1.0)
    found = imported(page(a_report(*[item] * many, verdict="failed")))

    assert [] == found["problems"]
    assert 0.5 == found["score"]
    assert len(found["tests"]) == (many if many < 9_000 else 0)


@given(st.sampled_from(ALL) | REPORTS, st.booleans())
def test_any_report_is_accepted(report, finished) -> None:
    """Whatever text and numbers it has; nothing decided is never a score."""
    found = imported(page(report, finished=finished))

    assert [] == found["problems"]
    assert finished or not found["gradable"]
    assert found["score"] is None or math.isfinite(found["score"])
