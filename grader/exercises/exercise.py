"""An exercise: its parameters, the cases that a student is given, the right answers, and the usual mistakes.

Each kind is a file in `kinds`, and nothing is registered. No file here imports NumPy before it is needed, so
that a rubric can be read without it.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeAlias

from pydantic import Field

from grader.evidence.frozen import Frozen
from grader.exercises import kinds as _kinds
from grader.exercises.drawing import Drawing
from grader.messages.message import Message

if TYPE_CHECKING:
    import numpy.typing as npt

    # Of float64, and of whole numbers where they are places or a shape.
    Array: TypeAlias = npt.NDArray[Any]
else:
    # Whoever reads a rubric has no need of NumPy.
    Array: TypeAlias = Any

# What a student is given or hands in, by name.
Arrays: TypeAlias = Mapping[str, Array]
# An answer; where there is None, nothing is handed in, or zeros are.
Answer: TypeAlias = Mapping[str, Array | None]
Size = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]


class Case(NamedTuple):
    """What a student is given in one case."""

    name: str
    given: Arrays


class Mistake(NamedTuple):
    """A mistake that many students make: a sentence, and the answer that it leads to."""

    sentence: Message
    answer: Callable[[Arrays], Answer]


class Exercise(Frozen):
    """A kind of exercise with its parameters."""

    def task(self) -> Message:
        """What the student is asked to do, for whoever has only the names of the arrays."""
        raise NotImplementedError

    def cases(self, draw: Drawing) -> Iterator[Case]:
        """What the student is given, the simplest case first."""
        raise NotImplementedError

    def answer(self, given: Arrays) -> Answer:
        """The right answer."""
        raise NotImplementedError

    def as_right(self, given: Arrays) -> Sequence[Answer]:  # noqa: ARG002  (most kinds have none)
        """Other answers that a library gives, as its documentation says; they count as right."""
        return ()

    def mistakes(self) -> Sequence[Mistake]:
        """The usual mistakes, those first that are to be named where several explain an answer."""
        raise NotImplementedError

    def keeps_direction(self) -> bool:
        """Whether each answer is a multiple of what was given under its name."""
        return False

    @classmethod
    def kind(cls) -> str:
        """The name in YAML, which is the name of the file."""
        return cls.__module__.rpartition(".")[2]


@cache
def kinds() -> Mapping[str, type[Exercise]]:
    """Every kind of exercise by its name, in the order of the names."""
    found = {}
    for module in pkgutil.iter_modules(_kinds.__path__):
        own = importlib.import_module(f"{_kinds.__name__}.{module.name}")
        found[module.name] = getattr(own, module.name.title().replace("_", ""))
    return dict(sorted(found.items()))
