"""Tests of the check on the beginning of a log."""

import math
from typing import Any

import pytest
from builders_evidence import a_log, a_model, an_optimizer, ask
from builders_runs import (
    EVERY_SERIES,
    UNCOVERED,
    a_measured_probe,
    a_network_with,
    a_run,
    a_run_log,
    a_series,
    beside_an_honest_run,
)

from grader.analysis.norms.columns import Series
from grader.checks.log_fits_rerun import LogFitsRerun
from grader.evidence.log import Column, Log
from grader.evidence.model import Model
from grader.report import Finding

CHECK = LogFitsRerun(training_images=60_000)
BEFORE: Series = ("global", "before")
FALLING = [2.35 - 0.001 * step for step in range(2000)]


def of(log: Log, check: LogFitsRerun = CHECK, **parts: Any) -> Finding:
    """What the check says of a log of 2000 steps beside an honest rerun and probe."""
    return ask(check, log=log, **beside_an_honest_run(**parts))


def honest(series: Series = BEFORE, seed: int = 3, *, declared: bool = True) -> Column:
    return a_series(a_run(seed, 2000, series), series if declared else None)


@pytest.mark.parametrize("series", EVERY_SERIES)
@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("decimals", [2, 15])
def test_an_honest_log_fits(series: Series, declared: bool, decimals: int) -> None:
    """Whichever series it has, declared or not, however it is rounded; the sentence has the medians."""
    values = [round(norm, decimals) for norm in a_run(3, 2000, series)]

    assert "passed" == of(a_run_log(a_series(values, series if declared else None), loss=FALLING)).status


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param([a_series(a_run(3)[::-1], BEFORE)], id="reversed"),
        pytest.param([a_series(sorted(a_run(3)), BEFORE)], id="sorted"),
        pytest.param([a_series((1.0,) * 2000, BEFORE)], id="constant"),
        pytest.param([a_series(a_run(3, 500) * 4, BEFORE)], id="tiled"),
        pytest.param([a_series([1 + math.exp(-step / 500) for step in range(2000)], BEFORE)], id="smooth"),
        pytest.param([a_series([3 * norm for norm in a_run(3)], BEFORE)], id="scaled"),
        pytest.param(
            [honest(), a_series([0.2 * norm for norm in a_run(4)], ("variable", "before"), "other_norm")],
            id="one of two columns",
        ),
    ],
)
def test_what_is_no_log_of_this_network_is_left_to_a_teacher(columns: list[Column]) -> None:
    """It is never a failure, because it may have a reason; the column is named with its series."""
    assert "review" == of(a_run_log(*columns)).status


def test_more_steps_an_epoch_allow_smaller_batches_only() -> None:
    """Norms of large batches fit 118 steps an epoch, and not 1719."""
    values = tuple(0.5 * norm for norm in a_run(3))

    assert "passed" == of(a_run_log(a_series(values, BEFORE), per_epoch=118)).status
    assert "review" == of(a_run_log(a_series(values, BEFORE), per_epoch=1719)).status
    assert "passed" == of(a_run_log(a_series(values, BEFORE), per_epoch=1719), LogFitsRerun()).status


LOW = [0.4 - 0.0001 * step for step in range(2000)]


@pytest.mark.parametrize(
    ("log", "parts"),
    [
        # Norms like those of fresh weights do not go with a loss like that of trained ones.
        pytest.param(a_run_log(honest(), loss=LOW), {"probe": a_measured_probe(level=0.5)}, id="a low loss"),
        # Its first norms are like those at the submitted weights, too.
        pytest.param(
            a_run_log(a_series(a_run(3, 4000)[2000:], BEFORE), loss=LOW), {}, id="begun in the middle"
        ),
    ],
)
def test_a_low_first_loss_is_left_to_a_teacher(log: Log, parts: dict[str, Any]) -> None:
    """It is laid out beside that of fresh weights."""
    assert "review" == of(log, **parts).status


