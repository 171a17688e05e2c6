"""Tests of `grader.reports.charts.captions`: what is said beside the charts."""

import math

import pytest
from builders_evidence import a_column, a_norm, a_step_log

from grader.analysis.norms.columns import Bound, NormColumn
from grader.reports.charts.captions import (
    End,
    at_most,
    compared,
    described,
    diverged,
    end_of_log,
    how_to_read,
    named,
)
from grader.reports.charts.chart import Band, Chart, Curve, Divergence, Panel, Part


def a_norm_column(values: list[float], stage: str = "after") -> NormColumn:
    return NormColumn(a_norm(values, "g"), "variable", stage, "declared", "declared")


def a_panel(part: Part) -> Panel:
    return Panel("p", "", Chart((part,)), (), "")


def test_a_series_has_its_stage() -> None:
    """In the key."""
    assert "`g`, after clipping" == str(named(a_norm_column([1.0])))
    assert "`g`, before clipping" == str(named(a_norm_column([1.0], "before")))


def test_the_largest_and_the_last_norm_are_finite() -> None:
    """What is not finite is said elsewhere."""
    assert "`g`: largest 2.0, last 1.0." == str(described(a_norm_column([2.0, 1.0, math.nan])))


def test_a_bound_that_is_not_the_cap() -> None:
    """It has its value; the item on it says why."""
    assert "Cap of 1.0" == str(at_most(Bound(1.0)))
    assert "At most 2.449 after clipping" == str(at_most(Bound(2.449, "of six")))


@pytest.mark.parametrize(
    ("end", "steps", "title"),
    [
        ("first", 1, "First step"),
        ("first", 200, "First 200 steps"),
        ("last", 1, "Last step"),
        ("last", 2, "Last 2 steps"),
    ],
)
def test_an_end_has_its_length(end: End, steps: int, title: str) -> None:
    """One step is one."""
    assert str(title) == str(end_of_log(end, steps))


@pytest.mark.parametrize(
    ("end", "expected", "words"),
    [
        ("first", None, "Median at the start: 1.5."),
        ("last", None, "Median at the end: 1.5."),
        ("first", 1.0, "Median at the start: 1.5; expected 1.0."),
        ("last", 1.0, "Median at the end: 1.5; expected 1.0."),
    ],
)
def test_medians_side_by_side(end: End, expected: float | None, words: str) -> None:
    """The log's, and the expected one where there is one."""
    assert str(words) == str(compared(end, [1.0, math.nan, 2.0], expected))


@pytest.mark.parametrize("end", ["first", "last"])
@pytest.mark.parametrize("steps", [1, 2])
def test_a_median_of_nothing(end: End, steps: int) -> None:
    """Where no norm is finite, there is none, whatever was expected."""
    assert "finite" in str(compared(end, [math.nan] * steps, 1.0))


@pytest.mark.parametrize(
    ("where", "words"),
    [
        (Divergence(1, 2.0, 1_234, for_good=True), "not finite from step 2 (epoch 1) on"),
        (Divergence(1, 2.0, 1, for_good=False), "1 value of `g` is not finite, at step 2 (epoch 1)."),
        (Divergence(1, 2.0, 1_234, for_good=False), "1,234 values of `g` are not finite, the first at"),
    ],
)
def test_where_a_column_is_not_finite(where: Divergence, words: str) -> None:
    """For good, or only at times."""
    assert str(words) in str(diverged(a_column("loss", [1.0], header="g"), a_step_log(steps=5), where))


def test_what_is_true_of_all_charts_is_said_once() -> None:
    """And only where there is something of the kind."""
    thinned = a_panel(Part(curves=(Curve("loss", (1.0,), (1.0,), (1.0,), (1.0,)),)))
    expected = a_panel(Part(bands=(Band("expected", 0.0, 1.0, 0.0, 1.0, 2.0),)))

    assert [0, 1, 1, 2] == [
        len(how_to_read(panels))
        for panels in (
            [a_panel(Part()), Panel("none", "", None, (), "")],
            [thinned, thinned],
            [expected],
            [expected, thinned, thinned],
        )
    ]
