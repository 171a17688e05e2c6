"""A column of norms beside the moments of one optimizer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from grader.analysis.moments.adam import FORGOTTEN, AdamState, fading_sums
from grader.analysis.moments.rows import RowRange, has_every_step, is_whole, row_ranges_in
from grader.analysis.statistics import Array, Numbers, Rows, as_array, overflowing, units
from grader.evidence.log import Column as LogColumn
from grader.evidence.log import Log
from grader.evidence.values import Scope, Stage

Quantity = Literal["sum", "largest", "norm"]

# A series that fits an equation within this is named for it; an inequality names nothing.
CONCLUSIVE = 0.01
_TINY = 1e-30
_FLOAT32 = 2.0**-24

SERIES: tuple[tuple[Scope, Stage], ...] = (
    ("global", "after"),
    ("variable", "after"),
    ("variable", "before"),
    ("global", "before"),
)


@dataclass(frozen=True)
class Fit:
    """A series of norms beside the moments, at some rows of the log.

    The `quantity` is the `sum` of the second moment over all variables, the `largest` sum of one variable, or
    the `norm` of the first moment, of all variables or the largest of one: `stored` in the model file, and
    `predicted` by the log. An honest log can have `low` to `high` of it, infinite where a side is not bound.
    `average` is that of the norms' squares, as Adam averages.
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
    """A column with one finite norm for each step, its units in the last place, and one row range or more.

    `rounding` is what is allowed of a norm's square, relative to it: its error in float32, and a tolerance.
    """

    values: Array
    units: Array
    state: AdamState
    rounding: float
    ranges: Sequence[RowRange]

    @cached_property
    def edges(self) -> Rows:
        """Where each row range starts, where it ends, and how many steps are missing before it."""
        import numpy as np

        return np.array([(rows.start, rows.end, rows.missing) for rows in self.ranges], dtype=np.int64).T

    @cached_property
    def squares(self) -> tuple[Array, Array]:
        """The average square over each row range, and how far off it can be, by the log and by float32."""
        return self._squares(self.values)

    @cached_property
    def capped_squares(self) -> tuple[Array, Array]:
        """The same of the norms held at the stored cap."""
        return self._squares(self.values.clip(max=self.state.optimizer.cap))

    @cached_property
    def longest(self) -> Array:
        """The largest norm that the first moment can have, for each row range."""
        beta = self.state.moments.beta_1
        starts, ends, _ = self.edges
        longest, drift = fading_sums(self.values + self.units, beta, starts, ends)
        return longest * (1 + self.rounding + _FLOAT32 / (1 - beta)) + 2 * _FLOAT32 * drift

    def left(self, scope: Scope, beta: float, power: int) -> Array:
        """The most that the missing steps before each row range can have left in a moment."""
        import numpy as np

        starts, ends, missing = self.edges
        weights = beta ** (ends - starts)
        left = np.zeros(len(missing))
        some = (missing > 0) & (weights >= FORGOTTEN)
        left[some] = weights[some] * (1 - beta ** missing[some]) * self.state.bound(scope) ** power
        return left

    def _squares(self, norms: Array) -> tuple[Array, Array]:
        """The average square of norms n_i over each row range, and how far off it can be.

        One unit u_i in the last place of each changes its square by u_i (2 n_i + u_i). Each step changes v by
        its 2^-24 at most in float32, which fades like the rest, so in sum by 2^-24 * drift at most, with
        drift = sum_t b2^(T-t) square_t. An inexact b2 does as much.
        """
        beta, (starts, ends, _) = self.state.moments.beta_2, self.edges
        square, drift = fading_sums(norms * norms, beta, starts, ends)
        unit, _ = fading_sums(self.units * (2 * norms + self.units), beta, starts, ends)
        share = self.rounding + _FLOAT32 / (1 - beta)
        return square, unit + 2 * _FLOAT32 * drift + share * square


def fits(
    values: Numbers,
    state: AdamState,
    ranges: Sequence[RowRange],
    series: Sequence[tuple[Scope, Stage]],
    tolerance: float = 0.0,
) -> tuple[Fit, ...]:
    """Compare norms, one finite one for each step, with the moments, once for each series that they may be.

    A fit is at the first row range where the series fits, else at the first one, the likeliest.
    `tolerance` is allowed beside the arithmetic, relative to what the log predicts. How the log was rounded
    does not matter to norms that were held in any case.
    """
    if not ranges:
        return ()
    rounding = tolerance + 2 * _FLOAT32 * (4 + math.sqrt(state.parameters))
    norms, unit = as_array(values), units(values)
    most = math.inf if state.held_at is None else state.held_at
    held, unit = norms.clip(max=most), unit * (norms - unit < most)
    column = Column(held, unit, state, rounding, ranges)
    return tuple(_compare(column, scope, stage) for scope, stage in series)


def fits_in_log(
    log: Log,
    column: LogColumn,
    state: AdamState | None,
    series: Sequence[tuple[Scope, Stage]] = SERIES,
    tolerance: float = 0.0,
) -> tuple[Fit, ...]:
    """Compare a column of a log with the optimizer's moments; see `fits`.

    There is none without moments, where the column has other cells than norms, or without every step.
    """
    if state is None or not is_whole(column) or not has_every_step(log, column):
        return ()
    return fits(column.values, state, row_ranges_in(log, column, state.iterations), series, tolerance)


@overflowing
def _compare(column: Column, scope: Scope, stage: Stage) -> Fit:
    """The fit of the relation that fits least, of those in the package's docstring, at one row range.

    An ambiguous row range counts if its missing steps can have left a hundredth of the mean at most.
    """
    import numpy as np

    state = column.state
    mean, slack = column.squares
    left = column.left(scope, state.moments.beta_2, power=2)
    high, endless = mean + slack + left, np.full(len(mean), math.inf)
    relations: list[tuple[Quantity, float, Array, Array, Array]] = []
    if (scope, stage) == ("global", "after"):
        relations.append(("sum", state.total, mean, mean - slack, high))
    else:
        quantity: Quantity = "sum" if scope == "global" else "largest"
        stored = state.total if scope == "global" else state.largest
        relations.append((quantity, stored, mean, -endless, high))
        if stage == "after" or state.optimizer.cap:
            least, slack = column.squares if stage == "after" else column.capped_squares
            relations.append(("sum", state.total, least, least - slack, endless))
    longest = column.longest + column.left(scope, state.moments.beta_1, power=1)
    relations.append(("norm", state.length(scope), column.longest, -endless, longest))

    is_known = ~np.array([rows.is_ambiguous for rows in column.ranges]) | (left <= CONCLUSIVE * mean)
    is_known[0] = True
    # A sum that overflowed contradicts nothing.
    fits = [~((low > stored) | (stored > high)) for _, stored, _, low, high in relations]
    (fitting,) = np.logical_and.reduce([is_known, *fits]).nonzero()
    at = int(fitting[0]) if len(fitting) else 0
    found = (
        Fit(
            scope,
            stage,
            column.ranges[at],
            quantity,
            float(mean[at]),
            stored,
            *(float(each[at]) for each in (predicted, low, high)),
        )
        for quantity, stored, predicted, low, high in relations
    )
    return max(found, key=lambda fit: fit.apart)
