"""One submission's results; as JSON, the product's public format."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import BaseModel, Field, SerializerFunctionWrapHandler, model_serializer, model_validator
from pydantic_core.core_schema import SerializationInfo

from grader.evidence import Declaration, File
from grader.frozen import Frozen
from grader.languages import ENGLISH, Language
from grader.phrase import Phrase, Said

Status = Literal["passed", "failed", "review", "error", "skipped"]
Verdict = Literal["passed", "failed", "review", "error"]
Level = Literal["full", "limited", "basic"]


class Finding(Frozen):
    """What a check says: a status, a sentence with what was found and what was asked, and what to do."""

    status: Literal["passed", "failed", "review"]
    message: Said
    hint: Said = ""


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
    message: Said
    hint: Said = ""
    teacher_hint: str = ""


class Fact(Frozen):
    """Something measured that the reader should know beside the items."""

    name: Said
    value: Said


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
    message: Said
    hint: Said = ""


class Isolation(Frozen):
    """How good the walls were behind which a submission was measured, by a test at the start.

    Attributes:
        level: `full`, `limited` or `basic`.
        sentence: what a worker could do that it should not, or that it could do nothing of the kind.
    """

    level: Level
    sentence: Said


class Origin(Frozen):
    """How evidence was measured.

    Attributes:
        seconds: that it took.
        isolation: behind which walls.
        limits: within which.
    """

    seconds: float = 0.0
    isolation: Isolation | None = None
    limits: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Whose:
    """Whose submission it is.

    Attributes:
        id: of the submission.
        name: of the student, where a platform knows it; else "".
    """

    id: str
    name: str = ""


class Report(Frozen):
    """One submission's results.

    Its sentences are phrases, so that a page can say them in any language. In JSON each of them stands in
    English in its place, and what it was made from stands under `phrases`.

    Attributes:
        language: of the pages that are made of it.
        phrases: in JSON only: for each sentence, by its place such as `items/0/message`, its template.
    """

    version: Literal[1] = 1
    program: str
    id: str
    name: str
    rubric: str
    verdict: Verdict
    score: float
    max_score: float
    summary: Said
    items: tuple[ItemResult, ...]
    facts: tuple[Fact, ...] = ()
    files: tuple[File, ...] = ()
    declaration: Declaration = Field(default_factory=Declaration)
    notes: tuple[Said, ...] = ()
    pairs: tuple[Pair, ...] = ()
    seconds: float = 0.0
    isolation: Isolation | None = None
    limits: tuple[Fact, ...] = ()
    language: Language = ENGLISH
    phrases: dict[str, Said] = Field(default_factory=dict)

    @model_serializer(mode="wrap")
    def _in_english(self, write: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        if info.mode != "json":
            found: dict[str, Any] = write(self)
            return found
        data: dict[str, Any] = write(self)
        phrases = {}
        for place, phrase in _phrases(self):
            part: Any = data
            for step in place[:-1]:
                part = part[int(step) if isinstance(part, list) else step]
            last = int(place[-1]) if isinstance(part, list) else place[-1]
            phrases["/".join(place)] = part[last]
            part[last] = str(phrase)
        return data | {"phrases": phrases}

    @model_validator(mode="after")
    def _with_phrases(self) -> Self:
        report = self
        for place, phrase in self.phrases.items():
            report = _put(report, place.split("/"), phrase)
        return report.model_copy(update={"phrases": {}}) if self.phrases else self


def _phrases(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Phrase]]:
    """Every phrase in a report with its place."""
    if isinstance(value, str):
        if isinstance(value, Phrase):
            yield place, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _phrases(getattr(value, name), (*place, name))
    elif isinstance(value, tuple):
        for position, part in enumerate(value):
            yield from _phrases(part, (*place, str(position)))


def _put(value: Any, place: Sequence[str], phrase: str) -> Any:
    """The value with a phrase in the place of the same sentence; a place that has another one stays."""
    if not place:
        return phrase if value == phrase else value
    name, rest = place[0], place[1:]
    if isinstance(value, BaseModel) and name in type(value).model_fields:
        return value.model_copy(update={name: _put(getattr(value, name), rest, phrase)})
    if isinstance(value, tuple) and name.isdecimal() and int(name) < len(value):
        position = int(name)
        return (*value[:position], _put(value[position], rest, phrase), *value[position + 1 :])
    return value
