"""Why a training did not lead to the accuracy that was asked for."""

import math
from itertools import groupby

from grader.analysis.diagnosis.clipping import DIVIDE_BY_SIZE, hard_clipping
from grader.analysis.diagnosis.network import classes_of, loss_of_guessing, odd_output, output_without_softmax
from grader.analysis.log_positions import epochs
from grader.evidence.log import Column, Log
from grader.evidence.model import Model, Optimizer
from grader.evidence.training import Accuracy, Rerun
from grader.messages.message import Message, joined, say, together
from grader.messages.wording import accuracy as share
from grader.messages.wording import counted, number, pixels, quoted

# The learning rates that Keras' optimizers have where none is given.
_USUAL = {"SGD": 0.01}
_USUAL_OF_OTHERS = 0.001
_MANY_TIMES = 10
# Guessing is right once in so many times as there are classes, and by chance a little more often.
_GUESSES = 1.5
_OWN_SCALE = {"Rescaling", "Normalization", "BatchNormalization"}
_RAW = "raw pixels"
# Images whose largest pixel is in between have pixels from 0 to 255; below, they are scaled already.
_SCALED, _BYTE = 16.0, 255.0
_LOOK = say("Check that images and labels are in the same order, and the learning rate, and train again.")


def why_so_low(
    reached: float,
    model: Model | None,
    log: Log | None,
    accuracy: Accuracy | None,
    rerun: Rerun | None,
) -> Message | None:
    """The first cause that the evidence has for an accuracy below the one asked for, and what speaks for it.

    The surest causes go first: those that alone keep a network from learning, then those that slow it down.

    Args:
        reached: The accuracy that is too low.
        model: The submitted model.
        log: The submitted log.
        accuracy: The accuracy of the model, with the scale of its pixels.
        rerun: The grader's own training of the same network.
    """
    optimizer = model.optimizer if model else None
    causes = (
        output_without_softmax(model, log),
        odd_output(model),
        other_learning_rate(optimizer),
        hard_clipping(model, rerun),
        # The scale of the pixels cannot be told of a model that only guesses.
        _guessing(reached, model, log),
        unscaled_pixels(accuracy, model),
        slow_optimizer(optimizer),
    )
    cause = next(filter(None, causes), None)
    if cause is None:
        return None
    can_learn = network_can_learn(reached, rerun)
    return together(cause, can_learn)


def other_learning_rate(optimizer: Optimizer | None, asked: float | None = None) -> Message | None:
    """A learning rate ten times too large or too small, which no clipping makes good.

    A step of Adam is about as long as the learning rate whatever the size of the gradient, so clipping, which
    only bounds that size, keeps the loss finite and nothing else. Measured with `clipnorm=1.0`: 0.831 at
    0.01, and 0.1000, as for guessing, at 0.1, 1 and 10.

    Args:
        optimizer: The stored optimizer.
        asked: The rate asked for; where it is not known, the one that Keras' optimizer has by itself.
    """
    rate = optimizer.learning_rate if optimizer else None
    if optimizer is None or rate is None or not math.isfinite(rate):
        return None
    usual = asked or _USUAL.get(optimizer.kind, _USUAL_OF_OTHERS)
    kind = quoted(optimizer.kind)
    both = say(
        "The stored learning rate is {rate}, and {usual} is usual for {kind}",
        rate=number(rate),
        usual=number(usual),
        kind=kind,
    )
    # A float32 of 0.01 is a little less than 0.01.
    if rate >= _MANY_TIMES * usual * (1 - 1e-6):
        unhelped = (
            say(
                ", and clipping does not help, because each step is as long as the learning rate "
                "whatever the gradient's norm"
            )
            if optimizer.kind in DIVIDE_BY_SIZE
            else ""
        )
        return say(
            "{both}: the steps are too long to settle{unhelped}. Lower it, and train again.",
            both=both,
            unhelped=unhelped,
        )
    if 0 < rate * _MANY_TIMES <= usual * (1 + 1e-6):
        return say(
            "{both}: the steps are too short. Raise it, or, if a callback lowered it, let that wait "
            "longer, and train again.",
            both=both,
        )
    return None


def unscaled_pixels(accuracy: Accuracy | None, model: Model | None) -> Message | None:
    """Raw pixels in a network that has no layer to scale them.

    Measured: 0.802 on raw pixels where pixels / 255 led to 0.844; the first loss was 196 and not 2.5.
    """
    if accuracy is None or accuracy.inputs != _RAW or not _SCALED < accuracy.largest_pixel <= _BYTE:
        return None
    if model is not None and any(layer.kind in _OWN_SCALE for layer in model.layers):
        return None
    tried = joined(
        ", ",
        (
            say("{accuracy} with {inputs}", accuracy=share(value), inputs=pixels(inputs))
            for inputs, value in accuracy.tried
        ),
    )
    seen = (
        say("The model was trained on pixels from 0 to 255 (on training images it has {tried}).", tried=tried)
        if tried
        else say("The model was trained on pixels from 0 to 255.")
    )
    return together(
        seen,
        say("Divide the pixels by 255, and train again: networks learn faster from small inputs."),
    )


def slow_optimizer(optimizer: Optimizer | None) -> Message | None:
    """Plain SGD, with which the accuracy was 0.797 where Adam led to 0.844."""
    if optimizer is None or optimizer.kind != "SGD":
        return None
    return say(
        "The stored optimizer is `SGD`, which needs more epochs than `Adam`: train with the "
        "optimizer that is asked for, or for longer."
    )


def network_can_learn(reached: float, rerun: Rerun | None) -> Message | None:
    """The grader's own training of the same network did better, so the network is not the cause."""
    if rerun is None or not rerun.test_accuracy > reached:
        return None
    return say(
        "In the grader's own training the same network has {accuracy} on the test images after "
        "{steps}, so the network itself can learn.",
        accuracy=share(rerun.test_accuracy),
        steps=counted(len(rerun.loss), "step"),
    )


def still_rising(log: Log, column: Column) -> Message | None:
    """A training that ended while the accuracy was rising: one epoch only, or the last one the best.

    In a log of one epoch the training accuracy tells, half way through it and at its end.
    """
    # A logger may repeat the value of an epoch on each of its rows.
    values = [value for value, _ in groupby(column.values) if math.isfinite(value)]
    if len(values) > 1:
        if values[-1] <= values[-2]:
            return None
        return say(
            "{header} was still rising at the end, from {before} to {last}: train for more "
            "epochs, and submit the log of all of them.",
            header=quoted(column.header),
            before=share(values[-2]),
            last=share(values[-1], apart_from=values[-2]),
        )
    training = log.column("accuracy")
    if epochs(log) != 1 or training is None or len(training.values) < 2:
        return None
    middle, end = training.values[len(training.values) // 2], training.values[-1]
    if not end > middle:
        return None
    return say(
        "The log covers 1 epoch, and {header} was still rising in it, from {middle} half way to "
        "{end}: train for more epochs, and submit the log of all of them.",
        header=quoted(training.header),
        middle=share(middle),
        end=share(end, apart_from=middle),
    )


def _guessing(reached: float, model: Model | None, log: Log | None) -> Message | None:
    stuck, classes = loss_of_guessing(model, log), classes_of(model)
    if stuck is None and classes and classes > 1 and reached <= _GUESSES / classes:
        often = share(1 / classes)
        stuck = say(
            "Guessing among {classes} classes is right in {often} of all cases, so nothing was learned.",
            classes=classes,
            often=often,
        )
    return together(stuck, _LOOK) if stuck else None
