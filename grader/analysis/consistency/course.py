"""The course of a training as its log has it: what each batch had, and the validation of each epoch."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from grader.analysis.accuracies import AccuracyColumn
from grader.analysis.log_positions import steps
from grader.analysis.reference.references import FEWEST
from grader.analysis.statistics import Array, as_array, changes, rounding
from grader.evidence.log import Column, Log

# So many steps before a moment show how the training stood then.
MOMENT = 200
# About 2.5 standard errors of the difference between 5,000 validation images and 200 batches of 32.
_HARDER = 0.015
# A running mean is kept as float32.
_FLOAT32 = 2.0**-23
# Accuracies of so many batches tell their size.
_BATCHES = 20
_LARGEST_BATCH = 4096


@dataclass(frozen=True)
class PerBatch:
    """What the batch of each row had, and how far rounding in the log can have moved that."""

    values: Array
    slack: Array

    def mean(self, places: slice) -> float:
        """The mean of the batches at these places."""
        return float(self.values[places].mean())


@dataclass(frozen=True)
class Course:
    """The rows of a log that have a loss or an accuracy, and the places at which an epoch begins.

    `loss` and `accuracy` are those of each row's own batch, or of its epoch where an epoch is one row; None
    where the log has none, or some that are not finite. `validation` has the number of each epoch that has a
    validation accuracy, and its last one.
    """

    rows: Sequence[int]
    starts: tuple[int, ...]
    loss: PerBatch | None
    accuracy: PerBatch | None
    validation: tuple[tuple[int, float], ...]

    @property
    def epochs(self) -> list[slice]:
        """The places of each epoch."""
        return [slice(start, end) for start, end in zip(self.starts, self._ends(), strict=True)]

    def _ends(self) -> tuple[int, ...]:
        return (*self.starts[1:], len(self.rows))

    @property
    def has_a_row_an_epoch(self) -> bool:
        """Whether an epoch is one row, and so the mean of its batches."""
        return len(self.starts) == len(self.rows)

    @property
    def validation_lead(self) -> float:
        """How far the last validation accuracy is above that of the last batches; -inf if not known."""
        if self.accuracy is None or not self.validation:
            return -math.inf
        epoch, validated = self.validation[-1]
        return validated - self.around(self.accuracy, epoch)[0]

    @property
    def is_of_harder_images(self) -> bool:
        """Whether the training images were made harder (augmentation, noise), and those of validation not."""
        return self.validation_lead >= _HARDER

    def before(self, end: int) -> slice:
        """The places of the last steps of an epoch before `end`: half of it at most, without its last batch.

        The last batch of an epoch is smaller, so a running mean does not tell what it had.
        """
        start = max(start for start in self.starts if start < end)
        count = min(MOMENT, (end - start) // 2)
        return slice(end - count - 1, end - 1) if count else slice(start, end)

    def around(self, series: PerBatch, epoch: int) -> list[float]:
        """The means of the last batches of an epoch and, if there is a next one, of the first in that."""
        end = self._ends()[epoch]
        means = [series.mean(self.before(end))]
        if epoch + 1 < len(self.starts):
            following = self._ends()[epoch + 1]
            means.append(series.mean(slice(end, end + min(MOMENT, (following - end + 1) // 2))))
        return means


def course_of(log: Log) -> Course | None:
    """The course that a log has; None where it has neither a loss nor an accuracy."""
    columns = [column for name in ("accuracy", "loss") if (column := log.column(name)) and column.values]
    if not columns:
        return None
    rows = max(columns, key=lambda column: len(column.values)).rows
    starts = _starts(log, rows)
    loss, accuracy = (_of_each_batch(log.column(name), rows, starts) for name in ("loss", "accuracy"))
    ends = (*starts[1:], len(rows))
    return Course(rows, starts, loss, accuracy, tuple(_validation(log, rows, ends)))


def _starts(log: Log, rows: Sequence[int]) -> tuple[int, ...]:
    """The places among the rows at which an epoch begins: by its number, or else behind each validation."""
    import numpy as np

    column = log.column("epoch")
    if column and (numbers := _in_rows(column, rows)) is not None:
        return (0, *changes(np.floor(numbers)))
    validated = log.column("val_accuracy") or log.column("val_loss")
    if validated is None or len(validated.rows) >= len(rows):
        return (0,)
    places = np.searchsorted(as_array(rows), as_array(validated.rows), side="right")
    return tuple(sorted({0, *places.tolist()} - {len(rows)}))


def _in_rows(column: Column, rows: Sequence[int]) -> Array | None:
    """The finite values of a column in these rows; None if one of them has none."""
    import numpy as np

    values = as_array(column.values)
    if column.rows != rows:
        here = np.isin(as_array(column.rows), as_array(rows))
        values = values[here]
    return values if len(values) == len(rows) and np.isfinite(values).all() else None


def _validation(log: Log, rows: Sequence[int], ends: tuple[int, ...]) -> list[tuple[int, float]]:
    """The last validation accuracy of each epoch, with the number of the epoch."""
    import numpy as np

    name: AccuracyColumn = "val_accuracy"
    column = log.column(name)
    if column is None:
        return []
    last_rows = as_array([rows[end - 1] for end in ends])
    numbers = np.searchsorted(last_rows, as_array(column.rows)).clip(max=len(ends) - 1)
    return list(dict(zip(numbers.tolist(), column.values, strict=True)).items())


def _of_each_batch(column: Column | None, rows: Sequence[int], starts: tuple[int, ...]) -> PerBatch | None:
    """What each batch had, m_t t - m_{t-1} (t - 1) where a column has running means m_t, else its values.

    Keras' metrics are means since the epoch began, some loops' since the training began. Of such a column all
    values that this gives can be a batch's: none is below 0, and no accuracy over 1. Values of batches
    themselves, and averages that forget, soon give some that cannot.
    """
    import numpy as np

    values = _in_rows(column, rows) if column else None
    if values is None or column is None:
        return None
    most, rounded = 1.0 if column.name == "accuracy" else np.inf, rounding(values)
    # Means of whole epochs could be those since the training began.
    forms = ((0,), starts) if len(values) >= FEWEST * len(starts) else (starts,)
    for begins in forms:
        counts = np.arange(len(values)) - np.repeat(begins, np.diff((*begins, len(values)))) + 1.0
        earlier = np.where(counts > 1, np.concatenate([[0.0], values[:-1]]), 0.0)
        found = values * counts - earlier * (counts - 1)
        slack = 2 * counts * (rounded + _FLOAT32 * values.max())
        if ((found >= -slack) & (found <= most + slack)).all():
            return PerBatch(found, slack)
    return PerBatch(values, np.full(len(values), rounded))


def batch_size(course: Course) -> int | None:
    """The size of the first batches, which is the least B of which all accuracies are multiples of 1/B."""
    import numpy as np

    if course.accuracy is None:
        return None
    first = slice(min(_BATCHES, course.epochs[0].stop - 1))
    values, slack = course.accuracy.values[first], course.accuracy.slack[first]
    if len(values) < _BATCHES:
        return None
    sizes = np.arange(1, _LARGEST_BATCH + 1)
    hits = np.outer(values, sizes)
    allowed = np.outer(slack, sizes)
    fits = (np.abs(hits - np.round(hits)) <= allowed).all(axis=0) & (allowed.max(axis=0) < 0.1)
    return int(sizes[fits.argmax()]) if fits.any() else None


def begins_with_the_training(log: Log, course: Course, done: int | None) -> bool:
    """Whether the first rows are the first steps, one after the other; the optimizer has `done` so many."""
    numbers = steps(log)
    first = _in_rows(numbers, course.rows) if numbers else None
    if numbers and (first is None or first[0] > 1 or not (first[1:FEWEST] - first[: FEWEST - 1] == 1).all()):
        return False
    return course.epochs[0].stop >= FEWEST and (done is None or done <= len(course.rows))
