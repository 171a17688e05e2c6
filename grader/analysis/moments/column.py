"""A column of norms beside the moments of one optimizer."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from grader.analysis.moments.averages import FORGOTTEN, Average, averages, largest_first
from grader.analysis.moments.fit import TELLING, Fit, Quantity
from grader.analysis.moments.memory import Memory
from grader.analysis.moments.rounding import units
from grader.analysis.moments.spans import Span
from grader.evidence.values import Scope, Stage

_FLOAT32 = 2.0**-24


@dataclass(frozen=True)
class Column:
    """A column of norms and what is needed to compare it.

    Attributes:
        values: one finite norm for each step.
        units: of their last places.
        memory: the optimizer's.
        rounding: the relative error of a norm's square in float32, and what is allowed beside it.
        whole: the averages at the ends of all spans.
        held: likewise of the norms held at the optimizer's cap, None without a cap.
    """

    values: Sequence[float]
    units: Sequence[float]
    memory: Memory
    rounding: float
    whole: Mapping[int, Average]
    held: Mapping[int, Average] | None


def column_of(
    values: Sequence[float],
    memory: Memory,
    places: Sequence[Span],
    stages: Collection[Stage],
    tolerance: float = 0.0,
) -> Column:
    """Compute what is needed to compare these norms at these spans, in these stages."""
    marks = {mark for span in places for mark in (span.start, span.end)}
    beta = memory.moments.beta_2
    fine = units(values)
    whole = averages(values, fine, beta, marks)
    held: Mapping[int, Average] | None = whole if memory.cap else None
    if memory.cap and "before" in stages and max(values) > memory.cap:
        held = averages([min(value, memory.cap) for value in values], fine, beta, marks)
    rounding = tolerance + 2 * _FLOAT32 * (4 + math.sqrt(memory.parameters))
    return Column(values, fine, memory, rounding, whole, held)


def compare(column: Column, scope: Scope, stage: Stage, span: Span) -> Fit:
    """The relation that fits least, of those that hold for this series; see the package for them."""

    def fit(quantity: Quantity, stored: float, predicted: float, low: float, high: float) -> Fit:
        return Fit(scope, stage, span, quantity, average, stored, predicted, low, high)

    memory = column.memory
    beta_1, beta_2 = memory.moments.beta_1, memory.moments.beta_2
    average, slack = _average(column, column.whole, span)
    high = average + slack + _left(column, scope, span, beta_2, power=2)
    found = []
    if (scope, stage) == ("global", "after"):
        found.append(fit("sum", memory.total, average, average - slack, high))
    else:
        if scope == "global":
            found.append(fit("sum", memory.total, average, -math.inf, high))
        else:
            found.append(fit("largest", memory.largest, average, -math.inf, high))
        floor = column.whole if stage == "after" else column.held
        if floor is not None:
            least, slack = _average(column, floor, span)
            found.append(fit("sum", memory.total, least, least - slack, math.inf))
    longest = largest_first(column.values, column.units, beta_1, span.start, span.end)
    steps = min(span.end - span.start, math.log(FORGOTTEN) / math.log(max(beta_1, FORGOTTEN)))
    error = column.rounding + _FLOAT32 / (1 - beta_1) + 2 * _FLOAT32 * steps
    high = longest * (1 + error) + _left(column, scope, span, beta_1, power=1)
    found.append(fit("norm", memory.length(scope), longest, -math.inf, high))
    return max(found, key=lambda each: each.apart)


def is_known(column: Column, scope: Scope, span: Span) -> bool:
    """Whether the steps that are missing before a doubtful span cannot have left much of what is compared."""
    if not span.is_doubtful:
        return True
    average, _ = _average(column, column.whole, span)
    return _left(column, scope, span, column.memory.moments.beta_2, power=2) <= TELLING * average


def _average(column: Column, averaged: Mapping[int, Average], span: Span) -> tuple[float, float]:
    """The average over a span, and how far off it can be by the rounding of the log and of float32."""
    weight = column.memory.moments.beta_2 ** (span.end - span.start)
    average = averaged[span.end].since(averaged[span.start], weight)
    share = _FLOAT32 / (1 - column.memory.moments.beta_2)
    slack = average.square_unit + 2 * _FLOAT32 * average.drift + (column.rounding + share) * average.square
    return average.square, slack


def _left(column: Column, scope: Scope, span: Span, beta: float, power: int) -> float:
    """The most that the missing steps before a span can have left in a moment."""
    weight = beta ** (span.end - span.start)
    if not span.missing or weight < FORGOTTEN:
        return 0.0
    return weight * (1 - beta**span.missing) * column.memory.bound(scope) ** power
