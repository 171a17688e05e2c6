"""Equal and nearly equal logs."""

import numpy as np
from builders_class import Array, a_loss, a_norm_series, a_series, a_student, alike
from builders_golden import said

from grader.analysis.similarity.features import Features
from grader.analysis.similarity.logs import like_logs, on_logs

NORM, LOSS = a_series(1), a_series(2)
ANA = a_student("ana", a_norm_series(NORM), a_loss(LOSS))


def found(*students: Features) -> set[tuple[int, int]]:
    return set(alike(like_logs, *students))


def test_an_equal_log() -> None:
    """Every column that is equal is named with how many values it has."""
    bob = a_student("bob", a_norm_series(NORM), a_loss(LOSS))

    assert {(0, 1)} == found(ANA, bob)
    assert said(on_logs(ANA, bob))


def test_one_equal_column_under_another_name() -> None:
    """Both names are said, each from its own side."""
    bob = a_student("bob", a_norm_series(a_series(3)), a_loss(NORM))

    assert {(0, 1)} == found(ANA, bob)
    assert said(on_logs(ANA, bob))
    assert said(on_logs(bob, ANA))


def test_columns_that_are_equal_in_one_log_are_named_as_they_match() -> None:
    """Without clipping, the norms before and after are the same; the column of the same name is said."""
    columns = (a_norm_series(NORM, "before"), a_norm_series(NORM, "after"))
    ana, bob = a_student("ana", *columns), a_student("bob", *columns)

    assert said(on_logs(ana, bob))


def test_a_log_of_one_row_an_epoch() -> None:
    """Four long numbers that are equal are enough."""
    values = np.array([0.531271, 0.412362, 0.387613, 0.351284, 0.332105])

    assert {(0, 1)} == found(a_student("ana", a_loss(values)), a_student("bob", a_loss(values)))
    assert set() == found(a_student("ana", a_loss(values)), a_student("bob", a_loss(values + 1e-6)))


def test_constant_norms_are_no_pair() -> None:
    """Whoever clips to 0.01 logs 0.01 in every step."""
    at_the_cap = a_norm_series(np.full(400, 0.01))

    assert set() == found(a_student("ana", at_the_cap), a_student("bob", at_the_cap))


def test_a_log_that_was_changed_a_little() -> None:
    """The sentence has what was compared, what is alike, in which column, and what is asked."""
    ana = a_student("ana", a_norm_series(NORM))
    bob = a_student("bob", a_norm_series(0.5 * NORM + 1, "norm"))

    assert {(0, 1)} == found(ana, bob)
    assert said(on_logs(ana, bob))


def test_a_little_noise_is_found() -> None:
    """One or two hundredths of each value, and all is rounded."""
    noise = np.random.default_rng(5).standard_normal(len(NORM))

    assert {(0, 1)} == found(ANA, a_student("bob", a_norm_series(np.round(NORM * (1 + 0.01 * noise), 4))))


def _with_the_same_batches(values: Array) -> Array:
    """The losses of a training that is independent but sees the same images in the same order.

    Their changes correlate by 0.94, as was measured on two real trainings with different first weights.
    """
    return values * np.exp(0.1 * np.random.default_rng(6).standard_normal(len(values)))


def test_the_same_order_of_the_images_is_no_pair() -> None:
    """Batches that are hard for one are hard for all, so such logs rise and fall alike in most steps."""
    same_order = _with_the_same_batches(a_series(2, 8000))
    correlation = np.corrcoef(np.diff(a_series(2, 8000)), np.diff(same_order))[0, 1]

    assert 0.92 < correlation < 0.97
    assert set() == found(a_student("ana", a_loss(a_series(2, 8000))), a_student("bob", a_loss(same_order)))


def test_trainings_apart_are_no_pair() -> None:
    """In a class of thirty no two are, and one without a log is like nobody."""
    assert set() == found(*(a_student(str(seed), a_loss(a_series(seed))) for seed in range(30)))
    assert set() == found(a_student("dan"), a_student("eun"))
    assert set() == found()


def test_groups_are_pairs_of_all_in_them() -> None:
    """One changed copy is like each of two that are equal."""
    bob = a_student("bob", a_norm_series(NORM), a_loss(LOSS))
    eun = a_student("eun", a_norm_series(NORM[50:300]), a_loss(LOSS[50:300]))

    assert {(1, 2), (1, 3), (2, 3)} == found(a_student("dan"), ANA, bob, eun)
