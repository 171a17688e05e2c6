"""Prints what comparing a class costs, in processor time and memory: `python tests/benchmarks/similar.py`.

The features are of chance, as alike as those of independent trainings. Beside them are copies of seven kinds,
one of each among 300, and one group of equal submissions, a tenth of the class, as of a notebook that fixes
its seed. Each pair must be found, with its part, and no other. Each size has a process of its own.
"""

import argparse
import hashlib
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from grader.analysis.moments.adam import AdamState, fading_sums
from grader.analysis.similarity import MOST_NAMED
from grader.analysis.similarity.class_features import ClassFeatures
from grader.analysis.similarity.features import Features, InconsistentColumn, Series, Weights
from grader.analysis.similarity.shingles import KEPT, Shingles
from grader.evidence.model import Moments, Optimizer
from grader.evidence.training import MISTAKES_OF

SIZES = (1_000, 30_000)
# The seconds of the processor that measuring a submission takes (0.33 s of two cores), the aim as a share of
# them, and that in MB.
MEASURED, SHARE, MEMORY = 0.66, 0.02, 600
STEPS, SUMS, BETA, PARAMETERS = 8_600, 509, 0.999, 266_610
COLUMNS = ("global_norm", "max_norm", "clipped_norm", "clipped_max_norm", "loss")
# Images are hard or easy for all models, so that two share 0.41 of their mistakes in the mean.
HARD = np.random.default_rng(1).beta(0.11, 0.8, MISTAKES_OF)
LIKELY = np.random.default_rng(2).integers(1, 11, MISTAKES_OF)
BLOCK, GROUP = 300, 270

Copy = Callable[[int, Features, Features], Features]


