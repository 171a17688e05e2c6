"""A number that the optimizer stores beside what a log predicts of it."""

import math
from dataclasses import dataclass
from typing import Literal

from grader.analysis.moments.spans import Span
from grader.evidence.values import Scope, Stage

Quantity = Literal["sum", "largest", "norm"]

# A series that fits an equation within this is named for it; an inequality names nothing.
TELLING = 0.01
_TINY = 1e-30


@dataclass(frozen=True)
class Fit:
    """A series of norms beside the moments, at some rows of the log.

    Attributes:
        scope: what the norms are taken for.
        stage: likewise.
        span: the rows.
        quantity: what is compared: the `sum` of the second moment over all variables, the `largest` sum
            of one variable, or the `norm` of the first moment, of all variables or the largest of one.
        average: the squares of the norms, averaged as Adam does it.
        stored: what the model file has of it.
        predicted: what the log says that it is, or that it is at least or at most.
        low: the lowest that an honest log can have there; minus infinity where only the other side is bound.
        high: likewise the highest.
    """

    scope: Scope
    stage: Stage
    span: Span
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
    def tells(self) -> bool:
        """Whether it fits so exactly that the norms can hardly be another series."""
        return self.fits and self.is_equation and self.allowed <= TELLING
