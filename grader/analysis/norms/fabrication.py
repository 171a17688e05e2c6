"""Norms that were not measured at each step: made up, or running means."""

from bisect import bisect_left
from itertools import islice, pairwise

from grader.analysis.log_positions import place, restarts, steps
from grader.analysis.moments.compare import fits_in_log
from grader.analysis.norms.columns import NormColumn
from grader.analysis.norms.infer import NormColumns
from grader.analysis.reference.calibration import SPREADS
from grader.analysis.reference.references import References
from grader.analysis.statistics import (
    Array,
    Numbers,
    as_array,
    changes,
    falls,
    overflowing,
    repeated_block,
    smoothness,
)
from grader.evidence.log import Log
from grader.messages.message import say
from grader.messages.wording import number
from grader.report import Finding, review

# Norms of one network that are as equal as this are held at a cap, or are not measured.
_SAME = 1e-3
_FEWEST = 20
# What float32 leaves of a norm that was clipped is at most a few of its steps of 1.2e-7 away from the cap;
# with half a unit of the eighth decimal, a log shows it.
_AT_CAP = 1e-6
_FINE = 5e-9
_BY_CHANCE = 1e-6
# Fewer of the grader's own clipped norms do not say how often one is the cap exactly.
_FEWEST_OWN = 50
# A log that begins again more often than this does not say where its runs are.
_MOST_RUNS = 200


@overflowing
def fabrication(norms: NormColumns, column: NormColumn) -> Finding | None:
    """The finding on a column that no training gives, or None."""
    log, references = norms.log, norms.references
    return (
        _constant(column, references)
        or _computed(log, column, references)
        or _repeated(log, column)
        or _smooth(column, references)
    )


def _constant(column: NormColumn, references: References) -> Finding | None:
    values, own = as_array(column.values), _own_steps(column, references)
    if len(values) < _FEWEST or not len(own) or not _is_constant(values) or _is_constant(own):
        return None
    return review(
        say(
            "All {count} norms in {name} are {value}; in the grader's own {steps} steps {series} is "
            "from {lowest} to {highest}.",
            count=f"{len(values):,}",
            name=column.name,
            value=number(column.values[0]),
            steps=len(own),
            series=column.series,
            lowest=number(float(own.min())),
            highest=number(float(own.max())),
        ),
        say("Ask how it was logged: the norm changes with every batch."),
    )


def _computed(log: Log, column: NormColumn, references: References) -> Finding | None:
    """The finding on norms at the cap that are all the cap to the last digit, as `min(norm, cap)` is.

    A clipped gradient g * (c / |g|) is rounded to float32, and so is its norm: some are 1.0000001 or
    0.99999994. With the share p of exact ones in the rerun, all of n are exact with a chance of p^n.
    Moments of the optimizer that are exactly those of the log prove more than this doubt.
    """
    cap = references.cap
    if column.stage != "after" or references.rerun is None or column.rounding > _FINE:
        return None
    count, exact = _near(column.values, cap)
    own, own_exact = _near(references.rerun.norms.variable_after, cap)
    if exact < count or own < _FEWEST_OWN or (own_exact / own) ** count >= _BY_CHANCE:
        return None
    if any(fit.is_conclusive for fit in fits_in_log(log, column.logged, references.adam_state)):
        return None
    return review(
        say(
            "All {count} norms in {name} that are at the cap are exactly {cap}. Float32 leaves clipped "
            "gradients a little above or below it: in the grader's own training {apart} of {steps}. So "
            "these were not measured after clipping: the cap was put in the place of larger norms.",
            count=count,
            name=column.name,
            cap=number(cap),
            apart=own - own_exact,
            steps=own,
        ),
        say(
            "Ask how it was logged, and for the norm of the clipped gradients themselves, or for the "
            "model with its optimizer, whose moments can prove the log."
        ),
    )


def _near(values: Numbers, cap: float) -> tuple[int, int]:
    """How many of the values are at the cap, and how many of these are exactly the cap."""
    every = as_array(values)
    return int((abs(every - cap) <= _AT_CAP * cap).sum()), int((every == cap).sum())


def _own_steps(column: NormColumn, references: References) -> Array:
    """The same series in the grader's own steps; after clipping, cut off at the cap in either way to clip."""
    import numpy as np

    parts = [part.norms for part in (references.rerun, references.probe) if part is not None]
    own = np.concatenate([np.zeros(0), *(as_array(part.series(column.scope, "before")) for part in parts)])
    return own if column.stage == "before" else own.clip(max=references.cap)


