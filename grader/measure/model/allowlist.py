"""What a submitted network may be made of beside its `LAYERS`, in tables of literals; all else is refused.

Keras, given a file, would look up any name that the file holds and call it.
"""

from grader.evidence.layers import names_in
from grader.measure.model.reading import NUMBERS_ONLY, OWN_LAYERS
from grader.messages.message import say

# What Keras writes for `x + y`, `x[:, 0]`, `keras.ops.mean(x)` in a functional network.
OPERATIONS = {
    "keras.src.ops.numpy": names_in(
        {
            "arithmetic": "Add Subtract Multiply Divide TrueDivide FloorDivide Mod Power Negative Abs "
            "Absolute Sign Square Sqrt Exp Expm1 Log Log1p Log2 Log10 Reciprocal Sin Cos Tanh "
            "Clip Floor Ceil Round",
            "reductions": "Mean Sum Prod Max Min Amax Amin Std Var Average Median Cumsum",
            "comparisons": "Maximum Minimum Where Equal NotEqual Greater GreaterEqual Less LessEqual "
            "LogicalAnd LogicalNot LogicalOr OnesLike ZerosLike",
            "shapes": "GetItem Take Reshape Ravel Transpose Swapaxes Moveaxis ExpandDims Squeeze Concatenate "
            "Stack Hstack Vstack Split Repeat Tile Pad Flip Roll BroadcastTo",
            "products": "Matmul Dot Tensordot Einsum",
        }
    ),
    "keras.src.ops.nn": names_in(
        {
            "activations": "Relu Relu6 LeakyRelu Elu Selu Celu Gelu Glu Silu Softplus Softsign Sigmoid "
            "HardSigmoid HardSilu LogSigmoid Softmax LogSoftmax HardTanh",
            "others": "MaxPool AveragePool Normalize OneHot",
        }
    ),
    "keras.src.ops.core": frozenset({"Cast", "StopGradient"}),
}

# Where each Keras keeps the classes of a whole network; no module is Keras 2 in an `.h5`.
SEQUENTIAL_MODULES = frozenset({None, "keras", "keras.models", "keras.src.models.sequential"})
FUNCTIONAL_MODULES = frozenset(
    {
        *(None, "keras", "keras.models", "keras.src.models.functional", "keras.src.models.model"),
        *("keras.engine.functional", "keras.src.engine.functional", "tf_keras.src.engine.functional"),
    }
)
LAYER_MODULES = frozenset({None, "keras.layers", "tf_keras.layers"})

# Initializers, regularizers and constraints with the arguments that they take, all of them single values.
INITIALIZERS = {
    "Zeros": (),
    "Ones": (),
    "Constant": ("value",),
    "RandomNormal": ("mean", "stddev", "seed"),
    "RandomUniform": ("minval", "maxval", "seed"),
    "TruncatedNormal": ("mean", "stddev", "seed"),
    "VarianceScaling": ("scale", "mode", "distribution", "seed"),
    "GlorotNormal": ("seed",),
    "GlorotUniform": ("seed",),
    "HeNormal": ("seed",),
    "HeUniform": ("seed",),
    "LecunNormal": ("seed",),
    "LecunUniform": ("seed",),
    "Orthogonal": ("gain", "seed"),
    "Identity": ("gain",),
}
REGULARIZERS = {
    "L1": ("l1",),
    "L2": ("l2",),
    "L1L2": ("l1", "l2"),
    "OrthogonalRegularizer": ("factor", "mode"),
}
CONSTRAINTS = {
    "MaxNorm": ("max_value", "axis"),
    "MinMaxNorm": ("min_value", "max_value", "rate", "axis"),
    "NonNeg": (),
    "UnitNorm": ("axis",),
}

