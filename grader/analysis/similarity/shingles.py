"""How a series rises and falls: the shingles by which like logs are found in a class.

A shingle is a stretch of `STEPS` steps in a row, of which the order of its rises and falls is kept.
That order outlives what is done to a log to make it look like another one: a factor, an offset, rounding,
a little noise, rows that were cut off, put in front or appended.
Two trainings apart have no stretch in common, because what rises and what falls is the chance of the batches.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from grader.evidence.values import array_form

Words = npt.NDArray[np.uint64]

STEPS = 64
# A stretch tells something if it has this many rises and as many falls, and turns this often:
# there are 10^14 orders of 16 falls in 64 steps, and a class of 1,000 compares 10^11 stretches.
# One that only falls, as a running mean does in its first epoch, or only stays at the cap, is everyone's.
FEWEST_EACH_WAY = 16
FEWEST_TURNS = 20
# Rounding of a float32, which is no rise: a norm clipped to 1.0 comes out as 1.0 or 1.0000001.
ROUNDING = 1e-6
# Kept of a log, those with the smallest hashes, which is the same choice in every log (Broder 1997,
# "On the resemblance and containment of documents"); a share of one half is then known to 0.04.
KEPT = 512


@dataclass(frozen=True)
class Shingles:
    """A sample of the shingles of one log: its MinHash, sorted, each with the number of its column.

    It is `complete` where these are all the shingles there are.
    """

    hashes: Annotated[Words, *array_form("u8")]
    columns: Annotated[npt.NDArray[np.uint8], *array_form("u1")]
    complete: bool

    @property
    def largest(self) -> int:
        """Up to this hash nothing was left out."""
        return 2**64 - 1 if self.complete else int(self.hashes[-1])


@dataclass(frozen=True)
class Shared:
    """How many shingles two logs have in common, most of them from these columns of the first and the second.

    `compared` is how many could be: those of the log with fewer, up to the hash where a sample ends.
    """

    alike: int
    compared: int
    columns: tuple[int, int]


def shingles(columns: Sequence[Sequence[float]]) -> Shingles:
    """The sample of a log with these series."""
    found = [_hashes(np.asarray(values, dtype=np.float64)) for values in columns]
    hashes = np.concatenate([np.zeros(0, np.uint64), *found])
    numbers = np.repeat(np.arange(len(found), dtype=np.uint8), [len(one) for one in found])
    every, first = np.unique(hashes, return_index=True)
    # A copy, so that the sample does not keep the whole alive.
    return Shingles(every[:KEPT].copy(), numbers[first[:KEPT]].copy(), complete=len(every) <= KEPT)


def shared(one: Shingles, other: Shingles) -> Shared:
    """What two samples have in common."""
    limit = np.uint64(min(one.largest, other.largest))
    compared = min(int(np.sum(sample.hashes <= limit)) for sample in (one, other))
    _, here, there = np.intersect1d(one.hashes, other.hashes, assume_unique=True, return_indices=True)
    pairs = list(zip(one.columns[here].tolist(), other.columns[there].tolist(), strict=True))
    return Shared(len(pairs), compared, max(set(pairs), key=pairs.count) if pairs else (0, 0))


def like_pairs(samples: Sequence[Shingles], fewest: int, share: float) -> Iterator[tuple[int, int]]:
    """The pairs of positions whose samples have this many stretches, and this share of them, in common."""
    counts = _counts_alike(samples)
    lengths = np.array([len(sample.hashes) for sample in samples], dtype=np.int64)
    largest = np.array([sample.largest for sample in samples], dtype=np.uint64)
    table = np.zeros((len(samples), KEPT), dtype=np.uint64)
    for position, sample in enumerate(samples):
        table[position, : lengths[position]] = sample.hashes
    for first in range(len(samples)):
        seconds = np.flatnonzero(counts[first] >= fewest)
        limits = np.minimum(largest[first], largest[seconds])
        here = np.searchsorted(samples[first].hashes, limits, side="right")
        there = np.sum(
            (table[seconds] <= limits[:, None]) & (np.arange(KEPT) < lengths[seconds, None]), axis=1
        )
        enough = counts[first, seconds] >= share * np.minimum(here, there)
        for second in seconds[enough].tolist():
            yield first, second


def _counts_alike(samples: Sequence[Shingles]) -> npt.NDArray[np.int32]:
    """How many hashes each two samples share, for the first of a pair in its row.

    Each of all hashes, sorted, is compared with those after it as long as they are equal, so the cost grows
    with what is shared, not with the square of the class.
    """
    size = len(samples)
    hashes = np.concatenate([np.zeros(0, np.uint64), *(sample.hashes for sample in samples)])
    owners = np.repeat(np.arange(size), [len(sample.hashes) for sample in samples])
    order = np.argsort(hashes, kind="stable")
    hashes, owners = hashes[order], owners[order]
    counts = np.zeros((size, size), dtype=np.int32)
    starts = np.arange(len(hashes))
    for distance in range(1, size):
        starts = starts[starts + distance < len(hashes)]
        starts = starts[hashes[starts] == hashes[starts + distance]]
        if not len(starts):
            break
        np.add.at(counts, (owners[starts], owners[starts + distance]), 1)
    return counts


def _hashes(values: npt.NDArray[np.float64]) -> Words:
    """The hashes of the stretches that tell something; those across a value that is no number do not."""
    if len(values) <= STEPS:
        return np.zeros(0, np.uint64)
    with np.errstate(invalid="ignore", over="ignore"):
        changes = np.diff(values)
        tolerance = ROUNDING * np.maximum(np.abs(values[:-1]), np.abs(values[1:]))
        ways = np.where(np.isfinite(changes), np.sign(changes) * (np.abs(changes) > tolerance), 0)
    rises, falls = ways > 0, ways < 0
    turns = np.concatenate([[False], ways[1:] * ways[:-1] < 0])
    telling = (
        (_count(rises) >= FEWEST_EACH_WAY)
        & (_count(falls) >= FEWEST_EACH_WAY)
        & (_count(turns) >= FEWEST_TURNS)
    )
    words = _mixed(_word(rises) ^ _mixed(_word(falls)))
    chosen: Words = words[telling]
    return chosen


def _count(marks: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    sums = np.concatenate([[0], np.cumsum(marks)])
    counts: npt.NDArray[np.int64] = sums[STEPS:] - sums[:-STEPS]
    return counts


def _word(marks: npt.NDArray[np.bool_]) -> Words:
    """Each stretch's marks as the bits of one word."""
    length = len(marks) - STEPS + 1
    words = np.zeros(length, np.uint64)
    for step in range(STEPS):
        words |= marks[step : step + length].astype(np.uint64) << np.uint64(step)
    return words


def _mixed(words: Words) -> Words:
    """The words with their bits spread evenly: the finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Words = words ^ (words >> np.uint64(31))
    return mixed
