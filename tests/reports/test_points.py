"""Only what is decided is a number."""

import math

import pytest
from builders_reports import ERROR, FAILED, HOSTILE, PARTIAL, PASSED, REVIEW, a_report, an_item

from grader.reports import points


@pytest.mark.parametrize(
    ("value", "written", "read"),
    [
        (2.0, "2", "2"),
        (2.5, "2.5", "2.5"),
        (0.1 + 0.2, "0.3", "0.3"),
        (1 / 3, "0.333333", "0.33"),
        (-1.0, "-1", "-1"),
        (-0.0, "0", "0"),
        (1234567.0, "1234567", "1234567"),
        (math.nan, "None", "unknown"),
        (-math.inf, "None", "unknown"),
    ],
)
def test_a_number_is_short_and_finite(value: float, written: str, read: str) -> None:
    """Whole numbers have no `.0`, rounding noise is gone, what is not finite is not a number."""
    assert str(written) == str(points.number(value))
    assert str(read) == str(points.in_words(value))


@pytest.mark.parametrize(
    ("status", "expected"),
    [("passed", 2), ("failed", 2), ("review", None), ("error", None), ("skipped", None)],
)
def test_only_passed_and_failed_decide_points(status: str, expected: int | None) -> None:
    """An item that waits for a person has no points, not zero points."""
    assert expected == points.decided(an_item(status=status))


def test_points_that_are_not_finite_are_not_decided() -> None:
    """NaN never reaches a page."""
    assert points.decided(an_item(points=math.nan)) is None


def test_the_score_so_far() -> None:
    """It is the report's score, but none where somebody must look at every item."""
    assert [7.5, 4.5, 4.5, None, 2, 2] == [
        points.so_far(report) for report in (PASSED, FAILED, REVIEW, ERROR, PARTIAL, HOSTILE)
    ]
    assert points.so_far(a_report(an_item(), score=math.inf)) is None
    assert 0 == points.so_far(a_report(verdict="failed"))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "2 of 2 points"),
        ({"status": "failed", "points": 0.0, "max_points": 1.0}, "0 of 1 point"),
        ({"status": "review"}, "2 points still open"),
        ({"status": "error", "max_points": 1.0}, "1 point still open"),
        ({"points": math.nan, "max_points": math.inf}, "unknown points still open"),
    ],
)
def test_points_in_words(fields: dict[str, float | str], words: str) -> None:
    """What is not decided is open, not zero."""
    assert words == points.earned_of(an_item(**fields))


def test_the_share_of_the_points() -> None:
    """In [0, 1], none where the score is none, and without points the verdict is all."""
    assert [1.0, 0.6, None] == [points.share(report) for report in (PASSED, FAILED, ERROR)]
    assert 1.0 == points.share(a_report(an_item(), score=3.0))
    assert 0.0 == points.share(a_report(an_item(), score=-3.0))
    assert 1.0 == points.share(a_report(verdict="passed"))
    assert 0.0 == points.share(a_report(verdict="failed"))
    assert points.share(a_report(an_item(), max_score=math.nan)) is None
