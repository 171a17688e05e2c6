"""What comes of evidence by itself: what each check finds in it, and what a report says beside the items."""

import hashlib
import logging
from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol, cast

from grader.analysis.norms.infer import NormColumns, norms_of
from grader.analysis.targets import Targets
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


class Findings:
    """What the checks of a rubric find in one submission's evidence."""

    def __init__(self, evidence: Parts | Evidence, targets: Targets) -> None:
        """Ask no check yet.

        Args:
            evidence: What was measured.
            targets: What the rubric asks for.
        """
        self._evidence = evidence
        self._targets = targets

    def of(self, check: Check) -> Outcome:
        """What a check finds, or the reason why there is nothing to look at.

        Raises:
            DamagedError: kept evidence cannot be read.
        """
        try:
            parts: dict[str, object] = {}
            for name, is_required in check.needs().items():
                part = self._norms if name == "norms" else self._evidence.named(name)
                if isinstance(part, Problem) and is_required:
                    return part
                parts[name] = None if isinstance(part, Problem) else part
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

    @cached_property
    def _norms(self) -> NormColumns | Problem:
        """The norm columns of the log, worked out once for all checks, when the first asks for them."""
        known = self._evidence
        evidence: Evidence = known if isinstance(known, Evidence) else cast("Any", known).evidence()
        return norms_of(evidence, self._targets)


def identity_of(check: Check, targets: Targets) -> str:
    """A hash that is equal for checks that find the same in the same evidence."""
    used = targets.model_dump_json() if "norms" in check.needs() else ""
    parts = (check.kind(), check.model_dump_json(), used)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
