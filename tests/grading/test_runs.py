"""Reports on submissions of several trainings: each item sees its run, and no run stands for another."""

from typing import Any

import builders_evidence as build
import pytest
from builders_golden import said

from grader.analysis.targets import Targets
from grader.checks import load
from grader.evidence import Declaration, Evidence, File
from grader.evidence.problem import Problem
from grader.grading.incomplete import NOT_BEGUN, completed, nothing_measured
from grader.grading.judge import judge, judge_shortened
from grader.messages.message import say
from grader.report import Origin, Report, Whose
from grader.rubric import Item, OptimizerPlan, Plan, RerunPlan, Rubric, RunPlan

ASKED = Problem(who="teacher", message="Which log is meant?")
LACKING = Problem(who="student", message="No log of the run `clipped` was found.", hint="Hand it in.")


def an_item(kind: str, run: str, **parameters: Any) -> Item:
    """An item about a run, worth a point."""
    return Item(id=f"{kind}_{run}", title=f"{kind}, {run}", points=1, run=run, check=load(kind)(**parameters))


def a_rubric(*items: Item, **runs: RunPlan) -> Rubric:
    return Rubric(
        name="hw",
        title="Homework",
        items=items,
        plan=Plan(runs=runs or {"plain": RunPlan(), "clipped": RunPlan()}),
    )


WITHIN = tuple(an_item("norm_within_cap", run) for run in ("plain", "clipped"))
RUBRIC = a_rubric(*WITHIN)


def two_runs(plain: Any = None, clipped: Any = None) -> Evidence:
    """A run with norms of 3 and one with norms of 1, or what there is instead of their logs."""
    logs = {
        "plain": plain or build.a_step_log(build.a_norm([3.0] * 40), steps=40),
        "clipped": clipped or build.a_step_log(build.a_norm([1.0] * 40), steps=40),
    }
    evidence = nothing_measured(NOT_BEGUN, logs)
    for run, log in logs.items():
        evidence = evidence.having("log", log, run).having("model", build.a_model(), run)
    return evidence


def report_of(evidence: Evidence, rubric: Rubric = RUBRIC) -> Report:
    return judge(rubric, evidence, Whose("ana"))


def statuses(report: Report) -> dict[str, str]:
    return {item.id: item.status for item in report.items}


def test_an_item_sees_the_parts_of_its_run() -> None:
    """Norms over the cap fail the item of their run alone, and the report says which run an item is about."""
    report = report_of(two_runs())

    assert {"norm_within_cap_plain": "failed", "norm_within_cap_clipped": "passed"} == statuses(report)
    assert ["plain", "clipped"] == [item.run for item in report.items]
    assert {"plain": (3.0, 3.0), "clipped": (1.0, 1.0)} == {
        run: (report.numbers[f"{run}/largest_norm"], report.numbers[f"{run}/median_norm"])
        for run in RUBRIC.runs
    }
    assert 4 == len(report.numbers)


def test_the_cap_of_a_run_is_that_of_its_own_items_and_its_own_rerun() -> None:
    """What a log is compared with is asked for each run."""
    rerun = RerunPlan().model_copy(
        update={"optimizer": RerunPlan().optimizer.model_copy(update={"clipnorm": 0.5})}
    )
    rubric = a_rubric(
        an_item("norm_within_cap", "plain", cap=4.0),
        an_item("log_is_complete", "clipped"),
        plain=RunPlan(),
        clipped=RunPlan(rerun=rerun),
    )

    assert [4.0, 0.5, 4.0] == [rubric.targets.of_run(run).cap for run in ("plain", "clipped", "")]
    assert Targets() == Targets().of_run("plain")


def test_a_check_that_compares_sees_both_runs() -> None:
    """It gets the parts of the run of its item, and those of the run that it names."""
    plain = RunPlan(rerun=RerunPlan(optimizer=OptimizerPlan()))
    rubric = a_rubric(
        an_item("norm_is_lower", "clipped", than="plain"),
        an_item("norm_is_lower", "plain", than="clipped"),
        plain=plain,
        clipped=RunPlan(),
    )

    assert ["passed", "failed"] == list(statuses(report_of(two_runs(), rubric)).values())
    assert {"skipped"} == {item.status for item in report_of(two_runs(clipped=LACKING), rubric).items[1:]}


