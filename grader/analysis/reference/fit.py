"""Compares an end of a logged series with what the grader measured itself, within what honest runs differ."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.analysis.norms.columns import Series
from grader.analysis.reference.calibration import LEVELS, MEDIAN, SPREADS, STEPS, Comparison
from grader.analysis.statistics import (
    Array,
    Numbers,
    as_array,
    overflowing,
    quantiles,
    quantiles_of_each,
    variation,
    variation_of_each,
)
from grader.evidence.training import Norms

# A norm held at the cap comes out of float32 as 1.0000001192 in one program and 0.9999999 in another.
FLOAT32 = 1e-5
# Factors are evenly spaced in their logarithms; what lies between two of them is interpolated.
_FACTORS = 60
# Beside the level, a quantile has a shape of its own.
_ROOM = 0.5
# Levels that are tried on each side of the mean: half a standard deviation apart.
_LEVELS_TRIED = 8
# Where clipping leaves less of the variation, it depends on how many norms are just below the cap.
_LEAST_LEFT = 0.5
# The variance of the quantile at 0.98 of n normal numbers is 0.98 * 0.02 / 0.0484**2 / n times theirs;
# 0.0484 is the density there. Those nearer to the middle vary less.
_VARIANCE_OF_QUANTILE = 8.4
TINY = 1e-30
_VARIATION = len(LEVELS)

Sizes = Sequence[tuple[int, Comparison]]


@dataclass(frozen=True)
class Fit:
    """How an end of a series compares with the calibrated batch size that came nearest.

    `z` is the z-score of the number that fits worst, and `chi2` the sum of all their squares: -2 times the
    logarithm of a likelihood. `found` has the log's quantiles at `LEVELS` and its variation, `expected` those
    of a mean honest run and the least variation: at the run's own batch size, where that is known and fits
    as well or nothing fits, else at the nearest.
    """

    z: float
    chi2: float
    batch_size: int
    found: tuple[float, ...]
    expected: tuple[float, ...]

    @property
    def pairs(self) -> list[tuple[float, float]]:
        """Each number as found and as expected."""
        return list(zip(self.found, self.expected, strict=True))

    @property
    def fits(self) -> bool:
        """Whether all numbers are within four standard deviations."""
        return self.z <= SPREADS

    @property
    def order(self) -> tuple[float, float]:
        """What fits comes before what does not, and of several that fit the likeliest."""
        return max(self.z, SPREADS), self.chi2


@dataclass(frozen=True)
class Prediction:
    """What a log would have of the grader's own steps, if its norms before clipping were larger by a factor.

    The logarithms of the factors begin at `low`, a `step` apart; each factor has a row of the quantiles at
    `LEVELS`, which can be off by the share `noise`, and the variation, which is `before` before clipping.
    """

    low: float
    step: float
    rows: Array
    before: float
    noise: float = 0.0

    def at(self, places: slice | int, levels: Array | float) -> Array:
        """The numbers at these places of a row, for logarithms of factors; outside, those of the nearest."""
        import numpy as np

        position = np.clip((np.asarray(levels) - self.low) / self.step, 0.0, len(self.rows) - 1 - 1e-9)
        below = position.astype(int)
        share = position - below
        column = np.arange(self.rows.shape[1])[places]
        found: Array = self.rows[below, column] * (1 - share) + self.rows[below + 1, column] * share
        return found


@overflowing
def nearest_fit(
    values: Numbers, choices: Iterable[Prediction], sizes: Sizes, slack: float, own: int | None = None
) -> Fit:
    """The best fit of the values over all predictions and all calibrated batch sizes; `own` is the run's.

    At one level, within four spreads of where an honest run may be, each quantile must be within four spreads
    of its place, and neighbours must differ by no less than four spreads below what they should. Fewer values
    than those of the calibration have a wider spread, by the square root of their number. The log's own
    rounding may have moved each value by `slack`.
    """
    found = (*quantiles(values, LEVELS), variation(values))
    spreads = SPREADS * math.sqrt(STEPS / min(STEPS, len(values)))
    fits = (_fit(found, choice, sizes, slack, spreads, own) for choice in choices)
    return min(fits, key=lambda fit: fit.order)


def _fit(  # noqa: PLR0913, PLR0917  (once, for `nearest_fit`)
    found: tuple[float, ...],
    prediction: Prediction,
    sizes: Sizes,
    slack: float,
    spreads: float,
    own: int | None,
) -> Fit:
    """The best fit over all sizes and levels, each pair of them a row of the arrays."""
    import numpy as np

    tried = [
        (place, level, grid)
        for place, (_, comparison) in enumerate(sizes)
        for grid in [spreads * comparison.level.spread / _LEVELS_TRIED]
        for level in _levels(comparison, grid)
    ]
    size, level, grid = (np.array(column) for column in zip(*tried, strict=True))
    means = np.array([[shape.mean for shape in one.shape] for _, one in sizes])[size]
    rooms = np.array([[spreads * shape.spread for shape in one.shape] for _, one in sizes])[size]
    # The level is searched on a grid, so the median may be half a step of the grid beside it.
    rooms[:, MEDIAN] = grid / 2
    shrunk = np.array([one.variation.mean - spreads * one.variation.spread for _, one in sizes])
    level_means = np.array([one.level.mean for _, one in sizes])

    middle, every, margin = level[:, None] + means, slice(_VARIATION), FLOAT32 + prediction.noise
    here = prediction.at(every, middle)
    above = prediction.at(every, middle + rooms) * (1 + margin) + slack
    below = prediction.at(every, middle - rooms) * (1 - margin) - slack
    quantile, change = np.array(found[:_VARIATION]), found[_VARIATION]
    scores = _z_scores(quantile, here, np.where(quantile >= here, above, below))
    asked = prediction.at(_VARIATION, level)
    # Norms may differ more than they should: the rounding of a log alone does that.
    is_asked = (asked > _LEAST_LEFT * prediction.before) & (change < asked)
    calm = np.where(is_asked, _z_scores(change, asked, asked * np.exp(shrunk[size])), 0.0)
    offset = SPREADS / _LEVELS_TRIED * (level - level_means[size]) / np.maximum(grid, TINY)
    worst = np.maximum(scores.max(axis=1), calm)
    chi2 = offset**2 + (scores * scores).sum(axis=1) + calm * calm
    order = np.lexsort((chi2, np.maximum(worst, SPREADS))).tolist()
    best = order[0]

    shown = next((row for row in order if sizes[size[row]][0] == own), best)
    if (worst[shown] <= SPREADS) != (worst[best] <= SPREADS):
        shown = best
    place = int(size[shown])
    batch_size, comparison = sizes[place]
    expected = prediction.at(every, comparison.level.mean + means[shown])
    least = prediction.at(_VARIATION, comparison.level.mean) * math.exp(shrunk[place])
    return Fit(float(worst[best]), float(chi2[best]), batch_size, found, (*expected.tolist(), float(least)))


def _levels(comparison: Comparison, grid: float) -> Iterator[float]:
    """The levels to try: from the calibrated one to that of mere noise, and beyond both."""
    low, high = sorted((comparison.level.mean, comparison.noise))
    for trial in range(1, _LEVELS_TRIED + 1):
        yield low - trial * grid
        yield high + trial * grid
    between = max(1, math.ceil((high - low) / grid)) if grid > 0 else 1
    for part in range(between + 1):
        yield low + (high - low) * part / between


def _z_scores(values: Array | float, middle: Array, end: Array) -> Array:
    """The distances from the middle in standard deviations, of which the ends are `SPREADS` away."""
    import numpy as np

    centre = np.maximum(middle, TINY)
    whole = np.abs(np.log(np.maximum(end, TINY) / centre))
    apart = np.abs(np.log(np.maximum(values, TINY) / centre))
    scores: Array = SPREADS * apart / np.maximum(whole, TINY)
    return scores


def predictions(
    measured: Norms, others: Sequence[Norms], series: Series, cap: float, sizes: Sizes
) -> Iterator[Prediction]:
    """What a log of this series can be compared with: for a series after clipping, one for each way to clip.

    * Each variable by itself, as the rubric's optimizer does: the largest norm of a variable is cut off at
      the cap. What is left of the global norm, the pairs of norms before and after clipping show, in the
      measured steps and in `others` of the same network.
    * All gradients as one vector: each is multiplied by min(1, cap / global norm).
    """
    import numpy as np

    scope, stage = series
    own, change = as_array(measured.series(scope, "before")), variation(measured.series(scope, "before"))
    low, high = _range(sizes)
    step = (high - low) / _FACTORS
    factors = np.exp(low + np.arange(_FACTORS + 1) * step)[:, None]
    grown = own * factors

    def table(logged: Array, noise: float = 0.0) -> Prediction:
        rows = np.column_stack([quantiles_of_each(logged, LEVELS), variation_of_each(logged)])
        return Prediction(low, step, rows, change, noise)

    if stage == "before":
        plain = np.array(quantiles(own, LEVELS))
        rows = np.column_stack([plain * factors, np.full(len(factors), change)])
        yield Prediction(low, step, rows, change)
    elif scope == "variable":
        # Once all steps are clipped as one vector, what is left is the share that the variable has in it.
        shares = _ratios(own, as_array(measured.global_before))
        yield table(np.minimum(grown, cap))
        yield table(np.minimum(grown, cap * shares), _noise(shares))
    else:
        left = _left_by_clipping([measured, *others])
        yield table(left(grown), _noise(_ratios(as_array(measured.global_after), left(own))))
        yield table(np.minimum(grown, cap))


def _range(sizes: Sizes) -> tuple[float, float]:
    """The logarithms of the smallest and the largest factor that any of these batch sizes may need."""
    ends = []
    for _, one in sizes:
        reach = SPREADS * (one.level.spread + max(shape.spread for shape in one.shape)) + _ROOM
        ends += [min(one.level.mean, one.noise) - reach, max(one.level.mean, one.noise) + reach]
    return min(ends), max(ends)


def _noise(ratios: Array) -> float:
    """How far two samples of as many ratios can be apart in a quantile, relative to it."""
    import numpy as np

    if len(ratios) < 2:
        return 0.0
    spread = float(np.log(np.maximum(ratios, TINY)).std(ddof=1))
    return SPREADS * spread * math.sqrt(2 * _VARIANCE_OF_QUANTILE / len(ratios))


def _ratios(norms: Array, others: Array) -> Array:
    import numpy as np

    return np.divide(norms, others, out=np.ones_like(norms), where=others > 0)


def _left_by_clipping(parts: Sequence[Norms]) -> Callable[[Array], Array]:
    """What clipping of each variable leaves of global norms, read off the pairs of the measured steps."""
    import numpy as np

    before = np.sort(np.concatenate([as_array(part.global_before) for part in parts]))
    after = np.sort(np.concatenate([as_array(part.global_after) for part in parts]))
    ratios = _ratios(after, before)

    def left(norms: Array) -> Array:
        # Below what was measured nothing is clipped, or all in proportion; above it, what is not yet clipped
        # grows in proportion at most.
        outside = norms * np.where(norms <= before[0], ratios[0], ratios[-1])
        is_between = (norms > before[0]) & (norms <= before[-1])
        found: Array = np.where(is_between, np.interp(norms, before, after), outside)
        return found

    return left
