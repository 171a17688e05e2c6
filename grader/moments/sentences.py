"""What is said of a column of norms beside the optimizer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from grader.moments.fit import Fit
from grader.moments.memory import Memory
from grader.wording import counted, number, quoted

_SERIES = {
    ("global", "after"): "the norm of all gradients after clipping",
    ("variable", "after"): "the largest norm of a variable after clipping",
    ("variable", "before"): "the largest norm of a variable before clipping",
    ("global", "before"): "the norm of all gradients before clipping",
}
_QUANTITIES = {
    "sum": "the sum of Adam's second moment",
    "largest": "the largest sum of a variable's second moment",
    "norm": "the norm of Adam's first moment",
}


@dataclass(frozen=True)
class Compared:
    """A column with what came of it.

    Attributes:
        header: of the column.
        rows: how many norms it has.
        steps: how many the optimizer counts.
        possible: one fit for each series that the column may hold.
        impossible: one for each that it is said not to hold.
    """

    header: str
    rows: int
    steps: int
    possible: tuple[Fit, ...]
    impossible: tuple[Fit, ...]

    @property
    def fitting(self) -> tuple[Fit, ...]:
        """Those that fit."""
        return tuple(fit for fit in self.possible if fit.fits)

    @property
    def telling(self) -> Fit | None:
        """The one that fits so exactly that it tells what the column holds."""
        return next((fit for fit in self.fitting if fit.tells), None)


def exact(compared: Compared, fit: Fit) -> str:
    """That the log predicts what the model file stores."""
    return (
        f"{quoted(compared.header)} fits the optimizer as {_SERIES[fit.scope, fit.stage]}: "
        f"{_rows(compared, fit)} predict {number(fit.predicted)} for {_QUANTITIES[fit.quantity]}, "
        f"and the model file stores {number(fit.stored)} after {counted(compared.steps, 'step')} "
        f"(relative difference {_difference(fit):.1g})."
    )


def no_contradiction(compared: Compared, memory: Memory) -> str:
    """That the log is possible, with the numbers between which it lies."""
    first = compared.fitting[0]
    names = [_SERIES[fit.scope, fit.stage] for fit in compared.fitting]
    return (
        f"{quoted(compared.header)} does not contradict the optimizer as {_either(names)}: "
        f"the squares of {_rows(compared, first)} average {number(first.average)} in the way of Adam, whose "
        f"second moment sums to {number(memory.total)} in the model file, "
        f"and to {number(memory.largest)} for its largest variable."
    )


def contradiction(compared: Compared) -> str:
    """That the log is not possible, with every number; and what the column would fit as."""
    fit = min(compared.possible, key=lambda possible: possible.apart)
    others = [_SERIES[other.scope, other.stage] for other in compared.impossible if other.fits]
    sentence = (
        f"{quoted(compared.header)} does not fit the optimizer as {_SERIES[fit.scope, fit.stage]}: "
        f"{_rows(compared, fit)} predict {_bound(fit)} {number(fit.predicted)} "
        f"for {_QUANTITIES[fit.quantity]}, and the model file stores "
        f"{number(fit.stored, apart_from=fit.predicted)} after {counted(compared.steps, 'step')} "
        f"(relative difference {_difference(fit):.2g}, of which rounding and steps that are not in the log "
        f"explain at most {fit.allowed:.1g})."
    )
    return f"{sentence} It could be {_either(others)}." if others else sentence


def _rows(compared: Compared, fit: Fit) -> str:
    """The rows that were used, counted from 1."""
    if (fit.span.start, fit.span.end) == (0, compared.rows):
        return f"its {counted(compared.rows, 'row')}"
    return f"its rows {fit.span.start + 1} to {fit.span.end} of {compared.rows}"


def _bound(fit: Fit) -> str:
    return "at most" if fit.low == -math.inf else "at least" if fit.high == math.inf else "exactly"


def _difference(fit: Fit) -> float:
    return abs(fit.stored - fit.predicted) / fit.scale


def _either(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
