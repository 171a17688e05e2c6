"""Tests of `norm_is_lower`: the same norm in two runs, as it was applied."""

import math

import pytest
from builders_evidence import a_log, a_norm, a_step_log
from builders_two_runs import STEPS, a_log_of_norms, compare, some_losses, some_norms_of_steps

from grader.checks.norm_is_lower import NormIsLower
from grader.evidence.log import Log

CHECK = NormIsLower(than="plain")
PLAIN, CLIPPED = a_log_of_norms(1), a_log_of_norms(2, 1.0)
AFTER, BEFORE = {"scope": "variable", "stage": "after"}, {"scope": "variable", "stage": "before"}


@pytest.mark.parametrize(
    ("mine", "theirs", "status"),
    [
        (CLIPPED, PLAIN, "passed"),
        (PLAIN, CLIPPED, "failed"),
        (PLAIN, a_log_of_norms(3), "failed"),
        (a_log_of_norms(2, 1.0, "a", **AFTER), a_log_of_norms(1, header="b", **AFTER), "passed"),
        # Nothing is clipped there, so the norm before clipping is that after it.
        (a_log_of_norms(2, 1.0, "a", **AFTER), a_log_of_norms(1, header="b", **BEFORE), "passed"),
        (a_log_of_norms(2, header="a", **BEFORE), a_log_of_norms(1, header="b", **BEFORE), "not_checked"),
        (a_log_of_norms(2, 1.0, "a", **BEFORE), a_log_of_norms(1, header="b", **BEFORE), "passed"),
        (
            a_log_of_norms(2, 1.0, "a", scope="global", stage="after"),
            a_log_of_norms(1, header="b", **AFTER),
            "review",
        ),
        (a_log_of_norms(2, 1.0, "a", **AFTER), a_log(loss=some_losses(1)), "failed"),
        (a_log(loss=some_losses(1)), a_log_of_norms(2), "failed"),
    ],
    ids=[
        *("clipped", "the other way", "neither is clipped", "declared", "before, without clipping"),
        *("before, not lower", "before, lower", "another norm", "none there", "none here"),
    ],
)
def test_the_norms_of_two_runs(mine: Log, theirs: Log, status: str) -> None:
    """The large norms must be lower, in the same norm, and as it was applied."""
    assert status == compare(CHECK, mine, theirs).status


def test_a_higher_median() -> None:
    """Norms that are held just below the cap at every step are no lower ones."""
    held = a_step_log(a_norm([1.9] * STEPS, "grad_norm"), steps=STEPS, loss=some_losses(2))

    assert "failed" == compare(CHECK, held, PLAIN).status


@pytest.mark.parametrize("odd", [math.nan, math.inf])
def test_norms_that_are_not_finite(odd: float) -> None:
    """They are larger than any other: a run that ends in NaN is no lower one, and any is lower than it."""
    norms = [*some_norms_of_steps(1, 9.0)[: STEPS // 2], *[odd] * (STEPS // 2)]
    exploded = a_step_log(a_norm(norms, "grad_norm"), steps=STEPS, loss=some_losses(1))

    assert "passed" == compare(CHECK, CLIPPED, exploded).status
    assert "failed" == compare(CHECK, exploded, CLIPPED).status


def test_both_stages_are_compared_in_the_same_one() -> None:
    """Where both runs log both, two runs with clipping are equally high."""
    logs = [
        a_step_log(
            a_norm(some_norms_of_steps(seed, 100.0), "before", **BEFORE),
            a_norm(some_norms_of_steps(seed, 1.0), "after", **AFTER),
            steps=STEPS,
            loss=some_losses(seed),
        )
        for seed in (1, 2)
    ]

    assert "failed" == compare(CHECK, *logs).status


def test_one_training_handed_in_as_two() -> None:
    """Norms that were capped by hand do not hide that the losses are those of the other run."""
    capped = a_step_log(
        a_norm(some_norms_of_steps(1, 1.0), "grad_norm"),
        steps=STEPS,
        loss=[loss * 1.001 for loss in some_losses(1)],
    )

    found = compare(CHECK, capped, PLAIN)

    assert ("review", True) == (found.status, found.doubts)
