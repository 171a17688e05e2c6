"""What in a log contradicts itself, or the model: each rule with its reason.

`python tests/corpus/consistency_runs.py FOLDER` counts how often each rule doubts honest runs.
"""

import math
from collections.abc import Callable
from dataclasses import replace

from grader.analysis.consistency.course import Course, batch_size, course_of
from grader.analysis.consistency.step_by_step import losses_move_with_accuracies, norms_move_with_losses
from grader.analysis.consistency.validation import validation_changes, validation_keeps_to_training
from grader.analysis.consistency.whole import Limits, Whole, factor
from grader.analysis.log_positions import place, sampled_every
from grader.analysis.norms.infer import NormColumns
from grader.analysis.statistics import as_array, overflowing, rounding
from grader.evidence.log import Column, Log
from grader.messages.message import EMPTY, Message, say
from grader.messages.wording import accuracy as share
from grader.messages.wording import counted, number, quoted

# In the first 200 steps the batches of 16, 64, 128 and 512 images have an accuracy that is 0.05 below, and
# 0.03, 0.05 and 0.09 above that of batches of 32: so much for each doubling, below 32 and above it.
_BELOW, _ABOVE = 0.05, 0.02
# The mean over fewer batches of the grader's own, as a hook in a hurry has them, is too much chance.
_FEWEST = 100
# The losses of so few steps are those of fresh weights, within this factor.
_FRESH, _WEIGHTED = 3, 1.3


def loss_allows_accuracy(whole: Whole) -> Message | None:
    """A cross-entropy bounds the accuracy.

    Where a wrong class is the likeliest one, the right class has a probability p of at most 1/2, since both
    add up to at most 1, and so a loss -ln(p) >= ln(2). No loss is below 0, so the mean is at least
    (1 - accuracy) ln(2), for a batch as for an epoch. Honest runs have three times as much.
    """
    if not whole.has_a_usual_loss:
        return None
    said = [
        _bounded(whole, losses, shares)
        for loss, right in (("loss", "accuracy"), ("val_loss", "val_accuracy"))
        if (losses := whole.log.column(loss)) and (shares := whole.log.column(right))
        if losses.rows == shares.rows and losses.values
    ]
    return next(filter(None, said), EMPTY) if said else None


def _bounded(whole: Whole, losses: Column, shares: Column) -> Message:
    import numpy as np

    wrong = 1 - as_array(shares.values)
    found, least = as_array(losses.values), (wrong - rounding(shares.values)) * math.log(2)
    short = np.nan_to_num(least - rounding(losses.values) - found, nan=-1.0)
    worst = int(short.argmax())
    if short[worst] <= 0:
        return EMPTY
    return say(
        "At {where} {loss} is {found} and {accuracy} is {share}; with so many examples wrong, a "
        "cross-entropy is at least {wrong} * ln(2) = {least}.",
        where=place(whole.log, losses.rows[worst]),
        loss=quoted(losses.header),
        found=number(float(found[worst])),
        accuracy=quoted(shares.header),
        share=share(shares.values[worst]),
        wrong=share(float(wrong[worst])),
        least=number(float(least[worst]), apart_from=float(found[worst])),
    )


def begins_as_the_rerun(whole: Whole) -> Message | None:
    """The first batches have no lower accuracy than those of the grader's own training of this network.

    Images that are made harder (augmentation, noise) make it lower. So do weights of classes; then the first
    loss, that of fresh weights, is not the rerun's. In both cases nothing is compared. A learning rate of a
    tenth of the rubric's makes it lower, too.
    """
    course, right, rerun = whole.course, whole.course.accuracy, whole.references.rerun
    size = batch_size(course)
    if rerun is None or right is None or whole.begins is None or size is None or not course.validation:
        return None
    count = min(whole.begins.stop, len(rerun.accuracy))
    if count < _FEWEST:
        return None
    own, doublings = float(as_array(rerun.accuracy[:count]).mean()), math.log2(size / rerun.batch_size)
    found = right.mean(slice(count))
    least = own + doublings * (_ABOVE if doublings > 0 else _BELOW) - whole.limits.training_accuracy
    if found >= least:
        return EMPTY
    loss = course.loss
    weighted = (
        loss is not None
        and factor(loss.mean(slice(_FRESH)), float(as_array(rerun.loss[:_FRESH]).mean())) > _WEIGHTED
    )
    if weighted or course.is_of_harder_images:
        return None
    return say(
        "In the first {steps} {accuracy} of the batches is {found} in the mean, and in the grader's own "
        "training of this network {own}; with {size} examples in a batch at least {least} is expected.",
        steps=counted(count, "step"),
        accuracy=whole.header("accuracy"),
        found=share(found),
        own=share(own),
        size=size,
        least=share(least, apart_from=found),
    )


