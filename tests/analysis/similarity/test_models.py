"""Equal and nearly equal weights, and logs that fit the model of another."""

from dataclasses import replace

import numpy as np
import pytest
from builders_class import (
    Array,
    a_loss,
    a_norm_series,
    a_series,
    a_student,
    alike,
    in_another_order,
    some_weights,
    with_noise,
    work,
)
from builders_evidence import a_model, an_optimizer, some_evidence
from builders_golden import said

from grader.analysis.similarity import MIXED_UP, find_pairs
from grader.analysis.similarity.features import Features, features_of
from grader.analysis.similarity.models import (
    FEWEST_MISTAKES,
    LIKELY,
    like_mistakes,
    like_models,
    like_optimizers,
    like_weights,
    on_models,
    on_optimizers,
    shared_mistakes,
)
from grader.analysis.similarity.models import _direction as direction
from grader.evidence import Evidence
from grader.evidence.model import Moments, Sketch
from grader.evidence.training import MISTAKES_OF

ANA = a_student("ana", weights=some_weights(1), file="aa")


@pytest.mark.parametrize("file", ["aa", "bb"])
def test_equal_weights(file: str) -> None:
    """The same file is named first, because two trainings do not give one; others were saved again."""
    bob = a_student("bob", weights=some_weights(1), file=file)

    assert [(0, 1)] == alike(like_weights, ANA, bob)
    assert said(on_models(ANA, bob))


@pytest.mark.parametrize(
    ("share", "pairs"), [*((share, [(0, 1)]) for share in (1e-6, 0.01, 0.1, 0.2)), (0.5, [])]
)
def test_weights_with_noise_are_found(share: float, pairs: list[tuple[int, int]]) -> None:
    """Up to a quarter of their scale, less what the sketch may be off; a shared seed leaves half."""
    assert pairs == alike(like_weights, ANA, a_student("bob", weights=with_noise(some_weights(1), share)))


def test_the_sentence_on_noise() -> None:
    """It has the cosine, the noise, and what is asked."""
    ana, bob = (
        features_of(name, some_evidence(model=a_model(sketch=Sketch(sha256=digest, projections=projections))))
        for name, digest, projections in (("ana", "0a", (1.0, 0.0)), ("bob`\x1b", "0b", (0.98, 0.199)))
    )

    assert said(on_models(ana, bob))


def test_trainings_apart_are_not_alike() -> None:
    """In a class of fifty no two are."""
    assert [] == alike(
        like_weights, *(a_student(str(seed), weights=some_weights(seed)) for seed in range(50))
    )


def test_other_architectures_are_not_compared() -> None:
    """Nor is what has no weights."""
    students = [ANA, a_student("bob", weights=some_weights(1, units=20)), a_student("dan"), a_student("eun")]

    assert [] == alike(like_weights, *students)
    assert [] == alike(like_weights)


def test_positions_are_those_of_the_class() -> None:
    """Submissions that cannot be compared do not move the others, and a group of three is three pairs."""
    copy = a_student("bob", weights=some_weights(1))

    assert [(1, 3), (1, 4), (3, 4)] == alike(
        like_weights, a_student("dan"), ANA, a_student("eun"), copy, copy
    )


@pytest.mark.hostile_row(101)
def test_hidden_units_in_another_order() -> None:
    """Each array has the same numbers, whatever else of the file was changed."""
    bob = a_student("bob", weights=in_another_order(some_weights(1)), file="bb")
    students = [ANA, bob, a_student("eun", weights=some_weights(2))]

    assert [] == alike(like_weights, *students)
    assert [(0, 1)] == alike(like_models, *students)
    assert said(on_models(ANA, bob))


def some_mistakes(seed: int, wrong: float = 0.125, images: int = 5000) -> Array:
    """What a model says of test images: 0 where it is right, else a class from 1."""
    random = np.random.default_rng(seed)
    return np.where(random.random(images) < wrong, random.integers(1, 4, images), 0)


def changed(mistakes: Array, share: float, seed: int = 5) -> Array:
    """The same, but for this share of the images that it gets wrong, of which it is right."""
    return np.where(np.random.default_rng(seed).random(len(mistakes)) < share, 0, mistakes)


