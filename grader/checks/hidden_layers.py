"""Reads the units of the hidden layers from the model file."""

import re

from pydantic import Field, PositiveInt

from grader.analysis.diagnosis.training import other_layers
from grader.analysis.targets import Targets
from grader.checks import Check
from grader.evidence.model import Model
from grader.messages.message import Message, say, say_counted, together
from grader.messages.wording import listed, quoted
from grader.report import Finding, failed, passed

# Keras' layers that learn something and are not `Dense` have one of these in their names.
_OTHER = re.compile("Attention|Bidirectional|Conv|EinsumDense|Embedding|GRU|Locally|LSTM|RNN|TimeDistributed")


class HiddenLayers(Check):
    """Do the hidden layers have the units asked for?

    The `Dense` layers of the model file but the last, which is the output, are compared with `units`.
    Layers that prepare, normalise, drop or activate (`Flatten`, `Rescaling`, `BatchNormalization`, `Dropout`,
    `Activation`, ...) may stand anywhere; convolutional, recurrent, attention and embedding layers may not.
    A layer in `SpectralNormalization` counts as the layer that it is.

    Args:
        units: The units of each hidden layer, from the input to the output.

    Example:
        hidden_layers: {units: [300, 100]}
    """

    # Not strict for the list itself, so that YAML's and JSON's lists are taken; strict for what is in it.
    units: tuple[PositiveInt, ...] = Field(strict=False, min_length=1)

    def targets(self) -> Targets:
        """The units of each hidden layer."""
        return Targets(hidden_layers=self.units)

    def find(self, model: Model) -> Finding:
        """Compare the hidden Dense layers with the units asked for."""
        hint = say(
            "Put {layers} before the output layer, in this order, then train and submit again.",
            layers=listed([f"`Dense({units})`" for units in self.units]),
        )
        asked = say("the rubric asks for {units}", units=listed(list(map(str, self.units))))
        others = dict.fromkeys(quoted(layer.kind) for layer in model.layers if _OTHER.search(layer.kind))
        if others:
            return failed(
                say_counted(
                    len(others),
                    "The network has a layer of kind {others}; {asked} Dense units.",
                    "The network has layers of kind {others}; {asked} Dense units.",
                    others=listed(list(others)),
                    asked=asked,
                ),
                hint,
            )
        dense = [layer.units for layer in model.layers if layer.kind == "Dense"]
        if not dense:
            return failed(say("The network has no Dense layer; {asked} units.", asked=asked), hint)
        hidden = tuple(units or 0 for units in dense[:-1])
        if hidden == self.units:
            return passed(say("{hidden}, as the rubric asks.", hidden=_hidden(hidden)))
        differs = other_layers(hidden, self.units)
        return failed(say("{hidden}; {asked}.", hidden=_hidden(hidden), asked=asked), together(differs, hint))


def _hidden(units: tuple[int, ...]) -> Message:
    if not units:
        return say("The network has no hidden Dense layer")
    return say_counted(
        len(units),
        "The hidden Dense layer has {units} units",
        "The hidden Dense layers have {units} units",
        units=listed(list(map(str, units))),
    )
