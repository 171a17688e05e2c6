"""Where the rows of a log stand on the axis of a chart."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from grader.analysis.log_positions import steps
from grader.evidence.log import Column, Log
from grader.messages.phrase import say

# Beyond this, and on a logarithmic axis below its inverse, a value stands at the edge of what is drawn.
_LARGEST = 1e12


@dataclass(frozen=True)
class Axis:
    """The horizontal axis of a log.

    Attributes:
        name: what is counted.
        numbers: of each row that has a number of its own; every other row is counted from 1.
    """

    name: str
    numbers: Mapping[int, float]

    def of(self, row: int) -> float:
        """Where a row stands."""
        return self.numbers.get(row, row + 1.0)


def axis_of(log: Log) -> Axis:
    """The log's own steps, if they count through all of it, else its rows."""
    column = steps(log)
    if column is not None and len(column.values) == log.rows > 0 and _counts(column.values):
        return Axis(say("Step"), dict(zip(column.rows, column.values, strict=True)))
    return Axis(say("Row of the log"), {})


def finite(column: Column, axis: Axis, *, positive: bool = False) -> tuple[list[float], list[float]]:
    """Where its values stand, and they themselves, without those that cannot be drawn.

    What is beyond a trillion stands there.

    Args:
        column: of the log.
        axis: of the log.
        positive: whether only numbers over 0 can be drawn, as on a logarithmic axis.
    """
    numbers, least = axis.numbers, 0.0 if positive else -math.inf
    smallest = 1 / _LARGEST if positive else -_LARGEST
    # Every norm of every student comes by here.
    x = [numbers.get(row, row + 1.0) for row in column.rows]
    if all(smallest <= value <= _LARGEST for value in column.values):
        return x, list(column.values)
    shown = [pair for pair in zip(x, column.values, strict=True) if least < pair[1] < math.inf]
    return [place for place, _ in shown], [min(max(value, smallest), _LARGEST) for _, value in shown]


def drawable(value: float) -> float:
    """Where a value stands on a logarithmic axis."""
    return min(max(value, 1 / _LARGEST), _LARGEST)


def _counts(values: tuple[float, ...]) -> bool:
    # One that counts anew in each epoch would put all epochs on top of each other.
    return all(map(math.isfinite, values)) and all(before < after for before, after in pairwise(values))
