"""A class on disk is compared as two by two."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import builders_class as build
import numpy as np
import pytest
from builders_evidence import a_model, an_optimizer, some_evidence
from hypothesis import given
from hypothesis import strategies as st

from grader.analysis.moments.adam import adam_state_of
from grader.analysis.similarity import MOST_NAMED, Likeness, find_pairs
from grader.analysis.similarity import _on_parts as on_parts
from grader.analysis.similarity.class_features import ClassFeatures
from grader.analysis.similarity.features import Features, InconsistentColumn
from grader.analysis.similarity.logs import FEWEST_ALIKE, on_logs
from grader.analysis.similarity.logs import NEARLY as NEARLY_LOGS
from grader.analysis.similarity.models import (
    FEWEST_MISTAKES,
    NEARLY,
    SAME_MISTAKES,
    on_models,
    on_optimizers,
    shared_mistakes,
)
from grader.analysis.similarity.shingles import shared
from grader.evidence.model import Moments

BETA = 0.999
SERIES, LONG, OTHER = build.a_series(1), build.a_series(2, 2000), build.a_series(3, 2000)
NOISE = np.random.default_rng(5).standard_normal(len(SERIES))


def some_mistakes(seed: int, kept: float = 1.0) -> tuple[int, ...]:
    """What a model says of test images: 0 where it is right, as a copy is of some more."""
    random = np.random.default_rng(seed)
    mistakes = np.where(random.random(5000) < 0.125, random.integers(1, 4, 5000), 0)
    return tuple(np.where(np.random.default_rng(9).random(5000) < kept, mistakes, 0).tolist())


def with_state(trained: build.Array, *logged: build.Array) -> Features:
    """A model of one training with logs of others that do not fit it."""
    total = (1 - BETA) * float(np.sum(BETA ** np.arange(len(trained) - 1, -1, -1) * trained**2))
    moments = Moments(beta_1=0.9, beta_2=BETA, first=(0.001,) * 6, second=(total / 6,) * 6)
    model = a_model(optimizer=an_optimizer(moments=moments, iterations=len(trained), clipnorm=None))
    columns = tuple(InconsistentColumn("norm", values) for values in logged)
    return replace(
        build.features_of("", some_evidence()), adam_state=adam_state_of(model), inconsistent=columns
    )


NOTHING = build.a_student("")
WEIGHTS = [
    NOTHING.weights,
    *(
        build.a_student("", weights=weights, file=file).weights
        for weights, file in (
            (build.some_weights(1), "aa"),
            (build.some_weights(1), "bb"),
            (build.with_noise(build.some_weights(1), 0.1), "cc"),
            (build.in_another_order(build.some_weights(1)), "dd"),
            (build.some_weights(2), "ee"),
            (build.some_weights(1, units=20), "ff"),
        )
    ),
]
LOGS = [
    NOTHING,
    *(
        build.a_student("", build.a_norm_series(values), build.a_loss(loss))
        for values, loss in (
            (SERIES, LONG),
            (SERIES, OTHER),
            (0.5 * SERIES + 1, build.a_series(4)),
            (SERIES * (1 + 0.01 * NOISE), build.a_series(5)),
            (SERIES[50:300], build.a_series(6)),
            (build.a_series(7), build.a_series(8)),
        )
    ),
]
MISTAKES = [
    NOTHING.mistakes,
    *(
        np.array(mistakes, np.uint8)
        for mistakes in (
            some_mistakes(1),
            some_mistakes(1, 0.95),
            some_mistakes(1, 0.85),
            some_mistakes(1, 0.78),
            some_mistakes(1)[:4000],
            some_mistakes(2),
            (1,) * 5000,
            (1,) * 90 + (0,) * 4910,
            (1,) * 101 + (0,) * 4899,
        )
    ),
]
STATES = [
    NOTHING,
    with_state(LONG),
    with_state(OTHER, LONG),
    with_state(OTHER),
    with_state(LONG, OTHER, LONG),
]
FIGURES = [(), (("figure", "aa", "pixels"),), (("figure", "bb", "pixels"),), (("figure", "aa", "others"),)]

RUNS = st.builds(
    lambda weights, log, mistakes, state, figure: replace(
        log,
        weights=weights,
        mistakes=mistakes,
        adam_state=state.adam_state,
        inconsistent=state.inconsistent,
        identities=figure,
    ),
    *(st.sampled_from(pool) for pool in (WEIGHTS, LOGS, MISTAKES, STATES, FIGURES)),
)


def in_parts(here: Features, there: Features) -> Iterator[tuple[str, object]]:
    """By what two are alike, compared by themselves, and the sentence."""
    one, other = here.weights, there.weights
    same, wrong = 0, 0
    learned = all(0 < 2 * np.count_nonzero(each.mistakes) < len(each.mistakes) for each in (here, there))
    if len(here.mistakes) == len(there.mistakes) and learned:
        same, wrong = shared_mistakes(here.mistakes, there.mistakes)
    comparable = one.parameters == other.parameters and len(one.projections) == len(other.projections) > 0
    if (
        (comparable and one.projections @ other.projections >= NEARLY)
        or one.unordered == other.unordered != ""
        or (wrong >= FEWEST_MISTAKES and same >= SAME_MISTAKES * wrong)
    ):
        yield "model", on_models(here, there)
    samples = shared(here.shingles, there.shingles)
    if (
        {series.sha256 for series in here.series} & {series.sha256 for series in there.series}
    ) or samples.alike >= max(FEWEST_ALIKE, NEARLY_LOGS * samples.compared):
        yield "log", on_logs(here, there)
    if str(message := on_optimizers(here, there)):
        yield "log and model", message
    if {identity for *_, identity in here.identities} & {identity for *_, identity in there.identities}:
        yield "figure", on_parts(here, there, "figure")


def two_by_two(students: Sequence[Sequence[Features]]) -> dict[str, tuple[list[tuple[str, str, str]], int]]:
    """Of each submission that resembles another one the pairs that are named, and how many are left out."""
    likeness = {}
    for own in students:
        found: dict[str, dict[str, str]] = {"model": {}, "log": {}, "log and model": {}, "figure": {}}
        for here, others in product(own, students):
            for there in others if others is not own else ():
                for part, message in in_parts(here, there):
                    found[part].setdefault(there.id, str(message))
        named = {part: list(alike.items())[:MOST_NAMED] for part, alike in found.items()}
        pairs = [(id_, part, message) for part, alike in named.items() for id_, message in alike]
        if pairs:
            every = {id_ for alike in found.values() for id_ in alike}
            likeness[own[0].id] = (pairs, len(every - {id_ for id_, *_ in pairs}))
    return likeness


def told(likeness: Likeness) -> tuple[list[tuple[str, str, str]], int]:
    return [(pair.id, pair.part, str(pair.message)) for pair in likeness.pairs], likeness.left_out


@given(
    st.lists(st.lists(RUNS, min_size=1, max_size=2), max_size=5),
    st.randoms(use_true_random=False),
    st.integers(1, 30),
)
def test_a_class_is_compared_as_two_by_two(works, random, cells) -> None:
    """Whatever is alike, in whatever order it was added, and however many rows are worked out at a time."""
    students = [[replace(run, id=f"s{number}") for run in runs] for number, runs in enumerate(works)]
    ids = [runs[0].id for runs in students]
    expected = two_by_two(students)
    with ClassFeatures() as features:
        for runs in random.sample(students, len(students)):
            features.add(runs[0].id, runs)

        assert expected == {id_: told(likeness) for id_, likeness in features.compare(ids).items()}
    every = [run for runs in students for run in runs]
    assert expected == {id_: told(likeness) for id_, likeness in find_pairs(every, cells).items()}


def test_what_cannot_be_compared_is_found() -> None:
    """A bug in what is kept of one costs the others nothing."""
    ana, bob = (build.a_student(name, build.a_loss(SERIES)) for name in ("ana", "bob"))
    broken = replace(ana, id="cem", mistakes=np.zeros(6_000, np.uint8))
    with ClassFeatures() as features:
        for one in (ana, bob, broken):
            features.add(one.id, [one])

        assert ["ana", "bob"] == [id_ for id_ in ("ana", "bob", "cem") if features.is_comparable(id_)]
        assert ["ana", "bob"] == list(features.compare(["ana", "bob"]))
        with pytest.raises(ValueError, match="reshape"):
            features.compare(["ana", "bob", "cem"])


def test_who_was_not_added_is_like_nobody() -> None:
    """Such as one that could not be judged; and who is compared is said by the class."""
    with ClassFeatures() as features:
        for name in ("ana", "bob"):
            features.add(name, [build.a_student(name, build.a_loss(SERIES))])

        assert "ana" in features
        assert "dan" not in features
        assert ["bob", "ana"] == list(features.compare(["dan", "bob", "ana"]))
        assert not features.compare(["ana", "dan"])