# How an activation may be stored, and its name in `keras.activations`.
# The names of TensorFlow's own functions (`tf.nn.softmax`) compute the same there.
ACTIVATIONS = {
    name: name
    for name in names_in(
        {
            "rectified": "linear relu relu6 leaky_relu elu selu celu gelu glu silu mish threshold",
            "bounded": "sigmoid hard_sigmoid hard_silu hard_tanh hard_shrink soft_shrink tanh_shrink tanh "
            "softsign",
            "soft": "softmax log_softmax log_sigmoid softplus exponential squareplus sparse_plus sparsemax",
        }
    )
} | {
    "swish": "silu",
    "hard_swish": "hard_silu",
    "softmax_v2": "softmax",
    "log_softmax_v2": "log_softmax",
    "identity": "linear",
    "exp": "exponential",
}
# An activation may also be one of these layers; beside each, the name of the function it computes.
ACTIVATION_LAYERS = {"ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "Softmax": "softmax"}

DTYPES = frozenset(
    {
        *("float16", "bfloat16", "float32", "float64", "mixed_float16", "mixed_bfloat16", "bool"),
        *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    }
)

# Marks an object that stands in several places; no argument has this name.
SHARED = "shared_object_id"

# The keys that describe one object in the JSON of any Keras.
OBJECT_KEYS = frozenset(
    {
        *("module", "class_name", "config", "registered_name", "build_config", "compile_config", "name"),
        *("inbound_nodes", SHARED, "input_shape", "__passive_serialization__"),
    }
)

# Arguments that are whole numbers from 1 on, alone or in a list.
SIZES = names_in(
    {
        "dense and embedding": "units input_dim output_dim num_tokens",
        "convolution and pooling": "filters kernel_size pool_size strides dilation_rate depth_multiplier",
        "images": "size n height width",
        "attention": "num_heads key_dim value_dim head_dim num_query_heads num_key_value_heads",
    }
)

# No layer in the table takes one of these with a text, so a file that has one was not written by Keras.
DANGEROUS_ARGUMENTS = frozenset(
    {"filepath", "vocabulary", "filename", "path", "url", "weights", "function", "call_endpoint", "code"}
)

_OF_A_FUNCTION = (
    say("which stands for a TensorFlow function that Keras 3 does not load"),
    say(
        "Use layers in place of the function (`keras.layers.Add`, `Multiply`, `Rescaling`, `Reshape`), "
        "or build the model with Keras 3, then train and save it again."
    ),
)
_OF_TEXTS = (say("which prepares texts or categories and is not accepted"), NUMBERS_ONLY)
_OF_A_LIBRARY = (say("which carries code of another library that is not run here"), OWN_LAYERS)
# They may change the labels with the images, or make other images than are submitted to the network.
_OF_AUGMENTATION = (
    say("which changes the training images and is not accepted in the network"),
    say(
        "Put augmentation into the data pipeline, for example `dataset.map(...)` before `fit`, and build the "
        'network without it; train it, save it with `model.save("model.keras")` and submit that file.'
    ),
)
# Layers that are refused with what they are and what to do instead.
REFUSED = {
    "Lambda": (
        say("which carries Python code that is not run here"),
        say(
            "Replace it with layers of Keras, for example `keras.layers.Rescaling(1 / 255)` or "
            "`keras.layers.Reshape`, then train and save the model again."
        ),
    ),
    "TFSMLayer": (
        say("which stands for a SavedModel that is not in this file"),
        say(
            'Save the model that you trained, with `model.save("model.keras")` and before any '
            "`model.export`, and submit that file."
        ),
    ),
    **dict.fromkeys(("TFOpLambda", "SlicingOpLambda", "ClassMethod", "InstanceMethod"), _OF_A_FUNCTION),
    **dict.fromkeys(("InstanceProperty", "TensorFlowOpLayer"), _OF_A_FUNCTION),
    **dict.fromkeys(("StringLookup", "IntegerLookup", "TextVectorization"), _OF_TEXTS),
    **dict.fromkeys(("Hashing", "HashedCrossing", "Discretization"), _OF_TEXTS),
    **dict.fromkeys(("AugMix", "CutMix", "MixUp", "RandAugment", "Pipeline"), _OF_AUGMENTATION),
    **dict.fromkeys(("AutoContrast", "Equalization", "Solarization"), _OF_AUGMENTATION),
    **dict.fromkeys(("ContrastLimitedAdaptiveHistogramEqualization", "RandomHue"), _OF_AUGMENTATION),
    **dict.fromkeys(("RandomColorDegeneration", "RandomColorJitter", "RandomSaturation"), _OF_AUGMENTATION),
    **dict.fromkeys(("RandomElasticTransform", "RandomGrayscale"), _OF_AUGMENTATION),
    **dict.fromkeys(("TorchModuleWrapper", "JaxLayer", "FlaxLayer"), _OF_A_LIBRARY),
}
