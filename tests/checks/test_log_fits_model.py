"""Tests of the check on the end of a log."""

import math
from typing import Any

import pytest
from builders_evidence import a_log, ask
from builders_runs import (
    EVERY_SERIES,
    UNCOVERED,
    a_network_with,
    a_run,
    a_run_log,
    a_series,
    beside_an_honest_run,
)

from grader.analysis.norms.columns import Series
from grader.checks.log_fits_model import LogFitsModel
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.report import Finding

CHECK = LogFitsModel(training_images=60_000)
BEFORE: Series = ("global", "before")
# An honest run, and then norms that are five times too large for the probe.
GOES_ON = (*a_run(3), *(5 * norm for norm in a_run(4)))


def of(log: Log, iterations: int | None = 2000, **parts: Any) -> Finding:
    """What the check says of a log beside an honest rerun and probe."""
    return ask(CHECK, log=log, **beside_an_honest_run(iterations, **parts))


@pytest.mark.parametrize("series", EVERY_SERIES)
@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("decimals", [2, 15])
def test_an_honest_log_ends_at_the_model(series: Series, declared: bool, decimals: int) -> None:
    """Whichever series it has, declared or not, however it is rounded; the sentence has the medians."""
    values = [round(norm, decimals) for norm in a_run(3, 2000, series)]

    assert "passed" == of(a_run_log(a_series(values, series if declared else None))).status


def test_another_end_is_left_to_a_teacher() -> None:
    """All numbers are laid out, and up to where they were compared."""
    assert "review" == of(a_run_log(a_series([5 * norm for norm in a_run(3)], BEFORE))).status


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(a_run_log(a_series(GOES_ON, BEFORE)), id="steps from 1"),
        pytest.param(a_log(a_series(GOES_ON, BEFORE), step=list(range(4000))), id="steps from 0"),
        pytest.param(a_log(a_series(GOES_ON, BEFORE)), id="no steps"),
        pytest.param(a_log(a_series(GOES_ON, BEFORE), batch=list(range(500)) * 8), id="steps of each epoch"),
    ],
)
def test_a_log_may_go_on_after_the_saved_step(log: Log) -> None:
    """A checkpoint was submitted: the optimizer's count says which row belongs to it."""
    assert "passed" == of(log, 2000).status
    assert "review" == of(log, 4000).status
    assert "review" == of(log, None).status


@pytest.mark.parametrize(("name", "cells"), [("val_accuracy", (0.88, 0.85)), ("val_loss", (0.33, 0.45))])
def test_the_best_weights_may_have_been_restored(name: str, cells: tuple[float, float]) -> None:
    """Then the optimizer has counted on, and the epoch with the best validation is compared."""
    validated = [None] * 1999 + [cells[0]] + [None] * 1999 + [cells[1]]
    reversed_order = [None] * 1999 + [cells[1]] + [None] * 1999 + [cells[0]]

    assert "passed" == of(a_run_log(a_series(GOES_ON, BEFORE), **{name: validated}), 4000).status
    assert "review" == of(a_run_log(a_series(GOES_ON, BEFORE), **{name: reversed_order}), 4000).status


@pytest.mark.hostile_row(90)
@pytest.mark.parametrize("name", ["val_accuracy", "val_loss"])
@pytest.mark.parametrize("first", [math.nan, math.inf])
def test_a_validation_that_is_not_finite_is_no_best_one(name: str, first: float) -> None:
    """The other epochs are compared; where none is finite, none can have been the best."""
    validated = [None] * 1999 + [first] + [None] * 1999 + [0.5]
    never = [None] * 1999 + [math.nan] + [None] * 1999 + [math.nan]

    for cells in (validated, never):
        assert "review" == of(a_run_log(a_series(GOES_ON, BEFORE), **{name: cells}), 4000).status


HONEST = a_run_log(a_series(a_run(3), BEFORE))


@pytest.mark.parametrize(
    ("log", "parts", "status"),
    [
        pytest.param(HONEST, {"iterations": 9000}, "passed", id="the first part of the training is missing"),
        # Half of the log is its tail, and a quantile of fewer than 20 norms says nothing.
        pytest.param(
            a_run_log(a_series(a_run(3)[:39], BEFORE)), {"iterations": 39}, "not_checked", id="few norms"
        ),
        pytest.param(HONEST, {"calibration": None}, "not_checked", id="no calibration"),
        pytest.param(HONEST, dict.fromkeys(("model", "accuracy", "rerun")), "passed", id="only a probe"),
    ],
)
def test_what_is_missing_is_held_against_nobody(log: Log, parts: dict[str, Any], status: str) -> None:
    """The sentence says what was not compared; for the end of a log, the probe is enough."""
    assert status == of(log, **parts).status


@pytest.mark.parametrize("model", UNCOVERED)
def test_a_network_of_another_kind_is_not_compared_with_the_calibrated_ones(model: Model) -> None:
    """Norms that no dense network has at its weights may be honest there."""
    tripled = a_run_log(a_series([3 * norm for norm in a_run(3)], BEFORE))

    assert "not_checked" == of(tripled, model=model).status
    assert "review" == of(tripled, model=a_network_with("Dropout", "ELU", optimizer=None)).status


@pytest.mark.parametrize("log", [a_log(loss=[0.5]), a_run_log(a_series([math.inf] * 50, BEFORE))])
def test_a_log_without_finite_norms_fails(log: Log) -> None:
    """There is nothing to compare; the sentence says which columns there are, or where it broke."""
    assert "failed" == of(log).status
