"""Which rows of a log the optimizer in the model file can have seen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.analysis.log_positions import steps as numbered_steps
from grader.analysis.statistics import Array, Numbers, as_array, changes, falls, is_finite
from grader.evidence.log import Column, Log

# A log with more epochs or new beginnings than this does not number them, it numbers something else.
_MOST_EPOCHS = 200
_MOST_RESTARTS = 20


@dataclass(frozen=True)
class RowRange:
    """Rows of a log: those from `start` to before `end`.

    Attributes:
        start: The number of the first row that counts, from 0.
        end: The number of the first row behind them.
        missing: How many steps the optimizer counts before them.
        is_ambiguous: Whether so many are missing that only the student could say why.
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
      more steps than it made, as it does by one an epoch for data of unknown size;
      so the missing steps may have been there or not, and what is compared allows for both.
      In the cases below, more missing steps than these make the row range ambiguous.
    * Up to the row that has the number of the optimizer's step, counted from 1 or from 0.
    * The last rows, if there are more rows than steps: the model was compiled again in between.
    * Up to the end of an epoch, where `ModelCheckpoint` saves.
    * From where epochs or steps begin again: a second `fit`, after which the optimizer may be a new one.

    A log with exactly as many rows as the optimizer has made steps is the log of these steps. That it is of
    others, which happen to be as many, is not tried: who changes a log leaves its length as it was.

    Args:
        rows: How many rows the log has.
        iterations: How many steps the optimizer has counted.
        steps: The number of the step in each row, if the log has it.
        epochs: The number of the epoch in each row, if the log has it.
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
        begun = 1 + sum(start < change < end for change in ends)
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
    rows: int,
    iterations: int,
    steps: Numbers | None,
    epochs: Numbers | None,
    ends: Sequence[int],
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
    import numpy as np

    if numbers is None:
        return None
    values = as_array(numbers.values)
    if numbers.rows != column.rows:
        rows = np.asarray(numbers.rows)
        places = np.searchsorted(rows, column.rows)
        if places[-1] == len(rows) or (rows[places] != np.asarray(column.rows)).any():
            return None
        values = values[places]
    return values if is_finite(values) else None
