"""One student's log beside another's model: norms that an optimizer remembers which is not their own.

The norms of all gradients after clipping predict the sum of Adam's second moment; see
`grader.analysis.moments`.
Only a log that does not fit its own model is compared. The sums of honest models lie within a quarter of
each other, so one in some ten thousand agrees to `CLOSE` with a log of another training;
logs of real trainings agreed with their own models to 3e-8,
and to 1e-6 once they were rounded to four decimals.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from grader.analysis.moments import AdamState, Fit, fits, row_ranges
from grader.analysis.similarity.features import Features, InconsistentColumn
from grader.messages.message import EMPTY, Message, say
from grader.messages.wording import counted, number, quoted

CLOSE = 1e-5
# Further off than this, no rounding of a log explains it, and it is not compared exactly.
WORTH_A_LOOK = 1e-3


def like_optimizers(features: Sequence[Features]) -> Iterator[tuple[int, int]]:
    """The pairs of positions where the log of the first fits the optimizer of the second, and not its own."""
    alike: defaultdict[tuple[float, int], list[tuple[int, AdamState]]] = defaultdict(list)
    for position, one in enumerate(features):
        if one.adam_state is not None:
            alike[one.adam_state.moments.beta_2, one.adam_state.iterations].append((position, one.adam_state))
    for here, one in enumerate(features):
        for column in one.inconsistent:
            for (beta, steps), states in alike.items():
                predicted = _sum(column, beta, steps)
                for there, state in states:
                    near = abs(predicted - state.total) <= WORTH_A_LOOK * state.total
                    if there != here and near and _fit(column, state):
                        yield here, there


def on_optimizers(here: Features, there: Features) -> Message:
    """What the log of one and the model of the other have in common, for the first one's report."""
    name = quoted(there.id)
    found = _told(here, there, say("The log does not fit its own model, but that of {name}", name=name))
    return found or _told(
        there, here, say("The log of {name} does not fit its own model, but this one", name=name)
    )


def _told(log: Features, model: Features, beginning: Message) -> Message:
    for column in log.inconsistent:
        fit = _fit(column, model.adam_state) if model.adam_state else None
        if fit:
            rows = counted(fit.row_range.end, "row")
            return say(
                "{beginning}: {header} predicts {predicted} for the sum of Adam's second moment "
                "after {rows}, and {stored} is stored (relative difference {difference}).",
                beginning=beginning,
                header=quoted(column.header),
                predicted=number(fit.predicted),
                rows=rows,
                stored=number(fit.stored),
                difference=f"{_difference(fit):.1g}",
            )
    return EMPTY


def _sum(column: InconsistentColumn, beta: float, steps: int) -> float:
    """(1 - b2) * sum_i b2^(T-i) n_i^2 over the first steps of a column."""
    squares = column.values[:steps] ** 2
    weights = beta ** np.arange(len(squares) - 1, -1, -1)
    return float((1 - beta) * (weights @ squares))


def _fit(column: InconsistentColumn, state: AdamState) -> Fit | None:
    """How the log's first rows fit another's optimizer, None where they do not fit to `CLOSE`."""
    ranges = row_ranges(len(column.values), state.iterations)[:1]
    found = fits(column.values, state, ranges, [("global", "after")])
    close = (fit for fit in found if fit.fits and fit.is_equation and _difference(fit) <= CLOSE)
    return next(close, None)


def _difference(fit: Fit) -> float:
    return abs(fit.stored - fit.predicted) / fit.scale
