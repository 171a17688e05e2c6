"""What comes of evidence by itself: what each check finds in it, and what a report says beside the items."""

import logging
from functools import cached_property

from grader.analysis.norms.infer import NormColumns, norms_of
from grader.analysis.targets import Targets
from grader.checks import Check
from grader.evidence import Declaration, Evidence, File
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.problem import Problem
from grader.evidence.values import Sentence
from grader.frozen import Frozen
from grader.messages.message import say
from grader.report import Fact, Finding
from grader.reports.facts import facts_of, numbers_of

logger = logging.getLogger(__name__)

Outcome = Finding | Problem


class Outline(Frozen):
    """What a report says of a submission beside the items."""

    files: tuple[File, ...]
    declaration: Declaration
    facts: tuple[Fact, ...]
    numbers: dict[str, float]
    notes: tuple[Sentence, ...]


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
        numbers=numbers_of(evidence),
        notes=tuple(notes),
    )


class Findings:
    """What the checks of a rubric find in one submission's evidence."""

    def __init__(self, evidence: Evidence, targets: Targets) -> None:
        """Ask no check yet.

        Args:
            evidence: What was measured.
            targets: What the rubric asks for.
        """
        self._evidence = evidence
        self._targets = targets

    def of(self, check: Check) -> Outcome:
        """What a check finds, or the reason why there is nothing to look at."""
        try:
            parts: dict[str, object] = {}
            for name, is_required in check.needs().items():
                part = self._norms if name == "norms" else self._evidence.named(name)
                if isinstance(part, Problem) and is_required:
                    return part
                parts[name] = None if isinstance(part, Problem) else part
            found: Finding = check.find(**parts)
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
        return norms_of(self._evidence, self._targets)
