"""The shape of a series of numbers: quantiles, the rounding of a log, smoothness, and blocks that repeat."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.float64]
    Numbers: TypeAlias = Sequence[float] | Array
    Rows: TypeAlias = NDArray[np.int64]
else:
    # A rubric is read without NumPy, which is imported only where there are numbers.
    Array = Numbers = Rows = Any

Given = ParamSpec("Given")
Found = TypeVar("Found")

WINDOW = 200
# More windows than this tell no more.
_MOST_WINDOWS = 30
_MOST_DECIMALS = 9
# Of more different values so many, evenly spaced from the least to the largest, show how a log was written.
_MOST_READ = 10_000
_NO_DECIMALS = 2.0**53
_BY_CHANCE = 1e-6
# For any number of places n, L ln L >= 2 ln n - ln 10^-6 needs an L of eight or more.
_SHORTEST = 8
# Written with so many digits and decimals, a number is as exact as the float32 that it was.
_FINE_DIGITS = 8
_FINE_DECIMALS = 7


def overflowing(function: Callable[Given, Found]) -> Callable[Given, Found]:
    """The function without NumPy's warnings: a number that is too large is infinite, as in Python."""

    @wraps(function)
    def quiet(*args: Given.args, **kwargs: Given.kwargs) -> Found:
        import numpy as np

        with np.errstate(all="ignore"):
            return function(*args, **kwargs)

    return quiet


def as_array(values: Numbers) -> Array:
    """The values as an array of NumPy."""
    import numpy as np

    return np.asarray(values, dtype=np.float64)


def quantiles(values: Numbers, levels: Sequence[float]) -> tuple[float, ...]:
    """The quantiles at these levels in [0, 1], interpolated linearly between the sorted values."""
    return tuple(quantiles_of_each(values, levels).tolist())


@overflowing
def quantiles_of_each(rows: Numbers, levels: Sequence[float]) -> Array:
    """The quantiles of each row of a table, or of one row, along the last axis; see `quantiles`."""
    import numpy as np

    ordered = np.sort(as_array(rows))
    last = ordered.shape[-1] - 1
    places = np.asarray(levels) * last
    below = np.floor(places).astype(int)
    low, high = ordered[..., below], ordered[..., np.minimum(below + 1, last)]
    found: Array = low + (places - below) * (high - low)
    return found


def is_finite(values: Numbers) -> bool:
    """Whether none of the values is NaN or infinite."""
    import numpy as np

    return bool(np.isfinite(as_array(values)).all())


def changes(values: Numbers) -> list[int]:
    """The places of the values that differ from the one before them."""
    every = as_array(values)
    found: list[int] = ((every[1:] != every[:-1]).nonzero()[0] + 1).tolist()
    return found


def falls(values: Numbers) -> list[int]:
    """The places of the values that are below the one before them."""
    every = as_array(values)
    found: list[int] = ((every[1:] < every[:-1]).nonzero()[0] + 1).tolist()
    return found


@overflowing
def rounding(values: Numbers) -> float:
    """How far rounding can have moved a value: half a unit of the most decimals among them, nine at most."""
    import numpy as np

    rest = as_array(values)
    # Larger ones have no decimals; what is not finite shows none.
    rest = rest[np.abs(rest) < _NO_DECIMALS]
    # What float32 was written with has the most, which one look tells.
    if not len(_finer(rest, _MOST_DECIMALS - 1)):
        for decimals in range(_MOST_DECIMALS):
            rest = _finer(rest, decimals)
            if not len(rest):
                return float(0.5 * 10.0**-decimals)
    return 0.5 * 10.0**-_MOST_DECIMALS


def _finer(values: Array, decimals: int) -> Array:
    """Those with more decimals."""
    import numpy as np

    return values[np.abs(np.round(values, decimals) - values) > 1e-12 * np.abs(values)]


@overflowing
def units(values: Numbers) -> Array:
    """One unit in the last place of each value, finite and not negative: how far off its digits may be.

    A log is written with the same number of decimals throughout (`.2f`), or of digits (`.4g`), so with the
    most decimals d and the most digits s of all values (trailing zeros are lost in reading) it is

        unit(x) = max(10^-d, 10^(floor(log10 x) - s + 1))

    and not half of that, because some loggers cut digits off where others round. Numbers as fine as float32
    get the unit of the largest; a column of one value throughout is taken to have a decimal.
    """
    import numpy as np

    every = as_array(values)
    decimals, digits = _decimals_and_digits(every)
    if len(every) and every.min() == every.max():
        return np.full(len(every), 10.0 ** -max(decimals, 1))
    fixed = 10.0**-decimals
    if digits >= _FINE_DIGITS and decimals >= _FINE_DECIMALS:
        return np.full(len(every), max(fixed, float(every.max()) * 10.0 ** (1 - digits)))
    size = np.floor(np.log10(every, out=np.full(len(every), -np.inf), where=every > 0))
    return np.maximum(fixed, 10.0 ** (size - digits + 1))


