"""Rows of a log: which ones the optimizer in the model file can have seen, and which no gradient can have."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.analysis.log_positions import steps as numbered_steps
from grader.analysis.log_positions import values_in_rows
from grader.analysis.statistics import Array, Numbers, as_array, changes, falls, is_finite, overflowing, units
from grader.evidence.log import Column, Log
from grader.evidence.values import Scope, Stage

# A log with more epochs or new beginnings than this does not number them, it numbers something else.
_MOST_EPOCHS = 200
_MOST_RESTARTS = 20


@dataclass(frozen=True)
class RowRange:
    """Rows of a log: those from `start` to before `end`, numbered from 0.

    The optimizer counts `missing` steps before them; `is_ambiguous` if these are so many that only the
    student could say why.
    """

    start: int
    end: int
    missing: int
    is_ambiguous: bool = False


def row_ranges(
    rows: int, iterations: int, steps: Numbers | None = None, epochs: Numbers | None = None
) -> tuple[RowRange, ...]:
    """The row ranges that can belong to an optimizer which has made so many steps, the likeliest first.

    * The log from its beginning: the model is a checkpoint if there are more rows than steps.
      Where there are fewer, the log lacks what came first (an earlier `fit`), or Keras has counted
      more steps than it made, as it does by one an epoch for data of unknown size.
    * Up to the row that has the number of the optimizer's step, counted from 1 or from 0.
    * The last rows, if there are more rows than steps: the model was compiled again in between.
    * Up to the end of an epoch, where `ModelCheckpoint` saves.
    * From where epochs or steps begin again: a second `fit`, after which the optimizer may be a new one.
      Here and at an epoch's end, more missing steps than one an epoch make the row range ambiguous.

    With as many rows as steps only the whole log is tried: who changes a log leaves its length as it was.
    `steps` and `epochs` are their numbers in each row, if the log has them.
    """
    if rows == iterations:
        return (RowRange(0, rows, 0),)
    ends = changes(epochs) if epochs is not None else []
    if len(ends) > _MOST_EPOCHS:
        ends = []
    found: dict[tuple[int, int], RowRange] = {}
    for first, end, is_usual in _places(rows, iterations, steps, epochs, ends):
        start = max(first, end - iterations)
        if not 0 <= start < end <= rows:
            continue
        missing = max(0, iterations - (end - start))
        begun = 1 + bisect_left(ends, end) - bisect_right(ends, start)
        found.setdefault((start, end), RowRange(start, end, missing, not is_usual and missing > begun))
    return tuple(found.values())


def is_whole(column: Column) -> bool:
    """Whether all its cells are norms; what is wrong with the others is not looked at here."""
    values = as_array(column.values)
    return not column.unreadable_count and is_finite(values) and bool(values.min() >= 0)


def has_every_step(log: Log, column: Column) -> bool:
    """Whether its rows are steps that follow each other, as far as the log numbers them."""
    numbers = _beside(numbered_steps(log), column)
    return numbers is None or not bool((numbers[1:] > numbers[:-1] + 1).any())


def row_ranges_in(log: Log, column: Column, iterations: int) -> tuple[RowRange, ...]:
    """The rows of a column that an optimizer which has made so many steps can have seen."""
    numbers = (_beside(numbered_steps(log), column), _beside(log.column("epoch"), column))
    return row_ranges(len(column.values), iterations, *numbers)


def _places(
    rows: int, iterations: int, steps: Numbers | None, epochs: Numbers | None, ends: Sequence[int]
) -> Iterator[tuple[int, int, bool]]:
    """The first row, the one behind the last, and whether it is usual that the log lacks steps before it."""
    yield 0, min(rows, iterations), True
    if steps is not None and not falls(steps):
        last = iterations - 1 if steps[0] == 0 else iterations
        yield from ((0, row + 1, True) for row in (as_array(steps) == last).nonzero()[0].tolist())
    yield 0, rows, True
    yield from ((0, end, False) for end in reversed(ends))
    restarts = sorted({row for column in (epochs, steps) if column is not None for row in falls(column)})
    if len(restarts) > _MOST_RESTARTS:
        return
    for restart in restarts:
        yield restart, restart + iterations, False
        yield restart, rows, False
        yield from ((restart, end, False) for end in ends)


def _beside(numbers: Column | None, column: Column) -> Array | None:
    """The finite numbers in the rows of another column, None unless each row has one."""
    found = values_in_rows(numbers, column.rows) if numbers else None
    return found if found is not None and len(found) == len(column.rows) else None


Series = tuple[Scope, Stage]
# The first is never larger than the second, or marked, than sqrt(k) times the second.
_AT_MOST: tuple[tuple[Series, Series, bool], ...] = (
    (("variable", "after"), ("variable", "before"), False),
    (("global", "after"), ("global", "before"), False),
    (("variable", "after"), ("global", "after"), False),
    (("variable", "before"), ("global", "before"), False),
    (("global", "after"), ("variable", "after"), True),
    (("global", "before"), ("variable", "before"), True),
)


@dataclass(frozen=True)
class Impossible:
    """The first row, 0-based, with a norm above the `most` that the `other` beside it allows.

    There are `count` such rows of the `rows` that have both norms.
    """

    column: Column
    beside: Column
    row: int
    value: float
    other: float
    most: float
    count: int
    rows: int


@overflowing
def impossible(columns: Mapping[Series, Column], variables: float, parameters: int) -> Impossible | None:
    """The first pair of columns with an impossible row, or None.

    Clipping makes no gradient longer, the norm of all gradients as one vector is not below that of one
    variable, and is at most sqrt(k) times the largest of k; k is infinite where it is not known. Both numbers
    may be off by the column's largest unit in the last place, and by the float32 error of a norm over N
    numbers, relative 2^-23 * (4 + sqrt(N)).
    """
    error = 2.0**-23 * (4 + math.sqrt(parameters))
    found = (
        _compare(columns[first], columns[second], math.sqrt(variables) if spread else 1.0, error)
        for first, second, spread in _AT_MOST
        if first in columns and second in columns
    )
    return next(filter(None, found), None)


def _compare(column: Column, beside: Column, factor: float, error: float) -> Impossible | None:
    import numpy as np

    rows, values, others = np.asarray(column.rows), as_array(column.values), as_array(beside.values)
    if column.rows != beside.rows:
        rows, here, there = np.intersect1d(rows, beside.rows, assume_unique=True, return_indices=True)
        values, others = values[here], others[there]
    # Nearly always no row is suspicious, and units need not be looked for.
    if not (values > others * factor).any():
        return None
    most = (others + units(beside.values).max()) * factor * (1 + error)
    wrong = np.flatnonzero(values - units(column.values).max() > most)
    if not len(wrong):
        return None
    value, other = float(values[wrong[0]]), float(others[wrong[0]])
    return Impossible(
        column, beside, int(rows[wrong[0]]), value, other, other * factor, len(wrong), len(rows)
    )
