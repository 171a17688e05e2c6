"""Made-up honest trainings, whose losses, accuracies, norms and validation belong together."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from builders_evidence import a_log, a_model, a_norm, a_rerun, an_accuracy, an_optimizer, some_norms

from grader.evidence.log import Log
from grader.evidence.training import Probe

BATCH, STEPS, EPOCHS = 32, 250, 4
ALL = STEPS * EPOCHS
Values = Any  # an array or a list of numbers


@dataclass(frozen=True)
class Course:
    """What each batch of a training had, and the validation accuracy after each epoch."""

    loss: Values
    accuracy: Values
    norm: Values
    validation: Values

    def but(self, **changed: Any) -> "Course":
        """The same course with other values."""
        return replace(self, **changed)


@cache
def a_course(seed: int = 1) -> Course:
    """A course in which the loss falls from 2.3 to 0.4, and a batch with more mistakes has a larger loss."""
    generator = np.random.default_rng(seed)
    left = np.exp(-np.arange(ALL) / 60)
    expected = 0.88 - 0.78 * left
    accuracy = generator.binomial(BATCH, expected) / BATCH
    chance = np.sqrt(expected * (1 - expected) / BATCH)
    hard = 0.8 * (expected - accuracy) / chance + 0.6 * generator.standard_normal(ALL)
    loss = (0.4 + 1.9 * left) * np.exp(0.2 * hard)
    norm = 0.6 * np.exp(0.2 * hard + 0.2 * generator.standard_normal(ALL))
    return Course(loss, accuracy, norm, [0.8554, 0.8612, 0.8574, 0.8606])


def running_means(values: Values, steps: int = STEPS) -> Values:
    """What Keras shows: the mean since the epoch began, or since the training did, in float32."""
    counts = np.arange(ALL) % steps + 1
    sums = np.concatenate([np.cumsum(part) for part in np.split(np.asarray(values), ALL // steps)])
    return (sums / counts).astype(np.float32).astype(float)


def a_course_log(course: Course, **columns: Values) -> Log:
    """A log of every step, with the running means of an epoch, or with other columns in their place."""
    validation: list[float | None] = [None] * ALL
    validation[STEPS - 1 :: STEPS] = course.validation
    cells = {
        "epoch": [row // STEPS for row in range(ALL)],
        "step": [row + 1 for row in range(ALL)],
        "loss": running_means(course.loss),
        "accuracy": running_means(course.accuracy),
        "val_accuracy": validation,
    }
    return a_log(a_norm(columns.pop("norm", course.norm), scope="variable", stage="after"), **cells | columns)


def a_row_an_epoch(course: Course) -> Log:
    """The log that Keras' own `CSVLogger` writes of it."""
    loss, accuracy = (running_means(each)[STEPS - 1 :: STEPS] for each in (course.loss, course.accuracy))
    return a_log(epoch=range(EPOCHS), loss=loss, accuracy=accuracy, val_accuracy=course.validation)


def measured_of(course: Course, **parts: Any) -> dict[str, Any]:
    """What the grader has measured with the network of a course, with any part replaced."""
    last = slice(-STEPS // 2, None)
    norms = some_norms(STEPS // 2)
    measured = {
        "model": a_model(loss="sparse_categorical_crossentropy", optimizer=an_optimizer(iterations=ALL)),
        "accuracy": an_accuracy(0.868),
        "rerun": a_rerun(loss=tuple(course.loss[:200]), accuracy=tuple(course.accuracy[:200])),
        "probe": Probe(
            norms=norms,
            batch_size=BATCH,
            loss=tuple(course.loss[last]),
            accuracy=tuple(course.accuracy[last]),
        ),
    }
    return measured | parts
