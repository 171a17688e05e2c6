"""A column of norms beside the moments of one optimizer."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.analysis.moments.adam_state import AdamState
from grader.analysis.moments.averages import FORGOTTEN, Average, averages, largest_first, memory
from grader.analysis.moments.row_ranges import RowRange
from grader.analysis.statistics import Array, Numbers, as_array, units
from grader.evidence.values import Scope, Stage

Quantity = Literal["sum", "largest", "norm"]

# A series that fits an equation within this is named for it; an inequality names nothing.
CONCLUSIVE = 0.01
_TINY = 1e-30
_FLOAT32 = 2.0**-24


@dataclass(frozen=True)
class Fit:
    """A series of norms beside the moments, at some rows of the log.

    Attributes:
        scope: The scope that the norms are taken for.
        stage: The stage that the norms are taken for.
        row_range: The rows that are compared.
        quantity: What is compared: the `sum` of the second moment over all variables, the `largest` sum
            of one variable, or the `norm` of the first moment, of all variables or the largest of one.
        average: The average of the squares of the norms, as Adam averages.
        stored: What the model file has of it.
        predicted: What the log says that it is, or that it is at least or at most.
        low: The lowest that an honest log can have there; minus infinity where only the other side is bound.
        high: The highest that an honest log can have there; infinity where only the other side is bound.
    """

    scope: Scope
    stage: Stage
    row_range: RowRange
    quantity: Quantity
    average: float
    stored: float
    predicted: float
    low: float
    high: float

    @property
    def scale(self) -> float:
        """What differences are relative to."""
        return max(self.predicted, _TINY)

    @property
    def apart(self) -> float:
        """How far the stored number is outside of what is allowed, relative to the predicted one."""
        return max(0.0, self.low - self.stored, self.stored - self.high) / self.scale

    @property
    def allowed(self) -> float:
        """How far an honest log can be from the stored number, relative to the predicted one."""
        sides = [side for side in (self.predicted - self.low, self.high - self.predicted) if side < math.inf]
        return max(sides, default=0.0) / self.scale

    @property
    def is_equation(self) -> bool:
        """Whether both sides are bound."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    @property
    def fits(self) -> bool:
        """Whether an honest log can have these numbers."""
        return self.apart == 0

    @property
    def is_conclusive(self) -> bool:
        """Whether it fits so exactly that the norms can hardly be another series."""
        return self.fits and self.is_equation and self.allowed <= CONCLUSIVE


@dataclass(frozen=True)
class Column:
    """A column of norms and what is needed to compare it.

    Attributes:
        values: One finite norm for each step.
        units: One unit in the last place of each norm.
        state: The optimizer's state.
        rounding: The relative error of a norm's square in float32, and what is allowed beside it.
        whole: The averages at the ends of all row ranges.
        held: The same averages of the norms held at the optimizer's cap, None without a cap.
    """

    values: Array
    units: Array
    state: AdamState
    rounding: float
    whole: Mapping[int, Average]
    held: Mapping[int, Average] | None


def column_of(
    values: Numbers,
    state: AdamState,
    ranges: Sequence[RowRange],
    stages: Collection[Stage],
    tolerance: float = 0.0,
) -> Column:
    """Compute what is needed to compare these norms at these row ranges, in these stages."""
    marks = {mark for row_range in ranges for mark in (row_range.start, row_range.end)}
    beta = state.moments.beta_2
    norms = as_array(values)
    fine = units(norms)
    whole = averages(norms, fine, beta, marks)
    held: Mapping[int, Average] | None = whole if state.cap else None
    if state.cap and "before" in stages and norms.max() > state.cap:
        held = averages(norms.clip(max=state.cap), fine, beta, marks)
    rounding = tolerance + 2 * _FLOAT32 * (4 + math.sqrt(state.parameters))
    return Column(norms, fine, state, rounding, whole, held)


def compare(column: Column, scope: Scope, stage: Stage, row_range: RowRange) -> Fit:
    """The relation that fits least, of those that hold for this series; see the package for them."""

    def fit(quantity: Quantity, stored: float, predicted: float, low: float, high: float) -> Fit:
        return Fit(scope, stage, row_range, quantity, average, stored, predicted, low, high)

    state = column.state
    beta_1, beta_2 = state.moments.beta_1, state.moments.beta_2
    average, slack = _average(column, column.whole, row_range)
    high = average + slack + _left(column, scope, row_range, beta_2, power=2)
    found = []
    if (scope, stage) == ("global", "after"):
        found.append(fit("sum", state.total, average, average - slack, high))
    else:
        if scope == "global":
            found.append(fit("sum", state.total, average, -math.inf, high))
        else:
            found.append(fit("largest", state.largest, average, -math.inf, high))
        floor = column.whole if stage == "after" else column.held
        if floor is not None:
            least, slack = _average(column, floor, row_range)
            found.append(fit("sum", state.total, least, least - slack, math.inf))
    longest = largest_first(column.values, column.units, beta_1, row_range.start, row_range.end)
    steps = min(row_range.end - row_range.start, memory(beta_1))
    error = column.rounding + _FLOAT32 / (1 - beta_1) + 2 * _FLOAT32 * steps
    high = longest * (1 + error) + _left(column, scope, row_range, beta_1, power=1)
    found.append(fit("norm", state.length(scope), longest, -math.inf, high))
    return max(found, key=lambda each: each.apart)


def is_known(column: Column, scope: Scope, row_range: RowRange) -> bool:
    """Whether the steps that are missing before an ambiguous row range cannot have left much."""
    if not row_range.is_ambiguous:
        return True
    average, _ = _average(column, column.whole, row_range)
    return _left(column, scope, row_range, column.state.moments.beta_2, power=2) <= CONCLUSIVE * average


def _average(column: Column, averaged: Mapping[int, Average], row_range: RowRange) -> tuple[float, float]:
    """The average over a row range, and how far off it can be by the rounding of the log and of float32."""
    weight = column.state.moments.beta_2 ** (row_range.end - row_range.start)
    average = averaged[row_range.end].since(averaged[row_range.start], weight)
    share = _FLOAT32 / (1 - column.state.moments.beta_2)
    slack = average.square_unit + 2 * _FLOAT32 * average.drift + (column.rounding + share) * average.square
    return average.square, slack


def _left(column: Column, scope: Scope, row_range: RowRange, beta: float, power: int) -> float:
    """The most that the missing steps before a row range can have left in a moment."""
    weight = beta ** (row_range.end - row_range.start)
    if not row_range.missing or weight < FORGOTTEN:
        return 0.0
    return weight * (1 - beta**row_range.missing) * column.state.bound(scope) ** power
