"""The state of an Adam optimizer: what the model file stores of it, and what a log of norms predicts."""

import math
from dataclasses import dataclass

from grader.analysis.statistics import Numbers, as_array, overflowing
from grader.evidence.model import Model, Moments, Optimizer
from grader.evidence.values import Scope


@dataclass(frozen=True)
class AdamState:
    """An optimizer that has made one step or more: its moments, which are not all zero, and its steps.

    `parameters` is how many numbers the model's weights have.
    """

    moments: Moments
    iterations: int
    parameters: int
    optimizer: Optimizer

    @property
    def cap(self) -> float:
        """The stored cap, 0.0 where there is none."""
        return self.optimizer.cap

    @property
    def total(self) -> float:
        """The sum of the second moment over all variables."""
        return math.fsum(self.moments.second)

    @property
    def largest(self) -> float:
        """The largest sum of the second moment of one variable."""
        return max(self.moments.second)

    def length(self, scope: Scope) -> float:
        """The norm of the first moment, of all variables as one vector or the largest of one."""
        return math.hypot(*self.moments.first) if scope == "global" else max(self.moments.first)

    def bound(self, scope: Scope) -> float:
        """The largest norm that the stored cap leaves, infinity without one."""
        if self.optimizer.global_clipnorm:
            return self.optimizer.global_clipnorm
        if not self.optimizer.clipnorm:
            return math.inf
        return self.optimizer.clipnorm * (math.sqrt(len(self.moments.second)) if scope == "global" else 1.0)


def adam_state_of(model: Model) -> AdamState | None:
    """The state of a model's optimizer; None where nothing is stored, or where it has made no step.

    The moments of an optimizer that was compiled again and not used are zero.
    """
    optimizer = model.optimizer
    if optimizer is None or optimizer.moments is None or not optimizer.iterations:
        return None
    if not any(optimizer.moments.second):
        return None
    return AdamState(optimizer.moments, optimizer.iterations, model.parameters, optimizer)


# The weight 0.9^n of what lies further back than this is below what a float64 can hold beside 1.
FORGOTTEN = 1e-18


@dataclass(frozen=True)
class Average:
    """Exponential averages over the norms n_1 ... n_T of one series, in which the last ones weigh most.

    Attributes:
        square: The average (1 - b2) * sum_i b2^(T-i) n_i^2.
        square_unit: What one unit in the last place of each n_i can change in it:
            (1 - b2) * sum_i b2^(T-i) u_i (2 n_i + u_i).
        drift: The sum_t b2^(T-t) square_t = (1 - b2) * sum_i (T - i + 1) b2^(T-i) n_i^2. Each step rounds v
            to float32, which changes it by 2^-24 of itself at the most, and what was changed fades like the
            rest, so 2^-24 * drift bounds the sum. A change of b2 does as much, relative to that change.
    """

    square: float
    square_unit: float
    drift: float


@overflowing
def average(norms: Numbers, units: Numbers, beta: float) -> Average:
    """The averages over these norms, each with one unit in its last place, where `beta` is the decay b2."""
    import numpy as np

    last = -math.ceil(memory(beta))
    values, fine = as_array(norms)[last:], as_array(units)[last:]
    steps = np.arange(len(values), 0, -1)
    weights = (1 - beta) * beta ** (steps - 1)
    squares = weights * values * values
    return Average(
        square=float(squares.sum()),
        square_unit=float((weights * fine * (2 * values + fine)).sum()),
        drift=float((steps * squares).sum()),
    )


@overflowing
def largest_first(norms: Numbers, units: Numbers, beta: float) -> float:
    """The largest norm that the first moment can have: (1 - b1) * sum_i b1^(T-i) (n_i + u_i).

    By the triangle inequality no average of vectors is longer than the average of their lengths.
    """
    import numpy as np

    last = -math.ceil(memory(beta))
    longest = as_array(norms)[last:] + as_array(units)[last:]
    return float((1 - beta) * (beta ** np.arange(len(longest) - 1, -1, -1) @ longest))


def memory(beta: float) -> float:
    """After how many steps a weight beta^n is below what a float64 can hold beside 1."""
    return math.log(FORGOTTEN) / math.log(max(beta, FORGOTTEN))
