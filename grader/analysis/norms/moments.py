"""What the optimizer in the model file remembers of a column of norms: which of the four series it can be."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from grader.analysis.log_positions import steps
from grader.analysis.moments import SERIES, Fit, Memory, Span, fits, spans
from grader.evidence.log import Column, Log
from grader.evidence.values import Scope, Stage


def remembered(
    log: Log, column: Column, memory: Memory, series: Sequence[tuple[Scope, Stage]] = SERIES
) -> tuple[Fit, ...]:
    """One fit for each series that the column may hold; none where the log does not have every step.

    Args:
        log: that the column is of.
        column: of norms.
        memory: the optimizer's.
        series: what the column may hold.
    """
    if not is_whole(column) or not has_every_step(log, column):
        return ()
    return fits(column.values, memory, places_in(log, column, memory.iterations), series)


def is_whole(column: Column) -> bool:
    """Whether all its cells are norms; what is wrong with the others is for `log_is_complete` to say."""
    return not column.unreadable_count and all(map(math.isfinite, column.values)) and min(column.values) >= 0


def has_every_step(log: Log, column: Column) -> bool:
    """Whether its rows are steps that follow each other, as far as the log numbers them."""
    numbers = _beside(steps(log), column)
    if numbers is None:
        return True
    return not any(after > before + 1 for before, after in pairwise(numbers))


def places_in(log: Log, column: Column, iterations: int) -> tuple[Span, ...]:
    """The rows of the column that an optimizer which has made so many steps can have seen; see `spans`."""
    numbers = (_beside(steps(log), column), _beside(log.column("epoch"), column))
    return spans(len(column.values), iterations, *numbers)


def _beside(numbers: Column | None, column: Column) -> tuple[float, ...] | None:
    """The finite numbers in the rows of another column, None unless each row has one."""
    if numbers is None:
        return None
    if numbers.rows == column.rows:
        return numbers.values if all(map(math.isfinite, numbers.values)) else None
    by_row: Mapping[int, float] = dict(zip(numbers.rows, numbers.values, strict=True))
    found = tuple(by_row.get(row, math.nan) for row in column.rows)
    return found if all(map(math.isfinite, found)) else None
