"""Whether what a log has of each batch moves together from step to step."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from grader.analysis.consistency.course import MOMENT, Course, PerBatch
from grader.analysis.consistency.whole import Whole
from grader.analysis.statistics import Array, as_array
from grader.messages.message import EMPTY, Message, say
from grader.messages.wording import counted, number, quoted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
    return _uncorrelated(whole, "accuracy", _Losses(loss, whole.course).correlation([wrong]), why)


def norms_move_with_losses(whole: Whole) -> Message | None:
    """The batch with the larger loss has the larger gradient.

    The correlation of honest runs is 0.5 to 0.8, and at batch size 512, where batches are much alike, 0.3.
    A norm may stand one row beside its loss.
    """
    import numpy as np

    loss = whole.course.loss
    if loss is None:
        return None
    losses, compared = _Losses(loss, whole.course), None
    why = say("a batch with a larger loss has a larger gradient")
    for column in whole.norms.columns:
        if column.logged.rows != whole.course.rows:
            continue
        values = as_array(column.values)
        beside = [PerBatch(np.roll(values, by), np.full(len(values), column.rounding)) for by in (0, 1, -1)]
        said = _uncorrelated(whole, column.logged.header, losses.correlation(beside), why)
        if said:
            return said
        compared = compared if said is None else said
    return compared


class _Losses:
    """The losses of a log in stretches of at most 200 steps of an epoch, so that no trend counts.

    A series in stretches is a table with a row for each, of which the shorter ones are filled up.
    """

    def __init__(self, loss: PerBatch, course: Course) -> None:
        import numpy as np

        stretches = [stretch for epoch in course.epochs for stretch in _stretches(epoch)]
        starts, ends = (
            np.asarray([getattr(one, edge) for one in stretches], int) for edge in ("start", "stop")
        )
        self._lengths = ends - starts
        places = starts[:, None] + np.arange(self._lengths.max(initial=0))
        self._inside = places < ends[:, None]
        self._places = np.where(self._inside, places, 0)
        # A loop may log an average that forgets, whose differences are those of the batches.
        differences = PerBatch(np.diff(loss.values, prepend=np.nan), loss.slack)
        self._forms = [self._standardised(form) for form in (loss, differences)]

    def correlation(self, others: Sequence[PerBatch]) -> tuple[float, int] | None:
        """The correlation with others from step to step, and of how many stretches.

        It is the median over the stretches, and the largest over the others and over the forms of the loss.
        Stretches that hardly vary, or by rounding alone, are left out.
        """
        import numpy as np

        best: list[tuple[float, int]] = []
        for other, other_varies in map(self._standardised, others):
            for form, form_varies in self._forms:
                both = form_varies & other_varies
                steps = self._lengths[both]
                if steps.sum() >= _FEWEST_STEPS:
                    correlations = (form[both] * other[both]).sum(axis=1) / steps
                    best.append((float(np.median(correlations)), len(steps)))
        return max(best, default=None)

    def _standardised(self, series: PerBatch) -> tuple[Array, "NDArray[np.bool_]"]:
        """The stretches with mean 0 and standard deviation 1, filled up with 0, and which of them vary.

        That is by more than rounding, and they are not held at a cap in most of it.
        """
        import numpy as np

        values, slack = (series.values[self._places], self._mean(series.slack[self._places]))
        moved = np.where(self._inside, values - self._mean(values)[:, None], 0.0)
        spread = np.sqrt(self._mean(moved**2))
        # What stands in most places stands in the middle of the ordered values.
        ordered = np.sort(np.where(self._inside, values, np.nan), axis=1)
        middle = np.take_along_axis(ordered, self._lengths[:, None] // 2, axis=1)
        held = 2 * (ordered == middle).sum(axis=1) > self._lengths
        varies: NDArray[np.bool_] = np.isfinite(spread) & (slack < _MOST_ROUNDING * spread) & ~held
        return moved / spread[:, None], varies

    def _mean(self, table: Array) -> Array:
        """The mean of each row."""
        import numpy as np

        means: Array = np.where(self._inside, table, 0.0).sum(axis=1) / self._lengths
        return means


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
