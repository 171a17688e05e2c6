"""Tests of what no measured norms look like."""

import math

import pytest
from builders_runs import (
    a_measured_probe,
    a_measured_rerun,
    a_run,
    a_run_log,
    a_series,
    the_calibration,
)

from grader.anchors import Anchors
from grader.implausible import implausible
from grader.norms import Series, readings
from grader.report import Finding, review

ANCHORS = Anchors(cap=1.0, calibration=the_calibration(), rerun=a_measured_rerun(), probe=a_measured_probe())
AFTER: Series = ("variable", "after")


def found(values: tuple[float, ...], series: Series = AFTER, anchors: Anchors = ANCHORS) -> Finding | None:
    log = a_run_log(a_series(values, series))
    return implausible(log, readings(log)[0], anchors)


@pytest.mark.parametrize("series", [AFTER, ("variable", "before"), ("global", "after"), ("global", "before")])
@pytest.mark.parametrize("decimals", [2, 15])
def test_nothing_is_said_of_measured_norms(series: Series, decimals: int) -> None:
    """Of none of the four series."""
    assert found(tuple(round(norm, decimals) for norm in a_run(3, 2000, series)), series) is None


def test_a_constant_is_none() -> None:
    """The grader's own steps vary."""
    finding = found((1.0,) * 2000)

    assert finding
    assert finding.status == "review"
    assert finding.message.startswith(
        "All 2000 norms in `grad_norm` are 1.0; in the grader's own 800 steps "
        "the largest norm of a variable after clipping is from "
    )
    assert finding.message.endswith(" to 1.0.")
    assert "Ask how it was logged: the norm changes with every batch." == finding.hint


def test_a_constant_is_right_where_the_grader_measures_one() -> None:
    """With raw pixels every gradient can be over the cap, so that what is left of it is the cap."""
    norms = a_measured_rerun().norms
    large = {name: tuple(100 * norm for norm in getattr(norms, name)) for name in type(norms).model_fields}
    rerun = a_measured_rerun().model_copy(update={"norms": norms.model_copy(update=large)})

    assert found((1.0,) * 2000, anchors=Anchors(cap=1.0, calibration=the_calibration(), rerun=rerun)) is None


def test_a_block_that_stands_there_twice_is_none() -> None:
    """The sentence names both places."""
    values = a_run(3, 500, ("global", "before"))

    assert review(
        "In `grad_norm` the 32 norms from step 1 (epoch 0) on stand there again, exactly the same, "
        "from step 501 (epoch 0) on.",
        "Measured norms do not repeat. Ask whether two runs with the same seed were put behind each other, "
        "or rows were copied.",
    ) == found(values * 3, ("global", "before"))


def test_a_smooth_curve_is_none() -> None:
    """The sentence has the correlation, that of honest runs, and what it rests on."""
    finding = found(tuple(0.4 + math.exp(-place / 700) for place in range(2000)), ("global", "before"))

    assert finding
    assert finding.status == "review"
    assert finding.message.startswith(
        "Neighbouring norms in `grad_norm` are too much alike: their correlation is 0.97"
    )
    assert (
        "(a trend taken out, the median over windows of 200 steps); in honest runs it is at most 0."
        in finding.message
    )
    assert finding.message.endswith(
        ", because every batch is another one (the calibration of 8 honest runs at each batch size "
        "from 16 to 512, made with TensorFlow 2.21.0)."
    )
    assert (
        "A mean over several steps, a filtered and an invented series look like this. "
        "Ask how it was logged, and for the norm of each step." == finding.hint
    )


def test_without_a_calibration_smoothness_is_not_judged() -> None:
    """There is nothing to compare it with."""
    values = tuple(0.4 + math.exp(-place / 700) for place in range(2000))

    assert found(values, anchors=Anchors(cap=1.0, calibration=None)) is None


def test_few_norms_are_no_constant() -> None:
    """Nineteen steps at the cap are nothing strange."""
    assert found((1.0,) * 19) is None
