"""Tests of `grader.grading.limits`: what a plan allows, for a worker and in a report."""

from grader.grading.limits import limits_of, sandbox_limits_of
from grader.rubric import Limits, Plan

PLAN = Plan(limits=Limits(seconds=30, memory=2**30, model_file=2**28, log_file=2**20, log_rows=5000))


def test_the_walls_are_the_plans() -> None:
    """Seconds and bytes of memory; what a worker needs to read is not the plan's to say."""
    sandbox = sandbox_limits_of(PLAN)

    assert (30, 2**30, ()) == (sandbox.seconds, sandbox.memory, sandbox.reads)


def test_a_report_names_each_limit() -> None:
    """Those of the worker, then those of the files and the network."""
    limits = {str(limit.name): str(limit.value) for limit in limits_of(PLAN)}

    assert ["Time", "Memory", "Written", "Open files", "Reply", "Model file", "Log file", "Network"] == list(
        limits
    )
    assert ("256 MiB", "1 MiB, 5,000 rows") == (limits["Model file"], limits["Log file"])
    assert "400 layers, 64,000,000 parameters, 16,777,216 numbers a layer from one image" == limits["Network"]
