"""The two ends of a log: its first norms beside the rerun's, its last ones beside the probe's."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from grader.analysis.log_positions import epochs
from grader.analysis.moments import Memory, memory_of
from grader.analysis.norms.columns import Reading, Series
from grader.analysis.reference.calibration import STEPS, Anchor, Calibration
from grader.analysis.reference.fit import Fit, nearest_fit
from grader.analysis.reference.measured import Factors, references
from grader.analysis.statistics import rounding
from grader.evidence.log import Column, Log
from grader.evidence.model import Model
from grader.evidence.training import Accuracy, Norms, Probe, Rerun

# Five quantiles of fewer values say nothing.
FEWEST = 20


@dataclass(frozen=True)
class Anchors:
    """What a log is compared with: what the grader measured itself, and what the model file remembers.

    Attributes:
        cap: the clipping threshold.
        calibration: how far honest runs are from it.
        rerun: from fresh weights.
        probe: at the submitted weights.
        inputs: how the pixels were given.
        largest_batch: that the log's rows for an epoch allow.
        memory: the stored optimizer's.
    """

    cap: float
    calibration: Calibration | None
    rerun: Rerun | None = None
    probe: Probe | None = None
    inputs: str | None = None
    largest_batch: float | None = None
    memory: Memory | None = None

    @classmethod
    def of(  # noqa: PLR0913  (each part of the evidence is a parameter)
        cls,
        cap: float,
        calibration: Calibration | None,
        *,
        model: Model | None,
        accuracy: Accuracy | None,
        rerun: Rerun | None,
        probe: Probe | None,
        largest_batch: float | None = None,
    ) -> Self:
        """The anchors that the evidence of a submission gives.

        Args:
            cap: the clipping threshold.
            calibration: how far honest runs are from them.
            model: with the stored optimizer.
            accuracy: with how the pixels were given.
            rerun: from fresh weights.
            probe: at the submitted weights.
            largest_batch: that the log's rows for an epoch allow; None for any.
        """
        return cls(
            cap=cap,
            calibration=calibration,
            rerun=rerun,
            probe=probe,
            inputs=accuracy.inputs if accuracy else None,
            largest_batch=largest_batch,
            memory=memory_of(model) if model else None,
        )

    def head(self, column: Column, series: Series) -> Fit | None:
        """How the first norms fit those of the rerun, or None where either is missing or too short."""
        if self.rerun is None or self.calibration is None:
            return None
        count = min(STEPS, len(column.values), len(self.rerun.norms.global_before))
        if count < FEWEST:
            return None
        steps = first_steps(self.rerun.norms, count)
        sizes = self.calibration.sizes_for(self.inputs, self.largest_batch)
        anchors = [(size.batch_size, size.ends(series[0]).head) for size in sizes]
        return self._nearest(column, slice(count), steps, series, anchors)

    def tail(self, column: Column, series: Series, end: int) -> Fit | None:
        """How the last norms before a position fit those of the probe, or None where that cannot be said.

        Args:
            column: of norms.
            series: what the column is taken for.
            end: how many of the column's values were logged up to the submitted weights; the tail is the
                second half of them, or 200.
        """
        if self.probe is None or self.calibration is None:
            return None
        count = min(STEPS, end // 2)
        if count < FEWEST:
            return None
        sizes = self.calibration.sizes_for(self.inputs, self.largest_batch)
        anchors = [(size.batch_size, size.ends(series[0]).tail) for size in sizes]
        return self._nearest(column, slice(end - count, end), self.probe.norms, series, anchors)

    def nearest_head(self, reading: Reading) -> Fit | None:
        """The best fit of the head over the series that a reading can be."""
        return _best(self.head(reading.column, series) for series in reading.candidates)

    def nearest_tail(self, reading: Reading, end: int) -> Fit | None:
        """The best fit of the tail over the series that a reading can be."""
        return _best(self.tail(reading.column, series, end) for series in reading.candidates)

    def _nearest(
        self,
        column: Column,
        window: slice,
        steps: Norms,
        series: Series,
        anchors: Sequence[tuple[int, Anchor]],
    ) -> Fit:
        further = [part.norms for part in (self.rerun, self.probe) if part is not None]
        choices = references(steps, further, series, self.cap, Factors.for_anchors(anchors))
        return nearest_fit(column.values[window], choices, anchors, rounding(column.values))


def _best(fits: Iterable[Fit | None]) -> Fit | None:
    found = (fit for fit in fits if fit is not None)
    return min(found, key=lambda fit: (fit.strain, fit.unlikely), default=None)


def first_steps(norms: Norms, count: int) -> Norms:
    """The first steps of the four series."""
    return Norms(
        variable_before=norms.variable_before[:count],
        variable_after=norms.variable_after[:count],
        global_before=norms.global_before[:count],
        global_after=norms.global_after[:count],
    )


def largest_batch(log: Log, training_images: int | None) -> float | None:
    """The largest batch size by which so many images make as many steps an epoch as the log has.

    The last batch of an epoch may be a small one. None where the epochs or the images are not known.
    """
    covered = epochs(log)
    if training_images is None or not covered:
        return None
    full = max((len(column.values) for column in log.norms()), default=0) / covered - 1
    return training_images / full if full > 0 else None


def values_up_to(column: Column, row: int) -> int:
    """How many values of a column stand in the rows up to and including this one."""
    return bisect_right(column.rows, row)
