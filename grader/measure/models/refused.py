"""Layers that people do submit and that cannot be taken: what each is, and what to do instead."""

from grader.measure.models.wording import NUMBERS_ONLY, OWN_LAYERS
from grader.messages.phrase import say

_LAYERS_FOR_CODE = say(
    "Replace it by layers of Keras, for example `keras.layers.Rescaling(1 / 255)` or "
    "`keras.layers.Reshape`, train and save the model again."
)
_LAYERS_FOR_FUNCTIONS = say(
    "Use layers in place of the function (`keras.layers.Add`, `Multiply`, `Rescaling`, `Reshape`), "
    "or build the model with Keras 3, then train and save it again."
)
_SAVE_THE_MODEL = say(
    'Save the model that you trained itself with `model.save("model.keras")`, before any '
    "`model.export`, and submit that file."
)

REFUSED = {
    "Lambda": (
        say("which carries Python code that is not run here"),
        _LAYERS_FOR_CODE,
    ),
    "TFSMLayer": (
        say("which stands for a SavedModel that is not in this file"),
        _SAVE_THE_MODEL,
    ),
    **dict.fromkeys(
        (
            "TFOpLambda",
            "SlicingOpLambda",
            "ClassMethod",
            "InstanceMethod",
            "InstanceProperty",
            "TensorFlowOpLayer",
        ),
        (say("which stands for a TensorFlow function that Keras 3 does not load"), _LAYERS_FOR_FUNCTIONS),
    ),
    **dict.fromkeys(
        ("StringLookup", "IntegerLookup", "TextVectorization", "Hashing", "HashedCrossing", "Discretization"),
        (say("which prepares texts or categories and is not loaded here"), NUMBERS_ONLY),
    ),
    **dict.fromkeys(
        ("TorchModuleWrapper", "JaxLayer", "FlaxLayer"),
        (say("which carries code of another library that is not run here"), OWN_LAYERS),
    ),
}
