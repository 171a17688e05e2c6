"""The state of an Adam optimizer: what it remembers of its training."""

import math
from dataclasses import dataclass

from grader.evidence.model import Model, Moments
from grader.evidence.values import Scope


@dataclass(frozen=True)
class AdamState:
    """The moments of an optimizer that has made steps.

    Attributes:
        moments: The two moments, which are not all zero.
        iterations: How many steps it has counted, 1 or more.
        parameters: How many numbers the model's weights have.
        clipnorm: The cap on each variable's gradient, None or 0.0 where there is none.
        global_clipnorm: The cap on all gradients as one vector, None or 0.0 where there is none.
    """

    moments: Moments
    iterations: int
    parameters: int
    clipnorm: float | None = None
    global_clipnorm: float | None = None

    @property
    def cap(self) -> float:
        """The stored cap, 0.0 where there is none."""
        return self.clipnorm or self.global_clipnorm or 0.0

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
        if self.global_clipnorm:
            return self.global_clipnorm
        if not self.clipnorm:
            return math.inf
        return self.clipnorm * (math.sqrt(len(self.moments.second)) if scope == "global" else 1.0)


def adam_state_of(model: Model) -> AdamState | None:
    """The state of a model's optimizer; None where nothing is stored, or where it has made no step.

    The moments of an optimizer that was compiled again and not used are zero.
    """
    optimizer = model.optimizer
    if optimizer is None or optimizer.moments is None or not optimizer.iterations:
        return None
    if not any(optimizer.moments.second):
        return None
    return AdamState(
        moments=optimizer.moments,
        iterations=optimizer.iterations,
        parameters=model.parameters,
        clipnorm=optimizer.clipnorm,
        global_clipnorm=optimizer.global_clipnorm,
    )
