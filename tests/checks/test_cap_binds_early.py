"""Tests of the check on the early steps that reach the cap."""

import math

import pytest
from builders_evidence import a_log, a_model, a_norm, a_rerun, an_optimizer, ask, some_norms

from grader.checks.cap_binds_early import CapBindsEarly

CHECK = CapBindsEarly(at_least=0.25)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([1.0000001192] * 190 + [0.4] * 500, id="variable, after"),
        pytest.param([0.9995] * 190 + [0.4] * 500, id="rounded"),
        pytest.param([1.74] * 190 + [0.4] * 500, id="global, after"),
        pytest.param([2.9] * 190 + [0.4] * 500, id="before"),
    ],
)
def test_early_norms_at_the_cap_pass(values: list[float]) -> None:
    """Whichever of the four norms was logged, and only the first steps count."""
    assert "passed" == ask(CHECK, log=a_log(a_norm(values))).status


def test_norms_that_stay_below_the_cap_fail() -> None:
    """The sentence has both counts and the largest norm, which never looks like the cap."""
    log = a_log(a_norm([0.2] * 150 + [0.99] * 50 + [3.0] * 90))

    assert "failed" == ask(CHECK, log=log).status


def test_a_network_that_reaches_the_cap_in_the_rerun_fails() -> None:
    """The grader's own training shows that it could."""
    assert "failed" == ask(CHECK, log=a_log(a_norm([0.2] * 50)), rerun=a_rerun()).status


def test_a_network_with_small_gradients_is_left_to_a_teacher() -> None:
    """The student cannot log what the network does not do."""
    rerun = a_rerun(norms=some_norms(variable_before=[1.5] * 5 + [0.4] * 35))

    assert "review" == ask(CHECK, log=a_log(a_norm([0.2] * 50)), rerun=rerun).status


def test_a_smaller_stored_cap_is_the_reason() -> None:
    """The log is right, and the training was not what was asked for."""
    model = a_model(optimizer=an_optimizer(clipnorm=0.01))
    rerun = a_rerun(norms=some_norms(variable_before=[1.5] * 40))

    assert "failed" == ask(CHECK, log=a_log(a_norm([0.01] * 50)), model=model, rerun=rerun).status


@pytest.mark.parametrize(("reached", "status"), [(110, "passed"), (109, "failed")])
def test_the_share_is_counted_exactly(reached: int, status: str) -> None:
    """0.55 of 200 is 110, although 0.55 * 200 is 110.00000000000001."""
    log = a_log(a_norm([1.0] * reached + [0.5] * (200 - reached)))

    assert status == ask(CapBindsEarly(at_least=0.55), log=log).status


def test_the_largest_norm_of_a_variable_before_clipping_goes_first() -> None:
    """It says most directly in which steps there was something to clip."""
    log = a_log(
        a_norm([1.2] * 4, "global_norm_after", scope="global", stage="after"),
        a_norm([1.0] * 4, "variable_norm_after", scope="variable", stage="after"),
        a_norm([0.7] * 4, "variable_norm_before", scope="variable", stage="before"),
    )

    assert "failed" == ask(CHECK, log=log).status


def test_norms_that_are_not_finite_do_not_reach_the_cap() -> None:
    """NaN is no norm at the cap, and there is no largest of only NaN."""
    assert "failed" == ask(CHECK, log=a_log(a_norm([math.nan] * 3))).status


def test_a_log_without_norms_fails() -> None:
    """The sentence says which columns there are."""
    finding = ask(CHECK, log=a_log(loss=[0.5]))

    assert "failed" == finding.status
