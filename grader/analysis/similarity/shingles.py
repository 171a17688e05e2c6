"""How a series rises and falls: the shingles by which like logs are found in a class.

A shingle is a stretch of `STEPS` steps in a row, of which the order of its rises and falls is kept.
That order outlives what is done to a log to make it look like another one: a factor, an offset, rounding,
a little noise, rows that were cut off, put in front or appended.
Two trainings apart have no stretch in common, because what rises and what falls is the chance of the batches.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from grader.analysis.similarity.tables import Likes, Marks, Positions, SharedKeys
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
# So many pairs of samples are in memory at a time.
BLOCK = 1000


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


def like_samples(samples: Iterable[Shingles], fewest: int, share: float) -> Likes:
    """Which samples have this many stretches, and this share of them, in common."""
    packed, ends, every_largest = bytearray(), [0], []
    for sample in samples:
        packed += sample.hashes.tobytes()
        ends.append(ends[-1] + len(sample.hashes))
        every_largest.append(sample.largest)
    flat = np.frombuffer(packed, np.uint64)
    shared_keys = SharedKeys(flat, np.array(ends, np.intp))
    lengths, largest = np.diff(ends), np.array(every_largest, np.uint64)
    # The hashes of those that may be like another one.
    chosen = np.flatnonzero(shared_keys.owned >= fewest)
    place = np.zeros(len(lengths), np.intp)
    place[chosen] = np.arange(len(chosen))
    hashes = np.full((len(chosen), KEPT), 2**64 - 1, np.uint64)
    for own, number in zip(hashes, chosen.tolist(), strict=True):
        own[: lengths[number]] = flat[ends[number] : ends[number + 1]]
    del flat, packed

    def up_to(limit: Words, numbers: Positions) -> npt.NDArray[np.int64]:
        counts = np.count_nonzero(hashes[place[numbers]] <= limit[:, None], axis=1)
        bounded: npt.NDArray[np.int64] = np.minimum(counts, lengths[numbers])
        return bounded

    # So many of each can be compared with any other, or more.
    least = np.zeros(len(lengths), np.int64)
    for start in range(0, len(chosen), BLOCK):
        numbers = chosen[start : start + BLOCK]
        least[numbers] = up_to(np.full(len(numbers), largest[chosen].min()), numbers)

    def likes(values: Positions) -> Marks:
        counts = shared_keys.counts(values)
        enough = counts >= fewest
        marks = enough & (counts >= share * np.minimum(lengths[values, None], lengths))
        unsure = enough & ~marks & (counts >= share * np.minimum(least[values, None], least))
        rows, others = unsure.nonzero()
        for start in range(0, len(rows), BLOCK):
            row, there = rows[start : start + BLOCK], others[start : start + BLOCK]
            here = values[row]
            limit = np.minimum(largest[here], largest[there])
            compared = np.minimum(up_to(limit, here), up_to(limit, there))
            marks[row, there] = counts[row, there] >= share * compared
        return marks

    return likes


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
    words = mixed(_word(rises) ^ mixed(_word(falls)))
    chosen: Words = words[telling]
    return chosen


def _count(marks: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    sums = np.concatenate([[0], np.cumsum(marks)])
    counts: npt.NDArray[np.int64] = sums[STEPS:] - sums[:-STEPS]
    return counts


def _word(marks: npt.NDArray[np.bool_]) -> Words:
    """Each stretch's marks as the bits of one word, which is made of those of its two halves."""
    words, steps = marks.astype(np.uint64), 1
    while steps < STEPS:
        words = words[:-steps] | words[steps:] << np.uint64(steps)
        steps *= 2
    return words


def mixed(words: Words) -> Words:
    """The words with their bits spread evenly: the finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Words = words ^ (words >> np.uint64(31))
    return mixed