def test_one_training_handed_in_as_two_is_for_a_teacher() -> None:
    """The same log as both runs passes no check that compares, whatever the others say."""
    log = build.a_step_log(build.a_norm([1.0] * 40), steps=40, loss=[2.3 - step / 20 for step in range(40)])
    rubric = a_rubric(WITHIN[1], an_item("norm_is_lower", "clipped", than="plain"))
    report = report_of(two_runs(log, log), rubric)

    assert ["passed", "review"] == list(statuses(report).values())
    assert "review" == report.verdict


def test_a_missing_log_is_said_once_and_costs_the_items_of_its_run() -> None:
    """Its items are skipped, those of the other run are judged."""
    report = report_of(two_runs(clipped=LACKING))

    assert {
        "files-log-clipped": "failed",
        "norm_within_cap_plain": "failed",
        "norm_within_cap_clipped": "skipped",
    } == statuses(report)
    said(report.items[0].title, report.items[-1].message)


def test_what_lacks_for_every_run_is_said_once() -> None:
    """One problem of both runs is one line, which names no run."""
    report = report_of(two_runs(LACKING, LACKING))

    assert ["files-log", *(item.id for item in RUBRIC.items)] == list(statuses(report))


def test_a_question_leaves_the_items_that_need_the_answer_to_a_teacher() -> None:
    """Nobody fails for it: the first item asks, the others name it, and every point is still open."""
    rubric = a_rubric(
        *WITHIN, an_item("log_is_complete", "clipped"), an_item("hidden_layers", "plain", units=(300, 100))
    )
    report = report_of(two_runs(build.a_step_log(build.a_norm([0.5] * 40), steps=40), ASKED), rubric)

    assert "review" == report.verdict
    assert ["passed", "review", "review", "passed"] == list(statuses(report).values())
    assert [False, True, True, False] == [item.is_open for item in report.items]
    said(report.items[1].message, report.items[2].message)


def test_nothing_is_measured_of_every_run() -> None:
    """Before grading, and after a worker has failed, each run lacks its parts for that reason."""
    dead = Problem(who="operator", message="The worker ended early.")

    assert {"skipped"} == set(statuses(report_of(nothing_measured(NOT_BEGUN, RUBRIC.runs))).values())
    assert {"error"} == set(statuses(report_of(completed(None, dead, RUBRIC.runs))).values())
    assert {"plain"} == {
        run for run, _, part in completed(two_runs(), dead, but=["clipped"]).every() if part == dead and run
    }


def test_a_shortened_training_is_held_against_no_run() -> None:
    """Where an item that needs the rerun does not pass, those of every run become an error."""
    rubric = a_rubric(*(an_item("rerun_learns", run, at_least=0.9) for run in ("plain", "clipped")))
    evidence = two_runs()
    for run in rubric.runs:
        evidence = evidence.having("rerun", build.a_rerun(), run)

    report = judge_shortened(rubric, evidence, say("It was shortened."), Whose("ana"), Origin())

    assert {"error"} == set(statuses(report).values())


def test_another_file_is_named_by_the_items_of_its_run_alone() -> None:
    """A file of one run is no reason for what failed in the other."""
    file = File(role="log", run="plain", name="a.csv", bytes=1, sha256="00", instead="Or is it `b.csv`?")
    evidence = two_runs().model_copy(update={"files": (file,), "declaration": Declaration()})
    over = build.a_step_log(build.a_norm([9.0] * 40), steps=40)

    plain, clipped = report_of(evidence.having("log", over, "clipped")).items

    assert ["failed", "failed"] == [plain.status, clipped.status]
    assert ["b.csv" in str(item.hint) for item in (plain, clipped)] == [True, False]


@pytest.mark.parametrize("run", ["plain", "clipped"])
def test_notes_and_facts_name_their_run(run: str) -> None:
    """What was measured of a run, and how it was read, stands under its name."""
    log = build.a_log(loss=[1.0]).model_copy(update={"notes": (say("In percent."),)})
    report = report_of(two_runs().having("log", log, run))

    (note,) = report.notes
    assert f"`{run}`" in str(note)
    names = [str(fact.name) for fact in report.facts]
    assert {1} == {names.count(f"Log (run `{one}`)") for one in RUBRIC.runs}
