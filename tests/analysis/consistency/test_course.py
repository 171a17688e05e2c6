"""Tests of what a log has of each batch and each epoch."""

import numpy as np
import pytest
from builders_course import ALL, BATCH, EPOCHS, STEPS, a_course, a_course_log, a_row_an_epoch, running_means
from builders_evidence import a_log, a_norm

from grader.analysis.consistency.course import batch_size, begins_with_the_training, course_of
from grader.evidence.log import Log

HONEST = a_course()


@pytest.mark.parametrize(
    "accuracy",
    [running_means(HONEST.accuracy), running_means(HONEST.accuracy, ALL), HONEST.accuracy],
    ids=["of an epoch", "of the training", "of each batch"],
)
def test_running_means_are_taken_apart(accuracy: np.ndarray) -> None:
    """Whether they began with the epoch or with the training; what is no running mean stays."""
    course = course_of(a_course_log(HONEST, accuracy=accuracy))

    assert course is not None
    assert course.accuracy is not None
    np.testing.assert_allclose(course.accuracy.values, HONEST.accuracy, atol=1e-3)
    assert BATCH == batch_size(course)


@pytest.mark.parametrize(
    ("log", "starts"),
    [
        (a_course_log(HONEST), tuple(range(0, ALL, STEPS))),
        (a_course_log(HONEST, epoch=[]), tuple(range(0, ALL, STEPS))),
        (a_row_an_epoch(HONEST), tuple(range(EPOCHS))),
        (a_log(loss=[0.5, 0.4]), (0,)),
    ],
    ids=["numbered", "validated", "a row an epoch", "neither"],
)
def test_epochs_begin_where_their_number_changes(log: Log, starts: tuple[int, ...]) -> None:
    """Or behind a validation, where they have no number."""
    course = course_of(log)

    assert course is not None
    assert starts == course.starts


def test_each_epoch_has_its_last_validation() -> None:
    """Also where a logger repeats it in every row, or validates more often."""
    often = [0.5 + row / 10_000 for row in range(ALL)]
    course = course_of(a_course_log(HONEST, val_accuracy=often))

    assert course is not None
    assert [(epoch, often[STEPS * (epoch + 1) - 1]) for epoch in range(EPOCHS)] == list(course.validation)


@pytest.mark.parametrize(
    ("changed", "done", "begins"),
    [
        ({}, None, True),
        ({}, ALL + 1, False),
        ({"step": [row + 100 for row in range(ALL)]}, None, False),
        ({"step": [10 * row for row in range(ALL)]}, None, False),
    ],
    ids=["whole", "more steps were done", "begins late", "every tenth step"],
)
def test_a_log_begins_with_the_training(
    changed: dict[str, list[int]], done: int | None, begins: bool
) -> None:
    """If its rows are the first steps, one by one, and no step that the optimizer has done is missing."""
    log = a_course_log(HONEST, **changed)
    course = course_of(log)

    assert course is not None
    assert begins == begins_with_the_training(log, course, done)


def test_a_log_of_norms_alone_has_no_course() -> None:
    """There is nothing to compare with."""
    assert course_of(a_log(a_norm([0.5] * 60))) is None
