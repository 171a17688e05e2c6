"""What a log is compared with: the rerun for its first norms, the probe for its last ones."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from grader.analysis.log_positions import epochs, sampled_every
from grader.analysis.moments.adam import AdamState, adam_state_of
from grader.analysis.norms.columns import Bound, NormColumn, Series, bound_after_clipping
from grader.analysis.reference.calibration import LEVELS, MEDIAN, STEPS, Calibration, Size
from grader.analysis.reference.fit import TINY, Fit, Sizes, nearest_fit, predictions
from grader.analysis.statistics import Numbers as Values
from grader.analysis.targets import Targets
from grader.evidence.log import Column, Log
from grader.evidence.model import Model, Optimizer
from grader.evidence.training import Accuracy, Norms, Probe, Rerun
from grader.evidence.values import Scope
from grader.messages.message import Message, joined, say, verbatim
from grader.messages.wording import counted, number
from grader.report import Finding, Numbers, not_checked, passed

# Quantiles of fewer values say nothing.
FEWEST = 20
# Who holds images out for validation trains on fewer than the training set has, but not on fewer than this.
_LEAST_SHARE = 0.75
# A whole training may have more repeated rows in a batch than what was measured of it.
_MORE_REPEATS, _UNKNOWN_REPEATS = 1.5, 10.0


@dataclass(frozen=True)
class References:
    """What a log is compared with: what the grader measured, and what the rubric asks for."""

    targets: Targets = field(default_factory=Targets)
    largest_batch: float | None = None
    model: Model | None = None
    accuracy: Accuracy | None = None
    rerun: Rerun | None = None
    probe: Probe | None = None

    @property
    def cap(self) -> float:
        """The clipping threshold; infinity where nothing is clipped."""
        return math.inf if self.targets.cap is None else self.targets.cap

    @property
    def calibration(self) -> Calibration | None:
        """How far honest runs are from what was measured; None where no run of such a network was."""
        return None if self.uncovered else self.targets.calibration

    @cached_property
    def uncovered(self) -> Message | None:
        """What makes the model another kind of network than the calibrated ones; None if nothing does."""
        calibration = self.targets.calibration
        return calibration.uncovered(self.model) if calibration else None

    @cached_property
    def adam_state(self) -> AdamState | None:
        """What the stored optimizer remembers; None where it remembers nothing."""
        return adam_state_of(self.model) if self.model else None

    @property
    def optimizer(self) -> Optimizer | None:
        """The stored optimizer; None where none is stored, or one that only holds others."""
        stored = self.model.optimizer if self.model else None
        return None if stored and stored.is_of_several else stored

    @property
    def variables(self) -> int | None:
        """How many variables are trained; without a rerun all those of the model, which are not fewer."""
        return self.rerun.trainable_variables if self.rerun else self.model.variables if self.model else None

    def bound(self, cap: float, scope: Scope) -> Bound | None:
        """The largest norm of this scope after clipping; None where it is not known."""
        return bound_after_clipping(cap, scope, self.optimizer, self.variables, self.repeats)

    def cap_of_each(self, cap: float) -> Bound:
        """The largest norm of a variable after clipping."""
        return self.bound(cap, "variable") or Bound(cap)

    @property
    def repeats(self) -> float:
        """By what factor a logged norm may be above that which Keras clips by; 1 without an embedding."""
        if self.model is None or not self.model.looks_up:
            return 1.0
        measured = [part.repeats for part in (self.rerun, self.probe) if part is not None]
        return _MORE_REPEATS * max(measured, default=_UNKNOWN_REPEATS)

    @cached_property
    def sizes(self) -> tuple[Size, ...]:
        """The calibrated batch sizes that the run can be compared with; none without a calibration."""
        inputs = self.accuracy.inputs if self.accuracy else None
        return tuple(self.calibration.sizes_for(inputs, self.largest_batch)) if self.calibration else ()

    @property
    def batch_size(self) -> int | None:
        """The calibrated batch size that rows, epochs and training images allow; None where not known."""
        most = self.largest_batch or 0.0
        allowed = (size.batch_size for size in self.sizes if _LEAST_SHARE * most <= size.batch_size <= most)
        return max(allowed, default=None)

    def at_batch_size(self, fit: Fit) -> Message:
        """Where a fit is; a sentence never names another batch size than the run can have had."""
        if self.batch_size is None:
            return say("at the nearest calibrated batch size, {batch_size}", batch_size=fit.batch_size)
        if self.batch_size == fit.batch_size:
            return say("at batch size {batch_size}", batch_size=fit.batch_size)
        is_smaller = fit.batch_size < self.batch_size
        return say("at a smaller batch size") if is_smaller else say("at a larger batch size")

    def first_fit(self, column: NormColumn, series: Series, rerun: Rerun | None) -> Fit | None:
        """How the first norms of a column fit the rerun's; None where something is missing or too short."""
        if rerun is None or column.every > 1:
            return None
        count = min(STEPS, len(column.values), len(rerun.norms.global_before))
        sizes = [(size.batch_size, size.ends(series[0]).head) for size in self.sizes]
        return self._nearest(column.values[:count], column, first_steps(rerun.norms, count), series, sizes)

    def last_fit(self, column: NormColumn, series: Series, probe: Probe | None, end: int) -> Fit | None:
        """How the norms before `end`, their second half and at most 200, fit the probe's; see `first_fit`."""
        if probe is None or column.every > 1:
            return None
        values = column.values[end - min(STEPS, end // 2) : end]
        sizes = [(size.batch_size, size.ends(series[0]).tail) for size in self.sizes]
        return self._nearest(values, column, probe.norms, series, sizes)

    def nearest_first(self, column: NormColumn, rerun: Rerun) -> Fit | None:
        """The best fit of the first norms over the series that the column can be; see `first_fit`."""
        return _best(self.first_fit(column, series, rerun) for series in column.candidates)

    def nearest_last(self, column: NormColumn, probe: Probe | None, end: int) -> Fit | None:
        """The best fit of the last norms over the series that the column can be; see `last_fit`."""
        return _best(self.last_fit(column, series, probe, end) for series in column.candidates)

    def _nearest(
        self, values: Values, column: NormColumn, steps: Norms, series: Series, sizes: Sizes
    ) -> Fit | None:
        if not sizes or len(values) < FEWEST:
            return None
        further = [part.norms for part in (self.rerun, self.probe) if part is not None]
        choices = predictions(steps, further, series, self.cap, sizes)
        return nearest_fit(values, choices, sizes, column.rounding, self.batch_size)


def _best(fits: Iterable[Fit | None]) -> Fit | None:
    found = (fit for fit in fits if fit is not None)
    return min(found, key=lambda fit: (fit.z, fit.chi2), default=None)


def first_steps(norms: Norms, count: int) -> Norms:
    """The first steps of the four series."""
    return Norms(**{name: series[:count] for name, series in norms})


def largest_batch(log: Log, training_images: int | None) -> float | None:
    """The largest batch size with which so many images make as many steps an epoch as the log has.

    The last batch of an epoch may be a small one. It is None where the epochs or the images are not known.
    """
    covered = epochs(log)
    if training_images is None or not covered:
        return None
    steps = max((len(column.values) * sampled_every(log, column) for column in log.norms()), default=0)
    full = steps / covered - 1
    return training_images / full if full > 0 else None


def values_up_to(column: Column, row: int) -> int:
    """How many values of a column stand in the rows up to and including this one."""
    return bisect_right(column.rows, row)


def uncalibrated(references: References, which: Message, those: Message) -> Finding:
    """That the `first` or `last` norms are compared with nothing, because no honest run was measured."""
    if references.uncovered:
        return not_checked(
            say(
                "The model has {what}, and how far honest runs of such networks are from the grader's own "
                "steps was not measured, so the {which} norms were not compared with {those}.",
                what=references.uncovered,
                which=which,
                those=those,
            )
        )
    return not_checked(
        say(
            "The rubric has no calibration, so the {which} norms were not compared with {those}.",
            which=which,
            those=those,
        ),
        say("`grader rubric calibrate` makes a calibration."),
    )


def too_few(column: NormColumn, fewest: int, those: Message) -> Finding:
    """That a log is too short to be compared, or a sample of its steps."""
    if column.every > 1:
        return not_checked(
            say(
                "The log has a norm for every {steps} only; those of each step are compared with {those}.",
                steps=counted(column.every, "step"),
                those=those,
            )
        )
    return not_checked(
        say(
            "The log has {few}; fewer than {fewest} are not compared with {those}.",
            few=counted(len(column.values), "norm"),
            fewest=fewest,
            those=those,
        )
    )


def agreed(
    references: References,
    compared: Sequence[tuple[NormColumn, Fit]],
    which: Message,
    those: Message,
    calibration: Calibration,
) -> Finding:
    """That the `first` or `last` norms of a log fit, with the medians."""
    medians = [
        say(
            "{name} has median {found}, expected {expected} {at_batch_size}",
            name=column.name,
            found=number(fit.found[MEDIAN]),
            expected=number(fit.expected[MEDIAN]),
            at_batch_size=references.at_batch_size(fit),
        )
        for column, fit in compared
    ]
    return passed(
        say(
            "The {which} norms fit {those}: {medians} ({cited}).",
            which=which,
            those=those,
            medians=joined("; ", medians),
            cited=calibration.cited(),
        )
    )


def misfit(references: References, column: NormColumn, fit: Fit, which: Message, those: Message) -> Message:
    """That the `first` or `last` norms of a column do not fit, with the number that is farthest off."""
    off = [abs(math.log(max(found, TINY) / max(asked, TINY))) for found, asked in fit.pairs]
    # Neighbours may differ by more than the least.
    off[-1] *= fit.found[-1] < fit.expected[-1]
    name, found, expected = _in_words(fit)[off.index(max(off))]
    return say(
        "The {which} norms in {name} ({series}) do not fit: {number} is {found}; {those} has {expected}, "
        "{at_batch_size}.",
        which=which,
        name=column.name,
        series=column.series,
        number=name,
        found=found,
        those=those,
        expected=expected,
        at_batch_size=references.at_batch_size(fit),
    )


def in_numbers(references: References, column: NormColumn, fit: Fit, which: Message) -> Numbers:
    """All numbers of a comparison, as a table."""
    about = say(
        "The {which} norms in {name} beside those of an honest run, {at_batch_size}",
        which=which,
        name=column.name,
        at_batch_size=references.at_batch_size(fit),
    )
    return Numbers(about=about, rows=_in_words(fit))


def _in_words(fit: Fit) -> tuple[tuple[Message, Message, Message], ...]:
    """What each number of a fit is, as found and as expected."""
    quantiles = [say("the {level} % quantile", level=f"{level * 100:.0f}") for level in LEVELS]
    quantiles[MEDIAN] = say("the median")
    names = [*quantiles, say("the difference of neighbours in shares of the mean")]
    found, expected = ([verbatim(number(value)) for value in values] for values in (fit.found, fit.expected))
    expected[-1] = say("at least {least}", least=expected[-1])
    return tuple(zip(names, found, expected, strict=True))
