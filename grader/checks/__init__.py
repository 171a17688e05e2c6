"""Kinds of checks: one file each; the file's name is the name in YAML and, in capitals, of the class.

The fields of a check are its parameters in YAML, its docstring is its manual page, and the parameters of its
method `find` name the parts of the evidence that it needs: `log`, `model`, `accuracy`, `probe`, `rerun`, ...,
`norms`, the log's norm columns with what each was found to be, `handed_out`, what the student was given to
compute, and `labels`, those of the rubric. One annotated with `| None` is welcome but not needed. A kind that
compares runs takes the parts of the other one as `other_log`, `other_norms`, .... To add a kind, write one
file here and its test; nothing is registered.
"""

import importlib
import inspect
import math
import pkgutil
import textwrap
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from grader.analysis.notebook.cells import chosen, where
from grader.analysis.targets import Targets
from grader.evidence.frozen import Frozen
from grader.evidence.notebook import Cell
from grader.evidence.part import kinds as parts
from grader.evidence.values import Metric
from grader.messages.message import EMPTY, Message, say
from grader.messages.wording import accuracy, number
from grader.report import Finding, failed

# What a student was given to compute, which is no part of what was handed in.
HANDED_OUT = "handed_out"
# The rubric's labels, which no student has.
LABELS = "labels"
Cap = Annotated[float, Field(gt=0, allow_inf_nan=False)]


@dataclass(frozen=True)
class Setting:
    """What a check stands beside in a rubric; `optimizer` is that of the grader's own training.

    `all_needed` says that a submission only passes with all of its item's points.
    """

    checks: tuple["Check", ...]
    optimizer: Mapping[str, Any]
    calibrated: bool
    all_needed: bool = False


def parameters(check: type["Check"]) -> dict[str, str]:
    """Each parameter's name and description, from the manual page."""
    _, _, rest = inspect.cleandoc(check.__doc__ or "").partition("Args:\n")
    section = textwrap.dedent(rest.partition("\n\n")[0])
    entries = section.replace("\n    ", " ").splitlines()
    return {name: text for name, _, text in (entry.partition(": ") for entry in entries)}


def _describe(schema: dict[str, Any], check: type["Check"]) -> None:
    """Add the descriptions of the manual page to a check's JSON Schema."""
    for name, text in parameters(check).items():
        schema["properties"][name]["description"] = text


class Check(Frozen):
    """A kind of check with its parameters."""

    model_config = ConfigDict(json_schema_extra=_describe)

    # Each kind declares `find` with the parts that it needs as named parameters.
    find: ClassVar[Callable[..., Finding]]
    # A log that lacks steps does not pass.
    counts_steps: ClassVar[bool] = False
    # It compares with labels that are numbers.
    compares_numbers: ClassVar[bool] = False
    # It needs the notebook that the rubric's `starter` names.
    compares_with_starter: ClassVar[bool] = False
    # A review means that log and model are likely of different trainings.
    doubts_the_origin: ClassVar[bool] = False
    # It is about an accuracy, which a regression does not have.
    needs_accuracy: ClassVar[bool] = False

    def targets(self) -> Targets:
        """What the check asks of a log, so that what a column is, is decided once for all items."""
        return Targets()

    def warnings(self, setting: Setting) -> Iterator[str]:  # noqa: ARG002  (most kinds have none)
        """What a careful teacher would not leave so; each is the rest of a sentence that names the item."""
        yield from ()

    @classmethod
    def kind(cls) -> str:
        """The name in YAML, which is the name of the file."""
        return cls.__module__.rpartition(".")[2]

    @classmethod
    @cache
    def needs(cls) -> Mapping[str, bool]:
        """The parts of the evidence that `find` takes, each with whether it is required."""
        hints = typing.get_type_hints(cls.find)
        return {
            name: type(None) not in typing.get_args(hint) for name, hint in hints.items() if name != "return"
        }

    @classmethod
    def is_of_a_run(cls) -> bool:
        """Whether `find` takes something that each training has."""
        needs = set(cls.needs()) - {HANDED_OUT, LABELS}
        return any(name not in parts() or parts()[name].per_run for name in needs)


CellWord = Annotated[str, Field(max_length=200)]


