"""Tests of where a row of a log stands."""

import math

import pytest
from builders_evidence import a_log, a_step_log
from builders_golden import said

from grader.analysis.log_positions import columns, epoch_of, epochs, place, restarts
from grader.evidence.log import Log


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (a_log(epoch=[0, 0, 1], step=[10, 11, 12]), "step 12 (epoch 1)"),
        (a_log(epoch=[0, 0, 1], batch=[0, 1, 0]), "step 0 (epoch 1)"),
        (a_log(epoch=[0.25, 0.5, 0.75], step=[1, 2, 3]), "step 3 (epoch 0.75)"),
        (a_log(epoch=[1, 2, 3]), "row 3 (epoch 3)"),
        (a_log(loss=[1, 2, 3]), "row 3"),
        (a_log(step=[1, 2, None], epoch=[1, 2, math.nan]), "row 3"),
        (a_log(step=[1, 2]), "row 3"),
    ],
)
def test_a_row_is_named_in_the_students_counting(log: Log, expected: str) -> None:
    """Step and epoch are those of the row; without a step the row is counted from 1."""
    assert str(expected) == str(place(log, 2))


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (a_step_log(steps=10, epochs=3), 3),
        (a_log(epoch=[0, 1, 2, 3, 4]), 5),
        (a_log(epoch=[0.2, 0.9, 1.1, 1.8]), 2),
        (a_log(epoch=[0, 1, 0, 1]), 4),
        (a_log(epoch=[0, 0, 0], val_accuracy=[0.7, 0.8, 0.85]), 3),
        (a_log(gradient_norm=[1.0] * 9, val_accuracy=[0.7, 0.8]), 2),
        (a_log(gradient_norm=[1.0] * 4, val_accuracy=[0.7, 0.7, 0.8, 0.8]), 2),
        (a_log(gradient_norm=[1.0] * 4, val_loss=[0.7, 0.6]), 2),
        (a_log(epoch=[math.nan, math.inf]), None),
        (a_log(gradient_norm=[1.0]), None),
    ],
)
def test_epochs_are_counted(log: Log, expected: int | None) -> None:
    """By the epoch column, or by the validation values where that says nothing."""
    assert expected == epochs(log)


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (a_log(epoch=[0, 1, 2], step=[1, 2, 3]), "epoch 2"),
        (a_log(step=[1, 2, 3]), "step 3"),
        (a_log(loss=[1, 2, 3]), "row 3"),
    ],
)
def test_an_epoch_is_named_where_it_is_known(log: Log, expected: str) -> None:
    """Else the step or the row is."""
    assert str(expected) == str(epoch_of(log, 2))


def test_columns_are_listed_as_the_student_wrote_them() -> None:
    """Unknown ones too, and not more than twelve."""
    assert said(columns(a_log(loss=[1.0], ignored=("time",))))
    assert said(columns(a_log()))
    assert said(columns(a_log(ignored=tuple("abcdefghijklmno"))))


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        (a_log(epoch=[0, 0, 1, 1, 0, 0, 1, 0]), (4, 7)),
        (a_log(epoch=[0, 0, 1, 1], step=[1, 2, 1, 2]), ()),
        (a_log(step=[1, 2, 3, 1, 2]), (3,)),
        (a_log(epoch=[0, None, 1, 1, None, 0]), (5,)),
        (a_log(loss=[1.0]), ()),
    ],
)
def test_a_log_begins_again_where_its_epochs_fall_back(log: Log, expected: tuple[int, ...]) -> None:
    """Steps count where epochs have no number."""
    assert expected == restarts(log)