def classifying(*all_mistakes: Array) -> list[Features]:
    """A student for each, with weights that are like nobody's."""
    return [
        a_student(f"s{seed}", weights=some_weights(seed), mistakes=tuple(mistakes.tolist()))
        for seed, mistakes in enumerate(all_mistakes)
    ]


@pytest.mark.hostile_row(101)
def test_a_copy_in_another_order_with_noise() -> None:
    """What no order of the units changes is which images the model gets wrong, and how."""
    ana, eun, bob = classifying(some_mistakes(1), some_mistakes(2), changed(some_mistakes(1), 0.05))

    assert [(0, 2)] == alike(like_models, ana, eun, bob)
    assert said(on_models(ana, bob))
    assert ["model"] == [pair.part for pair in find_pairs([ana, eun, bob])["s2"].pairs]


def test_trainings_apart_share_half_of_their_mistakes() -> None:
    """Some images are hard for every model; even seven of ten are no copy."""
    assert [] == alike(
        like_mistakes, *classifying(*(changed(some_mistakes(1), 0.18, seed) for seed in range(9)))
    )


@pytest.mark.parametrize(
    ("mistakes", "images"),
    [
        pytest.param(np.zeros(5000, int), 5000, id="none"),
        pytest.param(np.full(5000, 1), 5000, id="one class for all"),
        pytest.param(some_mistakes(1, wrong=0.6), 5000, id="mostly wrong"),
        pytest.param(np.arange(5000) < FEWEST_MISTAKES - 1, 5000, id="few"),
        pytest.param(some_mistakes(1), 4000, id="of other images"),
        pytest.param(np.zeros(0, int), 5000, id="not measured"),
    ],
)
def test_mistakes_that_tell_nothing(mistakes: Array, images: int) -> None:
    """Models that are always right, or that never learned, make the same mistakes for no reason."""
    assert [] == alike(like_mistakes, *classifying(mistakes, mistakes[:images]))


def test_no_copy_is_missed_by_the_sketch_of_its_mistakes() -> None:
    """Where two share as many as is asked, their sketches are like by more than six standard errors."""
    random = np.random.default_rng(1)
    cosines = []
    for _ in range(300):
        both = np.zeros((2, MISTAKES_OF), np.uint8)
        # Of 600 that either gets wrong, 480 are shared, and 60 are of each alone.
        images, classes = random.permutation(MISTAKES_OF)[:600], random.integers(1, 11, 600)
        both[0, images[:540]], both[1, images[60:]] = classes[:540], classes[60:]
        assert (480, 600) == shared_mistakes(*both)
        cosines.append(direction(both[0]) @ direction(both[1]))

    assert LIKELY < np.mean(cosines) - 6 * np.std(cosines)


def test_models_without_weights_to_compare_are_told_by_their_mistakes() -> None:
    """All weights may be zero or not finite in what is stored, or the networks may differ."""
    ana, bob = (a_student(name, mistakes=tuple(some_mistakes(1).tolist())) for name in ("ana", "bob"))

    assert [(0, 1)] == alike(like_models, ana, bob)
    assert said(on_models(ana, bob))


BETA = 0.999


def moments_of(norms: Array) -> Moments:
    """What Adam remembers of a training with these norms of all gradients, in six variables."""
    total = (1 - BETA) * float(np.sum(BETA ** np.arange(len(norms) - 1, -1, -1) * norms**2))
    return Moments(beta_1=0.9, beta_2=BETA, first=(0.001,) * 6, second=(total / 6,) * 6)


def evidence_of(log: Array, trained: Array, **fields: object) -> Evidence:
    """A submission with the log of one training and the model of another."""
    optimizer = an_optimizer(moments=moments_of(trained), iterations=len(trained), clipnorm=None, **fields)
    norms = a_norm_series(log, "global_norm_after")
    return work(norms).having("model", a_model(optimizer=optimizer))


def trained_on(name: str, log: Array, trained: Array, *, inconsistent: bool = True) -> Features:
    """Its features, after a check has found that the log fits its own model or not."""
    return features_of(name, evidence_of(log, trained), inconsistent=inconsistent)


