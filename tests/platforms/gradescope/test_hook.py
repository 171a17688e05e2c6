"""Gradescope's hook: its folder as it really looks, and `results.json` by its specification, with no zero.

`results.json` has the fields and the types of the specification, and claims no zero where nobody has decided.
"""

import json
import math
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from builders_markdown import shown
from builders_platforms import results_in, strictly
from builders_reports import ALL, ERROR, FAILED, HOSTILE, PARTIAL, PASSED, REPORTS, REVIEW, a_report, an_item
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.platforms.gradescope.hook import hook, page, submitter
from grader.platforms.hooks import Options
from grader.report import Report, for_student
from grader.reports.sentences import advice, sections
from grader.rubric.lookup import DEFAULT
from grader.submissions.handed_in import HandedIn

FORMATS = {"text", "html", "simple_format", "md", "ansi"}
DUE = datetime(2018, 8, 1, 6, tzinfo=UTC)
VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}


def _is_number(value: Any) -> bool:
    return type(value) in {int, float} and math.isfinite(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


TOP = {
    "score": _is_number,
    "execution_time": _is_number,
    "output": _is_text,
    "output_format": FORMATS.__contains__,
    "test_output_format": FORMATS.__contains__,
    "test_name_format": FORMATS.__contains__,
    "visibility": VISIBILITIES.__contains__,
    "stdout_visibility": VISIBILITIES.__contains__,
    "extra_data": lambda value: isinstance(value, dict),
    "tests": lambda value: isinstance(value, list),
    "leaderboard": lambda value: all(
        {"name", "value"} <= set(entry) <= {"name", "value", "order"} for entry in value
    ),
}
TEST = {
    "score": _is_number,
    "max_score": _is_number,
    "status": {"passed", "failed"}.__contains__,
    "name": _is_text,
    "name_format": FORMATS.__contains__,
    "number": lambda value: _is_text(value) and bool(re.fullmatch(r"\d+(\.\d+)*", value)),
    "output": _is_text,
    "output_format": FORMATS.__contains__,
    "tags": lambda value: isinstance(value, list) and all(map(_is_text, value)),
    "visibility": VISIBILITIES.__contains__,
    "extra_data": lambda value: isinstance(value, dict),
}


def _mistakes(results: dict[str, Any]) -> list[str]:
    """What the specification would not accept, as paths of fields."""
    found = [name for name, value in results.items() if name not in TOP or not TOP[name](value)]
    for position, test in enumerate(results.get("tests", [])):
        wrong = [name for name, value in test.items() if name not in TEST or not TEST[name](value)]
        found += [f"tests[{position}].{name}" for name in wrong]
    if "score" not in results and not all("score" in test for test in results.get("tests", [{}])):
        found.append("score")
    return found


def test_the_validator_finds_mistakes() -> None:
    """A time as text, a status that does not exist and an unknown field are seen."""
    wrong = {"execution_time": "0.00", "grade": 1, "tests": [{"status": "review", "number": 1}]}

    assert ["execution_time", "grade", "tests[0].status", "tests[0].number", "score"] == _mistakes(wrong)


@pytest.mark.hostile_row(71)
@given(st.sampled_from(ALL) | REPORTS, st.booleans())
def test_any_page_holds_to_the_specification(report, finished) -> None:
    """Whatever text and numbers a report has, in a complete page and in one that is not."""
    text = page(report, finished=finished)
    results = strictly(text)

    assert [] == _mistakes(results)
    assert "score" in results
    assert text.replace("\n", "").isascii() or not set(text) & set("\x1b\x9b\u202e\ud800")
    assert [str(position) for position in range(1, len(report.items) + 1)] == [
        test["number"] for test in results["tests"]
    ]


def test_what_stands_at_the_top() -> None:
    """The points, the formats, what was measured and noted, and what is for the teacher alone."""
    results = strictly(page(PASSED))

    _, words = shown(results.pop("output"))
    assert all(line.replace("`", "") in words for section in sections(PASSED) for line in section.lines)
    assert words.startswith("Passed: 7.5 of 7.5 points.")
    assert 3 == len(results.pop("tests"))
    assert {
        "score": 7.5,
        "execution_time": 2.25,
        "output_format": "md",
        "test_output_format": "md",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "program": "grader 0.1.0",
            "rubric": "gradient_clipping",
            "verdict": "passed",
            "max_score": 7.5,
        },
    } == results


@pytest.mark.parametrize(("report", "decided"), [(FAILED, {"score": 0, "status": "failed"}), (REVIEW, {})])
def test_an_item(report: Report, decided: dict[str, Any]) -> None:
    """One that failed has its points and its status; one for a teacher has neither, and is no zero."""
    item, test = for_student(report).items[1], strictly(page(report))["tests"][1]

    assert 4.5 == strictly(page(report))["score"]
    _, words = shown(test.pop("output"))
    assert all(line.replace("`", "") in words for line in (str(item.message), *advice(item)))
    assert {
        "name": "The logged norm stays within the cap",
        "number": "2",
        **decided,
        "max_score": 3,
        "output_format": "md",
        "tags": ["norm_within_cap", item.status],
        "extra_data": {"id": "norm", "kind": "norm_within_cap", "status": item.status},
    } == test


