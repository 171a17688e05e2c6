"""Evidence that is not complete: not begun, or of a worker that ended early."""

from collections.abc import Collection, Iterable

from grader.errors import WorkerError
from grader.evidence import Declaration, Evidence
from grader.evidence.part import UNNAMED, kinds
from grader.evidence.problem import Problem
from grader.evidence.values import LONGEST_SENTENCE
from grader.messages.message import say, shortened
from grader.sandbox.worker import TimeUpError

NOT_BEGUN = Problem(who="pending", message=say("Not checked yet: grading has only just begun."))


def nothing_measured(reason: Problem, runs: Iterable[str] = ()) -> Evidence:
    """The evidence of a submission of which every part is missing, of each of its runs, for one reason."""
    per_run = {name: reason for name, kind in kinds().items() if kind.per_run}
    once = {name: reason for name, kind in kinds().items() if not kind.per_run}
    of_runs = dict.fromkeys(tuple(runs) or (UNNAMED,), per_run)
    return Evidence(files=(), declaration=Declaration(), parts=once, runs=of_runs)


def completed(
    evidence: Evidence | None, reason: Problem, runs: Iterable[str] = (), but: Collection[str] = ()
) -> Evidence:
    """The final evidence, in which parts that were still pending are missing for this reason.

    In the runs `but` these, nothing is missing yet.
    """
    if evidence is None:
        return nothing_measured(reason, runs)
    for run, name, part in tuple(evidence.every()):
        if isinstance(part, Problem) and part.who == "pending" and run not in but:
            evidence = evidence.having(name, reason, run)
    return evidence


def problem_of(failure: WorkerError) -> Problem:
    """A failure of a worker as a part of the evidence, for whoever runs the grader."""
    return Problem(
        who="operator",
        message=shortened(failure.message, LONGEST_SENTENCE),
        hint=shortened(failure.hint, LONGEST_SENTENCE),
        lasts=isinstance(failure, TimeUpError) and failure.at_work,
    )
