"""Tests of `grader.grading.findings`: what comes of evidence by itself."""

import builders_evidence as build
import pytest

from grader.analysis.targets import Targets
from grader.checks.logged_accuracy import LoggedAccuracy
from grader.checks.model_accuracy import ModelAccuracy
from grader.evidence import Declaration, Evidence, File
from grader.evidence.problem import Problem
from grader.grading.findings import Findings, outline_of
from grader.report import Finding
from grader.reports.facts import facts_of

BROKEN = Problem(who="student", message="`model.keras` is empty.", hint="Save it again.")
EVIDENCE = build.some_evidence()
NOTHING = Targets()


def test_a_check_finds_something() -> None:
    """With the parts that it names."""
    found = Findings(EVIDENCE, NOTHING).of(LoggedAccuracy(at_least=0.5))

    assert isinstance(found, Finding)
    assert "passed" == found.status


def test_a_part_that_is_needed_and_missing_is_the_outcome() -> None:
    """The reason is handed on as it is; where the part is only welcome, the check goes on without."""
    evidence = build.some_evidence(log=BROKEN)

    assert BROKEN == Findings(evidence, NOTHING).of(LoggedAccuracy(at_least=0.5))
    assert isinstance(Findings(evidence, NOTHING).of(ModelAccuracy(at_least=0.99)), Finding)


def test_a_check_that_raises_is_a_problem_for_the_operator(caplog: pytest.LogCaptureFixture) -> None:
    """It says which check, and how; the traceback is in the log."""
    column = build.a_column("val_accuracy", [0.9]).model_copy(update={"values": ("a text",)})

    found = Findings(build.some_evidence(log=build.a_log(column)), NOTHING).of(LoggedAccuracy(at_least=0.5))

    assert found == Problem(
        who="operator",
        message="The check `logged_accuracy` failed by a mistake of the program (TypeError).",
        hint="Please report it, with the traceback in the operator's log.",
    )
    assert "The check `logged_accuracy` failed." in caplog.text


def test_an_outline_has_what_the_report_says_beside_the_items() -> None:
    """Files, declaration, facts, and the notes of every part in order."""
    file = File(role="log", name="a.csv", bytes=1, sha256="0", note="Taken as the log: `a.csv`.")
    evidence = build.some_evidence(
        files=(file,),
        declaration=Declaration(name="Ana"),
        log=build.a_log(loss=[1.0]).model_copy(update={"notes": ("The log has no epochs.",)}),
        model=build.a_model(rescued=("An old form was read.",)),
        notes=("Left aside.",),
    )

    outline = outline_of(evidence)

    assert ((file,), "Ana", facts_of(evidence)) == (outline.files, outline.declaration.name, outline.facts)
    notes = ("Left aside.", "Taken as the log: `a.csv`.", "The log has no epochs.", "An old form was read.")
    assert notes == tuple(map(str, outline.notes))


def test_an_outline_needs_no_part() -> None:
    """Where log and model are missing."""
    nothing: Evidence = build.some_evidence(log=BROKEN, model=BROKEN, accuracy=BROKEN)

    assert () == outline_of(nothing).notes
