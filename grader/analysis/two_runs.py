"""What two trainings of one submission have in common, and how far apart they are."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from grader.analysis.consistency.course import course_of
from grader.analysis.norms.columns import NormColumn
from grader.analysis.norms.infer import NormColumns
from grader.analysis.statistics import Array, as_array, overflowing, quantiles
from grader.evidence.log import Log
from grader.messages.message import say
from grader.messages.wording import quoted
from grader.report import Finding, review

# Losses of trainings from one seed that differ in clipping alone are that near in a tenth of the steps.
NEAR, MOST_NEAR = 0.01, 0.5
# And so much of the median change, their changes may be apart.
_LIKE = 0.1
# Four decimals of a loss of 0.3 are as exact.
_EQUAL, _HELD = 2e-4, 1e-3
# Fewer losses are compared exactly.
_FEWEST = 20


@overflowing
def batch_losses(log: Log) -> Array:
    """The loss of each row's own batch, running means undone; infinity where it is not finite."""
    import numpy as np

    course, column = course_of(log), log.column("loss")
    if course and course.loss:
        return course.loss.values
    values = as_array(column.values if column else ())
    return np.where(np.isfinite(values), values, np.inf)


def last_accuracy(log: Log) -> float | None:
    """What a log ends with: its last validation accuracy, or the training accuracy at its end."""
    validated = log.column("val_accuracy")
    return validated.values[-1] if validated and validated.values else at_the_end(log, "accuracy")


