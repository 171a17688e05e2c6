"""Adam's moments as a log of norms predicts them, and how far off that prediction can be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

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


def averages(
    values: Sequence[float], units: Sequence[float], beta: float, at: Iterable[int]
) -> Mapping[int, Average]:
    """The averages over the first n values, for each n.

    Args:
        values: The norms.
        units: One unit in the last place of each norm.
        beta: The decay b2.
        at: The numbers n of values.
    """
    found = {0: NOTHING}
    square = square_unit = drift = 0.0
    share = 1 - beta
    begin = 0
    for end in sorted(set(at) - {0}):
        for value, unit in zip(values[begin:end], units[begin:end], strict=True):
            square = beta * square + share * value * value
            square_unit = beta * square_unit + share * unit * (value + value + unit)
            drift = beta * drift + square
        found[end] = Average(square, square_unit, drift)
        begin = end
    return found


def largest_first(
    values: Sequence[float], units: Sequence[float], beta: float, start: int, end: int
) -> float:
    """The largest norm that the first moment can have: (1 - b1) * sum_i b1^(T-i) (n_i + u_i).

    By the triangle inequality no average of vectors is longer than the average of their lengths.

    Args:
        values: The norms.
        units: One unit in the last place of each norm.
        beta: The decay b1.
        start: The position of the first value that counts.
        end: The position behind the last.
    """
    total, weight = 0.0, 1 - beta
    for place in range(end - 1, start - 1, -1):
        total += weight * (values[place] + units[place])
        weight *= beta
        if weight < FORGOTTEN:
            break
    return total