ONE, TWO, THREE = (a_series(seed, 2000) for seed in (1, 2, 3))
BOB = trained_on("bob", TWO, TWO, inconsistent=False)


def test_a_log_that_fits_the_model_of_another() -> None:
    """Ana's log is that of Bob's training; both are told, each from its own side."""
    ana = trained_on("ana", TWO * (1 + 1e-6), ONE)
    bob = trained_on("bob", THREE, TWO, inconsistent=False)

    assert [(0, 1)] == alike(like_optimizers, ana, bob)
    assert said(on_optimizers(ana, bob))
    assert said(on_optimizers(bob, ana))


def test_both_reports_name_the_pair() -> None:
    """With a hint that is kind, and with what it is that fits."""
    ana, bob = trained_on("ana", np.round(TWO, 6), ONE), trained_on("bob", THREE, TWO, inconsistent=False)
    likeness = find_pairs([ana, bob])

    assert [("bob", "log and model", str(MIXED_UP))] == [
        (pair.id, pair.part, str(pair.hint)) for pair in likeness["ana"].pairs
    ]
    assert [("ana", "log and model")] == [(pair.id, pair.part) for pair in likeness["bob"].pairs]


def test_two_students_who_mixed_up_their_files_are_one_pair() -> None:
    """Each log fits the other's model."""
    ana, bob = trained_on("ana", TWO, ONE), trained_on("bob", ONE, TWO)

    assert [(0, 1)] == alike(like_optimizers, ana, bob)
    assert [1, 1] == [len(one.pairs) for one in find_pairs([ana, bob]).values()]


@pytest.mark.parametrize(
    ("log", "inconsistent"),
    [
        pytest.param(1.001 * TWO, True, id="scaled"),
        pytest.param(np.round(TWO, 1), True, id="rounded to one decimal"),
        pytest.param(TWO[:1500], True, id="cut"),
        pytest.param(np.concatenate([TWO[:1000], THREE[:1000]]), True, id="spliced"),
        pytest.param(THREE, True, id="another"),
        pytest.param(np.full_like(THREE, 1e200), True, id="its squares overflow"),
        # Nobody is suspected for a number that agrees by chance.
        pytest.param(TWO, False, id="nobody doubts it"),
    ],
)
def test_a_log_that_fits_nobody(log: Array, inconsistent: bool) -> None:
    """What does not fit to the last digits, or is not doubted, is not named."""
    assert [] == alike(like_optimizers, trained_on("ana", log, ONE, inconsistent=inconsistent), BOB)


def test_a_log_that_goes_on_after_the_saved_step() -> None:
    """The model of the other was a checkpoint; the first rows count."""
    assert [(0, 1)] == alike(like_optimizers, trained_on("ana", np.concatenate([TWO, THREE]), ONE), BOB)


def test_among_many_models_a_log_must_fit_the_closer() -> None:
    """The sums of honest models lie near to one another, so in a large class some agree to five digits."""
    likely = trained_on("ana", TWO * (1 + 2e-6), ONE)
    state = BOB.adam_state
    assert state is not None
    sizes = (state.moments.model_copy(update={"second": (float(size),)}) for size in range(1, 3_000))
    others = [replace(BOB, adam_state=replace(state, moments=moments)) for moments in sizes]

    assert [(0, 1)] == alike(like_optimizers, likely, BOB)
    assert [] == alike(like_optimizers, likely, BOB, *others)


def test_norms_that_are_none_are_not_compared() -> None:
    """Nor is a model that has no optimizer, or a new one, nor a log that nobody doubts."""
    broken = TWO.copy()
    broken[5] = np.nan
    without = features_of("eun", work(a_loss(TWO), weights=some_weights(1)))

    assert [] == alike(
        like_optimizers, trained_on("ana", broken, ONE), trained_on("dan", -TWO, ONE), BOB, without
    )
    assert () == features_of("ana", evidence_of(TWO, ONE)).inconsistent
    assert features_of("ana", evidence_of(TWO, np.zeros(5))).adam_state is None
    assert without.adam_state is None
    assert [] == alike(like_optimizers)
    assert "" == str(on_optimizers(BOB, without))
