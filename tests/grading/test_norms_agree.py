"""What a norm column is, is one decision for all items of a report."""

from pathlib import Path
from typing import ClassVar

import pytest
from builders_evidence import a_log, a_model, a_norm, some_evidence, with_parts
from builders_runs import a_measured_probe, a_measured_rerun, a_run, a_run_log, a_series

from grader.analysis.norms.infer import NormColumns
from grader.analysis.targets import Targets
from grader.checks import Check, kinds, load
from grader.datasets import load_dataset
from grader.evidence import Evidence
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.problem import Problem
from grader.grading.batch import measure
from grader.grading.judge import Findings, judge
from grader.report import Finding, Whose, passed
from grader.rubric import Rubric
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import DEFAULT, find_rubric
from grader.submissions.class_folder import find_submissions

RUBRIC = load_rubric(find_rubric(DEFAULT))


class Keeps(Check):
    """Keeps the norms that it is given."""

    given: ClassVar[list[NormColumns]] = []

    def find(self, norms: NormColumns) -> Finding:
        """Keep them."""
        self.given.append(norms)
        return passed("Kept.")


def refusing(rubric: Rubric) -> Rubric:
    """The rubric, in which each variable must be clipped by itself."""
    items = [
        item.model_copy(update={"check": item.check.model_copy(update={"accept_global_clipnorm": False})})
        if "accept_global_clipnorm" in type(item.check).model_fields
        else item
        for item in rubric.items
    ]
    return rubric.model_copy(update={"items": tuple(items)})


def undeclared(evidence: Evidence, header: str) -> Evidence:
    """The evidence with this column renamed and no optimizer stored: nothing says which norm it is."""
    log, model = evidence.found(Log), evidence.found(Model)
    assert log
    assert model
    unnamed = {"header": "grad_norm", "scope": None, "stage": None}
    columns = (one.model_copy(update=unnamed) if one.header == header else one for one in log.columns)
    return with_parts(
        evidence,
        log=log.model_copy(update={"columns": tuple(columns)}),
        model=model.model_copy(update={"optimizer": None}),
    )


@pytest.fixture(scope="module")
def carla(examples: Path, workers: None) -> Evidence:
    """What is measured of a submission that ships; its training was honest and clipped each variable."""
    submission = next(one for one in find_submissions(examples) if one.id == "carla_one_epoch")
    dataset = load_dataset(RUBRIC.plan.data)
    return next(
        event.evidence
        for event in measure([submission], RUBRIC.plan, dataset, jobs=1)
        if event.kind == "measured" and event.evidence is not None
    )


@pytest.mark.parametrize("column", ["variable_norm_after", "global_norm_after"])
def test_an_honest_log_that_does_not_say_which_norm_it_has(carla: Evidence, column: str) -> None:
    """It is within the cap, also where each variable must be clipped by itself and no optimizer is stored."""
    report = judge(refusing(RUBRIC), undeclared(carla, column), Whose("carla"))

    assert "passed" == next(item.status for item in report.items if item.kind == "norm_within_cap")


def test_honest_norms_are_not_failed_by_what_is_only_likely(carla: Evidence) -> None:
    """Where the rubric does not bound the batch size, a global norm is likelier, and a teacher looks."""
    check = load("norm_within_cap").model_validate({"accept_global_clipnorm": False})
    targets = Targets.of([check.targets(), Targets(calibration=RUBRIC.calibration)])

    found = Findings(undeclared(carla, "variable_norm_after"), targets).of(check)

    assert isinstance(found, Finding)
    assert "review" == found.status


def test_all_checks_are_given_the_same_norms() -> None:
    """They are worked out once, with what all items of the rubric ask for."""
    log = a_run_log(a_series(a_run(3, 600)))
    evidence = some_evidence(
        log=log, model=a_model(optimizer=None), rerun=a_measured_rerun(), probe=a_measured_probe()
    )
    findings = Findings(evidence, RUBRIC.targets)
    Keeps.given.clear()

    for _ in range(2):
        findings.of(Keeps())

    first, second = Keeps.given
    assert first is second
    assert RUBRIC.targets == first.references.targets
    assert first.references.largest_batch


def test_no_check_works_them_out_by_itself() -> None:
    """What decides it (the calibration, the cap, the rerun) comes with the norms."""
    assert {"log", "norms"} <= {name for kind in kinds() for name in load(kind).needs()}
    assert not any("calibration" in load(kind).needs() for kind in kinds())


def test_without_a_log_there_are_no_norms() -> None:
    """The reason is the log's."""
    missing = Problem(who="student", message="No file for the log was found.")

    assert missing == Findings(some_evidence(log=missing), Targets()).of(Keeps())


def test_norms_need_no_other_part() -> None:
    """Before anything was trained, what the log says is there."""
    pending = Problem(who="pending", message="Not looked at yet.")
    parts = dict.fromkeys(("model", "accuracy", "rerun", "probe"), pending)
    Keeps.given.clear()

    Findings(some_evidence(log=a_log(a_norm([1.0])), **parts), Targets(cap=1.0)).of(Keeps())

    assert ["assumed"] == [column.scope_by for column in Keeps.given[0].columns]