@overflowing
def at_the_end(log: Log, name: Literal["accuracy", "loss"]) -> float | None:
    """The mean over the batches of the last epoch, without epochs of the last tenth of the steps.

    Where some of its steps have no value it is the last one that there is, and None without any.
    """
    course, column = course_of(log), log.column(name)
    series = getattr(course, name) if course else None
    if course is None or series is None:
        return column.values[-1] if column and column.values else None
    steps = len(course.rows)
    last = course.epochs[-1] if len(course.epochs) > 1 else slice(steps - max(1, steps // 10), steps)
    found: float = series.mean(last)
    return found


# Where two series are the same.
Same = Callable[[Array, Array], Any]


@dataclass(frozen=True)
class Common:
    """The column in which two logs agree most, and the share of its steps at which they do."""

    header: str
    share: float


def one_training(log: Log, other: Log, run: str) -> Finding | None:
    """The doubt where a log and that of another run are of one training, handed in as two; else None."""
    common = in_common(log, other)
    if common is None or common.share < MOST_NEAR:
        return None
    return review(
        say(
            "{name} is the same as in the run {run} at {share} % of the steps, so both logs are of one "
            "training; another clipping leaves less than 4 % alike.",
            name=common.header,
            run=quoted(run),
            share=f"{100 * common.share:.0f}",
        ),
        say(
            "Look at both logs. A student may have handed in one file twice, or a cap that is never "
            "reached may leave a training with the same seed as it is."
        ),
    )


def in_common(log: Log, other: Log) -> Common | None:
    """What two logs have in common: a loss, or a norm of one name; None where there is nothing to compare.

    The losses of batches are the same within a hundredth, running means and norms within two in ten thousand,
    losses only where they change alike as well. Norms that are held at the largest one tell nothing.
    """
    pairs: list[tuple[str, Array, Array, Same]] = [
        ("loss", batch_losses(log), batch_losses(other), _is_same_loss)
    ]
    for mine, theirs in product(log.columns, other.columns):
        if mine.name == theirs.name and (mine.name == "loss" or mine.header == theirs.header):
            is_same = {"loss": _is_same_mean, "gradient_norm": _is_same_norm}.get(mine.name)
            if is_same:
                pairs.append((mine.header, as_array(mine.values), as_array(theirs.values), is_same))
    found = [
        Common(quoted(header), share)
        for header, mine, theirs, is_same in pairs
        if (share := _share(mine, theirs, is_same)) is not None
    ]
    return max(found, key=lambda one: one.share, default=None)


@overflowing
def _share(mine: Array, theirs: Array, is_same: Same) -> float | None:
    """The share of the steps, of those with a number, at which two series are the same."""
    import numpy as np

    count = min(len(mine), len(theirs))
    mine, theirs = mine[:count], theirs[:count]
    known = np.isfinite(mine) | np.isfinite(theirs)
    if not known.any():
        return None
    if count < _FEWEST:
        return float((mine == theirs)[known].all())
    both = np.isfinite(mine) & np.isfinite(theirs)
    return float((both & is_same(mine, theirs))[known].mean())


def _near(mine: Array, theirs: Array, within: float) -> Any:
    import numpy as np

    return np.abs(mine - theirs) <= within * np.maximum(np.abs(mine), np.abs(theirs))


def _changes_alike(mine: Array, theirs: Array, within: float) -> Any:
    """Where losses are near, and change alike; those that hardly change are near in any two trainings."""
    import numpy as np

    near = _near(mine, theirs, within)
    near[1:] &= np.abs(np.diff(mine) - np.diff(theirs)) <= _LIKE * roughness(theirs).median
    return near


def _is_same_loss(mine: Array, theirs: Array) -> Any:
    return _changes_alike(mine, theirs, NEAR)


def _is_same_mean(mine: Array, theirs: Array) -> Any:
    return _changes_alike(mine, theirs, _EQUAL)


def _is_same_norm(mine: Array, theirs: Array) -> Any:
    import numpy as np

    held = np.minimum(mine, theirs) >= (1 - _HELD) * max(mine.max(), theirs.max())
    return _near(mine, theirs, _EQUAL) & ~held


@dataclass(frozen=True)
class Roughness:
    """The changes of a loss from one step to the next: their median, and the largest."""

    changes: Array

    @property
    def median(self) -> float:
        """The median of those that are finite."""
        finite = self.changes[self.changes < math.inf]
        return quantiles(finite, (0.5,))[0] if len(finite) else 0.0

    def spikes(self, above: float) -> int:
        """How many of the changes are above a value."""
        return int((self.changes > above).sum())


@overflowing
def roughness(losses: Array) -> Roughness:
    """How rough a loss is; a change to or from what is not finite is infinite."""
    import numpy as np

    changes = np.abs(np.diff(losses))
    return Roughness(np.where(np.isnan(changes), np.inf, changes))


@dataclass(frozen=True)
class Pair:
    """The same norm in two runs; where it is from before clipping, it need not be lower in one that clips."""

    mine: NormColumn
    theirs: NormColumn
    is_applied: bool


def same_norm(norms: NormColumns, other: NormColumns) -> Pair | None:
    """The norm that both runs have logged: after clipping if there is one, and of the same scope.

    In a run that clips nothing, the norm before clipping is that after it. Columns of one name without a
    declared meaning are one norm, as one program wrote them.
    """
    clips = _clips(other)
    pairs = [
        Pair(mine, theirs, mine.stage == "after" and (theirs.stage == "after" or not clips))
        for mine in norms.columns
        for theirs in other.columns
        if _is_alike(mine, theirs, clips=clips)
    ]
    # A run that logs both stages is compared in the same one, whether it clips or not.
    return min(
        pairs, key=lambda pair: (not pair.is_applied, pair.mine.stage != pair.theirs.stage), default=None
    )


def _is_alike(mine: NormColumn, theirs: NormColumn, *, clips: bool) -> bool:
    if mine.logged.header == theirs.logged.header:
        return True
    if mine.scope != theirs.scope:
        return False
    return mine.stage == theirs.stage or (mine.stage == "after" and not clips)


def _clips(norms: NormColumns) -> bool:
    """Whether a run clips: as its stored optimizer says, or else as the rubric trains it."""
    stored = norms.references.optimizer
    if stored is not None and not stored.unsaid:
        return bool(stored.cap or stored.clipvalue)
    return norms.references.targets.cap is not None


@overflowing
def levels(column: NormColumn) -> tuple[float, float]:
    """The median and the 99th percentile of a norm; what is not finite is infinite."""
    import numpy as np

    values = as_array(column.values)
    median, high = quantiles(np.where(np.isfinite(values), values, np.inf), (0.5, 0.99))
    return (math.inf if math.isnan(median) else median), (math.inf if math.isnan(high) else high)
