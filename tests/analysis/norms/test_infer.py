"""Tests of how the four series are told apart."""

from dataclasses import replace

import pytest
from builders_evidence import a_log
from builders_moments import a_training, the_log, the_memory
from builders_runs import a_measured_probe, a_measured_rerun, a_run, a_series, the_calibration

from grader.analysis.norms.columns import Bound, Reading, Series
from grader.analysis.norms.infer import is_held, told
from grader.analysis.reference.references import Anchors

ANCHORS = Anchors(cap=1.0, calibration=the_calibration(), rerun=a_measured_rerun(), probe=a_measured_probe())
NOTHING = Anchors(cap=1.0, calibration=None)
WIDEST = Bound(6**0.5)
EVERY_SERIES: list[Series] = [
    ("variable", "before"),
    ("variable", "after"),
    ("global", "before"),
    ("global", "after"),
]


def read(values: tuple[float, ...], declared: Series | None = None, anchors: Anchors = ANCHORS) -> Reading:
    (reading,) = told(a_log(a_series(values, declared)), anchors, WIDEST)
    return reading


@pytest.mark.parametrize("declared", EVERY_SERIES)
def test_what_is_declared_stays(declared: Series) -> None:
    """Even where the numbers say something else; other checks do."""
    reading = read(a_run(3), declared)

    assert (*declared, "declared", "declared") == (
        reading.scope,
        reading.stage,
        reading.scope_by,
        reading.stage_by,
    )


@pytest.mark.parametrize("series", [("global", "after"), ("variable", "after")])
@pytest.mark.parametrize("seed", range(5))
def test_series_after_clipping_are_told(series: Series, seed: int) -> None:
    """The largest norm of a variable is held at the cap, the global norm below the cap times sqrt(k)."""
    reading = read(a_run(seed, series=series))

    assert series == (reading.scope, reading.stage)


@pytest.mark.parametrize("series", [("global", "before"), ("variable", "before")])
@pytest.mark.parametrize("seed", range(5))
def test_series_before_clipping_are_told(series: Series, seed: int) -> None:
    """Over the bound of everything that clipping leaves."""
    reading = read(a_run(seed, series=series))

    assert ("before", "numbers") == (reading.stage, reading.stage_by)


def test_a_global_norm_after_clipping_is_told_without_a_declared_scope() -> None:
    """The stage is declared, and no norm of a variable is over the cap."""
    log = a_log(a_series(a_run(3, series=("global", "after"))).model_copy(update={"stage": "after"}))

    (reading,) = told(log, ANCHORS, WIDEST)

    assert ("global", "numbers", "declared") == (reading.scope, reading.scope_by, reading.stage_by)


def test_without_measurements_the_bound_alone_tells() -> None:
    """A norm over the cap times sqrt(k) is from before clipping, whichever it is."""
    reading = read(a_run(3), anchors=NOTHING)

    assert ("before", "numbers", "assumed") == (reading.stage, reading.stage_by, reading.scope_by)


def test_without_measurements_nothing_else_is_told() -> None:
    """What is assumed holds, and what is possible is kept."""
    reading = read(a_run(3, series=("global", "after")), anchors=NOTHING)

    assert ("variable", "after", "assumed") == (reading.scope, reading.stage, reading.stage_by)
    assert (("variable", "before"), ("global", "before"), ("global", "after")) == reading.possible


def test_the_moments_tell_the_norm_of_all_gradients() -> None:
    """Only that predicts the sum of Adam's second moment."""
    training = a_training(600)
    log = the_log(training.logged("global", "after"))

    (reading,) = told(log, replace(NOTHING, memory=the_memory(training)), WIDEST)

    assert ("global", "after", "numbers") == (reading.scope, reading.stage, reading.stage_by)


def test_what_the_optimizer_cannot_have_seen_is_not_possible() -> None:
    """The largest norms of a variable predict too little for the norm of all gradients."""
    training = a_training(600)
    log = the_log(training.logged("variable", "after"))

    (reading,) = told(log, replace(NOTHING, memory=the_memory(training)), WIDEST)

    assert ("global", "after") not in reading.candidates
    assert ("variable", "after") in reading.candidates


def test_moments_of_another_run_tell_nothing() -> None:
    """What is possible without them stays."""
    log = the_log(a_run(3, 600, ("global", "after")))
    memory = the_memory(a_training(600, seed=4, clipnorm=0.01))

    assert told(log, NOTHING, WIDEST) == told(log, replace(NOTHING, memory=memory), WIDEST)


def test_invented_norms_tell_nothing() -> None:
    """They fit no series."""
    reading = read(tuple(1.1 + 0.0005 * place for place in range(2000)))

    assert ("assumed", "assumed") == (reading.scope_by, reading.stage_by)


def test_a_log_without_its_head_is_not_taken_for_one_before_clipping() -> None:
    """A second `fit` has norms like those at the submitted weights from the first step on."""
    anchors = replace(ANCHORS, largest_batch=35)
    reading = read(a_run(3, 4000, ("global", "after"))[2000:], anchors=anchors)

    assert ("after", "assumed") == (reading.stage, reading.stage_by)
    assert ("global", "after") in reading.possible


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1.0,) * 200, True),
        ((1.0,) * 20 + (0.5,) * 180, True),
        ((1.0,) * 19 + (0.5,) * 181, False),
        ((1.0,) * 199 + (1.1,), False),
        ((1.0000001,) * 200, True),
        ((0.5,) * 200 + (1.0,) * 800, False),
    ],
)
def test_a_series_is_held_at_the_cap(values: tuple[float, ...], expected: bool) -> None:
    """A tenth of the early norms are at it, and none is over it."""
    assert expected == is_held(values, 1.0)
