"""Tests of `grader.reports.charts.captions`: what is said of the norms beside their charts."""

import math

import pytest
from builders_evidence import a_norm

from grader.analysis.norms.columns import Bound, NormColumn
from grader.analysis.reference.fit import Fit
from grader.reports.charts.captions import End, at_most, compared, described, end_of_log, expected, named

FIT = Fit(z=1.0, chi2=1.0, batch_size=32, found=(), expected=())


def a_column(values: list[float], stage: str = "after") -> NormColumn:
    return NormColumn(a_norm(values, "g"), "variable", stage, "declared", "declared")


def test_a_series_has_its_stage() -> None:
    """In the key, and in the words."""
    assert "`g`, after clipping" == named(a_column([1.0]))
    assert "`g`, before clipping" == named(a_column([1.0], "before"))
    assert "`g` has 1 norm before clipping: the largest is 2.0, the last 2.0." == described(
        a_column([2.0], "before")
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([2.0, 1.0], "`g` has 2 norms after clipping: the largest is 2.0, the last 1.0."),
        (
            [2.0, math.nan],
            "`g` has 2 norms after clipping: the largest is 2.0, the last 2.0, and 1 value is not finite.",
        ),
        (
            [2.0, math.nan, math.inf],
            "`g` has 3 norms after clipping: the largest is 2.0, the last 2.0, and 2 values are not finite.",
        ),
        ([math.nan], "`g` has 1 norm after clipping: none is finite."),
    ],
)
def test_what_is_not_finite_is_counted(values: list[float], words: str) -> None:
    """It is neither the largest nor the last."""
    assert words == described(a_column(values))


def test_a_bound_has_its_reason() -> None:
    """The cap needs none."""
    assert "The cap of 1.0" == at_most(Bound(1.0))
    assert "At most 2.449 (of six)" == at_most(Bound(2.449, "of six"))


@pytest.mark.parametrize(
    ("end", "steps", "title"),
    [
        ("first", 1, "The first 1 step"),
        ("first", 300, "The first 300 steps"),
        ("last", 1, "The last 1 step"),
        ("last", 2, "The last 2 steps"),
    ],
)
def test_an_end_has_its_length(end: End, steps: int, title: str) -> None:
    """One step is one."""
    assert title == end_of_log(end, steps)


def test_whose_norms_are_expected() -> None:
    """An honest run's where the log is like one, else the grader's own."""
    share = "10 to 98 % of the norms, and their median"

    assert f"The grader's own training, the first steps: {share}" == expected("first", None)
    assert f"What the grader measured at the submitted weights, the last steps: {share}" == expected(
        "last", None
    )
    assert f"An honest run at batch size 32, the first steps: {share}" == expected("first", FIT)
    assert f"An honest run at batch size 32, the last steps: {share}" == expected("last", FIT)


@pytest.mark.parametrize(
    ("end", "own", "fit", "words"),
    [
        ("first", None, None, "The median of the first 2 steps is 1.5."),
        ("last", None, FIT, "The median of the last 2 steps is 1.5."),
        ("first", 1.0, None, "The median of the first 2 steps is 1.5; the grader's own training has 1.0."),
        (
            "last",
            1.0,
            None,
            (
                "The median of the last 2 steps is 1.5; what the grader measured at the submitted weights "
                "has 1.0."
            ),
        ),
        (
            "last",
            1.0,
            FIT,
            "The median of the last 2 steps is 1.5; an honest run at batch size 32 has 1.0.",
        ),
    ],
)
def test_medians_side_by_side(end: End, own: float | None, fit: Fit | None, words: str) -> None:
    """The log's, and the expected one where there is one."""
    assert words == compared(end, [1.0, 2.0], own, fit)


def test_a_median_of_nothing() -> None:
    """Where no norm is finite, none is known."""
    assert "The median of the first 1 step is not known." == compared("first", [math.nan], None, None)
