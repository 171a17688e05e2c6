"""Tests of the check on what is missing or broken in the log."""

import math
from typing import Any

import pytest
from builders_evidence import a_column, a_log, a_model, a_norm, a_step_log, an_optimizer, ask
from pydantic import ValidationError

from grader.checks.log_is_complete import LogIsComplete
from grader.evidence.log import Cell, Log
from grader.evidence.model import Model

CHECK = LogIsComplete()
EPOCHS = [1.0] * 60 + [2.0] * 60


def norms(**fields: Any) -> Log:
    """A log of two epochs with 60 steps each, in which all norms are 1."""
    return a_step_log(a_norm([1.0] * 120), steps=60, epochs=2, **fields)


def test_a_norm_for_every_step_passes() -> None:
    """The sentence says how many there are, and over how many epochs."""
    assert "passed" == ask(CHECK, log=norms(loss=[0.5] * 120)).status


@pytest.mark.parametrize(
    "log",
    [
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


@pytest.mark.parametrize("log", [a_log(loss=[0.5], ignored=("time",)), a_log(a_norm([None]))])
def test_a_log_without_norms_fails(log: Log) -> None:
    """The sentence says which columns there are."""
    assert "failed" == ask(CHECK, log=log).status


@pytest.mark.parametrize(
    "log",
    [
        a_step_log(
            a_norm([1.0, None], unreadable=(Cell(row=1, text="tf.Tensor(\x1b"),), unreadable_count=1),
            steps=2,
        ),
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
    ],
)
def test_unreadable_cells_fail(log: Log) -> None:
    """The sentence says where the first one is and what stands there."""
    assert "failed" == ask(CHECK, log=log).status


@pytest.mark.parametrize(
    "values",
    [
        {"norm": [1.0, math.nan, 1.0], "loss": [0.5] * 3},
        {"norm": [1.0, math.inf, math.nan], "loss": [0.5, 0.5, math.nan]},
        {"norm": [1.0, 1.0, math.nan], "loss": [0.5, math.nan, math.nan]},
    ],
)
def test_what_is_not_finite_fails(values: dict[str, list[float]]) -> None:
    """The sentence names the first step at which a norm or a loss was lost."""
    log = a_step_log(a_norm(values["norm"]), steps=3, loss=values["loss"])

    assert "failed" == ask(CHECK, log=log).status


def test_steps_of_the_stored_optimizer_that_are_not_in_the_log_are_left_to_a_teacher() -> None:
    """The log was cut, or an earlier `fit` is not in it."""
    model = a_model(optimizer=an_optimizer(iterations=150))

    assert "review" == ask(CHECK, log=norms(), model=model).status


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(a_model(optimizer=None), id="no optimizer"),
        pytest.param(a_model(optimizer=an_optimizer(iterations=None)), id="not counted"),
        pytest.param(a_model(optimizer=an_optimizer(iterations=60)), id="checkpoint"),
        pytest.param(a_model(optimizer=an_optimizer(iterations=122)), id="one more in each epoch"),
    ],
)
def test_other_counts_of_steps_pass(model: Model) -> None:
    """A log may go on after the saved step, and Keras may count a step more an epoch than it makes."""
    assert "passed" == ask(CHECK, log=norms(), model=model).status


def test_a_negative_norm_fails() -> None:
    """A logarithm was logged, or one number of the gradient."""
    log = a_step_log(a_norm([1.0, -0.25, -3.0]), steps=3)

    assert "failed" == ask(CHECK, log=log).status


@pytest.mark.parametrize(
    "log",
    [
        a_log(a_norm([1.0] * 5), epoch=[0, 1, 2, 3, 4]),
        a_log(a_norm([1.0]), epoch=[0]),
        a_log(a_norm([1.0] * 3), epoch=[0, 0, 0], val_accuracy=[0.7, 0.8, 0.9]),
        a_log(a_norm([1.0] * 2), step=[0, 1], val_loss=[0.7, 0.6]),
    ],
)
def test_one_norm_per_epoch_is_incomplete(log: Log) -> None:
    """Epochs are known from their column or from the validation values."""
    assert "failed" == ask(CHECK, log=log).status


def test_a_few_norms_and_nothing_else_are_incomplete() -> None:
    """Without steps and epochs, a handful of norms is more likely one per epoch."""
    assert "failed" == ask(CHECK, log=a_log(a_norm([1.0] * 5))).status


def test_fewer_norms_than_losses_are_incomplete() -> None:
    """A norm on every second row was not logged at every step."""
    log = a_log(a_norm([1.0, None] * 60), epoch=EPOCHS, loss=[0.5] * 120)

    assert "failed" == ask(CHECK, log=log).status


@pytest.mark.parametrize("steps", [[10, 20, 30, 40], [1, 2, 4, 5], [500, 501, 502, 503]])
def test_a_gap_in_the_steps_is_incomplete(steps: list[float]) -> None:
    """The sentence says where the first gap is and how many steps are missing."""
    assert "failed" == ask(CHECK, log=a_log(a_norm([1.0] * 4), step=steps)).status


def test_only_steps_with_a_norm_count() -> None:
    """A row with a step but without a norm is a gap."""
    finding = ask(CHECK, log=a_log(a_norm([1.0, None, 1.0]), step=[1, 2, 3]))

    assert str(finding.message).startswith("The norms go from step 1 to step 3, and 1 step is missing")


def test_too_few_epochs_fail() -> None:
    """The sentence has both numbers."""
    assert "failed" == ask(LogIsComplete(at_least_epochs=5), log=norms()).status


def test_unknown_epochs_fail_where_several_are_asked_for() -> None:
    """The hint says which column to add."""
    assert "failed" == ask(LogIsComplete(at_least_epochs=5), log=a_log(a_norm([1.0] * 120))).status


def test_one_norm_per_epoch_passes_where_that_is_asked_for() -> None:
    """Nothing is asked of the steps then."""
    log = a_log(a_norm([1.0] * 3), epoch=[1, 2, 3], step=[1719, 3438, 5157])

    assert "passed" == ask(LogIsComplete(every="epoch"), log=log).status


def test_an_epoch_without_a_norm_fails_where_each_should_have_one() -> None:
    """The sentence has both numbers."""
    log = a_log(a_norm([1.0] * 3), epoch=[1, 2, 3, 4])

    assert "failed" == ask(LogIsComplete(every="epoch"), log=log).status


@pytest.mark.parametrize("parameters", [{"every": "batch"}, {"at_least_epochs": 0}, {"at_least_epochs": 1.5}])
def test_wrong_parameters_are_a_mistake_in_the_rubric(parameters: dict[str, Any]) -> None:
    """`every` is a step or an epoch, and at least one epoch is asked for."""
    with pytest.raises(ValidationError):
        LogIsComplete.model_validate(parameters)
