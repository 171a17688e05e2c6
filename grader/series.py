"""The shape of a series of numbers: quantiles, the rounding of a log, smoothness, and blocks that repeat."""

import math
from collections.abc import Sequence
from itertools import pairwise
from operator import sub
from statistics import median

WINDOW = 200
# More windows than this tell no more.
_MOST_WINDOWS = 30
_MOST_DECIMALS = 9
_BLOCK = 32
_FEWEST_DISTINCT = 8


def quantiles(values: Sequence[float], levels: Sequence[float]) -> tuple[float, ...]:
    """The quantiles at these levels in [0, 1], interpolated linearly between the sorted values."""
    ordered = sorted(values)
    last = len(ordered) - 1
    found = []
    for level in levels:
        below = math.floor(level * last)
        above = min(below + 1, last)
        found.append(ordered[below] + (level * last - below) * (ordered[above] - ordered[below]))
    return tuple(found)


def rounding(values: Sequence[float]) -> float:
    """How far the log's rounding can have moved each value: half a unit of its last digit.

    The unit is that of the value with the most decimals, 1e-9 at the least.
    """
    decimals = 0
    for value in values:
        while decimals < _MOST_DECIMALS and abs(round(value, decimals) - value) > 1e-12 * abs(value):
            decimals += 1
        if decimals == _MOST_DECIMALS:
            break
    return 0.5 * 10.0**-decimals


def variation(values: Sequence[float]) -> float:
    """How much neighbours differ: the mean of the absolute differences over the mean; 0 for a constant."""
    total = sum(values)
    if len(values) < 2 or total <= 0:
        return 0.0
    changes: float = sum(map(abs, map(sub, values[1:], values))) / (len(values) - 1)
    return changes * len(values) / total


def smoothness(values: Sequence[float]) -> float | None:
    """How much a value says of the next: the autocorrelation at lag 1, the median over windows of 200.

    A straight line is taken out of each window first. Norms of batches drawn at random are nearly independent
    of each other, so that it is near 0; for a curve, a running mean, or a filtered series it is near 1.

    Returns:
        None where no window has at least 20 values that vary.
    """
    width = min(WINDOW, len(values))
    if width < 20:
        return None
    windows = len(values) // width
    step = max(1, windows // _MOST_WINDOWS)
    found = [lag_1(values[start * width : (start + 1) * width]) for start in range(0, windows, step)]
    known = [value for value in found if value is not None]
    return median(known) if known else None


def lag_1(values: Sequence[float]) -> float | None:
    """The autocorrelation at lag 1 of what a straight line leaves of the values, or None for nothing."""
    count = len(values)
    middle = (count - 1) / 2
    mean = sum(values) / count
    slope = sum((place - middle) * value for place, value in enumerate(values)) / sum(
        (place - middle) ** 2 for place in range(count)
    )
    rest = [value - mean - slope * (place - middle) for place, value in enumerate(values)]
    power = sum(value * value for value in rest)
    # What rounding leaves of a straight line is no variation.
    if power <= count * (1e-9 * max(map(abs, values))) ** 2:
        return None
    return sum(first * second for first, second in pairwise(rest)) / power


def repeated_block(values: Sequence[float]) -> tuple[int, int] | None:
    """The positions of the first 32 values that stand in the series again, exactly and in the same order.

    A block counts if it has at least 8 different values: norms that are held at a cap are equal by right,
    and even with one decimal, 32 measured values in a row do not come again by chance.
    """
    first_at: dict[tuple[float, float, float], int] = {}
    for place, key in enumerate(zip(values, values[1:], values[2:], strict=False)):
        if key[0] == key[1] or key[1] == key[2]:
            continue
        first = first_at.setdefault(key, place)
        if first == place:
            continue
        block = values[place : place + _BLOCK]
        if (
            len(block) == _BLOCK
            and values[first : first + _BLOCK] == block
            and len(set(block)) >= _FEWEST_DISTINCT
        ):
            return first, place
    return None
