"""A column of norms beside the moments of one optimizer."""

import math
from dataclasses import dataclass
from typing import Literal

from grader.analysis.moments.adam import FORGOTTEN, AdamState, average, largest_first, memory
from grader.analysis.moments.rows import RowRange
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
        quantity: What is compared: the `sum` of the second moment over all variables, the `largest` sum
            of one variable, or the `norm` of the first moment, of all variables or the largest of one.
        average: The average of the squares of the norms, as Adam averages.
        stored: What the model file has of the quantity.
        predicted: What the log says that it is, or that it is at least or at most.
        low: The lowest that an honest log can have there; minus infinity where only the other side is bound.
        high: The highest, likewise.
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
    def difference(self) -> float:
        """How far the stored number is from the predicted one, relative to it."""
        return abs(self.stored - self.predicted) / self._scale

    @property
    def apart(self) -> float:
        """How far the stored number is outside of what is allowed, relative to the predicted one."""
        return max(0.0, self.low - self.stored, self.stored - self.high) / self._scale

    @property
    def allowed(self) -> float:
        """How far an honest log can be from the stored number, relative to the predicted one."""
        sides = [side for side in (self.predicted - self.low, self.high - self.predicted) if side < math.inf]
        return max(sides, default=0.0) / self._scale

    @property
    def _scale(self) -> float:
        return max(self.predicted, _TINY)

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
    """A column with one finite norm for each step, and what is needed to compare it with an optimizer.

    `units` has one unit in the last place of each norm; `rounding` is the relative error of a norm's square
    in float32, and what is allowed beside it.
    """

    values: Array
    units: Array
    state: AdamState
    rounding: float


def column_of(values: Numbers, state: AdamState, tolerance: float = 0.0) -> Column:
    """What is needed to compare these norms with an optimizer."""
    rounding = tolerance + 2 * _FLOAT32 * (4 + math.sqrt(state.parameters))
    return Column(as_array(values), units(values), state, rounding)


def compare(column: Column, scope: Scope, stage: Stage, rows: RowRange) -> Fit:
    """The relation that fits least, of those that hold for this series; see the package for them."""

    def fit(quantity: Quantity, stored: float, predicted: float, low: float, high: float) -> Fit:
        return Fit(scope, stage, rows, quantity, mean, stored, predicted, low, high)

    state = column.state
    beta_1, beta_2 = state.moments.beta_1, state.moments.beta_2
    mean, slack = _average(column, rows)
    high = mean + slack + _left(state, scope, rows, beta_2, power=2)
    found = []
    if (scope, stage) == ("global", "after"):
        found.append(fit("sum", state.total, mean, mean - slack, high))
    else:
        quantity: Quantity = "sum" if scope == "global" else "largest"
        stored = state.total if scope == "global" else state.largest
        found.append(fit(quantity, stored, mean, -math.inf, high))
        if stage == "after" or state.cap:
            least, slack = (mean, slack) if stage == "after" else _average(column, rows, state.cap)
            found.append(fit("sum", state.total, least, least - slack, math.inf))
    longest = largest_first(*_rows(column, rows), beta_1)
    steps = min(rows.end - rows.start, memory(beta_1))
    error = column.rounding + _FLOAT32 / (1 - beta_1) + 2 * _FLOAT32 * steps
    high = longest * (1 + error) + _left(state, scope, rows, beta_1, power=1)
    found.append(fit("norm", state.length(scope), longest, -math.inf, high))
    return max(found, key=lambda each: each.apart)


def is_known(column: Column, scope: Scope, rows: RowRange) -> bool:
    """Whether the steps that are missing before an ambiguous row range cannot have left much."""
    if not rows.is_ambiguous:
        return True
    left = _left(column.state, scope, rows, column.state.moments.beta_2, power=2)
    return left <= CONCLUSIVE * _average(column, rows)[0]


def _average(column: Column, rows: RowRange, cap: float = math.inf) -> tuple[float, float]:
    """The average over a row range, and how far off it can be by the rounding of the log and of float32.

    With a cap it is that of the norms held at the cap.
    """
    values, fine = _rows(column, rows)
    beta = column.state.moments.beta_2
    found = average(values.clip(max=cap), fine, beta)
    share = column.rounding + _FLOAT32 / (1 - beta)
    return found.square, found.square_unit + 2 * _FLOAT32 * found.drift + share * found.square


def _rows(column: Column, rows: RowRange) -> tuple[Array, Array]:
    return column.values[rows.start : rows.end], column.units[rows.start : rows.end]


def _left(state: AdamState, scope: Scope, rows: RowRange, beta: float, power: int) -> float:
    """The most that the missing steps before a row range can have left in a moment."""
    weight = beta ** (rows.end - rows.start)
    if not rows.missing or weight < FORGOTTEN:
        return 0.0
    return weight * (1 - beta**rows.missing) * state.bound(scope) ** power
