"""What a log would have of the grader's own steps, if the student's run differed as honest runs do."""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import stdev

from grader.analysis.norms.columns import Series
from grader.analysis.reference.calibration import LEVELS, SPREADS, Comparison
from grader.analysis.statistics import quantiles, variation
from grader.evidence.training import Norms

_FACTORS = 60
# Beside the level, a quantile has a shape of its own.
_ROOM = 0.5
_TINY = 1e-30
# The variance of the quantile at 0.98 of n normal numbers is 0.98 * 0.02 / 0.0484**2 / n times theirs;
# 0.0484 is the density there. Those nearer to the middle vary less.
_VARIANCE_OF_QUANTILE = 8.4


@dataclass(frozen=True)
class Factors:
    """Factors by which the norms of an honest run may differ: evenly spaced logarithms from `low` on."""

    low: float
    step: float

    @classmethod
    def covering(cls, comparisons: Sequence[tuple[int, Comparison]]) -> "Factors":
        """Those that any of these batch sizes may need."""
        ends = []
        for _, comparison in comparisons:
            reach = (
                SPREADS * (comparison.level.spread + max(shape.spread for shape in comparison.shape)) + _ROOM
            )
            ends += [
                min(comparison.level.mean, comparison.noise) - reach,
                max(comparison.level.mean, comparison.noise) + reach,
            ]
        return cls(min(ends), (max(ends) - min(ends)) / _FACTORS)

    def values(self) -> tuple[float, ...]:
        """The factors themselves."""
        return tuple(math.exp(self.low + place * self.step) for place in range(_FACTORS + 1))


@dataclass(frozen=True)
class Reference:
    """What a log would have of the grader's own steps, if its norms before clipping were larger by a factor.

    Attributes:
        factors: The factors; what lies between two of them is interpolated.
        rows: The quantiles at `LEVELS` and the variation, for each factor.
        before: The variation before clipping.
        noise: How far a quantile can be beside that, relative to it.
    """

    factors: Factors
    rows: tuple[tuple[float, ...], ...]
    before: float
    noise: float = 0.0

    def at(self, place: int, level: float) -> float:
        """The number at this place of a row, for the logarithm of a factor; outside, that of the nearest."""
        position = min(max((level - self.factors.low) / self.factors.step, 0.0), _FACTORS - 1e-9)
        below = int(position)
        share = position - below
        return self.rows[below][place] * (1 - share) + self.rows[below + 1][place] * share


def references(
    measured: Norms, others: Sequence[Norms], series: Series, cap: float, factors: Factors
) -> Iterator[Reference]:
    """What a log of this series can be compared with: for a series after clipping, one for each way to clip.

    * Each variable by itself, as the rubric's optimizer does: the largest norm of a variable is cut off at
      the cap. What is left of the global norm, the measured steps show: they are pairs of a norm
      before and one after clipping, and a larger gradient is not smaller after it.
    * All gradients as one vector: each is multiplied by min(1, cap / global norm).

    Args:
        measured: The norms of the steps to compare with.
        others: The norms of further steps of the same network, which show more of how clipping works.
        series: The series that the log is taken for.
        cap: The clipping threshold.
        factors: The factors by which an honest run may differ.
    """
    scope, stage = series
    own = measured.series(scope, "before")
    change = variation(own)

    def table(logged: Callable[[float], list[float]], noise: float = 0.0) -> Reference:
        every = map(logged, factors.values())
        rows = tuple((*quantiles(norms, LEVELS), variation(norms)) for norms in every)
        return Reference(factors, rows, change, noise)

    def cut(factor: float) -> list[float]:
        return [min(cap, norm * factor) for norm in own]

    if stage == "before":
        plain = quantiles(own, LEVELS)
        rows = tuple((*(norm * factor for norm in plain), change) for factor in factors.values())
        yield Reference(factors, rows, change)
    elif scope == "variable":
        # Once all steps are clipped as one vector, what is left is the share that the variable has in it.
        shares = [_ratio(norm, whole) for norm, whole in zip(own, measured.global_before, strict=True)]
        yield table(cut)
        yield table(
            lambda factor: [min(factor * norm, cap * share) for norm, share in zip(own, shares, strict=True)],
            _noise(shares),
        )
    else:
        left = _pairs([measured, *others])
        pairs = zip(measured.global_after, own, strict=True)
        yield table(
            lambda factor: [left(norm * factor) for norm in own],
            _noise([_ratio(norm, left(whole)) for norm, whole in pairs]),
        )
        yield table(cut)


def _noise(ratios: Sequence[float]) -> float:
    """How far two samples of as many ratios can be apart in a quantile, relative to it."""
    if len(ratios) < 2:
        return 0.0
    spread = stdev(math.log(max(ratio, _TINY)) for ratio in ratios)
    return SPREADS * spread * math.sqrt(2 * _VARIANCE_OF_QUANTILE / len(ratios))


def _ratio(norm: float, other: float) -> float:
    return norm / other if other > 0 else 1.0


def _pairs(parts: Iterable[Norms]) -> Callable[[float], float]:
    """What clipping of each variable leaves of a global norm, read off the pairs of the measured steps."""
    steps = list(parts)
    before = sorted(norm for part in steps for norm in part.global_before)
    after = sorted(norm for part in steps for norm in part.global_after)

    def left(norm: float) -> float:
        above = bisect_left(before, norm)
        if above == 0:
            # Below what was measured, nothing is clipped, or all in proportion.
            return norm * _ratio(after[0], before[0])
        if above == len(before):
            # Above it, what is not yet clipped grows in proportion at most.
            return norm * _ratio(after[-1], before[-1])
        share = (norm - before[above - 1]) / (before[above] - before[above - 1])
        return after[above - 1] * (1 - share) + after[above] * share

    return left
