"""Evidence that is not whole: not begun, with parts that are pending, or of a worker that ended early."""

from grader.errors import WorkerError
from grader.evidence import Declaration, Evidence
from grader.evidence.part import UNNAMED, kinds
from grader.evidence.problem import Problem
from grader.evidence.values import LONGEST_SENTENCE
from grader.messages.message import say, shortened

NOT_BEGUN = Problem(who="pending", message=say("Not looked at yet: the grader has only just begun."))


def nothing_measured(reason: Problem) -> Evidence:
    """The evidence of a submission of which every part is missing, for one reason."""
    per_run = {name: reason for name, kind in kinds().items() if kind.per_run}
    once = {name: reason for name, kind in kinds().items() if not kind.per_run}
    return Evidence(files=(), declaration=Declaration(), parts=once, runs={UNNAMED: per_run})


def is_pending(evidence: Evidence) -> bool:
    """Whether a part is still to come."""
    return any(problem.who == "pending" for problem in evidence.problems())


def completed(evidence: Evidence | None, reason: Problem) -> Evidence:
    """The final evidence: what had not come when the worker ended is missing, for this reason.

    Args:
        evidence: as far as it came; None if nothing did.
        reason: why no more can come.
    """
    if evidence is None:
        return nothing_measured(reason)
    for run, name, part in tuple(evidence.every()):
        if isinstance(part, Problem) and part.who == "pending":
            evidence = evidence.having(name, reason, run)
    return evidence


def problem_of(failure: WorkerError) -> Problem:
    """A failure of a worker as a part of the evidence: for whoever runs the grader."""
    return Problem(
        who="operator",
        message=shortened(failure.message, LONGEST_SENTENCE),
        hint=shortened(failure.hint, LONGEST_SENTENCE),
    )
