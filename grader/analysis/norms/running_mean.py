"""Recognises a column that holds the mean since the epoch began, as Keras' `Mean` metric gives it."""

from itertools import islice, pairwise

from grader.analysis.log_positions import steps
from grader.analysis.norms.columns import NormColumn
from grader.analysis.statistics import Array, as_array, changes, falls, overflowing, smoothness
from grader.evidence.log import Log

_FEWEST_STEPS = 40
# A mean of many values hardly changes from one step to the next; what it is a mean of does.
_SMOOTH, _ROUGH = 0.7, 0.5
_MOST_NEGATIVE = 0.02
# Noise added to a smooth curve, for which the mean is undone, is a noise and its negative at the next step:
# its autocorrelation is -1/2. Measured norms have hardly any.
_NOISE = -0.25
# More of an epoch, and more epochs, tell no more.
_MOST_STEPS, _MOST_EPOCHS = 1000, 10


@overflowing
def is_running_mean(log: Log, column: NormColumn) -> bool:
    """Whether a column is the running mean of a measured series, begun again with each epoch.

    With x_1, x_2, ... the norms of an epoch, the running mean at step t is v_t = (x_1 + ... + x_t) / t,
    so that x_t = t v_t - (t - 1) v_(t-1) gives the norms back. They are norms if they are not negative, and
    vary from step to step, each for itself, although v hardly does.
    A column of true norms, taken for a mean, gives negative ones for nearly half of the steps.

    It must hold for most of the epochs that are long enough to tell.
    """
    values = as_array(column.values)
    epochs = islice(pairwise([*_epoch_starts(log, column), len(values)]), _MOST_EPOCHS)
    answers = [_is_mean(values[begin:end], column.rounding) for begin, end in epochs]
    told = [answer for answer in answers if answer is not None]
    return 2 * sum(told) > len(told)


def _epoch_starts(log: Log, column: NormColumn) -> list[int]:
    """The positions of the column's values at which an epoch begins."""
    import numpy as np

    starts: list[int] = []
    if numbered := log.column("epoch"):
        starts = [numbered.rows[place] for place in changes(numbered.values)]
    if not starts and (counted := steps(log)):
        starts = [counted.rows[place] for place in falls(counted.values)]
    if not starts and (validated := log.column("val_accuracy") or log.column("val_loss")):
        starts = [row + 1 for row in validated.rows]
    (places,) = np.isin(as_array(column.logged.rows)[1:], starts).nonzero()
    return [0, *(places + 1).tolist()]


def _is_mean(values: Array, slack: float) -> bool | None:
    """The answer for one epoch; None where it is too short, or too much rounded."""
    import numpy as np

    # Undoing the mean makes the rounding of step t about 2 t times as large.
    readable = int(min(len(values), _MOST_STEPS, abs(np.median(values)) / (8 * slack)))
    if readable < _FEWEST_STEPS:
        return None
    values, counts = values[:readable], np.arange(2, readable + 1)
    undone = counts * values[1:] - (counts - 1) * values[:-1]
    negative = (undone < -2 * counts * slack).sum()
    if negative > _MOST_NEGATIVE * len(undone):
        return False
    smooth, rough = smoothness(values), smoothness(undone)
    if smooth is None or rough is None:
        return None
    return smooth > _SMOOTH and _NOISE < rough < _ROUGH