def _is_constant(values: Array) -> bool:
    return bool(values.max() - values.min() <= _SAME * abs(values.max()))


def _repeated(log: Log, column: NormColumn) -> Finding | None:
    """The finding on a block that stands in one run twice; two runs with one seed are equal by right."""
    rows, begun = column.logged.rows, restarts(log)
    if len(begun) > _MOST_RUNS:
        return None
    for first, end in pairwise((0, *(bisect_left(rows, row) for row in begun), None)):
        begin = first or 0
        block = repeated_block(column.values[begin:end])
        if block is not None:
            once, again = (place(log, rows[begin + position]) for position in block[:2])
            return review(
                say(
                    "In {name} the {norms} norms from {once} on stand there again, exactly the same, "
                    "from {again} on.",
                    name=column.name,
                    norms=block[2],
                    once=once,
                    again=again,
                ),
                say("Measured norms do not repeat within a run. Ask how the log was made: rows were copied."),
            )
    return None


def _smooth(column: NormColumn, references: References) -> Finding | None:
    found = smoothness(column.values)
    if found is None or references.calibration is None:
        return None
    limit = max(size.smoothness.mean + SPREADS * size.smoothness.spread for size in references.sizes)
    if found <= limit:
        return None
    return review(
        say(
            "Neighbouring norms in {name} are too much alike: their correlation is {found} (a trend "
            "taken out, the median over windows of 200 steps); in honest runs it is at most {limit}, "
            "because every batch is another one ({cited}).",
            name=column.name,
            found=number(found),
            limit=number(limit),
            cited=references.calibration.cited(),
        ),
        say(
            "A mean over several steps, a filtered and an invented series look like this. Ask how it was "
            "logged, and for the norm of each step."
        ),
    )


_FEWEST_STEPS = 40
# A mean of many values hardly changes from one step to the next; what it is a mean of does.
_SMOOTH, _ROUGH = 0.7, 0.5
_MOST_NEGATIVE = 0.02
# Noise added to a smooth curve, for which the mean is undone, is a noise and its negative at the next step:
# its autocorrelation is -1/2. Measured norms have hardly any.
_NOISE = -0.25
# More of an epoch, and more epochs, tell no more.
_MOST_STEPS, _MOST_EPOCHS = 1000, 10


@overflowing
def is_running_mean(log: Log, column: NormColumn) -> bool:
    """Whether a column is, in most epochs, the running mean of a measured series, begun again with each.

    The norms x_1, x_2, ... of an epoch have the running mean v_t = (x_1 + ... + x_t) / t at step t, so that
    x_t = t v_t - (t - 1) v_(t-1) gives them back: not negative, and varying from step to step although v
    hardly does. True norms, taken for a mean, give negative ones for nearly half of the steps.
    """
    values = as_array(column.values)
    epochs = islice(pairwise([*_epoch_starts(log, column), len(values)]), _MOST_EPOCHS)
    answers = [_is_mean(values[begin:end], column.rounding) for begin, end in epochs]
    told = [answer for answer in answers if answer is not None]
    return 2 * sum(told) > len(told)


def _epoch_starts(log: Log, column: NormColumn) -> list[int]:
    """The positions of the column's values at which an epoch begins."""
    import numpy as np

    starts: list[int] = []
    if numbered := log.column("epoch"):
        starts = [numbered.rows[place] for place in changes(numbered.values)]
    if not starts and (counted := steps(log)):
        starts = [counted.rows[place] for place in falls(counted.values)]
    if not starts and (validated := log.column("val_accuracy") or log.column("val_loss")):
        starts = [row + 1 for row in validated.rows]
    (places,) = np.isin(as_array(column.logged.rows)[1:], starts).nonzero()
    return [0, *(places + 1).tolist()]


def _is_mean(values: Array, slack: float) -> bool | None:
    """The answer for one epoch; None where it is too short, or too much rounded."""
    import numpy as np

    # Undoing the mean makes the rounding of step t about 2 t times as large.
    readable = int(min(len(values), _MOST_STEPS, abs(np.median(values)) / (8 * slack)))
    if readable < _FEWEST_STEPS:
        return None
    values, counts = values[:readable], np.arange(2, readable + 1)
    undone = counts * values[1:] - (counts - 1) * values[:-1]
    negative = (undone < -2 * counts * slack).sum()
    if negative > _MOST_NEGATIVE * len(undone):
        return False
    smooth, rough = smoothness(values), smoothness(undone)
    if smooth is None or rough is None:
        return None
    return smooth > _SMOOTH and _NOISE < rough < _ROUGH
