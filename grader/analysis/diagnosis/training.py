"""Why a training did not lead to the accuracy that was asked for, and what is wrong with its network."""

import math
from itertools import groupby

from grader.analysis.diagnosis.optimizer import hard_clipping, other_learning_rate, slow_optimizer
from grader.analysis.log_positions import epochs
from grader.evidence.log import Column, Log
from grader.evidence.model import Model
from grader.evidence.training import Accuracy, Rerun
from grader.messages.message import Message, joined, say, say_counted, together
from grader.messages.wording import accuracy as share
from grader.messages.wording import counted, listed, number, pixels, quoted

# Guessing is right once in so many times as there are classes, and by chance a little more often.
_GUESSES = 1.5
_OWN_SCALE = {"Rescaling", "Normalization", "BatchNormalization"}
_RAW = "raw pixels"
# Images whose largest pixel is in between have pixels from 0 to 255; below, they are scaled already.
_SCALED, _BYTE = 16.0, 255.0
_LOOK = say("Check that examples and labels are in the same order, and the learning rate, and train again.")
# Losses that take outputs for probabilities unless they are told that these are logits.
_OF_PROBABILITIES = {"sparse_categorical_crossentropy", "categorical_crossentropy"}
# The running mean of an epoch, and a loss with a little regularisation, are not exactly ln(classes).
_NEAR = 0.02


def why_so_low(
    reached: float, model: Model | None, log: Log | None, accuracy: Accuracy | None, rerun: Rerun | None
) -> Message | None:
    """The first cause that the evidence has for an accuracy below the one asked for, and what speaks for it.

    The surest causes go first: those that alone keep a network from learning, then those that slow it down.
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
    return together(cause, network_can_learn(reached, rerun)) if cause else None


def unscaled_pixels(accuracy: Accuracy | None, model: Model | None) -> Message | None:
    """Raw pixels in a network that has no layer to scale them.

    Measured: 0.802 on raw pixels where pixels / 255 led to 0.844; the first loss was 196 and not 2.5.
    """
    if accuracy is None or accuracy.inputs != _RAW or not _SCALED < accuracy.largest_pixel <= _BYTE:
        return None
    if model is not None and any(layer.kind in _OWN_SCALE for layer in model.layers):
        return None
    shares = [
        say("{accuracy} with {inputs}", accuracy=share(value), inputs=pixels(inputs))
        for inputs, value in accuracy.tried
    ]
    seen = (
        say(
            "The model was trained on pixels from 0 to 255 (on training images it has {tried}).",
            tried=joined(", ", shares),
        )
        if shares
        else say("The model was trained on pixels from 0 to 255.")
    )
    return together(
        seen, say("Divide the pixels by 255, and train again: networks learn faster from small inputs.")
    )


def network_can_learn(reached: float, rerun: Rerun | None) -> Message | None:
    """The grader's own training of the same network did better, so the network is not the cause."""
    if rerun is None or rerun.test_accuracy is None or not rerun.test_accuracy > reached:
        return None
    return say(
        "In the grader's own training the same network has {accuracy} on the test examples after "
        "{steps}, so the network itself can learn.",
        accuracy=share(rerun.test_accuracy),
        steps=counted(len(rerun.loss), "step"),
    )


def still_rising(log: Log, column: Column) -> Message | None:
    """A training that ended while the accuracy rose, or in a single epoch the training accuracy in it."""
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
    if stuck is None and classes and reached <= _GUESSES / classes:
        stuck = say(
            "Guessing among {classes} classes is right in {often} of all cases, so nothing was learned.",
            classes=classes,
            often=share(1 / classes),
        )
    return together(stuck, _LOOK) if stuck else None


def classes_of(model: Model | None) -> int | None:
    """The units of the last Dense layer, or None where there is none, or only one unit."""
    dense = [layer for layer in model.layers if layer.kind == "Dense" and layer.units] if model else []
    # Units with a sigmoid each may stand for labels that do not exclude each other.
    units = dense[-1].units if dense and dense[-1].activation != "sigmoid" else None
    return units if units and units > 1 else None


def other_layers(found: tuple[int, ...], asked: tuple[int, ...]) -> Message | None:
    """How the hidden layers differ from those asked for: turned round, some missing, some too many."""
    if found == asked[::-1]:
        return say("These are the layers asked for, in the opposite order.")
    if found and (missing := _left_over(asked, found)):
        return say_counted(
            len(missing),
            "The layer of {units} units is missing.",
            "The layers of {units} units are missing.",
            units=listed(list(map(str, missing))),
        )
    if extra := _left_over(found, asked):
        return say_counted(
            len(extra),
            "The layer of {units} units is not asked for.",
            "The layers of {units} units are not asked for.",
            units=listed(list(map(str, extra))),
        )
    return None


def _left_over(longer: tuple[int, ...], shorter: tuple[int, ...]) -> tuple[int, ...]:
    """What is in the longer beside the shorter, which must be in it in order; else nothing."""
    rest = []
    wanted = list(shorter)
    for units in longer:
        if wanted and wanted[0] == units:
            wanted.pop(0)
        else:
            rest.append(units)
    return () if wanted else tuple(rest)


def output_without_softmax(model: Model | None, log: Log | None) -> Message | None:
    """Logits given to a loss that takes them for probabilities.

    Keras then cuts the outputs off at 0 and 1 and takes the logarithm; outputs below 0 have no gradient.
    Measured: the loss comes to rest at 2.3026, which is ln(10), with an accuracy of 0.18.
    A softmax with `from_logits=True` does no harm: Keras finds the softmax, and the training is the same.
    """
    last = model.layers[-1] if model and model.layers else None
    if last is None or last.kind != "Dense" or last.activation not in {"linear", None}:
        return None
    if model is None or model.loss not in _OF_PROBABILITIES or model.from_logits:
        return None
    stuck = loss_of_guessing(model, log)
    return together(
        say(
            "The last layer {name} has no softmax, but the loss {loss} takes its outputs for probabilities.",
            name=quoted(last.name),
            loss=quoted(model.loss),
        ),
        stuck,
        say(
            'Give the last layer `activation="softmax"`, or compile with '
            "`SparseCategoricalCrossentropy(from_logits=True)`, and train again."
        ),
    )


def odd_output(model: Model | None) -> Message | None:
    """An activation behind which the outputs are neither probabilities nor logits, such as `relu`."""
    last = model.layers[-1] if model and model.layers else None
    if last is None or last.activation in {None, "linear", "softmax", "log_softmax", "sigmoid"}:
        return None
    return say(
        "The last layer {name} has the activation {activation}, which is for hidden layers: give it "
        '`activation="{usual}"`, and train again.',
        name=quoted(last.name),
        activation=quoted(last.activation),
        usual="sigmoid" if last.units == 1 else "softmax",
    )


def loss_of_guessing(model: Model | None, log: Log | None) -> Message | None:
    """A loss that ends at ln(classes), the cross-entropy of equal probabilities for all classes."""
    classes = classes_of(model)
    column = log.column("loss") if log else None
    if not classes or column is None or not column.values:
        return None
    last, chance = column.values[-1], math.log(classes)
    if not abs(last - chance) <= _NEAR * chance:
        return None
    return say(
        "The loss ends at {last}, and guessing among {classes} classes gives ln({classes}) = "
        "{chance}, so nothing was learned.",
        last=number(last),
        classes=classes,
        chance=number(chance),
    )
