"""A part of the evidence: each kind is a class in a file of this folder, and nothing is registered."""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import GetCoreSchemaHandler, GetPydanticSchema
from pydantic_core import CoreSchema, core_schema

from grader.evidence.frozen import Frozen
from grader.evidence.problem import Problem
from grader.messages.message import Message

# A submission whose rubric names no runs has one training, in the run of this name.
UNNAMED = ""


@dataclass(frozen=True)
class Wanted:
    """The file of a submission that a part is read from; the rubric's `files` has a key of the part's name.

    A sentence calls it `word`; `advice` is for a student whose submission lacks it, and `description` is of
    the key. The `patterns` count where the rubric has none, the preferred one first; without any, the file is
    looked for only where the rubric has patterns for it. `others` are the patterns of further files that may
    be it, or that are handed in in its place, so that it can be said what they are.
    """

    word: Message
    description: str
    advice: Message
    patterns: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    # The advice where the rubric's preferred pattern has one of these endings.
    advice_by_ending: tuple[tuple[tuple[str, ...], Message], ...] = ()

    def advice_for(self, patterns: Sequence[str]) -> Message:
        """The advice where a rubric has these patterns, the preferred one first."""
        first = patterns[0].lower() if patterns else ""
        fitting = (advice for endings, advice in self.advice_by_ending if first.endswith(endings))
        return next(fitting, self.advice)


class Merit(NamedTuple):
    """What speaks for one of several files that could be a part: how much of it there is, in words."""

    amount: int
    why: Message


class Part(Frozen):
    """One kind of evidence about a submission; one that is `per_run` belongs to a training, once in each run.

    Without a file that is `wanted`, it is what the grader measures itself.
    """

    per_run: ClassVar[bool] = True
    # Whether it is measured only where a rubric asks for it.
    on_request: ClassVar[bool] = False
    wanted: ClassVar[Wanted | None] = None

    @property
    def identity(self) -> str:
        """A hash that is equal only for copies; "" if there is none."""
        return ""

    @property
    def merits(self) -> tuple[Merit, ...]:
        """What it holds of what is graded, the most important first: of several files the best is taken."""
        return ()

    @property
    def trained_steps(self) -> int | None:
        """How many steps of a training it is of, by which a model and its log are known; None if unknown."""
        return None

    @property
    def picture(self) -> str:
        """A picture for the student's page, as an address of kind `data:`; "" if there is none."""
        return ""

    @property
    def remarks(self) -> tuple[Message, ...]:
        """What a reader of the report should know of how it was read."""
        return ()

    @classmethod
    def part_name(cls) -> str:
        """The name under which the evidence holds it and a check asks for it."""
        return cls.__name__.lower()


@cache
def kinds() -> Mapping[str, type[Part]]:
    """Every kind of part by its name, in the order of the names."""
    package = importlib.import_module(__name__.rpartition(".")[0])
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted((kind.part_name(), kind) for kind in Part.__subclasses__()))


def wanted() -> Mapping[str, Wanted]:
    """The file of each part that is read from one, by the part's name; optional ones come last."""
    found = {name: kind.wanted for name, kind in kinds().items() if kind.wanted is not None}
    return dict(sorted(found.items(), key=lambda named: not named[1].patterns))


def _by_kind(_: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    fields = {
        name: core_schema.typed_dict_field(handler.generate_schema(kind | Problem), required=False)
        for name, kind in kinds().items()
    }
    return core_schema.typed_dict_schema(fields, extra_behavior="forbid", strict=True)


# Parts by name; what is not there says who must act.
Parts = Annotated[Mapping[str, Part | Problem], GetPydanticSchema(_by_kind)]
