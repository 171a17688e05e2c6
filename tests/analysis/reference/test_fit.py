"""Tests of whether an end of a log fits what the grader measured."""

import pytest
from builders_runs import a_comparison, some_steps, the_calibration

from grader.analysis.norms.columns import Series
from grader.analysis.reference.calibration import LEVELS, MEDIAN
from grader.analysis.reference.fit import Fit, nearest_fit
from grader.analysis.reference.measured import Factors, references

EVERY_SERIES: list[Series] = [
    ("variable", "before"),
    ("variable", "after"),
    ("global", "before"),
    ("global", "after"),
]
RERUN = some_steps(111, 200)
ANCHORS = [(size.batch_size, size.global_norm.head) for size in the_calibration().sizes[:6]]


def fit(
    values: tuple[float, ...],
    series: Series = ("global", "before"),
    anchors: list[tuple[int, object]] = ANCHORS,  # type: ignore[assignment]
    slack: float = 0.0,
) -> Fit:
    choices = references(RERUN, [], series, 1.0, Factors.covering(anchors))  # type: ignore[arg-type]
    return nearest_fit(values, choices, anchors, slack)  # type: ignore[arg-type]


@pytest.mark.parametrize("series", EVERY_SERIES)
@pytest.mark.parametrize("seed", range(8))
def test_another_run_fits(series: Series, seed: int) -> None:
    """Whichever its seed and the series that it logged."""
    assert fit(some_steps(seed, 200).series(*series), series).fits


@pytest.mark.parametrize(("factor", "batch_size"), [(1.3, 16), (1.0, 32), (0.65, 128), (0.5, 512)])
def test_the_batch_size_that_comes_nearest_is_named(factor: float, batch_size: int) -> None:
    """Larger batches have smaller norms."""
    values = tuple(norm * factor for norm in some_steps(5, 200).global_before)

    found = fit(values)

    assert found.fits
    assert batch_size == found.batch_size


@pytest.mark.parametrize(
    "values",
    [
        pytest.param((3.0,) * 200, id="constant"),
        pytest.param(tuple(0.01 * place for place in range(1, 201)), id="uniform"),
        pytest.param(tuple(norm * 3 for norm in some_steps(5, 200).global_before), id="too large"),
        pytest.param(tuple(norm / 6 for norm in some_steps(5, 200).global_before), id="too small"),
        pytest.param(tuple(sorted(some_steps(5, 200).global_before)), id="in order"),
        pytest.param((0.0,) * 200, id="nothing"),
    ],
)
def test_what_is_no_such_run_does_not_fit(values: tuple[float, ...]) -> None:
    """Its level, its shape or its scatter is another one."""
    assert not fit(values).fits


def test_found_and_expected_are_misfit() -> None:
    """The quantiles at the levels, then the variation."""
    found = fit(RERUN.global_before, anchors=[(32, a_comparison())])

    assert len(LEVELS) + 1 == len(found.found) == len(found.expected)
    assert found.found[MEDIAN] == pytest.approx(found.expected[MEDIAN], rel=0.01)
    assert found.z < 0.1
    assert found.expected[-1] < found.found[-1]


def test_fewer_steps_may_differ_more() -> None:
    """A shift that is too far for 200 steps is not for 50."""
    narrow = [(32, a_comparison(spread=0.05))]
    values = tuple(norm * 1.3 for norm in RERUN.global_before)

    assert not fit(values, anchors=narrow).fits  # type: ignore[arg-type]
    assert fit(values[:50], anchors=narrow).fits  # type: ignore[arg-type]


def test_the_rounding_of_a_log_is_allowed() -> None:
    """Norms with one decimal fit where exactly these norms would not."""
    exact = [(32, a_comparison(spread=0.0))]
    values = tuple(round(norm, 1) for norm in RERUN.global_before)

    assert not fit(values, anchors=exact).fits  # type: ignore[arg-type]
    assert fit(values, anchors=exact, slack=0.05).fits  # type: ignore[arg-type]


def test_a_norm_at_the_cap_is_not_over_it() -> None:
    """It comes out of float32 as 1.0000001192."""
    values = tuple(min(norm, 1.0) * 1.0000001192 for norm in RERUN.variable_before)

    assert fit(values, ("variable", "after")).fits
