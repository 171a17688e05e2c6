"""One submission's results; as JSON, the product's public format."""

from typing import Literal

from pydantic import Field

from grader.evidence import Declaration, File
from grader.frozen import Frozen

Status = Literal["passed", "failed", "review", "error", "skipped"]
Verdict = Literal["passed", "failed", "review", "error"]
Level = Literal["full", "limited", "basic"]


class Finding(Frozen):
    """What a check says: a status, a sentence with what was found and what was asked, and what to do."""

    status: Literal["passed", "failed", "review"]
    message: str
    hint: str = ""


def passed(message: str, hint: str = "") -> Finding:
    """What was asked is there."""
    return Finding(status="passed", message=message, hint=hint)


def failed(message: str, hint: str) -> Finding:
    """What was asked is not there, and the student can do something about it."""
    return Finding(status="failed", message=message, hint=hint)


def review(message: str, hint: str = "") -> Finding:
    """The evidence contradicts itself, and a teacher must look."""
    return Finding(status="review", message=message, hint=hint)


class ItemResult(Frozen):
    """One item of the rubric with what was found."""

    id: str
    title: str
    kind: str
    status: Status
    points: float
    max_points: float
    message: str
    hint: str = ""
    teacher_hint: str = ""


class Fact(Frozen):
    """Something measured that the reader should know beside the items."""

    name: str
    value: str


class Pair(Frozen):
    """Another submission of the class that is so like this one that a teacher should see both.

    Attributes:
        id: of the other submission.
        part: what is alike.
        message: what was found, in numbers.
        hint: what it can mean, and what to do.
    """

    id: str
    part: Literal["model", "log", "log and model", "figure"]
    message: str
    hint: str = ""


class Isolation(Frozen):
    """How good the walls were behind which a submission was measured, by a test at the start.

    Attributes:
        level: `full`, `limited` or `basic`.
        sentence: what a worker could do that it should not, or that it could do nothing of the kind.
    """

    level: Level
    sentence: str


class Report(Frozen):
    """One submission's results."""

    version: Literal[1] = 1
    program: str
    id: str
    name: str
    rubric: str
    verdict: Verdict
    score: float
    max_score: float
    summary: str
    items: tuple[ItemResult, ...]
    facts: tuple[Fact, ...] = ()
    files: tuple[File, ...] = ()
    declaration: Declaration = Field(default_factory=Declaration)
    notes: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()
    seconds: float = 0.0
    isolation: Isolation | None = None
    limits: tuple[Fact, ...] = ()
