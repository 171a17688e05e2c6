"""Tests of what a rerun depends on."""

import pytest

from grader.measure.architecture import Architecture, RerunRequest
from grader.rubric import Limits, Plan, ProbePlan, RerunPlan

NETWORK = Architecture(network="{}", parameters=10, inputs="pixels / 255", probabilities=True)
REQUEST = RerunRequest(plan=Plan(), architecture=NETWORK)


@pytest.mark.parametrize(
    "change",
    [
        {"plan": Plan(rerun=RerunPlan(seed=7))},
        {"plan": Plan(rerun=RerunPlan(steps=7))},
        {"architecture": NETWORK.model_copy(update={"network": "{ }"})},
        {"architecture": NETWORK.model_copy(update={"inputs": "raw pixels"})},
        {"architecture": NETWORK.model_copy(update={"probabilities": False})},
    ],
)
def test_what_gives_other_steps_is_another_request(change: dict[str, object]) -> None:
    """The network, how it is fed, and the plan of the rerun."""
    assert REQUEST.sha256 != REQUEST.model_copy(update=change).sha256


def test_what_the_rerun_does_not_depend_on_does_not_count() -> None:
    """The limits and the probe are other parts of the plan."""
    plan = Plan(limits=Limits(seconds=7), probe=ProbePlan(batches=7))

    assert REQUEST.sha256 == REQUEST.model_copy(update={"plan": plan}).sha256
