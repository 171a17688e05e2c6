"""Tests of the check on what is missing or broken in the log."""

import math
from typing import Any

import pytest
from builders_evidence import a_column, a_log, a_model, a_norm, a_step_log, an_optimizer, ask

from grader.checks.log_is_complete import LogIsComplete
from grader.evidence.log import Cell, Log
from grader.evidence.model import Model

CHECK = LogIsComplete()
EPOCHS = [1.0] * 60 + [2.0] * 60


def norms(**fields: Any) -> Log:
    """A log of two epochs with 60 steps each, in which all norms are 1."""
    return a_step_log(a_norm([1.0] * 120), steps=60, epochs=2, **fields)


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(norms(loss=[0.5] * 120), id="as asked for"),
        pytest.param(a_log(a_norm([1.0] * 120), epoch=EPOCHS, batch=[*range(60), *range(60)]), id="batch"),
        pytest.param(a_log(a_norm([1.0] * 120), step=range(120)), id="from 0"),
        pytest.param(a_log(a_norm([1.0] * 120), step=[*range(1, 81), *range(41, 81)]), id="started again"),
        pytest.param(a_log(a_norm([1.0] * 120), val_accuracy=[0.8, 0.9], loss=[0.5, 0.4]), id="lists"),
        pytest.param(a_log(a_norm([1.0] * 120)), id="only norms"),
        pytest.param(
            a_log(
                a_norm([*[1.0] * 60, None, *[1.0] * 60, None]),
                step=[*range(60), None, *range(60, 120), None],
                epoch=[*[0] * 61, *[1] * 61],
                loss=[0.5] * 122,
            ),
            id="a row for each epoch",
        ),
        pytest.param(
            a_log(a_norm([1.0] * 120), a_norm([1.0] * 2, "epoch_grad_norm"), epoch=EPOCHS), id="two columns"
        ),
        pytest.param(a_log(a_norm([1.0] * 3), step=[0, math.nan, math.inf], epoch=[0] * 3), id="odd steps"),
    ],
)
def test_every_honest_way_to_count_passes(log: Log) -> None:
    """Steps may be counted in each epoch, from 0, once more after a restart, or not at all."""
    assert "passed" == ask(CHECK, log=log).status


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(a_log(loss=[0.5], ignored=("time",)), id="no norms"),
        pytest.param(a_log(a_norm([None])), id="no values"),
        pytest.param(
            a_step_log(
                a_norm([1.0, None], unreadable=(Cell(row=1, text="tf.Tensor(\x1b"),), unreadable_count=1),
                steps=2,
            ),
            id="an unreadable norm",
        ),
        pytest.param(
            a_log(
                a_norm([1.0]),
                a_column(
                    "loss",
                    [0.5],
                    "Loss",
                    unreadable=(Cell(row=6, text="a"), Cell(row=7, text="b"), Cell(row=8, text="c")),
                    unreadable_count=80,
                ),
            ),
            id="unreadable losses",
        ),
        pytest.param(a_step_log(a_norm([1.0, math.nan, 1.0]), steps=3, loss=[0.5] * 3), id="NaN"),
        pytest.param(
            a_step_log(a_norm([1.0, math.inf, math.nan]), steps=3, loss=[0.5, 0.5, math.nan]),
            id="the norm is lost first",
        ),
        pytest.param(
            a_step_log(a_norm([1.0, 1.0, math.nan]), steps=3, loss=[0.5, math.nan, math.nan]),
            id="the loss is lost first",
        ),
        pytest.param(a_step_log(a_norm([1.0, -0.25, -3.0]), steps=3), id="a logarithm"),
        pytest.param(a_log(a_norm([1.0] * 5), epoch=[0, 1, 2, 3, 4]), id="one an epoch"),
        pytest.param(a_log(a_norm([1.0]), epoch=[0]), id="one epoch"),
        pytest.param(
            a_log(a_norm([1.0] * 3), epoch=[0, 0, 0], val_accuracy=[0.7, 0.8, 0.9]), id="one a validation"
        ),
        pytest.param(a_log(a_norm([1.0] * 2), step=[0, 1], val_loss=[0.7, 0.6]), id="one a validation loss"),
        # Without steps and epochs, a handful of norms is more likely one per epoch.
        pytest.param(a_log(a_norm([1.0] * 5)), id="a few norms and nothing else"),
        pytest.param(
            a_log(a_norm([1.0, None] * 60), epoch=EPOCHS, loss=[0.5] * 120), id="fewer norms than losses"
        ),
        pytest.param(a_log(a_norm([1.0] * 4), step=[10, 20, 30, 40]), id="every tenth step"),
        pytest.param(
            a_log(
                a_norm([1.0, None]), a_column("loss", [0.5, None], unreadable=(Cell(row=1, text="19-Jan"),))
            ),
            id="a date of a spreadsheet",
        ),
        pytest.param(a_log(a_norm([1.0] * 4), step=[1, 2, 4, 5]), id="a gap"),
        pytest.param(a_log(a_norm([1.0] * 4), step=[500, 501, 502, 503]), id="not from the first step"),
        pytest.param(a_log(a_norm([1.0, None, 1.0]), step=[1, 2, 3]), id="a step without a norm"),
    ],
)
def test_what_is_missing_or_broken_fails(log: Log) -> None:
    """The sentence says what it is, how much of it there is, and where the first one stands."""
    assert "failed" == ask(CHECK, log=log).status


