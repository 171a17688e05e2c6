"""What other versions of Keras write, in the form that Keras 3 loads; what is not listed, Keras judges."""

from typing import Any

from grader.measure.model.reading import Reading
from grader.messages.message import say

# Class names of Keras under TensorFlow 1, and those of classes with two names.
RENAMED_CLASSES = {
    "GroupedQueryAttention": "GroupQueryAttention",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "OrthogonalInitializer": "Orthogonal",
    "IdentityInitializer": "Identity",
    "LossScaleOptimizerV3": "LossScaleOptimizer",
}

# Arguments that Keras 3 calls by another name: class, old name, new name.
RENAMED_ARGUMENTS = {("LeakyReLU", "alpha"): "negative_slope"}

# Arguments that say nothing at these values, and that some versions of Keras 3 do not know.
SILENT: dict[str, Any] = {
    "optional": False,
    "ragged": False,
    "quantization_config": None,
    "lora_rank": None,
    "lora_alpha": None,
    "renorm": False,
    "renorm_clipping": None,
    "renorm_momentum": 0.99,
    "softmax_robust_masking": False,
}

# Arguments of Keras 2 that Keras 3 does not take, for all classes and for some.
# What an input looks like is taken from `batch_input_shape` before it is left out.
RETIRED = frozenset(
    {"batch_input_shape", "input_shape", "input_dtype", "time_major", "implementation", "rng_type"}
)
_OF_KERNELS = frozenset({"groups", "kernel_initializer", "kernel_regularizer"})
RETIRED_BY_CLASS: dict[str, frozenset[str]] = {
    "BatchNormalization": frozenset({"fused", "virtual_batch_size", "adjustment"}),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _OF_KERNELS | {"filters"}),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), _OF_KERNELS | {"kernel_constraint"}),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), frozenset({"groups"})),
    **dict.fromkeys(
        ("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"), frozenset({"noise_shape", "trainable"})
    ),
    "Embedding": frozenset({"input_length"}),
    "MultiHeadAttention": frozenset({"query_shape", "key_shape", "value_shape"}),
    "StackedRNNCells": frozenset({"reverse_state_order"}),
    **dict.fromkeys(("Attention", "AdditiveAttention"), frozenset({"causal"})),
}

# Values of a retired argument that change what the layer computes; it is then kept, for Keras to refuse.
MEANT = {"time_major": True, "causal": True}


def todays_class(name: str) -> str:
    """The name of a class in Keras 3."""
    return RENAMED_CLASSES.get(name, name)


def todays_arguments(reading: Reading, kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a layer of class `kind` as Keras 3 has them; notes say what was changed."""
    retired = RETIRED | RETIRED_BY_CLASS.get(kind, frozenset())
    result = {}
    for key, value in arguments.items():
        if key in SILENT and value == SILENT[key]:
            continue
        if key in retired and value != MEANT.get(key, ...):
            reading.note(say("The argument `{key}` of Keras 2 was left out.", key=key))
            continue
        new = RENAMED_ARGUMENTS.get((kind, key), key)
        if new != key:
            reading.note(
                say(
                    "The argument `{key}` of `{kind}` was read as `{new}`, its name in Keras 3.",
                    key=key,
                    kind=kind,
                    new=new,
                )
            )
        result[new] = value
    if result.get("stateful"):
        reading.note(
            say("A stateful layer was read as stateless, so that the order of the data does not matter.")
        )
        result["stateful"] = False
    if kind == "BatchNormalization" and isinstance(result.get("axis"), list) and len(result["axis"]) == 1:
        result["axis"] = result["axis"][0]
    return result