def ends_as_the_model(whole: Whole) -> Message | None:
    """The last batches have the accuracy of the submitted model on training images, given as in training."""
    probe, course, right = whole.references.probe, whole.course, whole.course.accuracy
    if right is None or probe is None or len(probe.accuracy) < _FEWEST or whole.weights_are_averages:
        return None
    expected, limit = float(as_array(probe.accuracy).mean()), whole.limits.training_accuracy
    if course.has_a_row_an_epoch:
        # The mean of an epoch is from before its end.
        if len(right.values) < 2:
            return None
        limit += max(0.0, float(right.values[-1] - right.values[-2]))
    found = min((right.mean(end) for end in whole.ends), key=lambda end: abs(end - expected))
    if abs(found - expected) <= limit:
        return EMPTY
    return say(
        "{accuracy} of the last batches is {found}, and the submitted model has {expected} on training "
        "examples; up to {limit} apart is expected.",
        accuracy=whole.header("accuracy"),
        found=share(found),
        expected=share(expected, apart_from=found),
        limit=share(limit),
    )


def loss_falls_as_the_models(whole: Whole) -> Message | None:
    """From the first batches to the last ones the loss falls by the factor that the grader has measured.

    That is from the rerun's first batches to the submitted model on training images. So the unit of the loss
    does not matter: a sum over the batch, weights of classes.
    """
    probe, loss, first = whole.references.probe, whole.course.loss, whole.first_losses
    if loss is None or first is None or probe is None or whole.weights_are_averages:
        return None
    if len(probe.loss) < _FEWEST:
        return None
    logged, own = first
    last = float(as_array(probe.loss).mean())
    if not min(logged, own, last) > 0 or (
        whole.references.model and whole.references.model.loss_form == "unknown"
    ):
        return None
    ends = [loss.mean(end) for end in whole.ends]
    nearest = min(ends, key=lambda end: factor(end / logged, last / own))
    if factor(nearest / logged, last / own) <= whole.limits.loss:
        return EMPTY
    return say(
        "{loss} goes from {logged} in the first batches to {nearest} in the last ones, and this network goes "
        "from {own} in the grader's own training to {last} as it was submitted; these two may differ by a "
        "factor of {limit}.",
        loss=whole.header("loss"),
        logged=number(logged),
        nearest=number(nearest),
        own=number(own),
        last=number(last),
        limit=number(whole.limits.loss),
    )


# Each gives a sentence on a contradiction, an empty one if all fits, or None if there is nothing to compare.
Rule = Callable[[Whole], Message | None]
RULES: tuple[Rule, ...] = (
    loss_allows_accuracy,
    losses_move_with_accuracies,
    norms_move_with_losses,
    begins_as_the_rerun,
    ends_as_the_model,
    loss_falls_as_the_models,
    validation_keeps_to_training,
    validation_changes,
)


def _has_each_step(log: Log, course: Course) -> bool:
    """Whether the rows are steps one after the other, or whole epochs, and no sample of the steps."""
    columns = filter(None, map(log.column, ("loss", "accuracy")))
    return course.has_a_row_an_epoch or all(sampled_every(log, column) == 1 for column in columns)


@overflowing
def compared(norms: NormColumns, limits: Limits) -> dict[Rule, Message]:
    """What each rule says of a log, without the rules that have nothing to compare."""
    model = norms.references.model
    if norms.references.targets.task in {"regression", "multilabel"} or (model and model.gives_a_logit):
        # What Keras logs as an accuracy there is another one, or means nothing.
        others = tuple(column for column in norms.log.columns if not column.name.endswith("accuracy"))
        norms = replace(norms, log=norms.log.model_copy(update={"columns": others}))
    course = course_of(norms.log)
    if course is None:
        return {}
    # The means of a sample are those of few batches, and its neighbours are no neighbours.
    rules = RULES if _has_each_step(norms.log, course) else (loss_allows_accuracy,)
    said = ((rule, rule(Whole(norms, course, limits))) for rule in rules)
    return {rule: message for rule, message in said if message is not None}