@pytest.mark.parametrize(
    ("model", "status"),
    [
        # The log was cut, or an earlier `fit` is not in it.
        pytest.param(a_model(optimizer=an_optimizer(iterations=150)), "review", id="more steps"),
        pytest.param(a_model(optimizer=None), "passed", id="no optimizer"),
        pytest.param(a_model(optimizer=an_optimizer(iterations=None)), "passed", id="not counted"),
        pytest.param(a_model(optimizer=an_optimizer(iterations=60)), "passed", id="checkpoint"),
        pytest.param(a_model(optimizer=an_optimizer(iterations=122)), "passed", id="one more in each epoch"),
    ],
)
def test_the_steps_of_the_stored_optimizer_are_in_the_log(model: Model, status: str) -> None:
    """A log may go on after the saved step, and Keras may count a step more an epoch than it makes."""
    assert status == ask(CHECK, log=norms(), model=model).status


@pytest.mark.parametrize(
    ("asked", "log", "status"),
    [
        pytest.param({"at_least_epochs": 5}, norms(), "failed", id="too few epochs"),
        pytest.param({"at_least_epochs": 5}, a_log(a_norm([1.0] * 120)), "failed", id="unknown epochs"),
        pytest.param(
            {"every": "epoch"},
            a_log(a_norm([1.0] * 3), epoch=[1, 2, 3], step=[1719, 3438, 5157]),
            "passed",
            id="one an epoch, as asked for",
        ),
        pytest.param(
            {"every": 10}, a_log(a_norm([1.0] * 4), step=[10, 20, 30, 40]), "passed", id="every tenth step"
        ),
        pytest.param(
            {"every": 10}, a_log(a_norm([1.0] * 4), step=[1, 11, 21, 31]), "passed", id="from the first step"
        ),
        pytest.param({"every": 10}, norms(), "passed", id="more than asked for"),
        pytest.param(
            {"every": 10}, a_log(a_norm([1.0] * 4), step=[10, 20, 40, 50]), "failed", id="one of ten missing"
        ),
        pytest.param({"every": 10}, a_log(a_norm([1.0] * 2), step=[20, 30]), "failed", id="a late beginning"),
        pytest.param({"every": 10}, a_log(a_norm([1.0] * 9)), "failed", id="too few, without numbers"),
        pytest.param(
            {"every": "epoch"},
            a_log(a_norm([1.0] * 3), epoch=[1, 2, 3, 4]),
            "failed",
            id="an epoch without a norm",
        ),
    ],
)
def test_a_rubric_may_ask_for_more_or_less(asked: dict[str, Any], log: Log, status: str) -> None:
    """For several epochs, or for a norm of every so many steps or of each epoch only."""
    assert status == ask(LogIsComplete(**asked), log=log).status
