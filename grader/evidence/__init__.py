"""What was measured about one submission: plain data, and its form on the wire.

A worker writes it as JSON, the parent validates it, the checks read it.
Each part is either there or a `Problem` that says who must act.
"""

from collections.abc import Iterator

from pydantic import Field

from grader.evidence.figure import Figure
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.problem import Problem
from grader.evidence.training import Accuracy, Probe, Rerun
from grader.evidence.values import Scope, Sentence, Stage, Text
from grader.frozen import Frozen


class File(Frozen):
    """One file that was taken from the submission, and why this one."""

    role: Text
    name: Text
    bytes: int = Field(ge=0)
    sha256: Text
    note: Sentence = ""


class Declaration(Frozen):
    """What `submission.yaml` says; words of the student, so never proof of anything."""

    name: Text = ""
    id: Text = ""
    norm_column: Text = ""
    norm_scope: Scope | None = None
    norm_stage: Stage | None = None


class Evidence(Frozen):
    """Everything that was measured about one submission; a part that is missing says why."""

    files: tuple[File, ...]
    declaration: Declaration
    log: Log | Problem
    model: Model | Problem
    accuracy: Accuracy | Problem
    probe: Probe | Problem
    rerun: Rerun | Problem
    # None where the rubric asks for no figure.
    figure: Figure | Problem | None = None
    notes: tuple[Sentence, ...] = ()

    def problems(self) -> Iterator[Problem]:
        """The problems among the parts, in order."""
        for part in (self.log, self.model, self.accuracy, self.probe, self.rerun, self.figure):
            if isinstance(part, Problem):
                yield part
