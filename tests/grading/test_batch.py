"""Tests of `grader.grading.batch`: real submissions through real workers, and evidence that is not whole."""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import builders_training as build
import numpy as np
import pytest
from builders_evidence import some_evidence
from builders_workers import sandbox

from grader.datasets import load_dataset
from grader.errors import WorkerError
from grader.evidence import Evidence
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.part import kinds
from grader.evidence.problem import Problem
from grader.evidence.training import Accuracy, Probe, Rerun
from grader.evidence.values import LONGEST_SENTENCE
from grader.grading.batch import Event, measure
from grader.grading.incomplete import NOT_BEGUN, completed, nothing_measured, problem_of
from grader.messages.message import say, verbatim
from grader.rubric import Limits, Plan, ProbePlan, RerunPlan, RunPlan
from grader.sandbox.worker import TimeUpError, Worker, wait
from grader.submissions.submission import Submission, open_submission

pytestmark = pytest.mark.usefixtures("workers")

LATER = Problem(who="pending", message="Not looked at yet.")
DEAD = Problem(who="operator", message="The worker ended early.", hint="Grade it again.")
PLAN = Plan(rerun=RerunPlan(steps=30), probe=ProbePlan(batches=5))


def run(submissions: Sequence[Submission], plan: Plan = PLAN, jobs: int = 2) -> list[Event]:
    return list(measure(submissions, plan, load_dataset("fashion_mnist"), jobs))


def evidence_of(submission: Path, plan: Plan = PLAN) -> Evidence:
    last = run([open_submission(submission)], plan)[-1]

    assert "measured" == last.kind
    assert last.evidence is not None
    assert () == last.tracebacks
    return last.evidence


@pytest.fixture(scope="module")
def alone(examples: Path, workers: None) -> list[Event]:
    """What is said while one submission is measured by itself."""
    return run([open_submission(examples / "ana_passes")], jobs=1)


def test_a_submission_is_measured_part_by_part(alone: list[Event]) -> None:
    """First what needs no training is known, then what needs no rerun, then everything."""
    measured = alone[-1]

    assert ["started", "read", "read", "measured"] == [event.kind for event in alone]
    assert () == measured.tracebacks
    assert [{"accuracy", "probe", "rerun"}, {"rerun"}, set()] == [
        {name for _, name, part in event.evidence.every() if isinstance(part, Problem)}
        for event in alone
        if event.evidence
    ]
    evidence = measured.evidence
    assert evidence
    accuracy = evidence.part(Accuracy)
    assert {Log, Model, Accuracy, Probe, Rerun} == {type(part) for *_, part in evidence.every()}
    assert isinstance(accuracy, Accuracy)
    assert (pytest.approx(0.8728, abs=0.002), "pixels / 255") == (accuracy.value, accuracy.inputs)
    assert "Ana Example" == evidence.declaration.name
    assert ["log", "model", "declaration"] == [file.role for file in evidence.files]


def test_results_do_not_depend_on_the_others(examples: Path, alone: list[Event]) -> None:
    """Alone and among others, a submission has equal evidence; those with one network share one rerun."""
    names = ("dan_without_log", "eun_global_norm", "ana_passes")
    events = run([open_submission(examples / name) for name in names])
    together = {event.submission.id: event.evidence for event in events if event.kind == "measured"}

    ana, eun = together["ana_passes"], together["eun_global_norm"]
    assert ana
    assert eun
    assert isinstance(ana.part(Rerun), Rerun)
    assert ana.part(Rerun) == eun.part(Rerun)
    assert ana.part(Accuracy) != eun.part(Accuracy)
    assert alone[-1].evidence == ana


def test_a_zip_is_measured_like_its_folder(examples: Path, tmp_path: Path, alone: list[Event]) -> None:
    """The worker opens the zip; what it finds is the same."""
    shutil.make_archive(str(tmp_path / "ana"), "zip", examples, "ana_passes")

    zipped, folder = evidence_of(tmp_path / "ana.zip"), alone[-1].evidence

    assert folder
    assert zipped.model_copy(update={"files": ()}) == folder.model_copy(update={"files": ()})
    assert ["ana_passes/model.keras"] == [file.name for file in zipped.files if file.role == "model"]


def test_the_model_of_each_run_is_measured(examples: Path, tmp_path: Path) -> None:
    """Each run has its accuracy, its probe and its rerun, and what was not handed in lacks for that run."""
    for own, example in (("plain", "bruno_without_clipping"), ("clipped", "ana_passes")):
        shutil.copytree(examples / example, tmp_path / "ana" / own)
    shorter = PLAN.rerun.model_copy(update={"steps": 20})
    runs = {"plain": RunPlan(rerun=shorter), "clipped": RunPlan(), "other": RunPlan()}

    evidence = evidence_of(tmp_path / "ana", PLAN.model_copy(update={"runs": runs}))

    assert ["plain", "clipped", "other"] == list(evidence.runs)
    plain, clipped = (evidence.part(Rerun, run) for run in ("plain", "clipped"))
    assert isinstance(plain, Rerun)
    assert isinstance(clipped, Rerun)
    assert (20, 30) == (len(plain.loss), len(clipped.loss))
    assert evidence.part(Accuracy, "plain") != evidence.part(Accuracy, "clipped")
    assert {"other"} == {
        run for run, name, part in evidence.every() if isinstance(part, Problem) and name != "figure"
    }
    assert evidence.part(Model, "other") == evidence.part(Rerun, "other")


