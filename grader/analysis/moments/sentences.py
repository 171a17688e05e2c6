"""The sentences on a column of norms beside the optimizer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from grader.analysis.moments.adam import AdamState
from grader.analysis.moments.compare import Fit
from grader.analysis.norms.columns import SERIES_NAMES
from grader.messages.message import Message, joined, say
from grader.messages.wording import counted, number, quoted

_QUANTITIES = {
    "sum": say("the sum of Adam's second moment"),
    "largest": say("the largest sum of a variable's second moment"),
    "norm": say("the norm of Adam's first moment"),
}


@dataclass(frozen=True)
class Compared:
    """A column of so many norms beside an optimizer that counts so many steps.

    There is one fit for each series that the column may hold, and for each that it is said not to hold.
    """

    header: str
    rows: int
    steps: int
    possible: tuple[Fit, ...]
    impossible: tuple[Fit, ...]

    @property
    def fitting(self) -> tuple[Fit, ...]:
        """The fits among the possible ones."""
        return tuple(fit for fit in self.possible if fit.fits)

    @property
    def conclusive(self) -> Fit | None:
        """The fit that is so exact that it tells what the column holds."""
        return next((fit for fit in self.fitting if fit.is_conclusive), None)


def exact(compared: Compared, fit: Fit) -> Message:
    """That the log predicts what the model file stores."""
    return say(
        "{header} fits the optimizer as {series}: {rows} predict {predicted} for {quantities}, "
        "and the model file stores {stored} after {steps} (relative difference {difference}).",
        header=quoted(compared.header),
        series=SERIES_NAMES[fit.scope, fit.stage],
        rows=_rows(compared, fit),
        predicted=number(fit.predicted),
        quantities=_QUANTITIES[fit.quantity],
        stored=number(fit.stored),
        steps=counted(compared.steps, "step", grouped=True),
        difference=f"{fit.difference:.1g}",
    )


def no_contradiction(compared: Compared, state: AdamState) -> Message:
    """That the log is possible, with the numbers between which it lies."""
    first = compared.fitting[0]
    names = [SERIES_NAMES[fit.scope, fit.stage] for fit in compared.fitting]
    return say(
        "{header} is consistent with the optimizer as {names}: averaged as Adam does, the squares of {rows} "
        "give {average}; in the model file Adam's second moment sums to {total}, and to {largest} for its "
        "largest variable.",
        header=quoted(compared.header),
        names=_either(names),
        rows=_rows(compared, first),
        average=number(first.average),
        total=number(state.total),
        largest=number(state.largest),
    )


def contradiction(compared: Compared) -> Message:
    """That the log is not possible, with every number; and what the column would fit as."""
    fit = min(compared.possible, key=lambda possible: possible.apart)
    others = [SERIES_NAMES[other.scope, other.stage] for other in compared.impossible if other.fits]
    sentence = say(
        "{header} does not fit the optimizer as {series}: {rows} predict {bound} {predicted} for "
        "{quantities}, and the model file stores {stored} after {steps} (relative difference "
        "{difference}, of which rounding and steps that are not in the log explain at most {allowed}).",
        header=quoted(compared.header),
        series=SERIES_NAMES[fit.scope, fit.stage],
        rows=_rows(compared, fit),
        bound=_bound(fit),
        predicted=number(fit.predicted),
        quantities=_QUANTITIES[fit.quantity],
        stored=number(fit.stored, apart_from=fit.predicted),
        steps=counted(compared.steps, "step", grouped=True),
        difference=f"{fit.difference:.2g}",
        allowed=f"{fit.allowed:.1g}",
    )
    return (
        say("{sentence} It could be {others}.", sentence=sentence, others=_either(others))
        if others
        else sentence
    )


def _rows(compared: Compared, fit: Fit) -> Message:
    """The rows that were used, counted from 1."""
    if (fit.row_range.start, fit.row_range.end) == (0, compared.rows):
        return say("its {rows}", rows=counted(compared.rows, "row", grouped=True))
    return say(
        "its rows {start} to {end} of {rows}",
        start=f"{fit.row_range.start + 1:,}",
        end=f"{fit.row_range.end:,}",
        rows=f"{compared.rows:,}",
    )


def _bound(fit: Fit) -> Message:
    return (
        say("at most")
        if fit.low == -math.inf
        else say("at least")
        if fit.high == math.inf
        else say("exactly")
    )


def _either(names: Sequence[Message]) -> Message:
    if len(names) == 1:
        return names[0]
    return say("{names} or {last}", names=joined(", ", names[:-1]), last=names[-1])
