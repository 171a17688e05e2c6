"""What is wrong with the layers of a network."""

import math

from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.messages.message import Message, say, say_counted, together
from grader.messages.wording import listed, number, quoted

# Losses that take outputs for probabilities unless they are told that these are logits.
_OF_PROBABILITIES = {"sparse_categorical_crossentropy", "categorical_crossentropy"}
# The running mean of an epoch, and a loss with a little regularisation, are not exactly ln(classes).
_NEAR = 0.02


def classes_of(model: Model | None) -> int | None:
    """The units of the last Dense layer, or None where there is none."""
    units = [layer.units for layer in model.layers if layer.kind == "Dense" and layer.units] if model else []
    return units[-1] if units else None


def other_layers(found: tuple[int, ...], asked: tuple[int, ...]) -> Message | None:
    """How the hidden layers differ from those asked for: turned round, some missing, some too many.

    Units that are others altogether need no hint, because the sentence has both.
    """
    if found == asked:
        return None
    if found == asked[::-1]:
        return say("These are the layers asked for, in the opposite order.")
    if found and (missing := _left_over(asked, found)):
        return say_counted(
            len(missing),
            "The layer of {units} units is missing.",
            "The layers of {units} units are missing.",
            units=_units(missing),
        )
    if extra := _left_over(found, asked):
        return say_counted(
            len(extra),
            "The layer of {units} units is not asked for.",
            "The layers of {units} units are not asked for.",
            units=_units(extra),
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


def _units(units: tuple[int, ...]) -> Message:
    return listed([str(one) for one in units])


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
        '`activation="softmax"`, and train again.',
        name=quoted(last.name),
        activation=quoted(last.activation),
    )


def loss_of_guessing(model: Model | None, log: Log | None) -> Message | None:
    """A loss that ends at ln(classes), the cross-entropy of equal probabilities for all classes."""
    classes = classes_of(model)
    column = log.column("loss") if log else None
    if not classes or classes < 2 or column is None or not column.values:
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
