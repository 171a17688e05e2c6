"""Looks for what checks find in one submission's evidence, of which some may have been found before."""

from collections.abc import Mapping

from grader.analysis.targets import Targets
from grader.checks import Check
from grader.evidence import Evidence
from grader.evidence.problem import Problem
from grader.grading.findings import Findings, Outcome, outline_of
from grader.grading.store.entry import Entry
from grader.grading.store.judged import Judged
from grader.grading.store.keys import program_sha256


class Judging:
    """The outcomes of checks in one submission's evidence."""

    def __init__(
        self,
        evidence: Entry | Evidence,
        targets: Targets,
        identities: Mapping[Check, str],
        known: Judged | None,
    ) -> None:
        """No check is asked yet.

        Args:
            evidence: of the submission.
            targets: What the rubric asks for.
            identities: of the rubric's checks; see `identity_of`.
            known: what was found in this evidence before.

        Raises:
            DamagedError: nothing is known, and the kept evidence cannot be read.
        """
        self._evidence = evidence
        self._findings = Findings(evidence, targets)
        self._identities = identities
        self._known = known
        self._found: dict[str, Outcome] = {}
        self.outline = known.outline if known else outline_of(_whole(evidence))

    def __call__(self, check: Check) -> Outcome:
        """What a check finds; see `Findings.of`.

        Raises:
            DamagedError: it is not known, and the part of the evidence that it needs cannot be read.
        """
        identity = self._identities[check]
        if self._known is not None and identity in self._known.outcomes:
            return self._known.outcomes[identity]
        outcome = self._findings.of(check)
        self._found[identity] = outcome
        return outcome

    @property
    def news(self) -> Judged | None:
        """All that is known now, if that is worth keeping.

        A mistake of the program is not. Nor is what was added to what is kept, where no large part of the
        evidence was read for it: to find it again takes less time than to keep it.
        """
        if (
            self._known is not None
            and isinstance(self._evidence, Entry)
            and not self._evidence.large_were_read
        ):
            return None
        lasting = {
            identity: outcome
            for identity, outcome in self._found.items()
            if not (isinstance(outcome, Problem) and outcome.who == "operator")
        }
        if self._known is not None and not lasting:
            return None
        before = self._known.outcomes if self._known else {}
        return Judged(program=program_sha256(), outline=self.outline, outcomes={**before, **lasting})


def _whole(evidence: Entry | Evidence) -> Evidence:
    return evidence.evidence() if isinstance(evidence, Entry) else evidence
