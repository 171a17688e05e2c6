"""Tests of what a logged norm is, and how large it can be."""

import math

import pytest
from builders_evidence import a_column, a_log, a_norm, an_optimizer
from builders_golden import said
from hypothesis import given
from hypothesis import strategies as st

from grader.analysis.norms.columns import (
    Series,
    bound_after_clipping,
    declared_columns,
    is_held,
    not_finite,
    over,
    reaching,
)
from grader.evidence.log import Column
from grader.evidence.model import Optimizer
from grader.evidence.values import Scope, Stage


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([a_norm([1.0])], [("variable", "after", False, False)]),
        ([a_norm([1.0], scope="global")], [("global", "after", True, False)]),
        ([a_norm([1.0], stage="before")], [("variable", "before", False, True)]),
        (
            [a_norm([2.0]), a_norm([1.0], stage="after")],
            [("variable", "before", False, True), ("variable", "after", False, True)],
        ),
        (
            [a_norm([2.0], stage="before"), a_norm([1.0])],
            [("variable", "before", False, True), ("variable", "after", False, True)],
        ),
        (
            [a_norm([2.0], stage="before"), a_norm([1.0], stage="after"), a_norm([1.0])],
            [
                ("variable", "before", False, True),
                ("variable", "after", False, True),
                ("variable", "after", False, False),
            ],
        ),
        ([a_norm([None]), a_column("loss", [1.0])], []),
    ],
)
def test_a_norm_is_what_is_declared_or_else_assumed(
    columns: list[Column], expected: list[tuple[Scope, Stage, bool, bool]]
) -> None:
    """A column without a stage is the other one of the stage beside it; one without values is left out."""
    found = declared_columns(a_log(*columns))

    assert expected == [
        (column.scope, column.stage, column.scope_known, column.stage_known) for column in found
    ]


def test_the_assumption_can_be_chosen() -> None:
    """What is declared goes first."""
    (column,) = declared_columns(a_log(a_norm([1.0], scope="variable")), "global", "before")

    assert ("variable", "before") == (column.scope, column.stage)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([a_norm([1.0])], []),
        ([a_norm([1.0], scope="global")], [("variable", "before"), ("variable", "after")]),
        ([a_norm([1.0]), a_norm([1.0], stage="after")], [("variable", "after"), ("global", "after")]),
    ],
)
def test_a_column_may_declare_that_it_is_no_other_series(
    columns: list[Column], expected: list[Series]
) -> None:
    """The column beside it declares, too; what is only told by the numbers does not count."""
    column = declared_columns(a_log(*columns))[0]
    every = [("variable", "before"), ("variable", "after"), ("global", "before"), ("global", "after")]

    assert expected == [series for series in every if column.declares_otherwise(series)]


def test_what_the_numbers_tell_is_not_declared() -> None:
    """The column may still be any series by what the student has written."""
    (column,) = declared_columns(a_log(a_norm([1.0])))

    assert not column.known_by("numbers", "global", "after").declares_otherwise(("variable", "before"))


@pytest.mark.parametrize(
    ("scope", "optimizer", "variables", "expected"),
    [
        ("variable", None, None, 2.0),
        ("global", None, None, None),
        ("global", an_optimizer(), 9, 6.0),
        ("global", an_optimizer(clipnorm=None, global_clipnorm=1.0), 9, 2.0),
        ("global", an_optimizer(clipnorm_is_global=True), 9, 2.0),
        ("global", an_optimizer(clipnorm=None, clipnorm_is_global=True), 9, 6.0),
        ("global", None, 16, 8.0),
    ],
)
def test_the_bound_follows_from_how_it_was_clipped(
    scope: Scope, optimizer: Optimizer | None, variables: int | None, expected: float | None
) -> None:
    """The cap, or the cap times the square root of the number of variables, or nobody knows."""
    bound = bound_after_clipping(2.0, scope, optimizer, variables)

    assert expected == (bound.value if bound else None)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12), st.floats(0.01, 10))
def test_no_clipped_gradient_is_over_the_bound(norms: list[float], cap: float) -> None:
    """For any norms of the variables, clipped each by itself, the global norm keeps to the bound."""
    clipped = [min(norm, cap) for norm in norms]
    bound = bound_after_clipping(cap, "global", None, len(norms))

    assert bound
    assert math.hypot(*clipped) <= bound.value * (1 + 1e-12)


def test_a_norm_reaches_the_cap_within_a_thousandth() -> None:
    """Rounded and float32 norms count, NaN does not."""
    assert 4 == reaching([0.9991, 1.0, 1.0000001, 7.0, 0.99, math.nan], 1.0)


@pytest.mark.parametrize("rows", [20, 20_000, 40_001])
def test_the_last_digit_of_any_norm_shows_how_a_long_log_was_rounded(rows: int) -> None:
    """Norms that alternate are not taken for whole numbers, and a norm over the cap for a rounded one."""
    assert (rows // 2) == len(over(([1.0, 1.4] * rows)[:rows], 1.0))


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ((1.0, 1.0000001, 0.3), 0.5, True),
        ((1.0, 0.3, 0.3), 0.5, False),
        ((1.0, 1.0, 1.1), 0.5, False),
        ((1.0, 1.0, math.nan), 0.5, False),
        ((1.0,) * 100 + (0.3,) * 5000, 0.5, True),
        ((1.0,) * 20 + (0.5,) * 180, 0.1, True),
        ((1.0,) * 19 + (0.5,) * 181, 0.1, False),
        ((1.0,) * 199 + (1.1,), 0.1, False),
        ((1.0000001,) * 200, 0.1, True),
        ((0.5,) * 200 + (1.0,) * 800, 0.1, False),
    ],
)
def test_a_capped_series_is_held_at_the_cap(values: tuple[float, ...], share: float, expected: bool) -> None:
    """A share of the early norms is at the cap, and none is over it."""
    assert expected == is_held(values, 1.0, share=share)


def test_the_earliest_broken_value_is_named() -> None:
    """Whichever of the columns it stands in."""
    finding = not_finite(
        a_log(),
        [a_column("loss", [1.0, 2.0, math.nan]), a_norm([None, math.inf]), a_norm([1.0, 1.0], "fine")],
    )

    assert finding
    assert said(finding.message)


def test_finite_values_are_no_finding() -> None:
    """Nothing is said of what is right."""
    assert not_finite(a_log(), [a_norm([1.0, 2.0])]) is None
