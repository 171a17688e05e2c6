"""Tests of the check on the early steps that reach the cap."""

import math
from typing import Any

import pytest
from builders_evidence import a_log, a_model, a_norm, a_rerun, an_optimizer, ask, some_norms
from builders_runs import UNCOVERED, a_network_with

from grader.checks.cap_binds_early import CapBindsEarly
from grader.evidence.training import Rerun

CHECK = CapBindsEarly(at_least=0.25)
UNKNOWN = {"model": a_model(loss="my_loss", loss_form="unknown"), "rerun": a_rerun()}


def a_rerun_with(norms: list[float]) -> Rerun:
    """A rerun whose largest norms of a variable before clipping are these."""
    return a_rerun(norms=some_norms(variable_before=norms))


@pytest.mark.parametrize(
    ("values", "parts", "status"),
    [
        # Whichever of the four norms was logged, and only the first steps count.
        pytest.param([1.0000001192] * 190 + [0.4] * 500, {}, "passed", id="variable, after"),
        pytest.param([0.9995] * 190 + [0.4] * 500, {}, "passed", id="rounded"),
        pytest.param([1.74] * 190 + [0.4] * 500, {}, "passed", id="global, after"),
        pytest.param([2.9] * 190 + [0.4] * 500, {}, "passed", id="before"),
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
        # The grader trains with another loss, so nothing says how large the gradients ought to be.
        pytest.param([0.1] * 200, UNKNOWN, "not_checked", id="a loss that cannot be built"),
        pytest.param([1.0] * 200, UNKNOWN, "passed", id="such a loss, at the cap"),
        # Nobody knows how often such networks reach it, unless the stored cap is the reason.
        pytest.param(
            [0.2] * 50,
            {"model": UNCOVERED[0], "rerun": a_rerun()},
            "not_checked",
            id="another kind of network",
        ),
        pytest.param(
            [0.01] * 50,
            {
                "model": a_network_with("LSTM", optimizer=an_optimizer(clipnorm=0.01)),
                "rerun": a_rerun_with([1.5] * 40),
            },
            "failed",
            id="another kind with a smaller stored cap",
        ),
        # There is no largest of only NaN.
        pytest.param([math.nan] * 3, {}, "failed", id="not finite"),
    ],
)
def test_early_norms_at_the_cap(values: list[float], parts: dict[str, Any], status: str) -> None:
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


def test_a_log_without_norms_fails() -> None:
    """The sentence says which columns there are."""
    assert "failed" == ask(CHECK, log=a_log(loss=[0.5])).status
