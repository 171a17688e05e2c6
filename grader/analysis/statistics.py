"""The shape of a series of numbers: quantiles, the rounding of a log, smoothness, and blocks that repeat."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from operator import sub
from statistics import median

WINDOW = 200
# More windows than this tell no more.
_MOST_WINDOWS = 30
_MOST_DECIMALS = 9
_BY_CHANCE = 1e-6
# Written with so many digits and decimals, a number is as exact as the float32 that it was.
_FINE_DIGITS = 8
_FINE_DECIMALS = 7


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


def units(values: Sequence[float]) -> tuple[float, ...]:
    """One unit in the last place of each value: how far it can be from what was measured.

    A log is written with the same number of decimals throughout (`.2f`), or of digits (`.4g`).
    Trailing zeros do not survive the reading of a number, so the most decimals d and the most digits s
    among all values are taken, and of the two units the larger one:

        unit(x) = max(10^-d, 10^(floor(log10 x) - s + 1))

    It is a whole unit, not half of one, because some cut digits off where others round.
    Of numbers as fine as float32 each gets the unit of the largest.
    A column that has one value throughout does not show its decimals; it is taken to have one at least.

    Args:
        values: The finite numbers, from 0 on.
    """
    decimals, digits = _decimals_and_digits(values)
    if len(set(values[:2])) < 2 and len(set(values)) == 1:
        return (10.0 ** -max(decimals, 1),) * len(values)
    fixed = 10.0**-decimals
    if digits >= _FINE_DIGITS and decimals >= _FINE_DECIMALS:
        return (max(fixed, max(values) * 10.0 ** (1 - digits)),) * len(values)
    return tuple(
        [
            max(fixed, 10.0 ** (math.floor(math.log10(value)) - digits + 1)) if value else fixed
            for value in values
        ]
    )


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


def repeated_block(values: Sequence[float]) -> tuple[int, int, int] | None:
    """Where values stand in the series again, exactly and in the same order: the first such block.

    Norms that are held at a cap are equal by right, and rounded ones by chance. With L values in a row that
    have the entropy H = -sum(p_i ln p_i), with the share p_i of each value among them, the chance that two
    of n places agree so far is about n^2 * exp(-L * H). A block counts if that is less than one in a million.

    Returns:
        The position of the block, that of its repetition, and how many values agree from there on;
        None where nothing is repeated.
    """
    first_at: dict[tuple[float, float, float], int] = {}
    asked = 2 * math.log(len(values) or 1) - math.log(_BY_CHANCE)
    for place, key in enumerate(zip(values, values[1:], values[2:], strict=False)):
        if key[0] == key[1] or key[1] == key[2]:
            continue
        first = first_at.setdefault(key, place)
        if first == place:
            continue
        length = _agreeing(values, first, place)
        # The entropy of so many values is at most the logarithm of their number.
        if length * math.log(length) >= asked <= length * _entropy(values[place : place + length]):
            return first, place, length
    return None


def _agreeing(values: Sequence[float], first: int, second: int) -> int:
    """How many values from one position on equal those from a later one on."""
    length = 0
    while second + length < len(values) and values[first + length] == values[second + length]:
        length += 1
    return length


def _entropy(values: Sequence[float]) -> float:
    """Of the values' shares, in nats."""
    shares = (count / len(values) for count in Counter(values).values())
    return -sum(share * math.log(share) for share in shares)


def _decimals_and_digits(values: Sequence[float]) -> tuple[int, int]:
    """The most decimals and the most significant digits among the values."""
    decimals = digits = 0
    for value in values:
        mantissa, _, exponent = repr(value).partition("e")
        whole, _, fraction = mantissa.removesuffix(".0").partition(".")
        decimals = max(decimals, len(fraction) - int(exponent or 0))
        digits = max(digits, len((whole + fraction).strip("0")))
        if decimals >= _FINE_DECIMALS and digits >= _FINE_DIGITS:
            break
    return decimals, digits
