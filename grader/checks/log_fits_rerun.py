"""Compares the first logged norms, and the first loss, with those of the grader's own training."""

import math
from dataclasses import replace

from grader.analysis.consistency.course import course_of
from grader.analysis.diagnosis.training import classes_of
from grader.analysis.log_positions import steps
from grader.analysis.norms.columns import NormColumn, unusable
from grader.analysis.norms.fabrication import fabrication
from grader.analysis.norms.infer import NormColumns
from grader.analysis.reference.calibration import SPREADS, STEPS, Calibration
from grader.analysis.reference.references import FEWEST, agreed, in_numbers, misfit, too_few, uncalibrated
from grader.checks import ComparesWithHonestRuns
from grader.evidence.log import Column
from grader.evidence.training import Rerun
from grader.messages.message import EMPTY, Message, say, together
from grader.messages.wording import accuracy as share
from grader.messages.wording import counted, number, quoted
from grader.report import Finding, not_checked, review

_FIRST, _THOSE = say("first"), say("those of the rerun")
_NO_HEAD = say("there are no first norms to compare with the rerun's")


class LogFitsRerun(ComparesWithHonestRuns):
    """Does the log begin as the grader's own training of this network begins?

    From fresh weights, gradient norms are much alike in every run. Of the first 200 logged norms, the 10,
    25, 50, 75, 90 and 98 % quantiles, and how much neighbours differ, are compared with those of the rerun.
    How far an honest run may be from them, `grader rubric calibrate` has measured, with many seeds and batch
    sizes: the log fits if it is within four standard deviations, and its own rounding, of the mean run at any
    batch size that its rows allow.
    A loss of every step must begin where fresh weights begin, near ln(number of classes).

    Before that, each series is looked at for what no measurement is: a constant, norms at the cap that are
    the cap to the last digit, a block of norms that stands there twice, a curve that is smoother than any
    calibrated run.

    A log that does not fit is left to a teacher, with all numbers. It is not checked if it begins after the
    first step or has fewer rows than the stored optimizer has steps, as `log_is_complete` says; nor if the
    validation accuracy is 0.015 or more above that of the last batches: images that are made harder for
    training (augmentation, noise) leave this trace, and no file says how.

    Args:
        cap: The clipping threshold.
        training_images: The size of the training set, for the largest possible batch size; any, if left out.

    Example:
        log_fits_rerun: {cap: 1.0, training_images: 60000}
    """

    def find(self, norms: NormColumns, rerun: Rerun) -> Finding:
        """Compare the first norms of each column, and the first loss."""
        references = norms.references
        if references.targets.calibration is None:
            return uncalibrated(references, _FIRST, _THOSE)
        if finding := unusable(norms.log):
            return finding
        made_up = (fabrication(norms, column) for column in norms.columns)
        if finding := next(filter(None, made_up), None):
            return finding
        calibration = references.calibration
        if calibration is None:
            return uncalibrated(references, _FIRST, _THOSE)
        return _compared(norms, rerun, calibration)


def _compared(norms: NormColumns, rerun: Rerun, calibration: Calibration) -> Finding:
    numbered = steps(norms.log)
    first = numbered.values[0] if numbered and numbered.values else 0.0
    if first > 1:
        late = say("{header} begins at step {first}", header=norms.columns[0].name, first=number(first))
        return not_checked(say("{late}, so {no_head}.", late=late, no_head=_NO_HEAD))
    start = _low_start(norms)
    nearest = ((column, norms.references.nearest_first(column, rerun)) for column in norms.columns)
    fits = [(column, fit) for column, fit in nearest if fit is not None]
    misfits = [(column, fit) for column, fit in fits if not fit.fits]
    if misfits and not start and (course := course_of(norms.log)) and course.is_of_harder_images:
        return not_checked(
            say(
                "The validation accuracy is {lead} above that of the last batches, so the training images "
                "were made harder than those of the data set, and {no_head}.",
                lead=share(course.validation_lead),
                no_head=_NO_HEAD,
            )
        )
    if misfits or start:
        sentences = [
            misfit(norms.references, *one, _FIRST, say("an honest run from fresh weights")) for one in misfits
        ]
        return _partial(norms, start) or review(
            together(start, *sentences, say("Compared by {cited}.", cited=calibration.cited())),
            say(
                "Ask to see the notebook. Logs that are edited, invented or from another run or network "
                "begin like this."
            ),
            (in_numbers(norms.references, *one, _FIRST) for one in misfits),
        )
    if not fits:
        return too_few(norms.columns[0], FEWEST, _THOSE)
    return agreed(norms.references, fits, _FIRST, _THOSE, calibration)


def _partial(norms: NormColumns, start: Message) -> Finding | None:
    """The finding on a log that lacks the beginning of the training, if something says that it does."""
    values, references = len(norms.columns[0].values), norms.references
    done = references.optimizer.iterations if references.optimizer else None
    if done is not None and done > values:
        return not_checked(
            say(
                "The log has {values} and the stored optimizer {done}, so the beginning of the training "
                "is not in it, and {no_head}.",
                values=counted(values, "norm"),
                done=counted(done, "step"),
                no_head=_NO_HEAD,
            )
        )
    if start and all(_is_like_the_end(norms, column) for column in norms.columns):
        return review(
            say(
                "{start} Its first norms are like those at the submitted weights, so the log begins in "
                "the middle of a training, and {no_head}.",
                start=start,
                no_head=_NO_HEAD,
            ),
            say(
                "Ask for the log of the whole training. A log that was cut looks like this, and one of a "
                "second `fit` whose file was written anew."
            ),
        )
    return None


def _is_like_the_end(norms: NormColumns, column: NormColumn) -> bool:
    """Whether the first norms of a column are like those at the submitted weights."""
    references = norms.references
    doubled = replace(column, logged=_doubled_start(column.logged))
    fit = references.nearest_last(doubled, references.probe, len(doubled.values))
    return fit is not None and fit.fits


def _doubled_start(column: Column) -> Column:
    """The first norms twice, so that the second half of them, which is compared as the end, is the start."""
    first = column.values[:STEPS]
    return column.model_copy(update={"values": (*first, *first), "rows": tuple(range(2 * len(first)))})


def _low_start(norms: NormColumns) -> Message:
    """A sentence on a first loss that is lower than that of fresh weights, or nothing."""
    model = norms.references.model
    loss, classes, sizes = norms.log.column("loss"), classes_of(model), norms.references.sizes
    if loss is None or not classes or not sizes or not _is_of_each_step(loss, norms.columns[0].logged):
        return EMPTY
    if model and model.loss and "crossentropy" not in model.loss.lower().replace("_", ""):
        return EMPTY
    first, fresh = loss.values[0], math.log(classes)
    lowest = min(fresh * math.exp(size.start.mean - SPREADS * size.start.spread) for size in sizes)
    if not first < lowest:
        return EMPTY
    return say(
        "{header} begins at {first}; with fresh weights it is near ln({classes}) = {fresh}, and in "
        "honest runs at least {lowest}.",
        header=quoted(loss.header),
        first=number(first),
        classes=classes,
        fresh=number(fresh),
        lowest=number(lowest),
    )


def _is_of_each_step(loss: Column, norms: Column) -> bool:
    """Whether the loss begins in the first row and changes there, and not only the epochs have one."""
    changes = loss.rows[:2] == (0, 1) and len(set(loss.values[:FEWEST])) > 1
    return changes and 2 * len(loss.values) >= len(norms.values)
