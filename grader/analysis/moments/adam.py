"""The state of an Adam optimizer: what the model file stores of it, and what a log of norms predicts."""

import math
from dataclasses import dataclass

from grader.analysis.statistics import Array, Rows, overflowing
from grader.evidence.model import Model, Moments, Optimizer
from grader.evidence.values import Scope


@dataclass(frozen=True)
class AdamState:
    """An optimizer that has made a step: its moments, not all zero, and how many numbers the weights have.

    `held_at` is the cap at which the training loop held the norms before the optimizer was given them.
    """

    moments: Moments
    iterations: int
    parameters: int
    optimizer: Optimizer
    # JSON, in which features come from a worker, has no infinity.
    held_at: float | None = None

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
        if self.optimizer.global_cap:
            return self.optimizer.global_cap
        if not self.optimizer.clipnorm:
            return math.inf
        return self.optimizer.clipnorm * (math.sqrt(len(self.moments.second)) if scope == "global" else 1.0)


def adam_state_of(model: Model) -> AdamState | None:
    """The state of a model's optimizer; None where nothing is stored, or where it has made no step.

    Of a network with an embedding it is None, too: its moments are of sums that Keras does not clip by.
    """
    optimizer = model.optimizer
    if optimizer is None or model.looks_up or optimizer.moments is None or not optimizer.iterations:
        return None
    # Compiled again and not used, it has moments that are zero.
    if not any(optimizer.moments.second):
        return None
    return AdamState(optimizer.moments, optimizer.iterations, model.parameters, optimizer)


# The weight 0.9^n of what lies further back than this is below what a float64 can hold beside 1.
FORGOTTEN = 1e-18


@overflowing
def fading_sums(terms: Array, beta: float, starts: Rows, ends: Rows) -> tuple[Array, Array]:
    """(1 - b) * sum_i b^(T-i) x_i over each range of terms x_i up to x_T; and with weights (T - i + 1), too.

    One pass adds up the terms between neighbouring starts and ends, and these sums make those of all ranges:
    where L terms follow, a sum S fades to b^L S, and the weighted one W to b^L (W + L S).
    """
    import numpy as np

    edges, begun = np.unique(np.concatenate([starts, ends])), np.unique(starts)
    lengths = np.diff(edges)
    ages = np.repeat(edges[1:], lengths) - np.arange(edges[0], edges[-1])
    weighted = (1 - beta) * beta ** (ages - 1) * terms[edges[0] : edges[-1]]
    parts = [np.add.reduceat(each, edges[:-1] - edges[0]) for each in (weighted, ages * weighted)]
    plain, aged = np.zeros((2, len(edges), len(begun)))
    for place, length in enumerate(lengths):
        fade, has_begun = beta**length, begun <= edges[place]
        here, here_aged = (np.where(has_begun, part[place], 0.0) for part in parts)
        aged[place + 1] = fade * (aged[place] + length * plain[place]) + here_aged
        plain[place + 1] = fade * plain[place] + here
    range_of = np.searchsorted(edges, ends), np.searchsorted(begun, starts)
    return plain[range_of], aged[range_of]
