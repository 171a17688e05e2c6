"""What a logged gradient norm is, how large it can be after clipping, and how often it reaches the cap."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from grader.analysis.log_positions import columns, place, sampled_every
from grader.analysis.statistics import Rows, as_array, overflowing, rounding, units
from grader.evidence.log import Column, Log
from grader.evidence.model import Optimizer
from grader.evidence.values import Scope, Stage
from grader.messages.message import EMPTY, Message, say, say_counted, together
from grader.messages.wording import number, quoted
from grader.report import Finding, failed

HOW_TO_LOG = say(
    "Log with `grader.student.NormLogger`, which writes the norms before and after clipping; in a "
    "training loop of your own, clip the gradients first and log the norm of the clipped ones."
)
NAME_IT = say("If one has the gradient norms, `submission.yaml` may say so: `norm: {column: NAME}`.")
# A clipped norm comes out of float32 as 1.0000001192 or 0.9999999; logs with three decimals round it, too.
REACHES = 1e-3
EARLY_STEPS = 200

# The log or `submission.yaml` says it, the column beside it, the optimizer's moments prove it, the numbers
# tell it as far as honest runs are alike, or it is assumed.
Series = tuple[Scope, Stage]
How = Literal["declared", "beside", "moments", "numbers", "assumed"]
SERIES_NAMES = {
    ("variable", "before"): say("the largest norm of a variable before clipping"),
    ("variable", "after"): say("the largest norm of a variable after clipping"),
    ("global", "before"): say("the norm of all gradients before clipping"),
    ("global", "after"): say("the norm of all gradients after clipping"),
}


@dataclass(frozen=True)
class NormColumn:
    """A column of gradient norms, with at least one value, and the series that it is taken for.

    Where scope or stage is not known, `possible` are the series that the numbers leave, the likeliest first.
    """

    logged: Column
    scope: Scope
    stage: Stage
    scope_by: How
    stage_by: How
    possible: tuple[Series, ...] = ()
    every: int = 1  # how many steps lie from one norm to the next; more than 1 where the log is a sample

    @property
    def values(self) -> Sequence[float]:
        """The norms in the order of the log."""
        return self.logged.values

    @property
    def largest(self) -> float:
        """The largest norm."""
        return float(as_array(self.values).max())

    @cached_property
    def rounding(self) -> float:
        """How far the log's rounding can have moved each norm."""
        return rounding(self.values)

    @property
    def name(self) -> str:
        """The column's header in backticks, for a sentence."""
        return quoted(self.logged.header)

    @property
    def scope_known(self) -> bool:
        """Whether the scope is more than assumed."""
        return self.scope_by != "assumed"

    @property
    def stage_known(self) -> bool:
        """Whether the stage is more than assumed."""
        return self.stage_by != "assumed"

    @property
    def candidates(self) -> tuple[Series, ...]:
        """The series that the column can be: one, where that is known or nothing else is possible."""
        return self.possible or ((self.scope, self.stage),)

    @property
    def series(self) -> Message:
        """The series that the column is taken for, for a sentence."""
        return SERIES_NAMES[self.scope, self.stage]

    def declares_otherwise(self, series: Series) -> bool:
        """Whether the log or `submission.yaml` says that the column is another series."""
        scope, stage = series
        return (self.scope_by == "declared" and self.scope != scope) or (
            self.stage_by in {"declared", "beside"} and self.stage != stage
        )

    def known_by(self, by: How, scope: Scope, stage: Stage) -> "NormColumn":
        """The same column, with what its numbers tell in place of what was assumed."""
        return replace(
            self,
            scope=scope,
            stage=stage,
            scope_by=self.scope_by if self.scope_known else by,
            stage_by=self.stage_by if self.stage_known else by,
        )


def declared_columns(log: Log, scope: Scope = "variable", stage: Stage = "after") -> tuple[NormColumn, ...]:
    """The norm columns that have values, each with its declared scope and stage, or else the assumed ones.

    Beside a column with a stage, one without has the other: who logs `grad_norm` and `grad_norm_clipped` has
    said which was not clipped.
    """
    logged = [column for column in log.norms() if column.values]
    stages = {column.stage for column in logged if column.stage}
    beside: Stage | None = "before" if stages == {"after"} else "after" if stages == {"before"} else None
    return tuple(
        NormColumn(
            logged=column,
            scope=column.scope or scope,
            stage=column.stage or beside or stage,
            scope_by="declared" if column.scope else "assumed",
            stage_by="declared" if column.stage else "beside" if beside else "assumed",
            every=sampled_every(log, column),
        )
        for column in logged
    )