class LooksAtCells(Check):
    """A kind that looks at the cells of a notebook which have a tag, or stand below a heading."""

    under: CellWord = ""
    tag: CellWord = ""

    def chosen(self, cells: Iterable[Cell]) -> tuple[Cell, ...]:
        """Those that are meant, of these."""
        return chosen(cells, self.tag, self.under)

    def given(self, starter: Iterable[Cell]) -> tuple[Cell, ...]:
        """Those that are meant of the notebook that was handed out: with code in them."""
        return tuple(cell for cell in self.chosen(starter) if cell.kind == "code" and cell.work != "nothing")

    def no_cell(self) -> Finding:
        """What is said where the notebook has none of them."""
        return failed(
            say("The notebook has no cell {where}.", where=where(self.tag, self.under)),
            say(
                "Work in the notebook as it was handed out, and leave its headings and the tags of its cells "
                "as they are."
            ),
        )


OTHER = "other_"


class ComparesRuns(Check):
    """A kind that compares the run of its item with another, whose parts `find` takes as `other_log`, ..."""

    than: Annotated[str, Field(pattern=r"^[a-z0-9_]+$", max_length=60)]


class ComparesWithHonestRuns(Check):
    """A kind that compares the log with what the grader measured, within what honest runs differ."""

    cap: Cap = 1.0
    training_images: int | None = Field(default=None, ge=1, le=1_000_000_000)

    def targets(self) -> Targets:
        """The cap, and the size of the training set."""
        return Targets(cap=self.cap, training_images=self.training_images)

    def warnings(self, setting: Setting) -> Iterator[str]:
        """Without a calibration nothing is compared."""
        if not setting.calibrated:
            yield (
                "compares nothing, because there is no calibration for this `data`, `rerun` and `probe`; "
                "`grader rubric calibrate` makes one, with `--run NAME` that of a run with its own `rerun`."
            )


class AsksForAccuracy(Check):
    """A kind that asks for an accuracy, and may give a part of the points for less."""

    needs_accuracy: ClassVar[bool] = True

    at_least: float = Field(default=0.87, ge=0, le=1)
    partial_from: float | None = Field(default=None, ge=0, le=1)

    def share(self, value: float) -> float:
        """The share of the points for an accuracy that is not enough: linear from `partial_from` on."""
        begin = self.partial_from
        if begin is None or not begin < value < self.at_least:
            return 0.0
        return min((value - begin) / (self.at_least - begin), math.nextafter(1, 0))

    @property
    def _part(self) -> Message:
        if self.partial_from is None:
            return EMPTY
        return say(
            "The rubric gives a part of the points from {value} on.", value=accuracy(self.partial_from)
        )

    def warnings(self, setting: Setting) -> Iterator[str]:  # noqa: ARG002  (it does not depend on others)
        """A part of the points is for less than what is asked for."""
        if self.partial_from is not None and self.partial_from >= self.at_least:
            yield (
                f"has `partial_from` {self.partial_from:g}, which is not below `at_least` {self.at_least:g}, "
                "so it never gives a part of the points."
            )


# Less of them is better.
_LESS: frozenset[Metric] = frozenset({"cross_entropy", "perplexity", "mae", "rmse"})


class AsksForMetric(Check):
    """A kind that asks for a metric beside the accuracy: a large AUC, or little of another."""

    metric: Metric | None = None
    at_least: float | None = Field(default=None, ge=0, le=1)
    at_most: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if self.metric is not None:
            key, other = ("at_most", "at_least") if self.metric in _LESS else ("at_least", "at_most")
            if getattr(self, key) is None or other in self.model_fields_set:
                raise ValueError(f"must have `{key}`, and not `{other}`, for the metric `{self.metric}`")
        return self

    @property
    def bound(self) -> float:
        """The value asked for."""
        return (self.at_most if self.metric in _LESS else self.at_least) or 0.0

    @property
    def asked(self) -> Message:
        """What the rubric asks for, in words."""
        if self.metric in _LESS:
            return say("at most {bound}", bound=number(self.bound))
        return say("at least {bound}", bound=number(self.bound))

    def is_reached(self, value: float) -> bool:
        """Whether a value is as good as the bound, but for rounding."""
        over = value - self.bound if self.metric in _LESS else self.bound - value
        return over <= 1e-9 * max(1.0, self.bound)


@cache
def kinds() -> tuple[str, ...]:
    """The names of all kinds, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


def load(kind: str) -> type[Check]:
    """The class of a kind.

    Raises:
        KeyError: there is no such kind.
    """
    if kind not in kinds():
        raise KeyError(kind)
    module = importlib.import_module(f"{__name__}.{kind}")
    check: type[Check] = getattr(module, kind.title().replace("_", ""))
    return check
