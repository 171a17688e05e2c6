"""What is kept of an array that is too large to keep: its shape and its sums."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Totals:
    """An array in short; its sums are in float64, whatever it is stored in.

    Attributes:
        shape: of the array.
        exact: whether it is float32 or float64; the sums of half-precision numbers tell little.
        total: the sum of its values.
        squares: the sum of their squares.
        smallest: the smallest of them, 0.0 where there are none.
    """

    shape: tuple[int, ...]
    exact: bool
    total: float
    squares: float
    smallest: float


def totals_of(array: npt.NDArray[Any]) -> Totals:
    """The sums of an array; what is not finite in it is not finite in them."""
    with np.errstate(all="ignore"):
        values = array.astype(np.float64, copy=False).ravel()
        return Totals(
            shape=array.shape,
            exact=array.dtype.kind == "f" and array.dtype.itemsize >= np.dtype(np.float32).itemsize,
            total=float(values.sum()),
            squares=float(values @ values),
            smallest=float(values.min()) if values.size else 0.0,
        )
