"""Tests of `grader.grading.late`: what late work costs, and that nobody is late by a mistake."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import builders_evidence as build
import pytest
from builders_golden import said
from builders_grading import ACCURACY, LAYERS, a_rubric
from builders_reports import a_report, an_item, in_a_terminal, shown
from hypothesis import given
from hypothesis import strategies as st

from grader.grading.judge import judge
from grader.grading.late import days_late
from grader.grading.verdict import settled, with_decisions
from grader.report import LATE, Decision, Report, Whose, so_far
from grader.reports import html, markdown, plain_text, sentences
from grader.rubric import Late
from grader.submissions.handed_in import HandedIn

BERLIN = timezone(timedelta(hours=1))
DUE = datetime(2026, 11, 30, 23, 59, tzinfo=BERLIN)
HOUR, DAY, GRACE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=15)
RULE = Late(per_day=0.1, at_most_days=3)


def judged(
    at: datetime | None, due: datetime | None = DUE, late: Late | None = RULE, **fields: Any
) -> Report:
    """The report of a submission that is worth 5 of 5 points and was handed in at this time."""
    handed_in = HandedIn(at, due, fields.pop("is_marked_late", False))
    rubric = a_rubric(ACCURACY, LAYERS, late=late, due=fields.pop("rubrics", None))
    return judge(rubric, build.some_evidence(), Whose("ana", handed_in=handed_in))


@pytest.mark.parametrize(
    ("after", "days"),
    [
        (-DAY, 0),
        (timedelta(0), 0),
        (GRACE, 0),
        (GRACE + timedelta(seconds=1), 1),
        (DAY, 1),
        # A day in which clocks were put back has 25 hours.
        (DAY + HOUR + GRACE, 1),
        (DAY + HOUR + GRACE + timedelta(seconds=1), 2),
        (3 * DAY, 3),
    ],
)
def test_a_begun_day_counts(after: timedelta, days: int) -> None:
    """The grace is added to each day, and the zone of the platform does not matter."""
    assert days == days_late(DUE + after, DUE, GRACE) == days_late((DUE + after).astimezone(UTC), DUE, GRACE)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 1440))
def test_later_is_never_cheaper(one: int, other: int, grace: int) -> None:
    """And more grace never makes anybody later."""
    early, late = sorted((one, other))
    days = [
        days_late(DUE + timedelta(minutes=minutes), DUE, timedelta(minutes=grace))
        for minutes in (early, late)
    ]

    assert days[0] <= days[1] <= days_late(DUE + timedelta(minutes=late), DUE, timedelta(0))


@pytest.mark.parametrize(
    ("after", "points"), [(timedelta(0), 5.0), (HOUR, 4.5), (2 * DAY, 4.0), (3 * DAY, 3.5), (30 * DAY, 3.5)]
)
def test_a_penalty_is_a_line_that_takes_points_and_no_verdict(after: timedelta, points: float) -> None:
    """What was asked is there; the line has both times, and every format of the student shows its points."""
    report = judged(DUE + after)

    assert ("passed", points, 5.0) == (report.verdict, report.score, report.max_score)
    assert [points - 5.0] * (points < 5) == [item.points for item in report.items if item.kind == LATE]
    pages = (html.page, markdown.page, plain_text.page, lambda one: shown(in_a_terminal(one)))
    if after == HOUR:
        late = report.items[-1]
        assert said(sentences.heading(late), *sentences.found(late))
        assert all("-0.5" in page(report) for page in pages)
    assert all("2026-11-30 23:59 UTC+01:00" in page(report) for page in pages)


@pytest.mark.parametrize(
    "fields",
    [
        {"at": None},
        {"at": None, "is_marked_late": True},
        {"at": DUE + DAY, "due": None},
        {"at": DUE + DAY, "late": None},
    ],
    ids=["no time", "only marked", "no due date", "no rule"],
)
def test_what_is_not_known_is_not_late(fields: dict[str, Any]) -> None:
    """A sentence says so where the rubric would take points off."""
    report = judged(**fields)

    assert 5.0 == report.score
    assert bool(fields.get("late", RULE)) == bool(report.notes)
    said("\n".join(map(str, report.notes)) or "nothing is said")


def test_the_due_date_of_the_platform_goes_before_the_rubrics() -> None:
    """The platform knows who has an extension."""
    assert 4.5 == judged(DUE + HOUR, None, rubrics=DUE).score
    assert 5.0 == judged(DUE + HOUR, DUE + DAY, rubrics=DUE).score


def test_no_score_is_below_zero() -> None:
    """Also where nothing was earned."""
    assert 0.0 == judged(DUE + 9 * DAY, late=Late(per_day=0.5)).score


def test_a_waived_penalty_is_no_comparison_of_parts() -> None:
    """It has no points either, but stands among what was asked, with who waived it."""
    made = Decision(time=datetime(2026, 12, 1, tzinfo=UTC), by="Dr. Kim", status="passed")
    page = html.page(with_decisions(judged(DUE + HOUR), {LATE: made}))

    assert "Dr. Kim decided this" in page
    assert "They earn no points" not in page


def test_late_work_that_waits_as_a_whole_has_no_points_yet() -> None:
    """What is taken off is known before anything is earned; a zero would be a claim."""
    waiting = an_item(status="review", points=0.0, is_by_hand=True)
    guard = an_item(id="guard", points=0.0, max_points=0.0)
    late = judged(DUE + HOUR).items[-1]

    report = settled(a_report(waiting, guard, late))

    assert ("review", None) == (report.verdict, so_far(report))


@pytest.mark.parametrize(
    ("decision", "score"), [({"status": "passed"}, 5.0), ({"points": 0.0}, 5.0), ({"status": "failed"}, 4.5)]
)
def test_a_person_can_waive_it(decision: dict[str, Any], score: float) -> None:
    """Deciding that the line fails leaves it as it is."""
    made = Decision(time=datetime(2026, 12, 1, tzinfo=UTC), by="Dr. Kim", **decision)

    assert score == with_decisions(judged(DUE + HOUR), {LATE: made}).score
