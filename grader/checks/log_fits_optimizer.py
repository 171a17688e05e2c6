"""Compares the log with the state of the optimizer in the model file."""

import math
from typing import ClassVar

from pydantic import Field

from grader.analysis.log_positions import place
from grader.analysis.moments.adam import AdamState
from grader.analysis.moments.compare import Fit, fits_in_log
from grader.analysis.moments.rows import impossible as impossible_row
from grader.analysis.moments.rows import is_whole
from grader.analysis.norms.columns import SERIES_NAMES, NormColumn
from grader.analysis.norms.infer import NormColumns
from grader.checks import Check
from grader.evidence.log import Log
from grader.evidence.model import Model, Optimizer
from grader.evidence.values import Scope
from grader.messages.message import Message, joined, say, together
from grader.messages.wording import counted, number, quoted
from grader.report import Finding, not_checked, passed, review

_COMPARE = say(
    "Ask for the log and the model of one and the same run. A log of another run does not fit, nor "
    "do norms that were not those of the training: computed again on another batch, averaged over an "
    "epoch, or changed."
)
_CLIPPED = say(
    "Ask how the model was trained. The cap may have been set after the training, on an optimizer "
    "that had not clipped with it before."
)
# A cap of 1.0 leaves norms of 1.0000001192, and float32 rounds the moment 1 / (1 - beta) times in its memory.
_FLOAT32 = 2.0**-23
_QUANTITIES = {
    "sum": say("the sum of Adam's second moment"),
    "largest": say("the largest sum of a variable's second moment"),
    "norm": say("the norm of Adam's first moment"),
}


class LogFitsOptimizer(Check):
    """Can the logged norms have made the moments that the optimizer in the model file remembers?

    Adam averages the squares of the gradients that it is given: v = beta_2 v + (1 - beta_2) g^2.
    So the norms of all gradients after clipping predict the sum of v, as exactly as float32 and the log are
    rounded; the largest norms of a variable lie between the largest sum of a variable and the sum of all;
    norms before clipping are not below that, and a stored cap does not shorten gradients under it.
    The first moment is not longer than the average of the norms.
    A stored cap bounds the moments themselves: where they exceed it, the training was not clipped with it.

    Where neither its header nor `submission.yaml` declares what a column holds, it is enough that one series
    fits. Norms of one row must be possible beside each other.

    The model may be a checkpoint from within the log, and the log may lack what came before; the ends of
    epochs, the numbers of steps and the places where the log begins again are tried.
    An optimizer that is not stored, or new, or not Adam, AdamW or Nadam is not checked. The item never fails
    a submission.

    Args:
        tolerance: What is allowed beside what float32 and the log's own decimals explain, relative to what
            the log predicts. It is not needed for what Keras does; 0 is right.

    Example:
        log_fits_optimizer: {tolerance: 0.0}
    """

    doubts_the_origin: ClassVar[bool] = True

    tolerance: float = Field(default=0.0, ge=0, le=0.5)

    def find(self, norms: NormColumns, model: Model) -> Finding:
        """Compare the norms with each other, the moments with the cap, and the log with the moments."""
        log = norms.log
        columns = [column for column in norms.columns if is_whole(column.logged)]
        if wrong := _impossible(log, columns, model):
            return wrong
        state = norms.references.adam_state
        if state is None:
            reason = _nothing(model.optimizer, model.looks_up)
            return not_checked(say("{reason}, so the log could not be compared with it.", reason=reason))
        if wrong := _unclipped(state):
            return wrong
        telling, consistent = [], []
        for column in columns:
            found = fits_in_log(log, column.logged, state, tolerance=self.tolerance)
            possible = [fit for fit in found if not column.declares_otherwise((fit.scope, fit.stage))]
            fitting = [fit for fit in possible if fit.fits]
            if found and not fitting:
                others = [fit for fit in found if fit.fits]
                nearest = min(possible, key=lambda fit: fit.apart)
                return review(_contradiction(column, state, nearest, others), _COMPARE)
            conclusive = next((fit for fit in fitting if fit.is_conclusive), None)
            if conclusive:
                telling.append(_exact(column, state, conclusive))
            elif fitting:
                consistent.append(_no_contradiction(column, state, fitting))
        if telling or consistent:
            return passed(together(*(telling or consistent)))
        return not_checked(
            say("The log has no gradient norm for every step, so it cannot be compared with the optimizer.")
        )


def _nothing(optimizer: Optimizer | None, looks_up: bool) -> Message:
    if optimizer is None:
        return say("The model file stores no optimizer")
    if looks_up:
        return say("Keras clips the gradient of an embedding by another norm than its moments are of")
    if optimizer.iterations == 0 or (optimizer.moments and not any(optimizer.moments.second)):
        return say("The optimizer in the model file is new and remembers no step")
    if optimizer.moments and optimizer.iterations is None:
        return say("The model file does not say how many steps the optimizer has made")
    return say(
        "The model file stores no moments of the optimizer {kind} that can be read",
        kind=quoted(optimizer.kind),
    )


