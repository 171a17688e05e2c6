"""Tests of the check on the early steps that reach the cap."""

import math
from typing import Any

import pytest
from builders_evidence import a_log, a_model, a_norm, a_rerun, an_optimizer, ask, some_norms

from grader.checks.cap_binds_early import CapBindsEarly
from grader.evidence.training import Rerun

CHECK = CapBindsEarly(at_least=0.25)


def a_rerun_with(norms: list[float]) -> Rerun:
    """A rerun whose largest norms of a variable before clipping are these."""
    return a_rerun(norms=some_norms(variable_before=norms))


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


@pytest.mark.parametrize(
    ("values", "parts", "status"),
    [
        # The sentence has both counts and the largest norm, which never looks like the cap.
        pytest.param([0.2] * 150 + [0.99] * 50 + [3.0] * 90, {}, "failed", id="below the cap"),
        pytest.param([0.2] * 50, {"rerun": a_rerun()}, "failed", id="the network could reach it"),
        # The student cannot log what the network does not do.
        pytest.param(
            [0.2] * 50, {"rerun": a_rerun_with([1.5] * 5 + [0.4] * 35)}, "not_checked", id="it does not"
        ),
        pytest.param(
            [0.01] * 50,
            {"model": a_model(optimizer=an_optimizer(clipnorm=0.01)), "rerun": a_rerun_with([1.5] * 40)},
            "failed",
            id="a smaller stored cap is the reason",
        ),
        # There is no largest of only NaN.
        pytest.param([math.nan] * 3, {}, "failed", id="not finite"),
    ],
)
def test_norms_that_rarely_reach_the_cap(values: list[float], parts: dict[str, Any], status: str) -> None:
    """The grader's own training shows whether this network could."""
    assert status == ask(CHECK, log=a_log(a_norm(values)), **parts).status


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


def test_small_gradients_may_be_those_of_a_loss_that_cannot_be_built() -> None:
    """The grader trains with another loss, so nothing says how large the gradients ought to be."""
    model = a_model(loss="my_loss", loss_form="unknown")
    small, large = a_log(a_norm([0.1] * 200)), a_log(a_norm([1.0] * 200))

    assert "not_checked" == ask(CHECK, log=small, model=model, rerun=a_rerun()).status
    assert "passed" == ask(CHECK, log=large, model=model, rerun=a_rerun()).status


def test_a_log_without_norms_fails() -> None:
    """The sentence says which columns there are."""
    assert "failed" == ask(CHECK, log=a_log(loss=[0.5])).status
