"""How finely a log's numbers were written, told from the numbers themselves."""

import math
from collections.abc import Sequence

# Written with so many digits and decimals, a number is as exact as the float32 that it was.
_FINE_DIGITS = 8
_FINE_DECIMALS = 7


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
    decimals, digits = _places(values)
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


def _places(values: Sequence[float]) -> tuple[int, int]:
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
