"""What comes of evidence by itself: what each check finds in it, and what a report says beside the items."""

import hashlib
import logging
from collections.abc import Callable
from typing import Any, Protocol

from grader.analysis.reference.calibration import Calibration
from grader.checks import Check
from grader.errors import DamagedError
from grader.evidence import Declaration, Evidence, File
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.problem import Problem
from grader.evidence.values import Sentence
from grader.frozen import Frozen
from grader.messages.phrase import say
from grader.report import Fact, Finding
from grader.reports.facts import facts_of

logger = logging.getLogger(__name__)

Outcome = Finding | Problem
Outcomes = Callable[[Check], Outcome]


class Outline(Frozen):
    """What a report says of a submission beside the items."""

    files: tuple[File, ...]
    declaration: Declaration
    facts: tuple[Fact, ...]
    notes: tuple[Sentence, ...]


class Parts(Protocol):
    """Evidence, of which a part may be read only when it is asked for."""

    def named(self, name: str) -> Any:
        """A part of it."""


def outline_of(evidence: Evidence) -> Outline:
    """What a report says of this evidence beside the items."""
    notes = [*evidence.notes, *(file.note for file in evidence.files if file.note)]
    log, model = evidence.found(Log), evidence.found(Model)
    if log:
        notes.extend(log.notes)
    if model:
        notes.extend(model.rescued)
    return Outline(
        files=evidence.files,
        declaration=evidence.declaration,
        facts=facts_of(evidence),
        notes=tuple(notes),
    )


def outcome_of(check: Check, evidence: Parts | Evidence, calibration: Calibration | None) -> Outcome:
    """What a check finds, or the reason why there is nothing to look at.

    The calibration is the rubric's; everything else that a check can name was measured.

    Raises:
        DamagedError: kept evidence cannot be read.
    """
    needs = check.needs()
    parts = {name: calibration if name == "calibration" else evidence.named(name) for name in needs}
    for name, is_required in needs.items():
        part = parts[name]
        if isinstance(part, Problem):
            if is_required:
                return part
            parts[name] = None
    try:
        found: Finding = check.find(**parts)
    except DamagedError:
        raise
    except Exception as error:
        logger.exception("The check `%s` failed.", check.kind())
        return Problem(
            who="operator",
            message=say(
                "The check `{kind}` failed by a mistake of the program ({name}).",
                kind=check.kind(),
                name=type(error).__name__,
            ),
            hint=say("Please report it, with the traceback in the operator's log."),
        )
    return found


def identity_of(check: Check, calibration: Calibration | None) -> str:
    """A hash that is equal for checks that find the same in the same evidence."""
    used = calibration.page() if calibration is not None and "calibration" in check.needs() else ""
    parts = (check.kind(), check.model_dump_json(), used)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