def variation(values: Numbers) -> float:
    """How much neighbours differ: the mean of the absolute differences over the mean; 0 for a constant."""
    return float(variation_of_each(values))


@overflowing
def variation_of_each(rows: Numbers) -> Array:
    """The variation of each row of a table, or of one row, along the last axis; see `variation`."""
    import numpy as np

    table = as_array(rows)
    count, total = table.shape[-1], table.sum(axis=-1)
    changes = np.abs(np.diff(table)).sum(axis=-1) / max(count - 1, 1)
    found: Array = np.where(total > 0, changes * count / total, 0.0)
    return found


@overflowing
def smoothness(values: Numbers) -> float | None:
    """How much a value says of the next: the autocorrelation at lag 1, the median over windows of 200.

    A straight line is taken out of each window first. It is near 0 for norms of batches drawn at random, near
    1 for a curve, a running mean or a filtered series, and None where no window has 20 values that vary.
    """
    import numpy as np

    every = as_array(values)
    width = min(WINDOW, len(every))
    if width < 20:
        return None
    count = len(every) // width
    windows = every[: count * width].reshape(count, width)[:: max(1, count // _MOST_WINDOWS)]
    places = np.arange(width) - (width - 1) / 2
    around = windows - windows.mean(axis=1, keepdims=True)
    rest = around - np.outer(windows @ places / (places @ places), places)
    power = (rest * rest).sum(axis=1)
    # What rounding leaves of a straight line is no variation.
    varies = power > width * (1e-9 * np.abs(windows).max(axis=1)) ** 2
    products = (rest[:, 1:] * rest[:, :-1]).sum(axis=1)
    return float(np.median(products[varies] / power[varies])) if varies.any() else None


def repeated_block(values: Numbers) -> tuple[int, int, int] | None:
    """The first block of values that comes again, exactly: where it is, where it comes again, and its length.

    Norms that are held at a cap are equal by right, and rounded ones by chance. With L values in a row that
    have the entropy H = -sum(p_i ln p_i), with the share p_i of each value among them, the chance that two
    of n places agree so far is about n^2 * exp(-L * H). A block counts if that is less than one in a million.
    """
    every = as_array(values)
    asked = 2 * math.log(len(every) or 1) - math.log(_BY_CHANCE)
    plain = every.tolist()
    for first, place in _equal_threes(every):
        length = _agreeing(plain, first, place)
        # The entropy of so many values is at most the logarithm of their number.
        if length * math.log(length) >= asked <= length * _entropy(every[place : place + length]):
            return first, place, length
    return None


def _equal_threes(values: Array) -> Iterator[tuple[int, int]]:
    """Where three values in a row first stood, and each place where they stand again; neighbours differ.

    Left out are places where fewer than `_SHORTEST` values agree, which chance explains in any log.
    """
    import numpy as np

    names = np.unique(values, return_inverse=True)[1]
    pairs = np.unique(names[:-1] * len(names) + names[1:], return_inverse=True)[1]
    threes = pairs[:-1] * len(names) + names[2:]
    changes = names[:-1] != names[1:]
    places = np.flatnonzero(changes[:-1] & changes[1:])
    _, firsts, same = np.unique(threes[places], return_index=True, return_inverse=True)
    again = (firsts[same] != np.arange(len(places))) & (places <= len(values) - _SHORTEST)
    starts, ends = places[firsts[same][again]], places[again]
    alike = np.logical_and.reduce([names[starts + n] == names[ends + n] for n in range(_SHORTEST)])
    yield from zip(starts[alike].tolist(), ends[alike].tolist(), strict=True)


def _agreeing(values: Sequence[float], first: int, second: int) -> int:
    """How many values from one position on equal those from a later one on."""
    length = 0
    while second + length < len(values) and values[first + length] == values[second + length]:
        length += 1
    return length


def _entropy(values: Array) -> float:
    """The entropy of the values' shares, in nats."""
    import numpy as np

    shares = np.unique(values, return_counts=True)[1] / len(values)
    return float(-(shares * np.log(shares)).sum())


def _decimals_and_digits(values: Array) -> tuple[int, int]:
    """The most decimals and the most significant digits among the values."""
    import numpy as np

    decimals = digits = 0
    every = np.unique(values)
    for value in every[:: max(1, len(every) // _MOST_READ)].tolist():
        mantissa, _, exponent = repr(value).partition("e")
        whole, _, fraction = mantissa.removesuffix(".0").partition(".")
        decimals = max(decimals, len(fraction) - int(exponent or 0))
        digits = max(digits, len((whole + fraction).strip("0")))
        if decimals >= _FINE_DECIMALS and digits >= _FINE_DIGITS:
            break
    return decimals, digits
