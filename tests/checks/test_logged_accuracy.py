"""Tests of the check on the accuracy at the end of the log."""

import math

import pytest
from builders_evidence import a_column, a_log, a_model, a_rerun, an_accuracy, an_optimizer, ask

from grader.checks.logged_accuracy import LoggedAccuracy

CHECK = LoggedAccuracy()


@pytest.mark.parametrize("last", [0.87, 0.8700000048, 0.8699999452])
def test_the_threshold_itself_passes(last: float) -> None:
    """0.87 may be a float32, and that can be a little less."""
    log = a_log(epoch=[1, 2], val_accuracy=[0.8, last])

    assert "passed" == ask(CHECK, log=log).status


def test_only_the_last_epoch_counts() -> None:
    """A better earlier epoch does not help, and the hint says that there was one."""
    log = a_log(epoch=[1, 2, 3], val_accuracy=[0.8, 0.8754, 0.8412])

    assert "failed" == ask(CHECK, log=log).status


@pytest.mark.parametrize("values", [[0.86996], [0.8, 0.86996], [0.86998, 0.86996]])
def test_a_little_less_fails(values: list[float]) -> None:
    """The value found does not look like the one asked for, and a row is named where there is no epoch."""
    assert "failed" == ask(CHECK, log=a_log(val_accuracy=values)).status


def test_the_best_epoch_counts_where_the_rubric_says_so() -> None:
    """A checkpoint may have kept it; the sentence has the last value, too."""
    log = a_log(epoch=[1, 2, 3], val_accuracy=[0.8, 0.8754, 0.8412])

    assert "passed" == ask(LoggedAccuracy(epoch="best"), log=log).status


def test_the_best_epoch_may_be_too_low() -> None:
    """Values that are not finite are none."""
    log = a_log(epoch=[1, 2, 3], val_accuracy=[0.8, 0.8699, math.nan])

    assert "failed" == ask(LoggedAccuracy(epoch="best"), log=log).status


def test_no_epoch_is_the_best_where_none_is_finite() -> None:
    """The training diverged at once."""
    finding = ask(LoggedAccuracy(epoch="best"), log=a_log(val_accuracy=[math.nan, math.nan]))

    assert (
        "`val_accuracy` is NaN at best (row 2) and ends at NaN; the rubric asks for at least 0.8700."
        == str(finding.message)
    )
    assert str(finding.hint).startswith("The training diverged")


def test_a_cause_that_the_evidence_shows_goes_first() -> None:
    """The stored learning rate is the reason, and the grader's own training speaks for that."""
    finding = ask(
        CHECK,
        log=a_log(val_accuracy=[0.09, 0.1]),
        model=a_model(optimizer=an_optimizer(learning_rate=10.0)),
        accuracy=an_accuracy(0.1),
        rerun=a_rerun(),
    )

    assert str(finding.hint).startswith(
        "The stored learning rate is 10.0, and 0.001 is usual for `Adam`: the steps"
    )
    assert str(finding.hint).endswith("after 40 steps, so the network itself can learn.")


@pytest.mark.parametrize("last", [math.nan, -math.inf])
def test_what_is_not_finite_fails(last: float) -> None:
    """The hint is about the divergence then."""
    finding = ask(CHECK, log=a_log(val_accuracy=[0.88, last]))

    assert "failed" == finding.status


def test_the_students_header_stands_in_the_sentence() -> None:
    """The student looks for what is in the file."""
    log = a_log(a_column("val_accuracy", [0.9], "Val Acc"))

    assert str(ask(CHECK, log=log).message).startswith("`Val Acc` ends at 0.9000")


def test_a_missing_validation_accuracy_fails() -> None:
    """The sentence says which columns there are, and the hint how to get the one asked for."""
    assert "failed" == ask(CHECK, log=a_log(loss=[0.5], accuracy=[0.9], ignored=("time",))).status


def test_a_missing_training_accuracy_fails() -> None:
    """A column without values is as good as none."""
    assert "failed" == ask(LoggedAccuracy(column="accuracy"), log=a_log(accuracy=[None])).status
