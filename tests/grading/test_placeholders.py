"""Tests of `grader.grading.placeholders`: evidence that is not whole says so in each part that is missing."""

import builders_evidence as build

from grader.errors import WorkerError
from grader.evidence.problem import Problem
from grader.evidence.values import LONGEST_SENTENCE
from grader.grading.placeholders import NOT_BEGUN, completed, is_pending, nothing_measured, problem_of
from grader.messages.message import say, verbatim

LATER = Problem(who="pending", message="Not looked at yet.")
DEAD = Problem(who="operator", message="The worker ended early.", hint="Grade it again.")


def test_nothing_is_there() -> None:
    """Every part is missing for the same reason; no file was taken, and nothing was declared."""
    evidence = nothing_measured(NOT_BEGUN)

    assert [NOT_BEGUN] * 6 == list(evidence.problems())
    assert ((), "", ()) == (evidence.files, evidence.declaration.name, evidence.notes)
    assert "Not looked at yet: the grader has only just begun." == str(NOT_BEGUN.message)


def test_a_part_that_is_to_come_is_pending() -> None:
    """What somebody must act on is not."""
    assert is_pending(nothing_measured(NOT_BEGUN))
    assert is_pending(build.some_evidence(rerun=LATER))
    assert not is_pending(build.some_evidence(rerun=DEAD))


def test_what_is_pending_is_missing_in_the_end() -> None:
    """What is known stays, and so does what is missing for another reason."""
    broken = Problem(who="student", message="`training_log.csv` is empty.")
    evidence = build.some_evidence(log=broken, probe=LATER, rerun=LATER)

    assert build.some_evidence(log=broken, probe=DEAD, rerun=DEAD) == completed(evidence, DEAD)
    assert build.some_evidence() == completed(build.some_evidence(), DEAD)
    assert nothing_measured(DEAD) == completed(None, DEAD)


def test_a_failure_is_for_whoever_runs_the_grader() -> None:
    """Its sentences have the length that evidence takes."""
    problem = problem_of(WorkerError(verbatim("The worker ended. " * 100), say("Grade it again.")))

    assert ("operator", "Grade it again.") == (problem.who, str(problem.hint))
    assert LONGEST_SENTENCE >= len(str(problem.message))
