"""Evidence that is not whole: not begun, with parts that are pending, or of a worker that ended early."""

from grader.errors import WorkerError
from grader.evidence import Declaration, Evidence
from grader.evidence.problem import Problem
from grader.evidence.values import LONGEST_SENTENCE
from grader.messages.phrase import shortened

NOT_BEGUN = Problem(who="pending", message="Not looked at yet: the grader has only just begun.")


def nothing_measured(reason: Problem) -> Evidence:
    """The evidence of a submission of which every part is missing, for one reason."""
    return Evidence(
        files=(),
        declaration=Declaration(),
        log=reason,
        model=reason,
        accuracy=reason,
        probe=reason,
        rerun=reason,
        figure=reason,
    )


def is_pending(evidence: Evidence) -> bool:
    """Whether a part is still to come."""
    return bool(_pending(evidence))


def completed(evidence: Evidence | None, reason: Problem) -> Evidence:
    """The final evidence: what had not come when the worker ended is missing, for this reason.

    Args:
        evidence: as far as it came; None if nothing did.
        reason: why no more can come.
    """
    if evidence is None:
        return nothing_measured(reason)
    return evidence.model_copy(update=dict.fromkeys(_pending(evidence), reason))


def problem_of(failure: WorkerError) -> Problem:
    """A failure of a worker as a part of the evidence: for whoever runs the grader."""
    return Problem(
        who="operator",
        message=shortened(failure.message, LONGEST_SENTENCE),
        hint=shortened(failure.hint, LONGEST_SENTENCE),
    )


def _pending(evidence: Evidence) -> tuple[str, ...]:
    return tuple(
        name
        for name in Evidence.model_fields
        if isinstance(part := getattr(evidence, name), Problem) and part.who == "pending"
    )
