"""Fingerprints of how a series rises and falls."""

import numpy as np
import pytest
from builders_class import Array, a_series, marked
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from grader.analysis.similarity.shingles import KEPT, STEPS, Shingles, like_samples, shared, shingles
from grader.analysis.similarity.tables import Numbering, table

SERIES = a_series(1)


def share(one: Array, other: Array) -> float:
    return share_of(shingles([one]), shingles([other]))


def pairs_of(samples: list[Shingles], fewest: int, share: float) -> list[tuple[int, int]]:
    numbering = Numbering()
    for number in range(len(samples)):
        numbering.add(number)
    return marked(table(numbering, like_samples(samples, fewest, share)), len(samples))


def share_of(one: Shingles, other: Shingles) -> float:
    found = shared(one, other)
    return found.alike / found.compared if found.compared else 0.0


@pytest.mark.parametrize(
    "copy",
    [
        SERIES,
        7 * SERIES,
        SERIES + 3,
        np.round(SERIES, 6),
        SERIES[100:],
        SERIES[:-100],
        np.concatenate([a_series(2), SERIES]),
        SERIES.astype(np.float32).astype(np.float64),
    ],
    ids=["same", "multiplied", "moved", "rounded", "cut in front", "cut at the end", "appended", "float32"],
)
def test_a_copy_has_the_stretches_of_what_it_was_made_of(copy: Array) -> None:
    """No factor, offset, rounding or cut changes what rises and what falls."""
    assert share(SERIES, copy) > 0.99


def test_little_noise_leaves_many_stretches() -> None:
    """A hundredth of each value leaves over a third, a change that is as large as the series leaves none."""
    noise = np.random.default_rng(5).standard_normal(len(SERIES))

    assert share(SERIES, SERIES * (1 + 0.01 * noise)) > 0.3
    assert 0 == share(SERIES, SERIES * np.exp(0.5 * noise))


def test_series_apart_share_nothing() -> None:
    """What rises and falls is the chance of the batches."""
    samples = [shingles([a_series(seed)]) for seed in range(20)]

    assert [] == pairs_of(samples, 1, 0.0)


def test_a_long_log_is_sampled() -> None:
    """The sample is of one size, it finds a part of the log, and knows what share of it is in the whole."""
    whole = a_series(3, 6000)
    sample = shingles([whole])
    part = shingles([whole[1000:2500]])
    half = shingles([np.concatenate([whole[:3000], a_series(4, 3000)])])

    assert KEPT == len(sample.hashes)
    assert not sample.complete
    assert 1.0 == share_of(sample, part)
    assert 0.4 < share_of(sample, half) < 0.6


@pytest.mark.parametrize(
    "values",
    [
        np.ones(500),
        np.where(np.arange(500) % 2, 1.0, 1.0000001192),
        np.linspace(3, 0, 500),
        2.3 / np.arange(1, 500),
        np.full(500, np.nan),
        np.full(500, np.inf),
        SERIES[:STEPS],
        np.zeros(0),
    ],
    ids=["cap", "rounding at the cap", "line", "running mean", "NaN", "infinity", "short", "empty"],
)
def test_what_everyone_can_have_is_no_fingerprint(values: Array) -> None:
    """A stretch without enough rises and falls tells nothing."""
    assert 0 == len(shingles([values]).hashes)


def test_a_stretch_across_a_number_that_is_none_is_no_fingerprint_of_a_rise() -> None:
    """NaN and infinity are no rise and no fall; what stands before and after them counts."""
    broken = SERIES.copy()
    broken[200], broken[210] = np.nan, np.inf

    assert 0.5 < share(SERIES, broken) < 1


def test_the_columns_that_are_alike_are_known() -> None:
    """The numbers are those of the columns in each log."""
    here = shingles([a_series(2), a_series(3), SERIES])
    there = shingles([SERIES, a_series(4)])

    assert (2, 0) == shared(here, there).columns
    assert (0, 2) == shared(there, here).columns
    assert (0, 0) == shared(here, shingles([a_series(5)])).columns


def test_nothing_shares_nothing() -> None:
    """An empty sample is like no other, and none of nobody."""
    empty = shingles([])

    assert 0.0 == share_of(empty, empty)
    assert [] == pairs_of([], 1, 0.1)
    assert [] == pairs_of([empty, empty], 1, 0.1)


def test_pairs_of_a_class_are_found_once() -> None:
    """The number of shared stretches and their share in the smaller log decide."""
    twins = [shingles([series]) for series in (SERIES, a_series(2), 2 * SERIES, SERIES[:200], a_series(2))]

    assert [(0, 2), (0, 3), (1, 4), (2, 3)] == pairs_of(twins, 3, 0.9)
    assert [(0, 2), (1, 4)] == pairs_of(twins, 200, 0.9)


def test_pairs_agree_with_comparing_one_by_one() -> None:
    """The table for a class finds what the comparison of two finds."""
    whole = a_series(3, 3000)
    parts = [np.concatenate([whole[:cut], a_series(cut, 3000 - cut)]) for cut in range(0, 3000, 200)]
    samples = [shingles([part]) for part in parts]
    expected = [
        (first, second)
        for first in range(len(samples))
        for second in range(first + 1, len(samples))
        if share_of(samples[first], samples[second]) >= 0.1
    ]

    assert expected == pairs_of(samples, 3, 0.1)


@given(st.lists(arrays(np.float64, st.integers(0, 150), elements=st.floats(width=64)), max_size=3))
def test_any_series_has_a_sample(columns) -> None:
    """Whatever the numbers are, the sample is like itself."""
    sample = shingles(columns)

    assert len(sample.hashes) == len(sample.columns) == shared(sample, sample).alike
