"""What is kept of arrays: their sums, or of all weights a hash and numbers that keep the angle to others.

Only kernels are projected, arrays of two or more dimensions: they begin at random, so trainings apart have a
cosine near 0. Biases, scales and statistics begin alike for everybody and say little about who trained them;
the moving variances of raw pixels would even outweigh all else and be the same in every honest model.
Each kernel counts with length 1, so multiplying one layer and dividing the next one changes nothing.

The projection is a count sketch (Charikar, Chen and Farach-Colton 2002, "Finding frequent items in data
streams"): each number gets a sign from a fixed generator and is added to one of `PROJECTIONS` sums.
The cosine c of two sketches is that of the weights within a standard error of (1 - c^2) / sqrt(PROJECTIONS).
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.evidence.model import Sketch

# Where an array stands in its file.
Path = tuple[str, ...]
Array = npt.NDArray[Any]

# A prime, so that the rows of a kernel, 10, 100 or 256 numbers long, do not line up with the sums.
PROJECTIONS = 509
# What is in memory at a time: whole rows of sums, and whole words of signs.
CHUNK = PROJECTIONS * 2048
SEED = 2026


@dataclass(frozen=True)
class Totals:
    """An array in short; its sums are in float64, and `smallest` is 0.0 where it is empty."""

    shape: tuple[int, ...]
    dtype: str
    total: float
    squares: float  # the sum of the squares of its values
    smallest: float


def as_float32(halves: Array) -> Array:
    """The float32 whose upper halves are these: bfloat16 as whole numbers of two bytes."""
    return (halves.astype("u4") << 16).astype("u4", copy=False).view("f4")


def totals_of(array: Array) -> Totals:
    """The sums of an array; what is not finite in it is not finite in them."""
    with np.errstate(all="ignore"):
        values = array.astype(np.float64, copy=False).ravel()
        return Totals(
            shape=array.shape,
            dtype=array.dtype.name,
            total=float(values.sum()),
            squares=float(values @ values),
            smallest=float(values.min()) if values.size else 0.0,
        )


def sketch(weights: Mapping[Path, Array]) -> Sketch | None:
    """The sketch of these weights, or None where no kernel has a direction: all zero, or not all finite.

    The weights are taken in an order that `.keras` and `.h5` files of one network share:
    by shape, and those of one shape by the order of their names.
    """
    arrays = [weights[path] for path in sorted(weights, key=lambda path: _place(path, weights[path]))]
    sums = _projected(array.ravel() for array in arrays if array.ndim > 1)
    length = float(np.linalg.norm(sums))
    if not np.isfinite(length) or length == 0:
        return None
    digest, unordered = hashlib.sha256(), hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).data)
        # As whole numbers, so that 0.0 and -0.0 have an order, too.
        unordered.update(np.sort(np.ascontiguousarray(array).ravel().view(f"u{array.itemsize}")).data)
    return Sketch(
        sha256=digest.hexdigest(),
        unordered=unordered.hexdigest(),
        projections=tuple((sums / length).tolist()),
    )


def are_fresh(weights: Iterable[Array]) -> bool:
    """Whether nothing moved them yet: biases, scales and statistics begin as zeros and ones."""
    vectors = [array for array in weights if array.ndim == 1]
    return bool(vectors) and all(bool(((array == 0) | (array == 1)).all()) for array in vectors)


def _place(path: Path, array: Array) -> tuple[int, tuple[int, ...], list[tuple[int, str]]]:
    parts = re.findall(r"\d+|\D+", "/".join(path))
    return array.ndim, array.shape, [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


def _projected(kernels: Iterable[Array]) -> npt.NDArray[np.float64]:
    """The sums over all kernels, each kernel at length 1; not finite where a kernel is not."""
    # The raw stream of a bit generator is the same in every version of NumPy, unlike its `integers`.
    generator = np.random.Philox(SEED)
    total = np.zeros(PROJECTIONS)
    for kernel in kernels:
        sums, square = np.zeros(PROJECTIONS), 0.0
        with np.errstate(over="ignore", invalid="ignore"):
            for start in range(0, kernel.size, CHUNK):
                numbers = kernel[start : start + CHUNK].astype(np.float64)
                # Not `numbers @ numbers`, whose threads wait for each other where all cores are at work.
                square += float(np.einsum("i,i->", numbers, numbers))
                numbers *= _signs(generator, len(numbers))
                numbers.resize(-(-len(numbers) // PROJECTIONS) * PROJECTIONS, refcheck=False)
                sums += numbers.reshape(-1, PROJECTIONS).sum(axis=0)
            if square:
                total += sums / np.sqrt(square)
    return total


def _signs(generator: np.random.Philox, count: int) -> npt.NDArray[np.int8]:
    words = np.asarray(generator.random_raw(-(-count // 64)), dtype="<u8")
    return np.unpackbits(words.view(np.uint8), count=count).view(np.int8) * np.int8(2) - np.int8(1)