def _impossible(log: Log, columns: list[NormColumn], model: Model) -> Finding | None:
    declared = {
        (column.scope, column.stage): column.logged
        for column in reversed(columns)
        if column.logged.scope is not None and column.logged.stage is not None
    }
    found = impossible_row(declared, model.variables, model.parameters)
    if found is None:
        return None
    return review(
        say(
            "{header} is {value} at {where}, where {beside} is {other}; with that, at most {most} is "
            "possible. {count} of {rows} are like this.",
            header=quoted(found.column.header),
            value=number(found.value, apart_from=found.most),
            where=place(log, found.row),
            beside=quoted(found.beside.header),
            other=number(found.other),
            most=number(found.most),
            count=found.count,
            rows=counted(found.rows, "row"),
        ),
        _COMPARE,
    )


def _unclipped(state: AdamState) -> Finding | None:
    """The finding on moments that gradients under the stored cap cannot have made."""
    cap = state.optimizer.cap
    if not cap:
        return None
    scope: Scope
    if state.optimizer.clipnorm:
        setting, scope, second, whose = "clipnorm", "variable", state.largest, say("of a variable")
    else:
        setting, scope, second, whose = "global_clipnorm", "global", state.total, say("of all variables")
    first = state.length(scope)
    loose = 1 + 1e-5 + _FLOAT32 / (1 - state.moments.beta_2)
    if second <= cap * cap * loose and first <= cap * loose:
        return None
    return review(
        say(
            "The model file stores `{setting}={cap}`, but its optimizer remembers larger gradients: "
            "Adam's second moment {whose} sums to {second}, where this cap allows {squared}, and the first "
            "moment has the norm {first}, where it allows {cap}.",
            setting=setting,
            cap=number(cap),
            whose=whose,
            second=number(second, apart_from=cap * cap),
            squared=number(cap * cap),
            first=number(first, apart_from=cap),
        ),
        _CLIPPED,
    )


def _exact(column: NormColumn, state: AdamState, fit: Fit) -> Message:
    """That the log predicts what the model file stores."""
    return say(
        "{header} fits the optimizer as {series}: {rows} predict {predicted} for {quantities}, "
        "and the model file stores {stored} after {steps} (relative difference {difference}).",
        header=column.name,
        series=SERIES_NAMES[fit.scope, fit.stage],
        rows=_rows(column, fit),
        predicted=number(fit.predicted),
        quantities=_QUANTITIES[fit.quantity],
        stored=number(fit.stored),
        steps=counted(state.iterations, "step"),
        difference=f"{fit.difference:.1g}",
    )


def _no_contradiction(column: NormColumn, state: AdamState, fitting: list[Fit]) -> Message:
    """That the log is possible, with the numbers between which it lies."""
    return say(
        "{header} is consistent with the optimizer as {names}: averaged as Adam does, the squares of {rows} "
        "give {average}; in the model file Adam's second moment sums to {total}, and to {largest} for its "
        "largest variable.",
        header=column.name,
        names=_either(fitting),
        rows=_rows(column, fitting[0]),
        average=number(fitting[0].average),
        total=number(state.total),
        largest=number(state.largest),
    )


def _contradiction(column: NormColumn, state: AdamState, fit: Fit, others: list[Fit]) -> Message:
    """That the log is not possible, with every number; and what the column would fit as."""
    sentence = say(
        "{header} does not fit the optimizer as {series}: {rows} predict {bound} {predicted} for "
        "{quantities}, and the model file stores {stored} after {steps} (relative difference "
        "{difference}, of which rounding and steps that are not in the log explain at most {allowed}).",
        header=column.name,
        series=SERIES_NAMES[fit.scope, fit.stage],
        rows=_rows(column, fit),
        bound=_bound(fit),
        predicted=number(fit.predicted),
        quantities=_QUANTITIES[fit.quantity],
        stored=number(fit.stored, apart_from=fit.predicted),
        steps=counted(state.iterations, "step"),
        difference=f"{fit.difference:.2g}",
        allowed=f"{fit.allowed:.1g}",
    )
    if not others:
        return sentence
    return say("{sentence} It could be {others}.", sentence=sentence, others=_either(others))


def _rows(column: NormColumn, fit: Fit) -> Message:
    """The rows that were used, counted from 1."""
    rows, used = len(column.values), fit.row_range
    if (used.start, used.end) == (0, rows):
        return say("its {rows}", rows=counted(rows, "row"))
    return say(
        "its rows {start} to {end} of {rows}",
        start=f"{used.start + 1:,}",
        end=f"{used.end:,}",
        rows=f"{rows:,}",
    )


def _bound(fit: Fit) -> Message:
    if fit.low == -math.inf:
        return say("at most")
    return say("at least") if fit.high == math.inf else say("exactly")


def _either(fits: list[Fit]) -> Message:
    *names, last = (SERIES_NAMES[fit.scope, fit.stage] for fit in fits)
    return say("{names} or {last}", names=joined(", ", names), last=last) if names else last
