"""The result of an autograding step as Classroom reads it, and workflow commands as a runner reads them."""

import base64
import json
import math
import re
from typing import Any

import pytest
from builders_reports import ALL, ERROR, FAILED, PASSED, REPORTS, REVIEW, a_report, an_item
from hypothesis import given, settings

from grader.platforms.github import results
from grader.report import Report

# A command is a whole line; properties end at the first `::`.
COMMAND = re.compile(r"::(?P<level>notice|warning|error) title=(?P<title>[^:,\r\n]*)::(?P<data>[^\r\n]*)")


def reported(result: str) -> dict[str, Any]:
    """What Classroom's reporter makes of a result, and what it would stumble over."""
    assert re.fullmatch(r"[A-Za-z0-9+/]+=*", result)
    content = json.loads(base64.b64decode(result, validate=True))
    problems = [] if content["version"] == 1 else ["version"]
    problems += [] if content["status"] in {"pass", "fail", "error"} else ["status"]
    for test in content["tests"]:
        problems += [] if test["status"] in {"pass", "fail", "error"} else ["status of a test"]
        problems += (
            [] if isinstance(test["score"], int | float) and math.isfinite(test["score"]) else ["score"]
        )
        problems += [
            key for key in ("name", "message", "test_code", "filename") if not isinstance(test[key], str)
        ]
        problems += [key for key in ("line_no", "duration") if not isinstance(test[key], int)]
    # A maximum that is missing or zero is not reported at all.
    total = sum(test["score"] for test in content["tests"]) if content["max_score"] else None
    return {**content, "total": total, "problems": problems}


def spoken(annotations: str) -> list[tuple[str, str, str]]:
    """The commands that a runner finds, decoded."""
    found = []
    for line in annotations.splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        title, data = (
            text.replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%0A", "\n")
            .replace("%0D", "\r")
            .replace("%25", "%")
            for text in (match["title"], match["data"])
        )
        found.append((match["level"], title, data))
    return found


def test_the_points_of_a_report() -> None:
    """The reporter's sum is the report's score."""
    found = reported(results.result(FAILED))

    assert [] == found["problems"]
    assert ("fail", 7.5, 4.5) == (found["status"], found["max_score"], found["total"])
    assert ["pass", "fail", "pass"] == [test["status"] for test in found["tests"]]
    assert {
        "name": "The logged norm stays within the cap",
        "status": "fail",
        "score": 0,
        "message": (
            "The logged norm reaches 4.31 at step 12; the cap is 1.0, so 412 steps are above it.\n"
            "To do: Pass `clipnorm=1.0` to `Adam` and train again.\n"
            "From your teacher: Chapter 11 shows where the argument goes."
        ),
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": 0,
    } == found["tests"][1]


def test_whole_points_are_whole_numbers() -> None:
    """The form asks for them."""
    found = reported(results.result(a_report(an_item())))

    assert isinstance(found["max_score"], int)
    assert isinstance(found["tests"][0]["score"], int)


@pytest.mark.parametrize(("report", "status"), [(PASSED, "pass"), (REVIEW, "error"), (ERROR, "error")])
def test_what_waits_for_a_person_is_an_error(report: Report, status: str) -> None:
    """The form knows nothing else."""
    assert status == reported(results.result(report))["status"]


def test_what_did_not_pass_is_shown_beside_the_run() -> None:
    """An error for what failed, a notice with the verdict; what passed says nothing."""
    assert [
        (
            "error",
            "The logged norm stays within the cap",
            (
                "The logged norm reaches 4.31 at step 12; the cap is 1.0, so 412 steps are above it. "
                "To do: Pass `clipnorm=1.0` to `Adam` and train again. "
                "From your teacher: Chapter 11 shows where the argument goes."
            ),
        ),
        ("notice", "Graded", "Failed: 4.5 of 7.5 points; 1 item did not pass."),
    ] == spoken(results.annotations(FAILED))
    assert ["warning", "notice"] == [level for level, *_ in spoken(results.annotations(REVIEW))]
    assert (
        "notice",
        "Not graded",
        "Not fully graded: all 7.5 points are still open; 3 items were not graded.",
    ) == spoken(results.annotations(ERROR))[-1]


def test_a_text_is_no_command() -> None:
    """What looks like one is its text."""
    item = an_item(status="failed", title="a::b,c%0A", message="x\n::add-mask::y\r::stop-commands::z")

    assert [
        ("error", "a::b,c%0A", "x ::add-mask::y ::stop-commands::z"),
        ("notice", "Graded", "Passed: 2 of 2 points; 1 item did not pass."),
    ] == spoken(results.annotations(a_report(item)))


@pytest.mark.parametrize("report", ALL)
def test_each_report_is_read(report: Report) -> None:
    """Of any verdict and with hostile text."""
    assert [] == reported(results.result(report))["problems"]
    assert spoken(results.annotations(report))


@settings(max_examples=60, deadline=None)
@given(REPORTS)
def test_any_report_is_read(report) -> None:
    """Whatever text and numbers it has; as many commands as items that did not pass, and one."""
    assert [] == reported(results.result(report))["problems"]
    told = sum(item.status in {"failed", "review", "error"} for item in report.items)
    assert told + 1 == len(spoken(results.annotations(report)))
