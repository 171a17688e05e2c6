"""Whether what a log has of each batch moves together from step to step."""

import math
from collections.abc import Iterator, Sequence

from grader.analysis.consistency.course import MOMENT, Course, PerBatch
from grader.analysis.consistency.whole import Whole
from grader.analysis.statistics import as_array
from grader.messages.message import EMPTY, Message, say
from grader.messages.wording import counted, number, quoted

# Of fewer steps in a row a correlation says little, and of so few in all it can be chance.
_SHORTEST, _FEWEST_STEPS = 50, 400
# Rounding may hide half of how much a series varies.
_MOST_ROUNDING = 0.5


def losses_move_with_accuracies(whole: Whole) -> Message | None:
    """The batch with the larger loss has fewer images right.

    The correlation of honest runs is about -0.8, at any batch size.
    """
    loss, right = whole.course.loss, whole.course.accuracy
    if loss is None or right is None:
        return None
    wrong = PerBatch(-right.values, right.slack)
    why = say("in a batch with a larger loss, fewer examples are right")
    return _uncorrelated(whole, "accuracy", _correlation(loss, [wrong], whole.course), why)


def norms_move_with_losses(whole: Whole) -> Message | None:
    """The batch with the larger loss has the larger gradient.

    The correlation of honest runs is 0.5 to 0.8, and at batch size 512, where batches are much alike, 0.3.
    A norm may stand one row beside its loss.
    """
    import numpy as np

    loss = whole.course.loss
    if loss is None:
        return None
    compared = None
    why = say("a batch with a larger loss has a larger gradient")
    for column in whole.norms.columns:
        if column.logged.rows != whole.course.rows:
            continue
        values = as_array(column.values)
        beside = [PerBatch(np.roll(values, by), np.full(len(values), column.rounding)) for by in (0, 1, -1)]
        said = _uncorrelated(whole, column.logged.header, _correlation(loss, beside, whole.course), why)
        if said:
            return said
        compared = compared if said is None else said
    return compared


def _correlation(loss: PerBatch, others: Sequence[PerBatch], course: Course) -> tuple[float, int] | None:
    """The correlation of losses with the others from step to step, and of how many stretches.

    It is the median over stretches of at most 200 steps of an epoch, so that no trend counts, and the largest
    over the others and over the forms of the loss: a loop may log an average that forgets, whose differences
    are those of the batches. Stretches that hardly vary, or by rounding alone, are left out.
    """
    import numpy as np

    forms = (loss, PerBatch(np.diff(loss.values, prepend=np.nan), loss.slack))
    stretches = [stretch for epoch in course.epochs for stretch in _stretches(epoch)]
    best: list[tuple[float, int]] = []
    for form in forms:
        for other in others:
            found = [
                (float(np.corrcoef(form.values[stretch], other.values[stretch])[0, 1]), stretch)
                for stretch in stretches
                if _varies(form, stretch) and _varies(other, stretch)
            ]
            steps = sum(stretch.stop - stretch.start for _, stretch in found)
            if steps >= _FEWEST_STEPS:
                best.append((float(np.median([correlation for correlation, _ in found])), len(found)))
    return max(best, default=None)


def _varies(series: PerBatch, stretch: slice) -> bool:
    """Whether a series varies in a stretch by more than rounding, and is not held at a cap in most of it."""
    import numpy as np

    values = series.values[stretch]
    spread = float(values.std())
    _, counts = np.unique(values, return_counts=True)
    held = 2 * int(counts.max()) > len(values)
    return (
        math.isfinite(spread) and float(series.slack[stretch].mean()) < _MOST_ROUNDING * spread and not held
    )


def _stretches(epoch: slice) -> Iterator[slice]:
    """Parts of at most 200 steps of an epoch, without its first step and its last one."""
    start, end = epoch.start + 1, epoch.stop - 1
    parts = -(-(end - start) // MOMENT)
    for part in range(parts):
        first, last = (start + (end - start) * edge // parts for edge in (part, part + 1))
        if last - first >= _SHORTEST:
            yield slice(first, last)


def _uncorrelated(whole: Whole, header: str, found: tuple[float, int] | None, why: Message) -> Message | None:
    if found is None:
        return None
    correlation, stretches = found
    if correlation >= whole.limits.correlation:
        return EMPTY
    return say(
        "{loss} and {other} do not move together from step to step: {why}, with a correlation of at least "
        "{asked}, and here it is {found} (the median of {stretches} of the log).",
        loss=whole.header("loss"),
        other=quoted(header),
        why=why,
        asked=number(whole.limits.correlation),
        found=number(correlation, apart_from=whole.limits.correlation),
        stretches=counted(stretches, "part"),
    )