@pytest.mark.parametrize(
    ("report", "undecided"), [(ERROR, [0, 1, 2]), (PARTIAL, []), (REVIEW, [1]), (HOSTILE, [])]
)
def test_points_only_where_they_are_decided(report: Report, undecided: list[int]) -> None:
    """An error and a review are no zero; what was skipped is one, and the total is a number all the same."""
    results = strictly(page(report))

    assert undecided == [
        position for position, test in enumerate(results["tests"]) if not {"score", "status"} & set(test)
    ]
    assert sum(test.get("score", 0) for test in results["tests"]) == results["score"]


@pytest.mark.parametrize("visibility", ["visible", "after_published"])
def test_a_teacher_can_show_it_later(visibility: Any) -> None:
    """The whole page has one visibility: a hidden test would hide the student's total, too."""
    results = strictly(page(PASSED, visibility=visibility))

    assert [] == _mistakes(results)
    assert visibility == results["visibility"]
    assert [] == [test for test in results["tests"] if "visibility" in test]


def test_a_leaderboard_only_if_asked() -> None:
    """It has the accuracy first, where there is one, and the points; a page that is not finished has none."""
    measured = PASSED.model_copy(update={"numbers": {"accuracy": 0.8745}})
    odd = PASSED.model_copy(update={"numbers": {"accuracy": math.nan}})

    assert "leaderboard" not in strictly(page(measured))
    assert "leaderboard" not in strictly(page(measured, finished=False, leaderboard=True))
    assert [
        {"name": "Accuracy on the test examples", "value": 0.8745},
        {"name": "Points", "value": 7.5},
    ] == strictly(page(measured, leaderboard=True))["leaderboard"]
    assert [{"name": "Points", "value": 7.5}] == strictly(page(odd, leaderboard=True))["leaderboard"]
    assert [{"name": "Points", "value": 0}] == strictly(page(ERROR, leaderboard=True))["leaderboard"]


def test_numbers_that_are_not_finite() -> None:
    """They are left out, or are zero where the specification wants a number."""
    odd = a_report(an_item(points=math.nan, max_points=math.inf), score=math.nan, seconds=math.inf)
    results = strictly(page(odd))

    assert 0 == results["score"]
    assert 0 == results["execution_time"]
    assert not {"score", "max_score", "status"} & set(results["tests"][0])
    assert results["extra_data"]["max_score"] is None


@pytest.mark.parametrize("metadata", ["", "[]", "{", '{"users": 3}', '{"users": ["Ana"]}', "[" * 100_000])
@pytest.mark.usefixtures("workers")
def test_metadata_that_gradescope_did_not_write_is_refused(tmp_path: Path, metadata: str) -> None:
    """It is the operator's file, so it is said before anything is graded."""
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission_metadata.json").write_text(metadata, encoding="utf-8")

    with pytest.raises(
        UsageError, match=r"submission_metadata\.json` is not the JSON that Gradescope writes"
    ):
        hook(Options(DEFAULT), tmp_path, visibility="visible", leaderboard=False)

    assert not (tmp_path / "results" / "results.json").exists()


@pytest.mark.parametrize(
    ("due", "users", "expected"),
    [
        ("2018-07-31T23:00:00.000000-07:00", [{}], DUE),
        # One of a group has an extension.
        ("2018-07-30T23:00:00.000000-07:00", [{}, {"due_date": "2018-08-01T06:00:00Z"}], DUE),
        ("2018-07-31T23:00:00.000000-07:00", [{"due_date": None}], DUE),
        *((odd, [{"due_date": odd}], None) for odd in (None, "", "soon", 5, "2018-07-31T23:00:00")),
    ],
)
def test_when_it_was_handed_in_and_due(tmp_path: Path, due: Any, users: list[Any], expected: Any) -> None:
    """A due date that is missing or cannot be read is not known, so nobody is late by it."""
    people = [{"name": "Ana", "assignment": one} if one else {"name": "Ana"} for one in users]
    about = {"id": 7, "created_at": "2018-08-01T06:00:00.000000Z", "assignment": {"due_date": due}}
    file = tmp_path / "submission_metadata.json"
    file.write_text(json.dumps({**about, "users": people}), encoding="utf-8")

    assert HandedIn(DUE, expected) == submitter(file).handed_in


@pytest.mark.usefixtures("workers")
def test_a_grader_that_is_killed_leaves_a_partial_result(tmp_path: Path, examples: Path) -> None:
    """As soon as it has begun there is one, which says what it means if it stays."""
    shutil.copytree(examples / "ana_passes", tmp_path / "submission")
    file = tmp_path / "results" / "results.json"
    command = [sys.executable, "-m", "grader", "hook", "gradescope", "--root", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and not file.exists():
            time.sleep(0.005)
        process.kill()

    assert results_in(tmp_path)["output"].startswith("Not finished: 0 of 10 points.")
    assert ["results.json"] == [path.name for path in file.parent.iterdir()]
