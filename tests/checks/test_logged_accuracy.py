"""Tests of the check on the accuracy at the end of the log."""

import math
from typing import Any

import pytest
from builders_evidence import a_column, a_log, a_model, a_rerun, an_accuracy, an_optimizer, ask
from pydantic import ValidationError

from grader.checks.logged_accuracy import LoggedAccuracy
from grader.report import failed, passed

CHECK = LoggedAccuracy()


@pytest.mark.parametrize("last", [0.87, 0.8700000048, 0.8699999452])
def test_the_threshold_itself_passes(last: float) -> None:
    """0.87 may be a float32, and that can be a little less."""
    log = a_log(epoch=[1, 2], val_accuracy=[0.8, last])

    assert passed("`val_accuracy` ends at 0.8700 (epoch 2); the rubric asks for at least 0.8700.") == ask(
        CHECK, log=log
    )


def test_only_the_last_epoch_counts() -> None:
    """A better earlier epoch does not help, and the hint says that there was one."""
    log = a_log(epoch=[1, 2, 3], val_accuracy=[0.8, 0.8754, 0.8412])

    assert failed(
        "`val_accuracy` ends at 0.8412 (epoch 3); the rubric asks for at least 0.8700.",
        "The best value is 0.8754 (epoch 2), but the last one counts: "
        "end the training there, or train on with a lower learning rate.",
    ) == ask(CHECK, log=log)


@pytest.mark.parametrize(
    ("values", "hint"),
    [
        (
            [0.86996],
            "The last value is the best so far: train for more epochs, and submit the log of all of them.",
        ),
        (
            [0.8, 0.86996],
            (
                "`val_accuracy` was still rising at the end, from 0.8000 to 0.8700: "
                "train for more epochs, and submit the log of all of them."
            ),
        ),
        (
            [0.86998, 0.86996],
            (
                "The best value is 0.8700 (row 1), and the accuracy did not rise after it: try a lower "
                "learning rate, larger or smaller batches, or other initial weights, and train again."
            ),
        ),
    ],
)
def test_a_little_less_fails(values: list[float], hint: str) -> None:
    """The value found does not look like the one asked for, and a row is named where there is no epoch."""
    assert failed(
        f"`val_accuracy` ends at 0.86996 (row {len(values)}); the rubric asks for at least 0.8700.", hint
    ) == ask(CHECK, log=a_log(val_accuracy=values))


def test_the_best_epoch_counts_where_the_rubric_says_so() -> None:
    """A checkpoint may have kept it; the sentence has the last value, too."""
    log = a_log(epoch=[1, 2, 3], val_accuracy=[0.8, 0.8754, 0.8412])

    assert passed(
        "`val_accuracy` is 0.8754 at best (epoch 2) and ends at 0.8412; the rubric asks for at least 0.8700."
    ) == ask(LoggedAccuracy(epoch="best"), log=log)


def test_the_best_epoch_may_be_too_low() -> None:
    """Values that are not finite are none."""
    log = a_log(epoch=[1, 2, 3], val_accuracy=[0.8, 0.8699, math.nan])

    assert failed(
        "`val_accuracy` is 0.8699 at best (epoch 2) and ends at NaN; the rubric asks for at least 0.8700.",
        "`val_accuracy` was still rising at the end, from 0.8000 to 0.8699: "
        "train for more epochs, and submit the log of all of them.",
    ) == ask(LoggedAccuracy(epoch="best"), log=log)


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

    assert (
        "failed",
        "The training diverged: lower the learning rate, check the scale of the inputs, and train again.",
    ) == (
        finding.status,
        str(finding.hint),
    )


def test_the_students_header_stands_in_the_sentence() -> None:
    """The student looks for what is in the file."""
    log = a_log(a_column("val_accuracy", [0.9], "Val Acc"))

    assert str(ask(CHECK, log=log).message).startswith("`Val Acc` ends at 0.9000")


def test_a_missing_validation_accuracy_fails() -> None:
    """The sentence says which columns there are, and the hint how to get the one asked for."""
    assert failed(
        "The log has no values of `val_accuracy`; it has `loss`, `accuracy` and `time`.",
        'Compile with `metrics=["accuracy"]`, give `fit` a `validation_split` or `validation_data`, '
        "and log what it reports.",
    ) == ask(CHECK, log=a_log(loss=[0.5], accuracy=[0.9], ignored=("time",)))


def test_a_missing_training_accuracy_fails() -> None:
    """A column without values is as good as none."""
    assert failed(
        "The log has no values of `accuracy`; it has `accuracy`.",
        'Compile with `metrics=["accuracy"]`, and log what `fit` reports.',
    ) == ask(LoggedAccuracy(column="accuracy"), log=a_log(accuracy=[None]))


@pytest.mark.parametrize(
    "parameters", [{"column": "val_acuracy"}, {"at_least": 87}, {"at_least": "0.87"}, {"epoch": "any"}]
)
def test_wrong_parameters_are_a_mistake_in_the_rubric(parameters: dict[str, Any]) -> None:
    """A misspelt column must not fail a class, and an accuracy is a share."""
    with pytest.raises(ValidationError):
        LoggedAccuracy.model_validate(parameters)
