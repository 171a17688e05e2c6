"""Recognises a column that holds the mean since the epoch began, as Keras' `Mean` metric gives it."""

from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from statistics import median

from grader.analysis.log_positions import steps
from grader.analysis.statistics import rounding, smoothness
from grader.evidence.log import Column, Log

_FEWEST_STEPS = 40
# A mean of many values hardly changes from one step to the next; what it is a mean of does.
_SMOOTH, _ROUGH = 0.7, 0.5
_MOST_NEGATIVE = 0.02
# Noise added to a smooth curve, for which the mean is undone, is a noise and its negative at the next step:
# its autocorrelation is -1/2. Measured norms have hardly any.
_NOISE = -0.25
# More of an epoch, and more epochs, tell no more.
_MOST_STEPS, _MOST_EPOCHS = 1000, 10


def is_running_mean(log: Log, column: Column) -> bool:
    """Whether a column is the running mean of a measured series, begun again with each epoch.

    With x_1, x_2, ... the norms of an epoch, the running mean at step t is v_t = (x_1 + ... + x_t) / t,
    so that x_t = t v_t - (t - 1) v_(t-1) gives the norms back. They are norms if they are not negative, and
    vary from step to step, each for itself, although v hardly does.
    A column of true norms, taken for a mean, gives negative ones for nearly half of the steps.

    It must hold for most of the epochs that are long enough to tell.
    """
    slack = rounding(column.values)
    told = [
        answer
        for begin, end in islice(pairwise([*_epoch_starts(log, column), len(column.values)]), _MOST_EPOCHS)
        if (answer := _is_mean(column.values[begin:end], slack)) is not None
    ]
    return 2 * sum(told) > len(told)


def _epoch_starts(log: Log, column: Column) -> Iterator[int]:
    """The positions of the column's values at which an epoch begins."""
    yield 0
    starts: set[int] = set()
    if numbered := log.column("epoch"):
        starts = {row for row, one, two in _neighbours(numbered) if one != two}
    if not starts and (counted := steps(log)):
        starts = {row for row, one, two in _neighbours(counted) if two < one}
    if not starts and (validated := log.column("val_accuracy") or log.column("val_loss")):
        starts = {row + 1 for row in validated.rows}
    for position, row in enumerate(column.rows):
        if position and row in starts:
            yield position


def _neighbours(column: Column) -> Iterator[tuple[int, float, float]]:
    """Each row but the first, with the value before it and its own."""
    return zip(column.rows[1:], column.values, column.values[1:], strict=False)


def _is_mean(values: Sequence[float], slack: float) -> bool | None:
    """The answer for one epoch; None where it is too short, or too much rounded."""
    # Undoing the mean makes the rounding of step t about 2 t times as large.
    readable = int(min(len(values), _MOST_STEPS, abs(median(values)) / (8 * slack)))
    if readable < _FEWEST_STEPS:
        return None
    values = values[:readable]
    undone = [step * two - (step - 1) * one for step, (one, two) in enumerate(pairwise(values), start=2)]
    negative = sum(value < -2 * step * slack for step, value in enumerate(undone, start=2))
    if negative > _MOST_NEGATIVE * len(undone):
        return False
    smooth, rough = smoothness(values), smoothness(undone)
    if smooth is None or rough is None:
        return None
    return smooth > _SMOOTH and _NOISE < rough < _ROUGH
