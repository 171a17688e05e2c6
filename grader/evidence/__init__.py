"""What was measured about one submission, as a worker writes it in JSON and the checks read it."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from pydantic import Field

from grader.evidence.frozen import Frozen
from grader.evidence.part import UNNAMED, Part, Parts, kinds
from grader.evidence.problem import Problem
from grader.evidence.values import Scope, Sentence, Stage, Text
from grader.messages.message import EMPTY, say

Kind = TypeVar("Kind", bound=Part)


class File(Frozen):
    """One file that was taken from the submission, why this one, and what only a teacher reads of it.

    `instead` says how to name another one, where others are as good. `run` is that of a rubric with runs.
    """

    role: Text
    run: Text = UNNAMED
    name: Text
    bytes: int = Field(ge=0)
    sha256: Text
    note: Sentence = EMPTY
    instead: Sentence = EMPTY
    teacher_note: Sentence = EMPTY


class DeclaredRun(Frozen):
    """What `submission.yaml` says of one run: the files of its parts, and its name in a log of several."""

    files: Mapping[Text, Text] = Field(default_factory=dict)
    group: Text = ""


class Declaration(Frozen):
    """What `submission.yaml` says; words of the student, so never proof of anything.

    `files` has the name of the file for a part, by the part's name. `runs` are those of a rubric with runs;
    for one without, `run` is the one to grade of a log of several.
    """

    name: Text = ""
    id: Text = ""
    norm_column: Text = ""
    norm_scope: Scope | None = None
    norm_stage: Stage | None = None
    files: Mapping[Text, Text] = Field(default_factory=dict)
    run: Text = ""
    runs: Mapping[Text, DeclaredRun] = Field(default_factory=dict)


class Evidence(Frozen):
    """Everything that was measured about one submission; a part that is missing says why.

    `parts` has what there is once, `runs` what there is of each training; where a rubric names no runs,
    there is one without a name. The notes say how the files were found.
    """

    files: tuple[File, ...]
    declaration: Declaration
    parts: Parts = Field(default_factory=dict)
    runs: Mapping[Text, Parts] = Field(default_factory=dict)
    notes: tuple[Sentence, ...] = ()

    def named(self, name: str, run: str = UNNAMED) -> Part | Problem:
        """The part of this name, or why it is not there; one that belongs to no training has no run."""
        held = self.runs.get(run, {}) if kinds()[name].per_run else self.parts
        return held.get(name, _not_asked_for(name))

    def part(self, kind: type[Kind], run: str = UNNAMED) -> Kind | Problem:
        """The part of this kind, or why it is not there; see `named`."""
        found = self.named(kind.part_name(), run)
        if not isinstance(found, kind | Problem):
            raise TypeError(f"The part must be a {kind.__name__}. Received: {type(found).__name__}.")
        return found

    def found(self, kind: type[Kind], run: str = UNNAMED) -> Kind | None:
        """The part of this kind, or None where it is not there."""
        part = self.part(kind, run)
        return None if isinstance(part, Problem) else part

    def having(self, name: str, part: Part | Problem, run: str = UNNAMED) -> "Evidence":
        """The evidence with one part added or replaced."""
        if not kinds()[name].per_run:
            return self.model_copy(update={"parts": {**self.parts, name: part}})
        runs = {**self.runs, run: {**self.runs.get(run, {}), name: part}}
        return self.model_copy(update={"runs": runs})

    def every(self) -> Iterator[tuple[str, str, Part | Problem]]:
        """Each part with its run and its name; the parts of runs come first."""
        for run, held in self.runs.items():
            yield from ((run, name, part) for name, part in held.items())
        yield from ((UNNAMED, name, part) for name, part in self.parts.items())

    def problems(self) -> Iterator[Problem]:
        """The problems among the parts."""
        yield from (part for *_, part in self.every() if isinstance(part, Problem))


def _not_asked_for(name: str) -> Problem:
    return Problem(
        who="operator",
        message=say("No {part} was looked for; the rubric's `files` have no patterns for it.", part=name),
        hint=say("Add patterns for `{part}` to `files` in the rubric, and grade again.", part=name),
    )
