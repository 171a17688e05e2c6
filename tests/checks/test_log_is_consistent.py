"""Tests of `log_is_consistent`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from builders_course import (
    ALL,
    BATCH,
    EPOCHS,
    STEPS,
    Course,
    a_course,
    a_course_log,
    a_row_an_epoch,
    measured_of,
    running_means,
)
from builders_evidence import a_log, a_model, a_norm, a_rerun, an_optimizer, ask, norms_in
from hypothesis import given
from hypothesis import strategies as st

from grader.checks.log_is_consistent import LogIsConsistent
from grader.evidence.log import Log
from grader.evidence.values import Task

CHECK = LogIsConsistent()
HONEST = a_course()
SHUFFLED = np.random.default_rng(0).permutation


def forgetting(values: Any) -> list[float]:
    """An average of which each step replaces a twentieth, as progress bars show it."""
    shown = [float(values[0])]
    for value in values[1:]:
        shown.append(0.95 * shown[-1] + 0.05 * float(value))
    return shown


def by_epoch(*values: float) -> Any:
    """A number for each epoch, at each of its steps."""
    return np.repeat(values, STEPS)


LOGS: dict[str, Callable[[Course], Log]] = {
    "running means of an epoch": a_course_log,
    "running means of the training": lambda course: a_course_log(
        course, loss=running_means(course.loss, ALL), accuracy=running_means(course.accuracy, ALL)
    ),
    "batches": lambda course: a_course_log(course, loss=course.loss, accuracy=course.accuracy),
    "an average that forgets": lambda course: a_course_log(course, loss=forgetting(course.loss)),
    "four decimals": lambda course: a_course_log(
        course, **{name: np.round(running_means(getattr(course, name)), 4) for name in ("loss", "accuracy")}
    ),
    "norms a row later": lambda course: a_course_log(course, norm=np.roll(course.norm, 1)),
    "norms at the cap": lambda course: a_course_log(course, norm=np.minimum(course.norm, 0.6)),
    "a sum of losses": lambda course: a_course_log(course.but(loss=BATCH * np.asarray(course.loss))),
    "no numbers of epochs": lambda course: a_course_log(course, epoch=[], step=[]),
    "the validation on each row": lambda course: a_course_log(
        course, val_accuracy=by_epoch(*course.validation)
    ),
    "a row an epoch": a_row_an_epoch,
}


@pytest.mark.parametrize("log", LOGS.values(), ids=LOGS.keys())
def test_an_honest_log_is_consistent(log: Callable[[Course], Log]) -> None:
    """However a loop writes it down."""
    assert "passed" == ask(CHECK, log=log(HONEST), **measured_of(HONEST)).status


SLOWER = HONEST.but(
    accuracy=np.concatenate([np.floor(0.85 * BATCH * HONEST.accuracy[:200]) / BATCH, HONEST.accuracy[200:]])
)
MADE_UP: dict[str, Log] = {
    "a loss that allows no mistake": a_row_an_epoch(HONEST.but(loss=by_epoch(1.2, 0.4, 0.2, 0.05))),
    "losses in another order": a_course_log(HONEST.but(loss=SHUFFLED(HONEST.loss))),
    "norms in another order": a_course_log(HONEST.but(norm=SHUFFLED(HONEST.norm))),
    "norms of another run": a_course_log(HONEST.but(norm=a_course(2).norm)),
    "a network that learns more slowly": a_course_log(SLOWER),
    "a better network": a_course_log(HONEST.but(accuracy=HONEST.accuracy + by_epoch(0, 0, 0, 0.1))),
    "a better network, a row an epoch": a_row_an_epoch(
        HONEST.but(accuracy=HONEST.accuracy + by_epoch(0, 0.06, 0.09, 0.09))
    ),
    "a loss that rises": a_course_log(HONEST.but(loss=HONEST.loss * np.linspace(1, 8, ALL))),
    "a validation that jumps": a_course_log(HONEST.but(validation=[0.5, 0.65, 0.8, 0.8606])),
    "a validation that stays": a_course_log(HONEST.but(validation=[0.8762] * EPOCHS)),
}


@pytest.mark.parametrize("log", MADE_UP.values(), ids=MADE_UP.keys())
def test_what_no_training_writes_is_left_to_a_teacher(log: Log) -> None:
    """Losses, accuracies, norms and validation that are not of one training, or not of this network."""
    assert "review" == ask(CHECK, log=log, **measured_of(HONEST)).status


UNKNOWN: dict[str, tuple[Log, dict[str, Any]]] = {
    # Images that are made harder are no other network: on plain ones the model is better.
    "augmentation": (
        a_course_log(
            HONEST.but(
                accuracy=(HONEST.accuracy - 1 / BATCH).clip(min=0),
                validation=[0.8812, 0.8784, 0.8796, 0.8802],
            )
        ),
        {"rerun": a_rerun(loss=tuple(HONEST.loss[:200]), accuracy=tuple(HONEST.accuracy[:200] + 0.04))},
    ),
    "weights of classes": (a_course_log(SLOWER.but(loss=2 * HONEST.loss)), {}),
    "averages of weights": (
        a_course_log(HONEST.but(accuracy=HONEST.accuracy - by_epoch(0, 0, 0, 0.1))),
        {"model": a_model(optimizer=an_optimizer(averages=True))},
    ),
    "another loss": (
        a_row_an_epoch(HONEST.but(loss=by_epoch(0.2, 0.1, 0.05, 0.02))),
        {"model": a_model(loss="mean_squared_error", loss_form="other")},
    ),
    "nothing measured": (
        a_course_log(HONEST),
        {"model": None, "accuracy": None, "rerun": None, "probe": None},
    ),
}


@pytest.mark.parametrize(("log", "parts"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_the_grader_cannot_know_is_not_held_against_anyone(log: Log, parts: dict[str, Any]) -> None:
    """Only what it has measured, or what holds in any training, contradicts a log."""
    assert "passed" == ask(CHECK, log=log, **measured_of(HONEST, **parts)).status


@pytest.mark.parametrize(
    "log",
    [a_log(a_norm([0.5] * 60)), a_log(loss=[float("nan")] * 60), a_log(accuracy=[])],
    ids=["norms", "NaN", "empty"],
)
def test_a_log_without_numbers_to_compare_is_not_checked(log: Log) -> None:
    """A log of norms alone, one that diverged, and an empty one."""
    assert "not_checked" == ask(CHECK, log=log).status


@given(st.lists(st.floats(0, 1), max_size=40), st.lists(st.floats(-1e9, 1e9), max_size=40), st.integers(1, 9))
def test_any_numbers_are_judged(shares: list[float], losses: list[float], rows: int) -> None:
    """Logs of any length, with any losses and accuracies, whichever is longer."""
    log = a_log(
        a_norm(losses),
        epoch=[row // rows for row in range(40)],
        accuracy=shares,
        val_accuracy=shares[::-1],
        loss=losses,
    )

    norms = norms_in(log, CHECK, None, rerun=a_rerun())

    assert norms is not None
    assert CHECK.find(norms).status in {"passed", "review", "not_checked"}


@pytest.mark.parametrize("task", ["regression", "multilabel"])
def test_what_keras_calls_the_accuracy_of_another_task(task: Task) -> None:
    """A regression hits no number, so its accuracy stays 0 while the loss falls: nobody is doubted."""
    log = a_course_log(HONEST.but(accuracy=0 * HONEST.accuracy, validation=[0.0] * 4))
    norms = norms_in(log, CHECK, None, **measured_of(HONEST))
    assert norms is not None
    of_task = replace(norms.references, targets=norms.references.targets.model_copy(update={"task": task}))

    assert "review" == CHECK.find(norms).status
    assert "review" != CHECK.find(replace(norms, references=of_task)).status