@dataclass(frozen=True)
class Bound:
    """The largest value that a norm can have after clipping; `reason` is empty where it is the cap itself."""

    value: float
    reason: Message = EMPTY

    def described(self) -> Message:
        """The value, and where it comes from."""
        if not self.reason:
            return say("the cap of {value}", value=number(self.value))
        return say("{value} ({reason})", value=number(self.value), reason=self.reason)


def bound_after_clipping(
    cap: float, scope: Scope, optimizer: Optimizer | None, variables: int | None, repeats: float = 1.0
) -> Bound | None:
    """The largest norm of this scope that is possible after clipping at the cap.

    `clipnorm` clips each variable's gradient, so the norm of k of them as one vector may reach cap * sqrt(k);
    `global_clipnorm` clips that vector itself, as `clipnorm` did in stand-alone Keras. Where it is not known
    which was used, the wider bound holds.
    Without k it is None. The norm of an embedding's gradient may be `repeats` times what Keras clips by.
    """
    if repeats > 1:
        whole = bound_after_clipping(cap, scope, optimizer, variables)
        return whole and Bound(
            whole.value * repeats,
            say(
                "{bound} times {repeats}, because Keras clips the gradient of an embedding by the squares of "
                "each time that a row was looked up, and a log has the norm of their sum",
                bound=whole.described(),
                repeats=number(repeats),
            ),
        )
    if scope == "variable" or (optimizer and optimizer.global_cap):
        return Bound(cap)
    if variables is None:
        return None
    product = say(
        "the cap {cap} times the square root of {variables} variables", cap=number(cap), variables=variables
    )
    reason = (
        say("{product}, because each is clipped by itself", product=product)
        if optimizer and optimizer.clipnorm
        else say("{product}, because each may be clipped by itself", product=product)
    )
    return Bound(cap * math.sqrt(variables), reason)


def reaching(values: Sequence[float], cap: float) -> int:
    """In how many steps clipping is at work: the norm is over the cap, or within one thousandth of it.

    For the global norm where each variable is clipped it is an upper limit: no variable's norm is larger.
    """
    return int((as_array(values) >= cap * (1 - REACHES)).sum())


@overflowing
def over(values: Sequence[float], limit: float) -> Rows:
    """The places of norms over a limit by more than half a unit of the last printed digit, and of NaN."""
    every = as_array(values)
    places: Rows = (~(every <= limit)).nonzero()[0]
    return places[~(every[places] - units(every)[places] / 2 <= limit)] if len(places) else places


def is_held(values: Sequence[float], cap: float, tolerance: float = 1e-5, share: float = 0.1) -> bool:
    """Whether no norm is over the cap, and this share of the early ones is at it, as clipping leaves them."""
    early = values[:EARLY_STEPS]
    return reaching(early, cap) >= share * len(early) and not len(over(values, cap * (1 + tolerance)))


def no_norm(log: Log) -> Finding:
    """The finding on a log without a gradient norm."""
    return failed(
        say("The log has no values of a gradient norm; {columns}.", columns=columns(log)),
        together(NAME_IT if log.ignored else EMPTY, HOW_TO_LOG),
    )


def unusable(log: Log) -> Finding | None:
    """The finding on a log without a gradient norm or with one that is not finite, or None."""
    logged = [column for column in log.norms() if column.values]
    return not_finite(log, logged) if logged else no_norm(log)


def not_finite(log: Log, series: Iterable[Column]) -> Finding | None:
    """The finding on the earliest NaN or infinity in these columns, or None where all values are finite."""
    import numpy as np

    broken = [(np.flatnonzero(~np.isfinite(as_array(column.values))), column) for column in series]
    broken = [(places, column) for places, column in broken if len(places)]
    if not broken:
        return None
    places, column = min(broken, key=lambda pair: pair[1].rows[pair[0][0]])
    first, count = int(places[0]), len(places)
    return failed(
        say_counted(
            count,
            "{header} is {value} at {where}: {count} of its {values} values is not finite, and all must be.",
            "{header} is {value} at {where}: {count} of its {values} values are not finite, and all must be.",
            header=quoted(column.header),
            value=number(column.values[first]),
            where=place(log, column.rows[first]),
            values=len(column.values),
        ),
        say(
            "The training diverged there, and nothing is learned from that step on. Lower the learning "
            "rate, check that the inputs are scaled and the loss fits the last layer, clip the "
            "gradients, train again."
        ),
    )
