"""Reads the units of the hidden layers from the model file."""

from pydantic import Field, PositiveInt

from grader.checks import Check
from grader.diagnosis.network import other_layers
from grader.evidence import Model
from grader.report import Finding, failed, passed
from grader.wording import listed, quoted

# Keras' layers that learn something and are not `Dense` have one of these in their names.
_OTHER_LAYERS = (
    "Attention",
    "Bidirectional",
    "Conv",
    "EinsumDense",
    "Embedding",
    "GRU",
    "LocallyConnected",
    "LSTM",
    "RNN",
    "TimeDistributed",
)


class HiddenLayers(Check):
    """Do the hidden layers have the units asked for?

    The `Dense` layers of the model file are compared with `units`, in order and without the last one, which
    is the output. Layers that prepare, normalise, drop or activate (`Flatten`, `Rescaling`,
    `BatchNormalization`, `Dropout`, `Activation`, ...) may stand anywhere, because the same network can be
    written with or without them. Convolutional, recurrent, attention and embedding layers may not.

    Args:
        units: the units of each hidden layer, from the input to the output.

    Example:
        hidden_layers: {units: [300, 100]}
    """

    # Not strict for the list itself, so that YAML's and JSON's lists are taken; strict for what is in it.
    units: tuple[PositiveInt, ...] = Field(
        strict=False, min_length=1, description="Units of each hidden Dense layer, from input to output."
    )

    def find(self, model: Model) -> Finding:
        """Compare the hidden Dense layers with the units asked for."""
        hint = (
            f"Put {listed([f'`Dense({units})`' for units in self.units])} before the output layer, "
            "in this order, then train and submit again."
        )
        asked = f"the rubric asks for {_numbers(self.units)}"
        others = dict.fromkeys(
            quoted(layer.kind) for layer in model.layers if any(part in layer.kind for part in _OTHER_LAYERS)
        )
        if others:
            noun = "layers" if len(others) > 1 else "a layer"
            return failed(
                f"The network has {noun} of kind {listed(list(others))}; {asked} Dense units.", hint
            )
        dense = [layer.units for layer in model.layers if layer.kind == "Dense"]
        if not dense:
            return failed(f"The network has no Dense layer; {asked} units.", hint)
        hidden = tuple(units or 0 for units in dense[:-1])
        if hidden == self.units:
            return passed(f"{_hidden(hidden)}, as the rubric asks.")
        differs = other_layers(hidden, self.units)
        return failed(f"{_hidden(hidden)}; {asked}.", f"{differs} {hint}" if differs else hint)


def _hidden(units: tuple[int, ...]) -> str:
    if not units:
        return "The network has no hidden Dense layer"
    return f"The hidden Dense {'layer has' if len(units) == 1 else 'layers have'} {_numbers(units)} units"


def _numbers(units: tuple[int, ...]) -> str:
    return listed([str(number) for number in units])
