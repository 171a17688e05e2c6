"""Tests of `grader.grading.verdict`: what items and decisions make of a report."""

from datetime import UTC, datetime
from typing import Any

import pytest
from builders_reports import a_norm_item, a_pair, a_report, an_accuracy_item, an_item
from hypothesis import given
from hypothesis import strategies as st

from grader.grading.verdict import settled, with_decisions
from grader.report import Decision, ItemResult, Report, decided
from grader.reports.sentences import who_looks

NEEDS_NORM = {"requires": ("norm",)}


def a_decision(**fields: Any) -> Decision:
    """A decision of a teacher, with any field replaced."""
    return Decision(**{"time": datetime(2026, 11, 29, tzinfo=UTC), "by": "Dr. Kim", **fields})


def a_settled(*items: ItemResult, asked: float = 7.5, **fields: Any) -> Report:
    """A settled report of which so many points are asked."""
    return settled(a_report(*items, points_to_pass=asked, **fields))


EVERY = (an_item(), a_norm_item(), an_accuracy_item(**NEEDS_NORM))


def statuses(report: Report) -> list[str]:
    """The statuses of the items, in order."""
    return [item.status for item in report.items]


def test_an_item_is_skipped_where_another_does_not_earn() -> None:
    """Its points are lost with those of the item that it requires, and it is granted with that."""
    report = a_settled(*EVERY)

    assert ["passed", "failed", "skipped"] == statuses(report)
    assert ("failed", 2.0) == (report.verdict, report.score)

    granted = with_decisions(report, {"norm": a_decision(status="passed")})

    assert ["passed", "passed", "passed"] == statuses(granted)
    assert ("passed", 7.5) == (granted.verdict, granted.score)


@pytest.mark.parametrize(
    ("decision", "status", "points", "verdict"),
    [
        ({"status": "passed"}, "passed", 3.0, "passed"),
        ({"status": "failed"}, "failed", 0.0, "failed"),
        ({"points": 3.0}, "passed", 3.0, "passed"),
        ({"points": 1.0}, "failed", 1.0, "failed"),
        # Another rubric gives fewer points than were decided.
        ({"points": 9.0}, "passed", 3.0, "passed"),
    ],
)
def test_a_decision_goes_before_what_was_found(
    decision: dict[str, Any], status: str, points: float, verdict: str
) -> None:
    """What was found stays beside it, and an item that nobody has to look at any more is not open."""
    item = a_norm_item(status="review", is_open=True)

    report = with_decisions(a_settled(an_item(), item, an_accuracy_item()), {"norm": a_decision(**decision)})

    decided = report.items[1]
    assert (status, points, False) == (decided.status, decided.points, decided.is_open)
    assert (verdict, item) == (report.verdict, decided.before)


@pytest.mark.parametrize(
    ("decision", "verdict", "score"),
    [
        ({"status": "passed"}, "passed", 4.5),
        ({"status": "failed"}, "failed", 4.5),
        ({"points": 7.5}, "passed", 7.5),
        ({"points": 7.0}, "failed", 7.0),
    ],
)
def test_a_decision_about_all_goes_before_the_items(
    decision: dict[str, Any], verdict: str, score: float
) -> None:
    """Items, pairs and errors no longer decide."""
    items = an_item(), a_norm_item(status="error"), an_accuracy_item()
    report = a_settled(*items, pairs=(a_pair(),), pairs_decide=True)

    decided = with_decisions(report, {"": a_decision(**decision)})

    assert "error" == report.verdict
    assert (verdict, score, "Dr. Kim decided this.") == (decided.verdict, decided.score, str(decided.summary))


def test_nothing_is_open_where_a_person_decided_the_whole() -> None:
    """Nobody looks into what could not be graded any more, nor into what that had to pass for."""
    broken = a_norm_item(status="error")
    report = a_settled(an_item(), broken, an_accuracy_item(**NEEDS_NORM))
    after = with_decisions(report, {"": a_decision(points=7.5)})

    assert ([False, True, True], [False] * 3) == (
        [item.is_open for item in report.items],
        [item.is_open for item in after.items],
    )
    assert ["The verdict does not depend on this.", ""] == [who_looks(item) for item in after.items[1:]]
    assert report == with_decisions(after, {})


@pytest.mark.parametrize("about", ["norm", ""])
def test_a_decision_about_earlier_files_waits_for_a_person(about: str) -> None:
    """It changes nothing else, and is shown."""
    alone = a_settled(*EVERY)

    report = with_decisions(alone, {about: a_decision(status="passed", is_earlier=True)})

    assert ("review", alone.score, statuses(alone)) == (report.verdict, report.score, statuses(report))
    assert (report.decision or report.items[1].decision) is not None


