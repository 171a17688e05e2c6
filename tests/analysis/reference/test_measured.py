"""Tests of what a log would have of the grader's own steps."""

import math

import pytest
from builders_runs import a_comparison, some_steps

from grader.analysis.norms.columns import Series
from grader.analysis.reference.calibration import LEVELS, MEDIAN
from grader.analysis.reference.measured import Factors, Reference, references
from grader.analysis.statistics import quantiles, variation
from grader.evidence.training import Norms

STEPS = some_steps(1, 200)
FURTHER = [some_steps(2, 600)]
FACTORS = Factors.covering([(32, a_comparison(0.0)), (256, a_comparison(-0.7))])
EVERY_SERIES: list[Series] = [
    ("variable", "before"),
    ("variable", "after"),
    ("global", "before"),
    ("global", "after"),
]


def of(series: Series, measured: Norms = STEPS) -> list[Reference]:
    return list(references(measured, FURTHER, series, 1.0, FACTORS))


def test_the_factors_reach_over_every_anchor() -> None:
    """Four spreads of level and shape on both sides, and half as much again for the shape's own mean."""
    values = FACTORS.values()

    assert math.exp(-0.7 - 0.8 - 0.5) == pytest.approx(values[0])
    assert math.exp(0.8 + 0.5) == pytest.approx(values[-1])


@pytest.mark.parametrize("series", EVERY_SERIES)
def test_without_a_difference_it_is_what_was_measured(series: Series) -> None:
    """At the factor 1 the quantiles are those of the measured steps."""
    measured = quantiles(STEPS.series(*series), LEVELS)
    first = of(series)[0]

    assert measured == pytest.approx([first.at(place, 0.0) for place in range(len(LEVELS))], rel=0.02)
    assert variation(STEPS.series(*series)) == pytest.approx(first.at(len(LEVELS), 0.0), rel=0.05)


def test_before_clipping_it_is_in_proportion() -> None:
    """Twice the norms have twice the quantiles, and the same variation."""
    (reference,) = of(("global", "before"))
    twice = math.log(2)

    assert 2 * reference.at(MEDIAN, 0.0) == pytest.approx(reference.at(MEDIAN, twice), rel=0.01)
    assert reference.before == pytest.approx(reference.at(len(LEVELS), twice))


@pytest.mark.parametrize(("scope", "bound"), [("variable", 1.0), ("global", math.sqrt(3))])
def test_after_clipping_it_keeps_to_the_bound(scope: str, bound: float) -> None:
    """However large the factor, each variable is cut off at the cap."""
    by_variable = of((scope, "after"))[0]  # type: ignore[arg-type]

    assert by_variable.at(MEDIAN, 0.6) == pytest.approx(bound, rel=0.02)


def test_after_global_clipping_the_global_norm_is_at_the_cap() -> None:
    """And the largest variable keeps its share."""
    by_global = of(("global", "after"))[1]
    share = of(("variable", "after"))[1]

    assert by_global.at(MEDIAN, 0.0) == pytest.approx(1.0)
    assert 0.6 < share.at(MEDIAN, 0.0) < 0.72
    assert 0 < share.noise < 0.2


def test_outside_of_the_factors_the_nearest_holds() -> None:
    """Nothing is made up."""
    (reference,) = of(("variable", "before"))

    assert reference.rows[0][0] == reference.at(0, -50.0)
    assert reference.rows[-1][0] == pytest.approx(reference.at(0, 50.0))


def test_norms_of_zero_do_no_harm() -> None:
    """A network that does not learn has them."""
    nothing = Norms(
        variable_before=(0.0,) * 30,
        variable_after=(0.0,) * 30,
        global_before=(0.0,) * 30,
        global_after=(0.0,) * 30,
    )

    found = [one for series in EVERY_SERIES for one in references(nothing, [nothing], series, 1.0, FACTORS)]

    assert all(0.0 == one.at(MEDIAN, 0.0) for one in found)
