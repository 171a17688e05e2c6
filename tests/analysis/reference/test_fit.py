"""Tests of whether an end of a log fits what the grader measured."""

import math
from itertools import product
from typing import get_args

import pytest
from builders_runs import a_comparison, some_steps, the_calibration

from grader.analysis.norms.columns import Series
from grader.analysis.reference.calibration import LEVELS, MEDIAN
from grader.analysis.reference.fit import Fit, Prediction, nearest_fit, predictions
from grader.analysis.statistics import quantiles, variation
from grader.evidence.training import Norms
from grader.evidence.values import Scope, Stage

EVERY_SERIES: list[Series] = list(product(get_args(Scope), get_args(Stage)))
FEW_SIZES = [(32, a_comparison(0.0)), (256, a_comparison(-0.7))]
VARIATION = len(LEVELS)
RERUN = some_steps(111, 200)
SIZES = [(size.batch_size, size.global_norm.head) for size in the_calibration().sizes[:6]]


def fit(
    values: tuple[float, ...],
    series: Series = ("global", "before"),
    sizes: list[tuple[int, object]] = SIZES,  # type: ignore[assignment]
    slack: float = 0.0,
) -> Fit:
    choices = predictions(RERUN, [], series, 1.0, sizes)  # type: ignore[arg-type]
    return nearest_fit(values, choices, sizes, slack)  # type: ignore[arg-type]


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
    found = fit(RERUN.global_before, sizes=[(32, a_comparison())])

    assert len(LEVELS) + 1 == len(found.found) == len(found.expected)
    assert found.found[MEDIAN] == pytest.approx(found.expected[MEDIAN], rel=0.01)
    assert found.z < 0.1
    assert found.expected[-1] < found.found[-1]


def test_fewer_steps_may_differ_more() -> None:
    """A shift that is too far for 200 steps is not for 50."""
    narrow = [(32, a_comparison(spread=0.05))]
    values = tuple(norm * 1.3 for norm in RERUN.global_before)

    assert not fit(values, sizes=narrow).fits  # type: ignore[arg-type]
    assert fit(values[:50], sizes=narrow).fits  # type: ignore[arg-type]


def test_the_rounding_of_a_log_is_allowed() -> None:
    """Norms with one decimal fit where exactly these norms would not."""
    exact = [(32, a_comparison(spread=0.0))]
    values = tuple(round(norm, 1) for norm in RERUN.global_before)

    assert not fit(values, sizes=exact).fits  # type: ignore[arg-type]
    assert fit(values, sizes=exact, slack=0.05).fits  # type: ignore[arg-type]


def test_a_norm_at_the_cap_is_not_over_it() -> None:
    """It comes out of float32 as 1.0000001192."""
    values = tuple(min(norm, 1.0) * 1.0000001192 for norm in RERUN.variable_before)

    assert fit(values, ("variable", "after")).fits


def predicted(series: Series) -> list[Prediction]:
    """What a log of this series can be compared with."""
    return list(predictions(RERUN, [some_steps(2, 600)], series, 1.0, FEW_SIZES))


@pytest.mark.parametrize("series", EVERY_SERIES)
def test_without_a_difference_it_is_what_was_measured(series: Series) -> None:
    """At the factor 1 the quantiles are those of the measured steps."""
    measured = quantiles(RERUN.series(*series), LEVELS)
    first = predicted(series)[0]

    assert measured == pytest.approx(first.at(slice(VARIATION), 0.0).tolist(), rel=0.02)
    assert variation(RERUN.series(*series)) == pytest.approx(first.at(VARIATION, 0.0), rel=0.05)


def test_before_clipping_it_is_in_proportion() -> None:
    """Twice the norms have twice the quantiles, and the same variation."""
    (prediction,) = predicted(("global", "before"))
    twice = math.log(2)

    assert 2 * prediction.at(MEDIAN, 0.0) == pytest.approx(prediction.at(MEDIAN, twice), rel=0.01)
    assert prediction.before == pytest.approx(prediction.at(VARIATION, twice))


@pytest.mark.parametrize(("scope", "bound"), [("variable", 1.0), ("global", math.sqrt(3))])
def test_after_clipping_it_keeps_to_the_bound(scope: str, bound: float) -> None:
    """However large the factor, each variable is cut off at the cap."""
    by_variable = predicted((scope, "after"))[0]  # type: ignore[arg-type]

    assert by_variable.at(MEDIAN, 0.6) == pytest.approx(bound, rel=0.02)


def test_after_global_clipping_the_global_norm_is_at_the_cap() -> None:
    """And the largest variable keeps its share."""
    by_global = predicted(("global", "after"))[1]
    share = predicted(("variable", "after"))[1]

    assert by_global.at(MEDIAN, 0.0) == pytest.approx(1.0)
    assert 0.6 < share.at(MEDIAN, 0.0) < 0.72
    assert 0 < share.noise < 0.2


def test_outside_of_the_factors_the_nearest_holds() -> None:
    """Nothing is made up."""
    (prediction,) = predicted(("variable", "before"))

    assert prediction.rows[0][0] == prediction.at(0, -50.0)
    assert prediction.rows[-1][0] == pytest.approx(prediction.at(0, 50.0))


def test_norms_of_zero_do_no_harm() -> None:
    """A network that does not learn has them."""
    nothing = Norms(**dict.fromkeys(Norms.model_fields, (0.0,) * 30))

    for series in EVERY_SERIES:
        found = predictions(nothing, [nothing], series, 1.0, FEW_SIZES)
        assert all(0.0 == one.at(MEDIAN, 0.0) for one in found)