def test_a_pair_asks_only_about_who_passes() -> None:
    """The rubric says whether it asks at all."""
    passing = a_norm_item(status="passed", points=3.0)
    alike = {"pairs": (a_pair(),), "pairs_decide": True}

    verdicts = [
        a_settled(an_item(), norm, an_accuracy_item(), **fields).verdict
        for norm, fields in ((passing, alike), (a_norm_item(), alike), (passing, {"pairs": (a_pair(),)}))
    ]

    assert ["review", "failed", "passed"] == verdicts


BY_HAND = an_item(id="caption", status="review", points=0.0, max_points=2.0, is_by_hand=True)


@pytest.mark.parametrize(
    ("norm", "asked", "verdict", "granted"),
    [
        ("passed", 7.5, "review", "passed"),
        ("failed", 7.5, "review", "failed"),
        ("error", 7.5, "error", "error"),
    ],
)
def test_an_item_that_is_graded_by_hand_is_waited_for(
    norm: Any, asked: float, verdict: str, granted: str
) -> None:
    """Its points are part of the grade of who fails otherwise, too; deciding all of it decides this one."""
    report = a_settled(
        an_item(), a_norm_item(status=norm, points=3.0 * (norm == "passed")), BY_HAND, asked=asked - 0.5
    )
    decided_item = with_decisions(report, {"caption": a_decision(points=2.0)})
    decided_all = with_decisions(report, {"": a_decision(status="failed")})

    assert (verdict, None) == (report.verdict, decided(report.items[2]))
    assert (granted, 2.0) == (decided_item.verdict, decided_item.items[2].points)
    assert ("failed", False) == (decided_all.verdict, decided_all.items[2].is_open)


def test_a_doubt_is_settled_beside_an_item_by_hand_where_it_cannot_change_the_verdict() -> None:
    """Nobody is promised a review of it; what depends on the item by hand stays open."""
    doubt, failed = a_norm_item(status="review"), an_accuracy_item(status="failed", points=0.0)
    others = (
        an_item(id="after_doubt", requires=("norm",)),
        an_item(id="after_hand", requires=("caption",), points=0.0),
    )
    open_items = {
        asked: [
            item.id for item in a_settled(doubt, failed, BY_HAND, *others, asked=asked).items if item.is_open
        ]
        for asked in (11.5, 9.0)
    }

    assert ["caption", "after_hand"] == open_items[11.5]
    assert ["norm", "caption", "after_doubt", "after_hand"] == open_items[9.0]


@pytest.mark.parametrize(
    ("bonus", "norm", "verdict", "score"),
    [
        ("passed", "passed", "passed", 7.0),
        ("failed", "passed", "passed", 5.0),
        ("passed", "failed", "failed", 4.0),
        # Nobody has to look at it for the verdict.
        ("review", "passed", "passed", 5.0),
        ("review", "failed", "failed", 2.0),
    ],
)
def test_a_bonus_adds_to_the_score_alone(bonus: Any, norm: Any, verdict: str, score: float) -> None:
    """It neither raises the maximum nor makes up for what is needed to pass; a person can decide it, too."""
    extra = an_item(id="extra", status=bonus, points=2.0 * (bonus == "passed"), is_extra=True)
    items = (an_item(), a_norm_item(status=norm, points=3.0 * (norm == "passed")), extra)

    report = a_settled(*items, asked=5.0)

    assert (verdict, score, 5.0) == (report.verdict, report.score, report.max_score)
    assert score <= with_decisions(report, {"extra": a_decision(points=2.0)}).score
    assert 7.0 == with_decisions(report, {"": a_decision(points=7.0)}).score


decisions = st.builds(
    a_decision,
    status=st.sampled_from(["passed", "failed", None]),
    points=st.none() | st.floats(0, 10),
    is_earlier=st.booleans(),
)


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["", "hidden_layers", "norm", "accuracy", "gone"]), decisions),
        min_size=2,
    )
)
def test_the_last_decisions_count_whatever_was_decided_before(several: list[dict[str, Decision]]) -> None:
    """Settling again starts from what was found, so no order of decisions leaves a trace."""
    alone = a_settled(*EVERY)
    report = alone
    for one in several:
        report = with_decisions(report, one)

    assert with_decisions(alone, several[-1]) == report == settled(report)
    assert alone == with_decisions(report, {})
