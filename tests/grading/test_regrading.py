"""Tests of `grader.grading.regrading`: every line on what another rubric changes."""

from typing import Any

import builders_reports as build
import pytest
from builders_grading import ACCURACY, LOGGED, a_rubric

from grader.grading.regrading import changes
from grader.report import Report
from grader.rubric import Rubric

RUBRIC = a_rubric(ACCURACY, LOGGED, pass_at=0.5)
BEFORE = build.a_report(build.an_item(), build.a_norm_item(), verdict="failed")


def lines(before: Report | None, after: Report, rubric: Rubric = RUBRIC) -> list[str]:
    return list(changes(before, after, rubric))


def after(*items: Any, **fields: Any) -> Report:
    return build.a_report(*(items or BEFORE.items), **{"verdict": "failed", **fields})


def test_nothing_is_said_where_verdict_and_score_stay() -> None:
    """A new title, sentence or file changes nobody's grade."""
    assert [] == lines(
        BEFORE, after(build.an_item(title="New"), build.a_norm_item(message="New."), seconds=9.0)
    )


def test_a_status_that_changes_is_the_reason() -> None:
    """With the sentence that the report has now."""
    norm = build.a_norm_item(status="passed", points=3.0, message="It is within 5.0.")

    assert [
        "garcia: failed -> passed, 2 of 5 -> 5 of 5",
        "  norm: failed -> passed. It is within 5.0.",
    ] == lines(BEFORE, after(build.an_item(), norm, verdict="passed"))


def test_points_that_change_are_the_reason() -> None:
    """The verdict may stay."""
    layers = build.an_item(points=2.5, max_points=2.5, message="They are [300, 100].")

    assert [
        "garcia: failed, 2 of 5 -> 2.5 of 5.5",
        "  hidden_layers: passed, worth 2.5 instead of 2. They are [300, 100].",
    ] == lines(BEFORE, after(layers, build.a_norm_item()))


def test_items_that_come_and_go_are_named() -> None:
    """Those that go in the order in which they stood."""
    new = build.an_accuracy_item(message="0.8745 is reached.")

    assert [
        "garcia: failed -> passed, 2 of 5 -> 2.5 of 2.5",
        "  accuracy: new, passed. 0.8745 is reached.",
        "  hidden_layers: no longer asked for.",
        "  norm: no longer asked for.",
    ] == lines(BEFORE, after(new, verdict="passed"))


def test_another_share_of_the_points_is_the_reason() -> None:
    """Where every item is as it was."""
    assert [
        "garcia: failed -> passed, 2 of 5",
        "  The rubric asks for 2 of 4 points to pass.",
    ] == lines(BEFORE, after(verdict="passed"))


@pytest.mark.parametrize(
    ("likeness", "was", "now", "reason"),
    [
        ("note", "review", "failed", "It resembles `ito`; the rubric only notes it."),
        ("off", "review", "failed", "It resembles `ito`; the rubric ignores it."),
        ("review", "failed", "review", "It resembles `ito`; a teacher will review it."),
    ],
)
def test_likeness_is_the_reason(likeness: str, was: str, now: str, reason: str) -> None:
    """Where the rubric makes something else of a pair."""
    pairs = (build.a_pair(),)
    before = after(verdict=was, pairs=pairs)
    report = after(verdict=now, pairs=() if likeness == "off" else pairs)

    assert [f"garcia: {was} -> {now}, 2 of 5", f"  {reason}"] == lines(
        before, report, a_rubric(likeness=likeness)
    )


def test_a_report_that_was_not_there_is_named() -> None:
    """Somebody removed it, or it cannot be read."""
    assert ["garcia: failed, 2 of 5 (no earlier report)"] == lines(None, BEFORE)


def test_nothing_in_a_name_acts() -> None:
    """Nor in a sentence."""
    hostile = after(
        build.an_item(message="a\nb\x1b[2J", status="failed", points=0.0),
        build.a_norm_item(),
        id="\x1b[31m\n",
    )

    assert [
        r"\x1b[31m\n: failed, 2 of 5 -> 0 of 5",
        r"  hidden_layers: passed -> failed. a b\x1b[2J",
    ] == lines(BEFORE, hostile)