@pytest.mark.parametrize(
    ("loss", "model"),
    [
        pytest.param([0.4] * 2000, {}, id="the mean of the epoch in each row"),
        pytest.param([None] * 1718 + [0.4] * 282, {}, id="the last row of each epoch"),
        pytest.param([0.4, 0.3, 0.25, 0.2, 0.15, *[None] * 1995], {}, id="a list of those of the epochs"),
        pytest.param(
            [0.09 - 0.00001 * step for step in range(2000)], {"loss": "mean_squared_error"}, id="other"
        ),
        pytest.param([4.0 - 0.001 * step for step in range(2000)], {}, id="larger"),
    ],
)
def test_a_loss_that_is_no_cross_entropy_of_the_first_step_is_not_compared(
    loss: list[float | None], model: dict[str, Any]
) -> None:
    """Nothing follows from it."""
    described = a_model(optimizer=an_optimizer(iterations=2000), **model)

    assert "passed" == of(a_run_log(honest(), loss=loss), model=described).status


@pytest.mark.parametrize(
    ("log", "parts"),
    [
        pytest.param(a_log(honest(), step=[1720 + step for step in range(2000)]), {}, id="it begins later"),
        # The first `fit` was logged elsewhere, and the optimizer has counted it.
        pytest.param(
            a_run_log(a_series([0.3 * norm for norm in a_run(3)], BEFORE)),
            {"iterations": 4000},
            id="fewer rows than steps",
        ),
        pytest.param(a_run_log(a_series(a_run(3)[:19], BEFORE)), {"iterations": 19}, id="few norms"),
        pytest.param(a_run_log(honest()), {"calibration": None}, id="no calibration"),
    ],
)
def test_without_first_norms_or_a_calibration_nothing_is_compared(log: Log, parts: dict[str, Any]) -> None:
    """The sentence says why."""
    assert "not_checked" == of(log, **parts).status


@pytest.mark.parametrize(("lead", "status"), [(0.02, "not_checked"), (0.01, "review")])
def test_images_that_were_made_harder_are_not_compared(lead: float, status: str) -> None:
    """Augmentation leaves its trace: a validation accuracy above that of the last batches."""
    validation = [None] * 1999 + [0.8 + lead]
    other = a_series([3 * norm for norm in a_run(3)], BEFORE)

    found = of(a_run_log(other, loss=FALLING, accuracy=[0.8] * 2000, val_accuracy=validation))

    assert status == found.status


@pytest.mark.parametrize("model", UNCOVERED)
def test_a_network_of_another_kind_is_not_compared_with_the_calibrated_ones(model: Model) -> None:
    """Norms that no dense network has may be honest there; a constant is invented in every network."""
    tripled = a_run_log(a_series([3 * norm for norm in a_run(3)], BEFORE))
    constant = a_run_log(a_series((1.0,) * 2000, BEFORE))

    assert "not_checked" == of(tripled, model=model).status
    assert "review" == of(constant, model=model).status
    assert "review" == of(tripled, model=a_network_with("Dropout", "ELU", optimizer=None)).status


def test_a_first_step_without_a_number_hides_nothing() -> None:
    """It is no step after the first, so the norms are compared."""
    log = a_log(a_series([3 * norm for norm in a_run(3)], BEFORE), step=[math.nan, *range(2, 2001)])

    assert "review" == of(log).status


def test_the_model_and_the_probe_may_be_missing() -> None:
    """What is there is compared."""
    alone = dict.fromkeys(("model", "accuracy", "probe"))

    assert "passed" == of(a_run_log(honest()), **alone).status
    assert "review" == of(a_run_log(a_series((1.0,) * 2000, BEFORE)), **alone).status


@pytest.mark.parametrize("log", [a_log(loss=[0.5]), a_run_log(a_series([math.nan] * 50, BEFORE))])
def test_a_log_without_finite_norms_fails(log: Log) -> None:
    """There is nothing to compare; the sentence says which columns there are, or where it broke."""
    assert "failed" == of(log).status
