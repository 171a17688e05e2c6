"""Equal and nearly equal weights."""

import pytest
from builders_class import a_student, some_weights, with_noise
from builders_evidence import a_model, some_evidence

from grader.analysis.similarity.features import features_of
from grader.analysis.similarity.models import like_weights, on_weights
from grader.evidence.model import Sketch

ANA = a_student("ana", weights=some_weights(1), file="aa")


def test_the_same_file() -> None:
    """It is named first, because two trainings do not give one file."""
    bob = a_student("bob", weights=some_weights(1), file="aa")

    assert [(0, 1)] == list(like_weights([ANA, bob]))
    assert "The model is the same file as that of `bob`, byte for byte." == str(on_weights(ANA, bob))


def test_equal_weights_in_another_file() -> None:
    """Saved again, the weights are the same."""
    bob = a_student("bob", weights=some_weights(1), file="bb")

    assert [(0, 1)] == list(like_weights([ANA, bob]))
    assert "The model has the weights of that of `bob`: all 1830 numbers are equal." == str(
        on_weights(ANA, bob)
    )


@pytest.mark.parametrize("share", [1e-6, 0.01, 0.1, 0.2])
def test_weights_with_noise_are_found(share: float) -> None:
    """Up to a quarter of their scale, less what the sketch may be off."""
    bob = a_student("bob", weights=with_noise(some_weights(1), share))

    assert [(0, 1)] == list(like_weights([ANA, bob]))


def test_the_sentence_on_noise() -> None:
    """It has the cosine, the noise, and what is asked."""
    ana, bob = (
        features_of(name, some_evidence(model=a_model(sketch=Sketch(sha256=name, projections=projections))))
        for name, projections in (("ana", (1.0, 0.0)), ("bob`\x1b", (0.98, 0.199)))
    )

    assert (
        "The model has nearly the weights of that of `bob'\\x1b`: their cosine is 0.9800, as after noise of "
        "20.3 % of the weights' scale. From 0.97 on, weights count as nearly equal; independent trainings "
        "have about 0."
    ) == str(on_weights(ana, bob))


def test_weights_that_differ_more_are_not_alike() -> None:
    """Half of the weights' scale leaves a cosine of 0.89, as a shared seed does."""
    assert [] == list(like_weights([ANA, a_student("bob", weights=with_noise(some_weights(1), 0.5))]))


def test_trainings_apart_are_not_alike() -> None:
    """In a class of fifty no two are."""
    assert [] == list(like_weights([a_student(str(seed), weights=some_weights(seed)) for seed in range(50)]))


def test_other_architectures_are_not_compared() -> None:
    """Nor is what has no weights."""
    students = [ANA, a_student("bob", weights=some_weights(1, units=20)), a_student("dan"), a_student("eun")]

    assert [] == list(like_weights(students))
    assert [] == list(like_weights([]))


def test_positions_are_those_of_the_class() -> None:
    """Submissions that cannot be compared do not move the others, and a group of three is three pairs."""
    copy = a_student("bob", weights=some_weights(1))

    assert [(1, 3), (1, 4), (3, 4)] == list(
        like_weights([a_student("dan"), ANA, a_student("eun"), copy, copy])
    )
