"""Whether the validation accuracies of a log keep to its training."""

from grader.analysis.accuracies import (
    STANDARD_ERRORS,
    USUAL_VALIDATION_IMAGES,
    standard_error,
    validation_images,
)
from grader.analysis.consistency.whole import Whole
from grader.analysis.log_positions import epoch_of
from grader.analysis.statistics import as_array, rounding
from grader.messages.message import EMPTY, Message, say
from grader.messages.wording import accuracy as share
from grader.messages.wording import counted

# Two epochs are equal by chance; four are not, where three decimals are logged and the training goes on.
_EPOCHS, _MOVES, _DECIMALS = 4, 0.02, 0.5e-3


def validation_keeps_to_training(whole: Whole) -> Message | None:
    """The validation accuracy of each epoch is near that of the training batches before and after it.

    It is below them by what the network has learned by heart, and above them by what dropout does, up to what
    the submitted model has of both; so a jump needs one of the batches. The averages of batch normalisation
    lag behind at first.
    """
    references, course, right = whole.references, whole.course, whole.course.accuracy
    column = whole.log.column("val_accuracy")
    if right is None or column is None or not course.validation:
        return None
    gap = 0.0
    if references.accuracy and references.probe and references.probe.accuracy:
        gap = references.accuracy.value - float(as_array(references.probe.accuracy).mean())
    model = references.model
    lags = model is None or any(layer.kind == "BatchNormalization" for layer in model.layers)
    images = validation_images(column.values) or USUAL_VALIDATION_IMAGES
    for epoch, value in course.validation:
        beside = course.around(right, epoch)
        chance = STANDARD_ERRORS * standard_error(beside[0], images, beside[0], images)
        limit = whole.limits.validation_accuracy + chance
        low, high = min(beside) + min(gap, 0.0) - limit, max(beside) + max(gap, 0.0) + limit
        if value > high or (value < low and not lags):
            return say(
                "In {where} {validation} is {found}, and {accuracy} of the batches around is {beside}; from "
                "{low} to {high} is expected.",
                where=epoch_of(whole.log, course.rows[course.epochs[epoch].stop - 1]),
                validation=whole.header("val_accuracy"),
                found=share(value),
                accuracy=whole.header("accuracy"),
                beside=share(beside[0]),
                low=share(max(low, 0.0)),
                high=share(min(high, 1.0)),
            )
    return EMPTY


def validation_changes(whole: Whole) -> Message | None:
    """Weights that change do not classify the same number of validation images after each of four epochs.

    Of two epochs that happens about once in 2 sqrt(pi n p (1 - p)) times, for n images and the accuracy p. A
    network that does not learn has the same accuracy on training images, too.
    """
    course, right = whole.course, whole.course.accuracy
    if right is None or len(course.validation) < _EPOCHS:
        return None
    values = [value for _, value in course.validation]
    column = whole.log.column("val_accuracy")
    if not 0 < values[0] < 1 or len(set(values)) > 1 or (column and rounding(column.values) > _DECIMALS):
        return EMPTY
    trained = [course.around(right, epoch)[0] for epoch, _ in course.validation]
    if max(trained) - min(trained) < _MOVES:
        return EMPTY
    return say(
        "{validation} is {value} in all {epochs}, and {accuracy} goes from {low} to {high} in them.",
        validation=whole.header("val_accuracy"),
        value=share(values[0]),
        epochs=counted(len(values), "epoch"),
        accuracy=whole.header("accuracy"),
        low=share(min(trained)),
        high=share(max(trained)),
    )
