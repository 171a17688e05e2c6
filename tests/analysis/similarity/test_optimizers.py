"""One student's log beside another's model."""

import numpy as np
import pytest
from builders_class import Array, a_loss, a_norm_series, a_series, some_weights, work
from builders_evidence import a_model, an_optimizer

from grader.analysis.similarity import MIXED_UP, find_pairs
from grader.analysis.similarity.features import Features, features_of
from grader.analysis.similarity.models import like_optimizers, on_optimizers
from grader.evidence import Evidence
from grader.evidence.model import Moments

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


def a_student(name: str, log: Array, trained: Array, *, inconsistent: bool = True) -> Features:
    """Its features, after a check has found that the log fits its own model or not."""
    return features_of(name, evidence_of(log, trained), inconsistent=inconsistent)


ONE, TWO, THREE = (a_series(seed, 2000) for seed in (1, 2, 3))
BOB = a_student("bob", TWO, TWO, inconsistent=False)


def test_a_log_that_fits_the_model_of_another() -> None:
    """Ana's log is that of Bob's training; both are told, each from its own side."""
    ana = a_student("ana", TWO * (1 + 1e-6), ONE)
    bob = a_student("bob", THREE, TWO, inconsistent=False)

    assert [(0, 1)] == list(like_optimizers([ana, bob]))
    assert (
        "The log does not fit its own model, but that of `bob`: `global_norm_after` predicts 0.1084 "
        "for the sum of Adam's second moment after 2000 rows, and 0.1084 is stored "
        "(relative difference 2e-06)."
    ) == str(on_optimizers(ana, bob))
    assert (
        "The log of `ana` does not fit its own model, but this one: `global_norm_after` predicts 0.1084 "
        "for the sum of Adam's second moment after 2000 rows, and 0.1084 is stored "
        "(relative difference 2e-06)."
    ) == str(on_optimizers(bob, ana))


def test_both_reports_name_the_pair() -> None:
    """With a hint that is kind, and with what it is that fits."""
    ana, bob = a_student("ana", np.round(TWO, 6), ONE), a_student("bob", THREE, TWO, inconsistent=False)
    likeness = find_pairs([ana, bob])

    assert [("bob", "log and model", str(MIXED_UP))] == [
        (pair.id, pair.part, str(pair.hint)) for pair in likeness[0].pairs
    ]
    assert [("ana", "log and model")] == [(pair.id, pair.part) for pair in likeness[1].pairs]


def test_two_students_who_mixed_up_their_files_are_one_pair() -> None:
    """Each log fits the other's model."""
    ana, bob = a_student("ana", TWO, ONE), a_student("bob", ONE, TWO)

    assert {(0, 1), (1, 0)} == set(like_optimizers([ana, bob]))
    assert [1, 1] == [len(one.pairs) for one in find_pairs([ana, bob])]


def test_a_log_that_nobody_doubts_is_not_compared() -> None:
    """Nobody is suspected for a number that agrees by chance."""
    assert [] == list(like_optimizers([a_student("ana", TWO, ONE, inconsistent=False), BOB]))


@pytest.mark.parametrize(
    "log",
    [1.001 * TWO, np.round(TWO, 1), TWO[:1500], np.concatenate([TWO[:1000], THREE[:1000]]), THREE],
    ids=["scaled", "rounded to one decimal", "cut", "spliced", "another"],
)
def test_a_log_that_fits_nobody(log: Array) -> None:
    """What does not fit to the last digits is not named."""
    assert [] == list(like_optimizers([a_student("ana", log, ONE), BOB]))


def test_a_log_that_goes_on_after_the_saved_step() -> None:
    """The model of the other was a checkpoint; the first rows count."""
    assert [(0, 1)] == list(like_optimizers([a_student("ana", np.concatenate([TWO, THREE]), ONE), BOB]))


def test_norms_that_are_none_are_not_compared() -> None:
    """Nor is a model that has no optimizer, or a new one, nor a log that nobody doubts."""
    broken = TWO.copy()
    broken[5] = np.nan
    without = features_of("eun", work(a_loss(TWO), weights=some_weights(1)))

    assert [] == list(
        like_optimizers([a_student("ana", broken, ONE), a_student("dan", -TWO, ONE), BOB, without])
    )
    assert () == features_of("ana", evidence_of(TWO, ONE)).inconsistent
    assert features_of("ana", evidence_of(TWO, np.zeros(5))).adam_state is None
    assert without.adam_state is None
    assert [] == list(like_optimizers([]))
    assert "" == str(on_optimizers(BOB, without))
