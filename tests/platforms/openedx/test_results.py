"""The reply of an external grader, read as the learning platform reads it."""

import json
import math
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from builders_reports import ALL, ERROR, FAILED, HOSTILE, PASSED, REPORTS
from hypothesis import given, settings

from grader.platforms.openedx import results
from grader.report import Report


def accepted(page: str) -> dict[str, Any]:
    """The reply after the platform's checks: an object with all three keys, the message well-formed XML."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    reply = json.loads(page.encode(), parse_constant=refuse)
    assert {"correct", "score", "msg"} <= set(reply)
    assert isinstance(reply["correct"], bool)
    assert not isinstance(reply["score"], bool)
    assert math.isfinite(reply["score"])
    assert 0 <= reply["score"] <= 1
    reply["msg"] = ET.fromstring(reply["msg"].encode())  # noqa: S314  (our own)
    return dict(reply)


def test_a_report_that_failed() -> None:
    """The share of the points, and all sentences as headings and paragraphs."""
    reply = accepted(results.page(FAILED))

    assert (False, 0.6) == (reply["correct"], reply["score"])
    assert [
        ("p", "Failed: 4.5 of 7.5 points; 1 item did not pass."),
        ("p", 'See "To do" under each failed item.'),
        ("h4", "Passed: The hidden layers are [300, 100] (2 of 2 points)"),
        ("p", "The hidden layers are [300, 100], as asked."),
        ("h4", "Failed: The logged norm stays within the cap (0 of 3 points)"),
        ("p", "The logged norm reaches 4.31 at step 12; the cap is 1.0, so 412 steps are above it."),
        ("p", "To do: Pass `clipnorm=1.0` to `Adam` and train again."),
        ("p", "From your teacher: Chapter 11 shows where the argument goes."),
        ("h4", "Passed: The model reaches 0.87 on the test images (2.5 of 2.5 points)"),
        ("p", "The model is right on 0.8745 of 10,000 test images; the rubric asks for 0.87."),
    ] == [(part.tag, part.text) for part in reply["msg"]]


def test_only_what_passed_is_correct() -> None:
    """A report that waits has what it earned so far."""
    assert (True, 1) == (accepted(results.page(PASSED))["correct"], accepted(results.page(PASSED))["score"])
    assert (False, 0) == (accepted(results.page(ERROR))["correct"], accepted(results.page(ERROR))["score"])


def test_hostile_text_is_text() -> None:
    """Nothing of it becomes an element."""
    parts = list(accepted(results.page(HOSTILE))["msg"].iter())

    assert {"div", "h4", "p"} == {part.tag for part in parts}
    assert all(not part.attrib for part in parts)


@pytest.mark.parametrize("report", ALL)
def test_each_report_is_accepted(report: Report) -> None:
    """Of any verdict."""
    assert accepted(results.page(report))


@settings(max_examples=60, deadline=None)
@given(REPORTS)
def test_any_report_is_accepted(report) -> None:
    """Whatever text and numbers it has."""
    assert accepted(results.page(report))
