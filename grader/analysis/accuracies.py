"""The accuracies that a log can have, how much chance is in them, and what to say where one is missing."""

import math
from collections.abc import Iterable
from typing import Literal

from grader.analysis.log_positions import columns
from grader.analysis.statistics import rounding
from grader.evidence.log import Column, Log
from grader.messages.message import say
from grader.messages.wording import quoted
from grader.report import Finding, failed

AccuracyColumn = Literal["val_accuracy", "accuracy"]

# A step of float32 near 1 is 6e-8: 0.87 may be logged as 0.8699999452. One image in 60,000 is 170 times this.
FLOAT32 = 1e-7

# So far two equal accuracies are apart by chance once in 370 times.
STANDARD_ERRORS = 3
# What Keras' own examples and most courses hold back of 60,000 training images.
USUAL_VALIDATION_IMAGES = 5_000
# A third of 60,000; beyond this the number of validation images changes the standard error by little.
_MOST_VALIDATION_IMAGES = 20_000
# Log files with four decimals are common, and any number with four decimals is a multiple of 1/10,000.
_FOUR_DECIMALS = 10_000
_BY_CHANCE = 0.01

_HOW_TO_LOG = {
    "accuracy": say('Compile with `metrics=["accuracy"]`, and log what `fit` reports.'),
    "val_accuracy": say(
        'Compile with `metrics=["accuracy"]`, give `fit` a `validation_split` or '
        "`validation_data`, and log what it reports."
    ),
}


def no_accuracy(log: Log, name: AccuracyColumn) -> Finding:
    """The finding on a log without values in this column."""
    return failed(
        say("The log has no values of {name}; {columns}.", name=quoted(name), columns=columns(log)),
        _HOW_TO_LOG[name],
    )


def validation_images(accuracies: Iterable[float]) -> int | None:
    """How many images these accuracies were measured on, as far as their fractions tell, else None.

    An accuracy on n images is a multiple of 1/n, so the smallest n is taken of which all are multiples
    to the precision e of float32. It is not above the true number, so its standard error is never too small.
    What was rounded to four decimals is a multiple of 1/10,000 whatever n was; then no more than the usual
    number is taken.

    Any number is within e of a multiple with a probability of 2 * e * n, so for k of them up to
    n * (2 * e * n)^k / (k + 1) such n are expected by chance; where more than 0.01 are, the fractions tell
    nothing.
    """
    import numpy as np

    shares = {share for share in accuracies if 0 < share < 1}
    counts = np.arange(2, _MOST_VALIDATION_IMAGES + 1)
    by_chance = counts * (2 * FLOAT32 * counts) ** len(shares) / (len(shares) + 1)
    counts = counts[by_chance <= _BY_CHANCE]
    for share in shares:
        counts = counts[np.abs(share * counts - np.round(share * counts)) <= FLOAT32 * counts]
    if not shares or not len(counts):
        return None
    images = int(counts[0])
    return min(images, USUAL_VALIDATION_IMAGES) if _FOUR_DECIMALS % images == 0 else images


def printed_within(accuracies: Iterable[float]) -> float:
    """How far printing can have moved an accuracy: by half a unit of the last digit, the second at least."""
    return max(FLOAT32, min(rounding(list(accuracies)), 0.005))


def best_position(column: Column) -> int | None:
    """Where the largest finite value of a column is, or None where none is finite."""
    finite = (place for place, value in enumerate(column.values) if math.isfinite(value))
    return max(finite, key=column.values.__getitem__, default=None)


def standard_error(first: float, first_images: int, second: float, second_images: int) -> float:
    """The standard error of the difference between two accuracies that are equal but for chance.

    sqrt(p * (1 - p) * (1 / n + 1 / m)), with p the share of both samples together: the two-proportion z-test.
    """
    both = (first * first_images + second * second_images) / (first_images + second_images)
    return math.sqrt(max(0.0, both * (1 - both)) * (1 / first_images + 1 / second_images))
