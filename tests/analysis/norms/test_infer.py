"""Tests of how the four series are told apart."""

import math
from dataclasses import replace

import pytest
from builders_evidence import a_log, a_model, a_norm, some_evidence
from builders_runs import (
    EVERY_SERIES,
    UNCOVERED,
    a_measured_probe,
    a_measured_rerun,
    a_run,
    a_run_log,
    a_series,
    a_training,
    the_calibration,
    the_log,
    the_model,
)

from grader.analysis.norms.columns import NormColumn, Series
from grader.analysis.norms.infer import infer_columns, norms_of
from grader.analysis.reference.references import References
from grader.analysis.targets import Targets
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.problem import Problem
from grader.evidence.training import Accuracy, Probe, Rerun

TARGETS = Targets(cap=1.0, calibration=the_calibration())
# No optimizer is stored; the network has six variables.
MODEL = a_model(optimizer=None)
MEASURED = References(TARGETS, model=MODEL, rerun=a_measured_rerun(), probe=a_measured_probe())
NOTHING = References(Targets(cap=1.0), model=MODEL)


def the_column(log: Log, references: References = MEASURED) -> NormColumn:
    (column,) = infer_columns(log, references).columns
    return column


def read(
    values: tuple[float, ...], declared: Series | None = None, references: References = MEASURED
) -> NormColumn:
    return the_column(a_log(a_series(values, declared)), references)


def stored(model: Model) -> References:
    """Nothing was measured but the model with its optimizer."""
    return replace(NOTHING, model=model)


@pytest.mark.parametrize("declared", EVERY_SERIES)
def test_what_is_declared_stays(declared: Series) -> None:
    """Even where the numbers say something else; other checks do."""
    column = read(a_run(3), declared)

    assert (*declared, "declared", "declared") == (
        column.scope,
        column.stage,
        column.scope_by,
        column.stage_by,
    )


@pytest.mark.parametrize("series", EVERY_SERIES)
@pytest.mark.parametrize("seed", range(5))
def test_series_are_told(series: Series, seed: int) -> None:
    """Held at the cap, below the cap times sqrt(k), or over everything that clipping leaves."""
    column = read(a_run(seed, series=series))

    if series[1] == "after":
        assert series == (column.scope, column.stage)
    else:
        assert ("before", "numbers") == (column.stage, column.stage_by)


def test_a_global_norm_after_clipping_is_told_without_a_declared_scope() -> None:
    """The stage is declared, and no norm of a variable is over the cap."""
    log = a_log(a_series(a_run(3, series=("global", "after"))).model_copy(update={"stage": "after"}))

    column = the_column(log)

    assert ("global", "numbers", "declared") == (column.scope, column.scope_by, column.stage_by)


def test_without_measurements_the_bound_alone_tells() -> None:
    """A norm over the cap times sqrt(k) is from before clipping; else what is assumed holds."""
    over, within = (
        read(a_run(3, series=("global", stage)), references=NOTHING) for stage in ("before", "after")
    )

    assert ("before", "numbers", "assumed") == (over.stage, over.stage_by, over.scope_by)
    assert ("variable", "after", "assumed") == (within.scope, within.stage, within.stage_by)
    assert (("variable", "before"), ("global", "before"), ("global", "after")) == within.possible


def test_the_moments_tell_the_norm_of_all_gradients() -> None:
    """Only that predicts the sum of Adam's second moment."""
    training = a_training(600)
    log = the_log(training.logged("global", "after"))

    column = the_column(log, stored(the_model(training)))

    assert ("global", "after", "moments") == (column.scope, column.stage, column.stage_by)


def test_what_the_optimizer_cannot_have_seen_is_not_possible() -> None:
    """The largest norms of a variable predict too little for the norm of all gradients."""
    training = a_training(600)
    log = the_log(training.logged("variable", "after"))

    column = the_column(log, stored(the_model(training)))

    assert ("global", "after") not in column.candidates
    assert ("variable", "after") in column.candidates


def test_moments_of_another_run_tell_nothing() -> None:
    """What is possible without them stays."""
    log = the_log(a_run(3, 600, ("global", "after")))
    model = the_model(a_training(600, seed=4, clipnorm=0.01))

    assert the_column(log, NOTHING) == the_column(log, stored(model))


def test_a_log_without_its_head_is_not_taken_for_one_before_clipping() -> None:
    """A second `fit` has norms like those at the submitted weights from the first step on."""
    references = replace(MEASURED, largest_batch=35)
    column = read(a_run(3, 4000, ("global", "after"))[2000:], references=references)

    assert ("after", "assumed") == (column.stage, column.stage_by)
    assert ("global", "after") in column.possible


@pytest.mark.parametrize(
    ("values", "references"),
    [
        pytest.param((*a_run(3), math.nan), MEASURED, id="not finite"),
        pytest.param(tuple(1.1 + 0.0005 * place for place in range(2000)), MEASURED, id="invented"),
        # Where nothing is clipped there is nothing after clipping.
        pytest.param(
            a_run(3), replace(MEASURED, targets=Targets(calibration=the_calibration())), id="no cap"
        ),
    ],
)
def test_what_tells_nothing(values: tuple[float, ...], references: References) -> None:
    """What is declared or assumed holds."""
    column = read(values, references=references)

    assert ("variable", "after") == (column.scope, column.stage)
    assert ("assumed", "assumed") == (column.scope_by, column.stage_by)


@pytest.mark.parametrize("model", UNCOVERED)
def test_the_calibration_of_another_kind_of_network_tells_nothing(model: Model) -> None:
    """What the numbers of a dense network tell is assumed for others."""
    column = read(a_run(3), references=replace(MEASURED, model=model))

    assert (read(a_run(3)).scope_by, column.scope_by) == ("numbers", "assumed")


def test_the_norms_of_evidence() -> None:
    """All that was measured is compared with, in as large batches as the log's rows allow."""
    log = a_run_log(a_series(a_run(3)), per_epoch=1000)
    evidence = some_evidence(log=log, rerun=a_measured_rerun(), probe=a_measured_probe())

    norms = norms_of(evidence, TARGETS.model_copy(update={"training_images": 60_000}))

    assert not isinstance(norms, Problem)
    found = norms.references
    assert 60_000 / 999 == found.largest_batch
    assert (evidence.found(Model), evidence.found(Accuracy)) == (found.model, found.accuracy)
    assert (evidence.found(Rerun), evidence.found(Probe)) == (found.rerun, found.probe)
    assert ["numbers"] == [column.stage_by for column in norms.columns]


def test_what_is_missing_is_not_compared_with() -> None:
    """Without a log there are no norms; without the rest, what is assumed holds."""
    missing = Problem(who="student", message="It is not there.")
    alone = dict.fromkeys(("model", "accuracy", "rerun", "probe"), missing)

    assert missing == norms_of(some_evidence(log=missing), TARGETS)
    assert infer_columns(a_log(a_norm([1.0])), References(TARGETS)) == norms_of(
        some_evidence(log=a_log(a_norm([1.0])), **alone), TARGETS
    )
