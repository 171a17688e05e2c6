"""How examples are given to a network: what they are, and in which scales they may be.

A scale gives (x / divide - mean) / deviation in float32, with numbers of the training examples.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grader.evidence.training import Kind
from grader.rubric import InputsPlan

# More examples than these change means and deviations by little.
_MOST_EXAMPLES, _AT_ONCE = 10_000, 500
_BYTE = 255.0
# Whole numbers of which none is as large are rather counts or grades than pixels.
_DARKEST = 16.0


class Standard(NamedTuple):
    """The mean and the standard deviation of numbers."""

    mean: Any
    deviation: Any


class Scale(NamedTuple):
    """A way of giving examples."""

    divide: float = 1.0
    mean: Any = 0.0
    deviation: Any = 1.0

    def of(self, examples: Any) -> Any:
        """Examples of float32 in this scale; arrays of NumPy and tensors do."""
        scaled = examples / self.divide if self.divide != 1.0 else examples
        if np.any(self.mean) or np.any(np.asarray(self.deviation) != 1.0):
            scaled = (scaled - np.float32(self.mean)) / np.float32(self.deviation)
        return scaled


RAW = "raw pixels"
AS_THEY_ARE = "raw values"
STANDARDISED = "standardised features"
TOKENS = "token ids"
DECLARED = "the rubric's scale"
# Only 12,000 of Fashion-MNIST's 60,000 training images ship; students standardise by all of them.
_SHIPPED = {"fashion_mnist": Standard(0.2860, 0.3530)}


def kind_of(examples: NDArray[np.generic]) -> Kind:
    """What examples are: pixels from 0 to 255 (or from 0 to 1, in two dimensions), token ids, or features.

    Bytes are pixels, and so are whole numbers from 0 to 255 in rows that are long enough for an image. Other
    rows of whole numbers from 0 on are token ids.
    """
    whole, rows = examples.dtype.kind in "ui", examples.ndim == 2
    if examples.dtype == np.uint8:
        return "images"
    few = examples[:_MOST_EXAMPLES]
    least, most = float(few.min()), float(few.max())
    if not rows:
        return "images" if least >= 0 and most <= _BYTE else "features"
    is_flat = _is_of_an_image(examples.shape[1]) and least >= 0 and _DARKEST < most <= _BYTE
    if is_flat and (whole or bool((np.mod(few, 1) == 0).all())):
        return "images"
    return "tokens" if whole and least >= 0 else "features"


def _is_of_an_image(numbers: int) -> bool:
    """Whether so many numbers can be a square image of 8 pixels or more, grey or in colour."""
    return any(
        side >= 8 and side * side == size for size in (numbers, numbers / 3) if (side := round(size**0.5))
    )


def scales_of(data: str, examples: NDArray[np.generic], plan: InputsPlan) -> Mapping[str, Scale]:
    """The scales in which examples of the data set `data` are tried, by name; one where the rubric says it.

    Pixels are tried in each way that courses teach; features as they are and each standardised.
    """
    if plan.is_declared:
        divide = plan.divide or 1.0
        name = DECLARED if plan.mean or plan.deviation else f"values / {divide:g}"
        return {name: Scale(divide, _numbers(plan.mean, 0.0), _numbers(plan.deviation, 1.0))}
    kind = kind_of(examples)
    if plan.scale == "none" or (plan.scale == "tried" and kind == "tokens"):
        return {{"images": RAW, "tokens": TOKENS}.get(kind, AS_THEY_ARE): Scale()}
    if plan.scale == "standardised":
        return {STANDARDISED: _standardised(examples)}
    if kind == "features":
        return {AS_THEY_ARE: Scale(), STANDARDISED: _standardised(examples)}
    standard = _SHIPPED[data] if data in _SHIPPED else _standard(examples, _BYTE)
    scales = {
        "pixels / 255": Scale(_BYTE),
        RAW: Scale(),
        "pixels / 127.5 - 1": Scale(127.5, 1.0),
        "standardised pixels": Scale(_BYTE, *standard),
    }
    if examples.ndim == 4 and examples.shape[-1] > 1:
        scales["standardised channels"] = Scale(_BYTE, *_standard(examples, _BYTE, axis=(0, 1, 2)))
    elif examples.ndim == 3 and examples.dtype.kind == "f":
        scales[STANDARDISED] = _standardised(examples)  # they may be sequences
    return scales


def _numbers(given: tuple[float, ...], usual: float) -> Any:
    return np.asarray(given, np.float32) if given else usual


def _standardised(examples: NDArray[np.generic]) -> Scale:
    """Each feature, or of sequences and images each of the last axis, by its own mean and deviation."""
    return Scale(1.0, *_standard(examples, 1.0, axis=tuple(range(examples.ndim - 1))))


def _standard(examples: NDArray[np.generic], divide: float, axis: tuple[int, ...] | None = None) -> Standard:
    few = examples[:_MOST_EXAMPLES]
    total: Any = 0.0
    squares: Any = 0.0
    for start in range(0, len(few), _AT_ONCE):
        numbers = few[start : start + _AT_ONCE].astype(np.float64) / divide
        total = total + numbers.sum(axis=axis)
        squares = squares + np.square(numbers).sum(axis=axis)
    count = few.size / np.size(total)
    mean = total / count
    deviation = np.sqrt(np.maximum(0.0, squares / count - mean * mean))
    # Nothing is divided by 0, the deviation of numbers that are all alike.
    deviation = np.where(deviation > 1e-9 * np.abs(mean), deviation, 1.0)
    return Standard(mean, deviation) if axis else Standard(float(mean), float(deviation))
