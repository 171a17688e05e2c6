"""Compares an end of a logged series with what the grader measured itself, within what honest runs differ."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.analysis.reference.calibration import LEVELS, MEDIAN, SPREADS, STEPS, Comparison
from grader.analysis.reference.measured import Reference
from grader.analysis.statistics import quantiles, variation

# A norm held at the cap comes out of float32 as 1.0000001192 in one program and 0.9999999 in another.
FLOAT32 = 1e-5
# Levels that are tried on each side of the mean: half a standard deviation apart.
_LEVELS_TRIED = 8
_TINY = 1e-30
# Where clipping leaves less of the variation, it depends on how many norms are just below the cap.
_LEAST_LEFT = 0.5


@dataclass(frozen=True)
class Fit:
    """How an end of a series compares with one calibrated batch size.

    Attributes:
        z: The z-score of the number that fits worst: standard deviations from where it should be.
        chi2: The sum of the squares of all z-scores, which is -2 times the logarithm of a likelihood.
        batch_size: The batch size that came nearest.
        found: The quantiles of the log at `LEVELS`, and its variation.
        expected: The quantiles of a mean honest run at that batch size, and the least variation.
    """

    z: float
    chi2: float
    batch_size: int
    found: tuple[float, ...]
    expected: tuple[float, ...]

    @property
    def fits(self) -> bool:
        """Whether all numbers are within four standard deviations."""
        return self.z <= SPREADS


def nearest_fit(
    values: Sequence[float],
    choices: Iterable[Reference],
    comparisons: Sequence[tuple[int, Comparison]],
    slack: float,
) -> Fit:
    """The best fit of the values over all references and all calibrated batch sizes.

    There must be one level, within four spreads of where an honest run may be, at which each quantile is
    within four spreads of its place, and neighbours must differ by no less than four spreads below what
    they should. Fewer values than those of the calibration have a wider spread, by the square root of
    their number.

    Args:
        values: The first or the last norms of the logged series.
        choices: What a log can be compared with, as `references` gives it.
        comparisons: Each calibrated batch size with its comparison; at least one.
        slack: How far the log's own rounding may have moved each value.
    """
    found = (*quantiles(values, LEVELS), variation(values))
    wider = math.sqrt(STEPS / min(STEPS, len(values)))
    fits = [_fit(found, reference, size, slack, wider) for reference in choices for size in comparisons]
    return min(fits, key=lambda fit: _order((fit.z, fit.chi2)))


def _fit(
    found: tuple[float, ...],
    reference: Reference,
    size: tuple[int, Comparison],
    slack: float,
    wider: float,
) -> Fit:
    batch_size, comparison = size
    # The level is searched on a grid, so the median may be half a step of the grid beside it.
    grid = SPREADS * wider * comparison.level.spread / _LEVELS_TRIED
    rooms = [
        grid / 2 if place == MEDIAN else SPREADS * wider * shape.spread
        for place, shape in enumerate(comparison.shape)
    ]
    margin = FLOAT32 + reference.noise
    changes = len(LEVELS)
    shrunk = comparison.variation.mean - SPREADS * wider * comparison.variation.spread

    def z_scores(level: float) -> Iterator[float]:
        for place, (shape, room) in enumerate(zip(comparison.shape, rooms, strict=True)):
            middle, value = level + shape.mean, found[place]
            here = reference.at(place, middle)
            if value >= here:
                end = reference.at(place, middle + room) * (1 + margin) + slack
            else:
                end = reference.at(place, middle - room) * (1 - margin) - slack
            yield _z_score(value, here, end)
        asked = reference.at(changes, level)
        # Norms may differ more than they should: the rounding of a log alone does that.
        if asked > _LEAST_LEFT * reference.before and found[changes] < asked:
            yield _z_score(found[changes], asked, asked * math.exp(shrunk))

    tried = []
    for level in _levels(comparison, grid):
        every = tuple(z_scores(level))
        offset = SPREADS / _LEVELS_TRIED * (level - comparison.level.mean) / max(grid, _TINY)
        tried.append((max(every), offset**2 + sum(one * one for one in every)))
    worst, chi2 = min(tried, key=_order)
    expected = (
        *(
            reference.at(place, comparison.level.mean + shape.mean)
            for place, shape in enumerate(comparison.shape)
        ),
        reference.at(changes, comparison.level.mean) * math.exp(shrunk),
    )
    return Fit(worst, chi2, batch_size, found, expected)


def _levels(comparison: Comparison, grid: float) -> Iterator[float]:
    """The levels to try: from the calibrated one to that of mere noise, and beyond both."""
    low, high = sorted((comparison.level.mean, comparison.noise))
    for trial in range(1, _LEVELS_TRIED + 1):
        yield low - trial * grid
        yield high + trial * grid
    between = max(1, math.ceil((high - low) / grid)) if grid > 0 else 1
    for part in range(between + 1):
        yield low + (high - low) * part / between


def _order(fit: tuple[float, float]) -> tuple[float, float]:
    """What fits before what does not, and of several that fit the likeliest."""
    z, chi2 = fit
    return max(z, SPREADS), chi2


def _z_score(value: float, middle: float, end: float) -> float:
    """The distance from the middle in standard deviations, of which the end of the band is `SPREADS` away."""
    whole = abs(math.log(max(end, _TINY) / max(middle, _TINY)))
    apart = abs(math.log(max(value, _TINY) / max(middle, _TINY)))
    return SPREADS * apart / max(whole, _TINY)