def by_chance(number: int) -> Features:
    """The features of a training by itself; of one in fifty the log does not fit its own model."""
    random = np.random.default_rng(number)
    digests = [hashlib.sha256(f"{number} {name}".encode()).hexdigest() for name in (*COLUMNS, *"abc")]
    # Of all stretches of the columns those with the smallest hashes.
    hashes = random.integers(0, 2**64 // (len(COLUMNS) * STEPS) * KEPT, KEPT, np.uint64)
    norms = norms_of(number)
    return Features(
        id=f"student_{number:05}",
        weights=Weights(*(digests[-3], PARAMETERS, *digests[-2:]), unit(random.standard_normal(SUMS))),
        series=tuple(Series(header, STEPS, sha256) for header, sha256 in zip(COLUMNS, digests, strict=False)),
        shingles=Shingles(np.sort(hashes), random.integers(0, 5, KEPT, np.uint8), complete=False),
        headers=COLUMNS,
        mistakes=np.where(random.random(MISTAKES_OF) < HARD, LIKELY, 0).astype(np.uint8),
        adam_state=state_of(norms),
        inconsistent=(InconsistentColumn(COLUMNS[0], 1.01 * norms),) if number % 50 == 5 else (),
        identities=(("figure", digests[-3], digests[-2]), ("notebook", digests[-2], digests[-1])),
    )


def norms_of(number: int) -> npt.NDArray[np.float64]:
    """The norms of all gradients in a training."""
    return np.exp(0.3 * np.random.default_rng((number, 1)).standard_normal(STEPS))


def state_of(norms: npt.NDArray[np.float64]) -> AdamState:
    """What Adam remembers of a training with these norms, in six variables."""
    (total,), _ = fading_sums(norms**2, BETA, np.array([0]), np.array([STEPS]))
    moments = Moments(beta_1=0.9, beta_2=BETA, first=(0.001,) * 6, second=(float(total) / 6,) * 6)
    optimizer = Optimizer(kind="Adam", learning_rate=0.001, iterations=STEPS, moments=moments)
    return AdamState(moments, STEPS, PARAMETERS, optimizer)


def unit(vector: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def with_noise(number: int, own: Features, other: Features) -> Features:
    near = other.weights.projections + 0.1 * own.weights.projections
    return replace(own, weights=replace(own.weights, projections=unit(near)))


def with_some_mistakes(number: int, own: Features, other: Features) -> Features:
    kept = np.random.default_rng((number, 2)).random(MISTAKES_OF) < 0.9
    return replace(own, mistakes=np.where(kept, other.mistakes, 0).astype(np.uint8))


def with_a_part(number: int, own: Features, other: Features) -> Features:
    hashes = np.sort(np.concatenate([own.shingles.hashes[::2], other.shingles.hashes[::2]]))
    return replace(own, shingles=replace(own.shingles, hashes=hashes))


def with_log(number: int, own: Features, other: Features) -> Features:
    column = InconsistentColumn(COLUMNS[0], norms_of(int(other.id[-5:])))
    return replace(own, inconsistent=(column,))


KINDS: tuple[tuple[str, Copy], ...] = (
    ("model", lambda _, own, other: replace(own, weights=other.weights)),
    ("model", with_noise),
    ("model", with_some_mistakes),
    ("log", lambda _, own, other: replace(own, series=other.series)),
    ("log", with_a_part),
    ("log and model", with_log),
    ("figure", lambda _, own, other: replace(own, identities=other.identities[:1])),
)


def of_class(size: int) -> Iterator[tuple[Features, set[tuple[str, str]]]]:
    """The features of each, and whom it resembles by which part; nobody is listed for one of the group."""
    for number in range(size):
        own, place = by_chance(number), number % BLOCK
        kind, distance = place % 150 // 10 - 1, 150 if place < 150 else -150
        is_pair = place % 10 == 0 and 0 <= kind < len(KINDS) and number + distance < size
        if place >= GROUP:
            yield replace(by_chance(GROUP), id=own.id), set()
        elif is_pair:
            part, copy = KINDS[kind]
            other = by_chance(number + distance)
            yield copy(number, own, other) if distance > 0 else own, {(other.id, part)}
        else:
            yield own, set()


def spent() -> float:
    return time.process_time()


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def one_size(size: int) -> str:
    """A line of the table; raises AssertionError where a pair is missing or too much."""
    adding, ids, expected = 0.0, [], {}
    with ClassFeatures() as features:
        for own, alike in of_class(size):
            started = spent()
            features.add(own.id, [own])
            adding += spent() - started
            ids.append(own.id)
            expected[own.id] = alike
        added = peak()
        started = spent()
        found = features.compare(ids)
        comparing = spent() - started
        compared = peak()
        by_chance_alike = 0
        equal = [id_ for number, id_ in enumerate(ids) if number % BLOCK >= GROUP]
        those_equal = {*equal}
        for id_, likeness in found.items():
            named = {(pair.id, pair.part) for pair in likeness.pairs}
            # Of sums that lie within some percent of one another, a few agree to five digits.
            chance = {pair for pair in named - expected[id_] if pair[1] == "log and model"}
            by_chance_alike += len(chance)
            named -= chance
            if id_ in equal[:1] + equal[-1:]:
                assert {own for own, _ in named} == {*[o for o in equal if o != id_][:MOST_NAMED]}
                assert likeness.left_out == max(0, len(equal) - 1 - MOST_NAMED)
            elif id_ not in those_equal:
                assert named == expected[id_], (id_, named, expected[id_])
        assert set(found) >= {id_ for id_ in ids if expected[id_]} | those_equal
        saying = spent() - started - comparing
    aim = SHARE * MEASURED * size
    return (
        f"{size:6,}: adding {adding:.1f} s, comparing {comparing:.1f} s, "
        f"sentences on {len(found):,} {saying:.1f} s, "
        f"in all {1000 * (adding + comparing + saying) / size:.2f} ms each "
        f"(aim {aim:.0f} s, {1000 * aim / size:.1f} ms each); "
        f"{added:.0f} MB while adding, {compared:.0f} MB while comparing (aim {MEMORY} MB); "
        f"all copies are found, {by_chance_alike // 2} logs fit another's model by chance"
    )


def main() -> None:
    """Print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--here", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        print(one_size(given.here), flush=True)
        return
    print("seconds of the processor and peak memory, for a class of", flush=True)
    for size in given.sizes:
        subprocess.run([sys.executable, __file__, "--here", str(size)], check=True)


if __name__ == "__main__":
    main()
