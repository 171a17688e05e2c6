"""Adam's moments as a log of norms predicts them, and how far off that prediction can be."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.analysis.statistics import Numbers, as_array, overflowing

# The weight 0.9^n of what lies further back than this is below what a float64 can hold beside 1.
FORGOTTEN = 1e-18


@dataclass(frozen=True)
class Average:
    """Exponential averages over the norms n_1 ... n_T of one series, in which the last ones weigh most.

    Attributes:
        square: The average (1 - b2) * sum_i b2^(T-i) n_i^2.
        square_unit: What one unit in the last place of each n_i can change in it:
            (1 - b2) * sum_i b2^(T-i) u_i (2 n_i + u_i).
        drift: The sum_t b2^(T-t) square_t. Each step rounds v to float32, which changes it by 2^-24 of itself
            at the most, and what was changed fades like the rest, so 2^-24 * drift bounds the sum of that.
            It is also what a change of b2 does, relative to that change, since
            sum_t b2^(T-t) square_t = (1 - b2) * sum_i (T - i + 1) b2^(T-i) n_i^2.
    """

    square: float
    square_unit: float
    drift: float

    def since(self, before: "Average", weight: float) -> "Average":
        """The average without what came before it.

        Args:
            before: The average up to there.
            weight: The decay b2 to the power of the steps since.
        """
        return Average(
            square=max(0.0, self.square - weight * before.square),
            square_unit=max(0.0, self.square_unit - weight * before.square_unit),
            drift=self.drift,
        )


NOTHING = Average(0.0, 0.0, 0.0)


@overflowing
def averages(values: Numbers, units: Numbers, beta: float, at: Iterable[int]) -> Mapping[int, Average]:
    """The averages over the first n values, for each n.

    Args:
        values: The norms.
        units: One unit in the last place of each norm.
        beta: The decay b2.
        at: The numbers n of values.
    """
    import numpy as np

    values, units = as_array(values), as_array(units)
    found = {0: NOTHING}
    last, begin = NOTHING, 0
    for end in sorted(set(at) - {0}):
        norms, fine = values[begin:end], units[begin:end]
        steps = np.arange(len(norms), 0, -1)
        weights = (1 - beta) * beta ** (steps - 1)
        squares = weights * norms * norms
        faded = beta ** len(norms)
        last = Average(
            square=faded * last.square + float(squares.sum()),
            square_unit=faded * last.square_unit + float((weights * fine * (2 * norms + fine)).sum()),
            drift=faded * (last.drift + len(norms) * last.square) + float((steps * squares).sum()),
        )
        found[end] = last
        begin = end
    return found


@overflowing
def largest_first(values: Numbers, units: Numbers, beta: float, start: int, end: int) -> float:
    """The largest norm that the first moment can have: (1 - b1) * sum_i b1^(T-i) (n_i + u_i).

    By the triangle inequality no average of vectors is longer than the average of their lengths.

    Args:
        values: The norms.
        units: One unit in the last place of each norm.
        beta: The decay b1.
        start: The position of the first value that counts.
        end: The position behind the last.
    """
    import numpy as np

    # The weight of what lies further back is below what a float64 can hold beside 1.
    start = max(start, end - math.ceil(memory(beta)))
    longest = as_array(values)[start:end] + as_array(units)[start:end]
    return float((1 - beta) * (beta ** np.arange(len(longest) - 1, -1, -1) @ longest))


def memory(beta: float) -> float:
    """After how many steps a weight is forgotten."""
    return math.log(FORGOTTEN) / math.log(max(beta, FORGOTTEN))
