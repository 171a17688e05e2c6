"""Tests of `grader.grading.budget`: what a plan allows, and a plan that fits into a time."""

import builders_evidence as build
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.analysis.reference.calibration import STEPS
from grader.checks.hidden_layers import HiddenLayers
from grader.checks.model_accuracy import ModelAccuracy
from grader.checks.rerun_learns import RerunLearns
from grader.grading.budget import (
    MEASURING,
    SECONDS_TO_LEAVE,
    Budgeted,
    sandbox_limits_of,
    within_budget,
)
from grader.grading.judge import judge_shortened
from grader.report import Origin, Report, Whose
from grader.rubric import Item, Limits, Plan, RerunPlan, Rubric

RUBRIC = Rubric(
    name="homework",
    title="Homework",
    items=(
        Item(id="layers", title="Layers", points=2, check=HiddenLayers(units=(300, 100))),
        Item(id="accuracy", title="Accuracy", points=3, check=ModelAccuracy(at_least=0.87, tolerance=0.01)),
        Item(id="rerun", title="Rerun", points=1, check=RerunLearns()),
    ),
)
SHORTENED = within_budget(Plan(), 20.0)


def report_of(budgeted: Budgeted, **parts: object) -> Report:
    evidence, whose = build.some_evidence(**parts), Whose("ana", "Ana")
    return judge_shortened(RUBRIC, evidence, budgeted.note, whose, Origin(seconds=2.0))


def test_much_time_changes_only_the_limit() -> None:
    """Ten minutes are more than the rubric's limit, and more than its rerun takes."""
    assert Budgeted(Plan()) == within_budget(Plan(), 600.0)


def test_each_worker_has_its_part() -> None:
    """They work one after the other, each is judged, and there is time left to write the last page."""
    budgeted = within_budget(Plan(), 120.0)

    assert 11.7 == pytest.approx(budgeted.judging)
    parts = (MEASURING + 1) * (budgeted.plan.limits.seconds + budgeted.judging)
    assert parts + SECONDS_TO_LEAVE == pytest.approx(120.0)


def test_a_long_rerun_is_shortened_and_that_is_said() -> None:
    """As many steps as fit by a careful estimate; everything else is measured as the rubric says."""
    plan = Plan(rerun=RerunPlan(steps=50_000))
    budgeted = within_budget(plan, 120.0)

    assert 5749 == budgeted.plan.rerun.steps
    assert plan.rerun.model_dump(exclude={"steps"}) == budgeted.plan.rerun.model_dump(exclude={"steps"})
    assert (plan.files, plan.probe, plan.limits.memory) == (
        budgeted.plan.files,
        budgeted.plan.probe,
        budgeted.plan.limits.memory,
    )


def test_larger_batches_take_longer() -> None:
    """Twice the images, half the steps."""
    small, large = (
        within_budget(Plan(rerun=RerunPlan(steps=100_000, batch_size=size)), 120.0).plan.rerun.steps
        for size in (32, 64)
    )

    assert small == pytest.approx(2 * large, abs=2)


@given(st.integers(1, 100_000), st.integers(1, 10_000), st.floats(0.1, 10_000))
def test_any_budget_gives_a_plan(steps, batch_size, seconds) -> None:
    """No more than the rubric asks, at least the fewest, and a note exactly where it is less."""
    plan = Plan(rerun=RerunPlan(steps=steps, batch_size=batch_size))
    budgeted = within_budget(plan, seconds)

    assert min(steps, STEPS) <= budgeted.plan.rerun.steps <= steps
    assert bool(budgeted.note) == (budgeted.plan.rerun.steps < steps)
    assert 0 < budgeted.plan.limits.seconds <= plan.limits.seconds
    assert Plan.model_validate(budgeted.plan.model_dump()) == budgeted.plan


def test_a_report_says_that_the_rerun_was_shortened() -> None:
    """Where all that needs it passes, nothing else is different."""
    report = report_of(SHORTENED)
    whole = report_of(Budgeted(Plan()))

    assert (SHORTENED.note,) == report.notes
    assert whole == report.model_copy(update={"notes": ()})
    assert ("ana", "Ana", 2.0, "passed") == (report.id, report.name, report.seconds, report.verdict)


def test_a_shortened_rerun_fails_nobody() -> None:
    """A network that has not learnt enough in fewer steps is for whoever runs the grader; another fails."""
    slow = build.a_rerun(test_accuracy=0.5)
    report = report_of(SHORTENED, rerun=slow)
    poor = report_of(SHORTENED, accuracy=build.an_accuracy(0.5))

    assert "failed" == report_of(Budgeted(Plan()), rerun=slow).items[-1].status
    assert ("error", "error") == (report.verdict, report.items[-1].status)
    assert ["passed", "failed", "passed"] == [item.status for item in poor.items]


def test_a_sandbox_has_the_limits_of_a_plan() -> None:
    """Seconds and bytes of memory; what a worker needs to read is not the plan's to say."""
    sandbox = sandbox_limits_of(Plan(limits=Limits(seconds=30, memory=2**30)))

    assert (30, 2**30, ()) == (sandbox.seconds, sandbox.memory, sandbox.reads)