@pytest.mark.parametrize("content", [b"PK\3\4 and no more", None])
def test_a_broken_zip_or_an_empty_folder_is_the_students_to_mend(
    tmp_path: Path, content: bytes | None
) -> None:
    """Every part is missing for the student; what depends on the model is so for the model's reason."""
    path = tmp_path / ("ana.zip" if content else "ana")
    if content:
        path.write_bytes(content)
    else:
        path.mkdir()

    evidence = evidence_of(path)

    assert {"student"} == {problem.who for problem in evidence.problems()}
    assert evidence.part(Model) == evidence.part(Accuracy) == evidence.part(Rerun)
    assert evidence.part(Log) == evidence.part(Model)


def test_a_time_limit_keeps_what_was_known(examples: Path) -> None:
    """The log and the model of a submission whose training takes too long are still there."""
    plan = PLAN.model_copy(update={"limits": Limits(seconds=2.5), "rerun": RerunPlan(steps=100_000)})

    evidence = evidence_of(examples / "ana_passes", plan)

    assert isinstance(evidence.part(Log), Log)
    rerun = evidence.part(Rerun)
    assert isinstance(rerun, Problem)
    assert "operator" == rerun.who
    assert "The measuring took longer than the limit of 2.5 s and was stopped." == str(rerun.message)


@pytest.mark.hostile_row(99)
@pytest.mark.parametrize(("target", "lasts"), [("spin", True), ("hang", False)])
def test_what_computes_until_its_time_is_up_is_not_tried_again(target: str, lasts: bool) -> None:
    """A worker that computed all the time would do so again; one that waited may have better luck."""
    # Beside other work, a worker gets the processor in one of several trials.
    found = any(problem_of(time_up(target)).lasts for _ in range(10 if lasts else 1))

    if lasts and not found and os.getloadavg()[0] > (os.cpu_count() or 1):
        pytest.skip("This machine has no processor to spare for half a second.")
    assert lasts == found


def time_up(target: str) -> TimeUpError:
    worker = Worker(f"builders_workers:{target}", (b"begin",), sandbox(0.5))
    try:
        while not worker.done:
            wait([worker])
            worker.replies()
    except TimeUpError as error:
        return error
    finally:
        worker.end()
    raise AssertionError("It ended by itself.")


def test_a_network_that_does_not_fit_the_data_keeps_its_facts(tmp_path: Path) -> None:
    """A model for other images is described, and only its training is refused."""
    build.a_network(classes=10).save(tmp_path / "model.keras")

    evidence = evidence_of(tmp_path)

    assert isinstance(evidence.part(Model), Model)
    accuracy = evidence.part(Accuracy)
    assert isinstance(accuracy, Problem)
    assert "student" == accuracy.who
    assert str(accuracy.message).startswith("The model takes inputs of shape (6, 6); an example")


def test_our_own_mistake_is_the_operators_with_a_traceback(examples: Path) -> None:
    """Data that the worker cannot use is not the student's fault, and the traceback says where it failed."""
    dataset = load_dataset("fashion_mnist")
    broken = type(dataset)(**{**vars(dataset), "y_train": np.array(["a text"])})
    submission = open_submission(examples / "ana_passes")

    last = list(measure([submission], PLAN, broken, 1))[-1]

    assert last.evidence is not None
    rerun = last.evidence.part(Rerun)
    assert isinstance(rerun, Problem)
    assert "operator" == rerun.who
    assert str(rerun.message).startswith("The grader failed during the loading of the model (")
    assert "Traceback" in last.tracebacks[0]


def test_leaving_early_ends_the_workers(examples: Path) -> None:
    """An interrupt leaves no process behind that goes on measuring."""
    plan = PLAN.model_copy(update={"rerun": RerunPlan(steps=100_000)})
    submission = open_submission(examples / "ana_passes")
    events = measure([submission], plan, load_dataset("fashion_mnist"), 1)
    next(events)
    next(events)

    events.close()

    assert [] == list(events)


def test_nothing_is_there() -> None:
    """Every part is missing for the same reason; no file was taken, and nothing was declared."""
    evidence = nothing_measured(NOT_BEGUN)

    assert [NOT_BEGUN] * len(kinds()) == list(evidence.problems())
    assert ((), "", ()) == (evidence.files, evidence.declaration.name, evidence.notes)


def test_what_is_pending_is_missing_in_the_end() -> None:
    """What is known stays, and so does what is missing for another reason."""
    broken = Problem(who="student", message="`training_log.csv` is empty.")
    evidence = some_evidence(log=broken, probe=LATER, rerun=LATER)

    assert some_evidence(log=broken, probe=DEAD, rerun=DEAD) == completed(evidence, DEAD)
    assert some_evidence() == completed(some_evidence(), DEAD)
    assert nothing_measured(DEAD) == completed(None, DEAD)


def test_a_failure_is_for_whoever_runs_the_grader() -> None:
    """Its sentences have the length that evidence takes."""
    problem = problem_of(WorkerError(verbatim("The worker ended. " * 100), say("Grade it again.")))

    assert ("operator", "Grade it again.") == (problem.who, str(problem.hint))
    assert LONGEST_SENTENCE >= len(str(problem.message))
