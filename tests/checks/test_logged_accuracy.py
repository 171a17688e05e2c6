"""Tests of the check on the accuracy at the end of the log."""

import math

import pytest
from builders_evidence import a_column, a_log, a_model, a_rerun, an_accuracy, an_optimizer, ask

from grader.checks.logged_accuracy import LoggedAccuracy
from grader.evidence.log import Log

CHECK = LoggedAccuracy()
BEST = LoggedAccuracy(epoch="best")
TURNED = a_log(epoch=[1, 2, 3], val_accuracy=[0.8, 0.8754, 0.8412])


@pytest.mark.parametrize("last", [0.87, 0.8700000048, 0.8699999452])
def test_the_threshold_itself_passes(last: float) -> None:
    """0.87 may be a float32, and that can be a little less."""
    log = a_log(epoch=[1, 2], val_accuracy=[0.8, last])

    assert "passed" == ask(CHECK, log=log).status


@pytest.mark.parametrize(
    ("check", "log", "status"),
    [
        pytest.param(CHECK, TURNED, "failed", id="only the last epoch counts"),
        pytest.param(BEST, TURNED, "passed", id="the best counts where the rubric says so"),
        pytest.param(
            BEST,
            a_log(epoch=[1, 2, 3], val_accuracy=[0.8, 0.8699, math.nan]),
            "failed",
            id="the best is too low",
        ),
        pytest.param(CHECK, a_log(val_accuracy=[0.86996]), "failed", id="a little less"),
        pytest.param(CHECK, a_log(val_accuracy=[0.8, 0.86996]), "failed", id="a little less, and rising"),
        pytest.param(
            CHECK, a_log(val_accuracy=[0.86998, 0.86996]), "failed", id="a little less, and falling"
        ),
        pytest.param(CHECK, a_log(val_accuracy=[0.88, math.nan]), "failed", id="NaN"),
        pytest.param(BEST, a_log(val_accuracy=[math.nan, math.nan]), "failed", id="only NaN"),
        pytest.param(
            CHECK, a_log(a_column("val_accuracy", [0.9], "Val Acc")), "passed", id="the student's header"
        ),
        pytest.param(CHECK, a_log(val_accuracy=[0.88, -math.inf]), "failed", id="minus infinity"),
        pytest.param(CHECK, a_log(val_accuracy=[0.88, math.inf]), "review", id="infinity"),
        pytest.param(CHECK, a_log(val_accuracy=[0.88, 1.01]), "review", id="more than all"),
        pytest.param(BEST, a_log(val_accuracy=[88.0, 0.5]), "review", id="more than all before"),
        pytest.param(CHECK, a_log(val_accuracy=[0.88, 1.00000003]), "passed", id="all as float32"),
        pytest.param(
            CHECK, a_log(loss=[0.5], accuracy=[0.9], ignored=("time",)), "failed", id="no validation accuracy"
        ),
        pytest.param(
            LoggedAccuracy(column="accuracy"), a_log(accuracy=[None]), "failed", id="a column without values"
        ),
    ],
)
def test_the_epoch_that_counts(check: LoggedAccuracy, log: Log, status: str) -> None:
    """The hint follows what the other epochs show, or says how to log what is missing."""
    assert status == ask(check, log=log).status


@pytest.mark.parametrize(
    ("logged", "status"),
    [
        pytest.param([0.81, 0.87], "passed", id="0.874 with two decimals"),
        pytest.param([0.81, 0.86], "failed", id="0.864 at most"),
        pytest.param([0.81, 0.874], "passed", id="0.8744 with three decimals"),
        pytest.param([0.8123, 0.87], "failed", id="0.87 with four decimals"),
        pytest.param([0.8], "failed", id="one decimal is two of which one is 0"),
    ],
)
def test_what_printing_rounds_away_is_not_asked_for(logged: list[float], status: str) -> None:
    """With two decimals nobody can tell 0.8744 from 0.87."""
    log = a_log(val_accuracy=logged)

    assert status == ask(LoggedAccuracy(at_least=0.8744), log=log).status


def test_a_cause_that_the_evidence_shows_goes_first() -> None:
    """The stored learning rate is the reason, and the grader's own training speaks for that."""
    model = a_model(optimizer=an_optimizer(learning_rate=10.0))
    parts = {"log": a_log(val_accuracy=[0.09, 0.1]), "accuracy": an_accuracy(0.1), "rerun": a_rerun()}

    assert "failed" == ask(CHECK, model=model, **parts).status
