"""Rows that no gradient can have: norms of one step that cannot stand beside each other."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from grader.analysis.statistics import as_array, overflowing, units
from grader.evidence.log import Column
from grader.evidence.values import Scope, Stage

Series = tuple[Scope, Stage]

_VARIABLE_BEFORE: Series = ("variable", "before")
_VARIABLE_AFTER: Series = ("variable", "after")
_GLOBAL_BEFORE: Series = ("global", "before")
_GLOBAL_AFTER: Series = ("global", "after")

# The first is never larger than the second.
_ORDERED = (
    (_VARIABLE_AFTER, _VARIABLE_BEFORE),
    (_GLOBAL_AFTER, _GLOBAL_BEFORE),
    (_VARIABLE_AFTER, _GLOBAL_AFTER),
    (_VARIABLE_BEFORE, _GLOBAL_BEFORE),
)
# The first is never larger than the second times the square root of the number of variables.
_SPREAD = ((_GLOBAL_AFTER, _VARIABLE_AFTER), (_GLOBAL_BEFORE, _VARIABLE_BEFORE))


@dataclass(frozen=True)
class Impossible:
    """A row in which the norm of one column is larger than that of another allows.

    Attributes:
        column: The column whose norm is too large.
        beside: The other column.
        row: The first such row, 0-based.
        value: The norm there.
        other: The norm beside it.
        most: The largest norm that would be possible beside it.
        count: How many such rows there are.
        rows: How many rows have both norms.
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
def impossible(columns: Mapping[Series, Column], variables: int, parameters: int) -> Impossible | None:
    """The first pair of columns with an impossible row, or None.

    Clipping makes no gradient longer, the norm of all gradients as one vector is not below that of one
    variable, and is at most sqrt(k) times the largest of k. Both numbers may be off by a unit of their last
    place, the largest in the column, and by the float32 error of a norm over N numbers,
    relative 2^-23 * (4 + sqrt(N)).

    Args:
        columns: The columns of finite norms, by the series that is declared of them.
        variables: The number of variables k, or more.
        parameters: The number of parameters N, or more.
    """
    error = 2.0**-23 * (4 + math.sqrt(parameters))
    pairs = [*((*pair, 1.0) for pair in _ORDERED), *((*pair, math.sqrt(variables)) for pair in _SPREAD)]
    for first, second, factor in pairs:
        if first in columns and second in columns:
            found = _compare(columns[first], columns[second], factor, error)
            if found:
                return found
    return None


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
