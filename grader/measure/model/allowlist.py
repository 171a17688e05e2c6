"""Everything that a submitted network may be made of; whatever does not stand here is refused.

Keras, given a file, would look up any name that the file holds and call it.
So a name is only passed on if it stands in one of these tables, and a table is only made of literals.
"""

from grader.measure.model.reading import NUMBERS_ONLY, OWN_LAYERS
from grader.messages.message import say

# Class names of `keras.layers`. None of them runs code, opens a file or reads a vocabulary.
LAYERS = frozenset(
    {
        # core
        *("InputLayer", "Dense", "EinsumDense", "Embedding", "Masking", "Identity", "Activation"),
        *("Flatten", "Reshape", "Permute", "RepeatVector"),
        *("Cropping1D", "Cropping2D", "Cropping3D", "ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D"),
        *("UpSampling1D", "UpSampling2D", "UpSampling3D"),
        # convolution
        *("Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
        *("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"),
        *("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"),
        # pooling
        *("MaxPooling1D", "MaxPooling2D", "MaxPooling3D"),
        *("AveragePooling1D", "AveragePooling2D", "AveragePooling3D"),
        *("GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D"),
        *("GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D"),
        *("AdaptiveMaxPooling1D", "AdaptiveMaxPooling2D", "AdaptiveMaxPooling3D"),
        *("AdaptiveAveragePooling1D", "AdaptiveAveragePooling2D", "AdaptiveAveragePooling3D"),
        # normalisation
        *("BatchNormalization", "LayerNormalization", "GroupNormalization", "RMSNormalization"),
        *("UnitNormalization", "SpectralNormalization", "Normalization"),
        # dropout and noise
        *("Dropout", "AlphaDropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"),
        *("GaussianDropout", "GaussianNoise", "ActivityRegularization"),
        # activations
        *("ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"),
        # merging
        *("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"),
        # recurrent
        *("LSTM", "GRU", "SimpleRNN", "RNN", "LSTMCell", "GRUCell", "SimpleRNNCell", "StackedRNNCells"),
        *("Bidirectional", "TimeDistributed"),
        # attention
        *("Attention", "AdditiveAttention", "MultiHeadAttention", "GroupQueryAttention"),
        # preparing numbers and images
        *("Rescaling", "Resizing", "CenterCrop", "CategoryEncoding"),
        *(
            "RandomFlip",
            "RandomRotation",
            "RandomTranslation",
            "RandomZoom",
            "RandomShear",
            "RandomPerspective",
        ),
        *("RandomCrop", "RandomBrightness", "RandomContrast", "RandomErasing", "RandomGaussianBlur"),
        *("RandomInvert", "RandomSharpness", "RandomPosterization"),
    }
)

# What Keras writes for `x + y`, `x[:, 0]`, `keras.ops.mean(x)` in a functional network.
OPERATIONS = {
    "keras.src.ops.numpy": frozenset(
        {
            *(
                "Add",
                "Subtract",
                "Multiply",
                "Divide",
                "TrueDivide",
                "FloorDivide",
                "Mod",
                "Power",
                "Negative",
            ),
            *("Abs", "Absolute", "Sign", "Square", "Sqrt", "Exp", "Expm1", "Log", "Log1p", "Log2", "Log10"),
            *("Reciprocal", "Sin", "Cos", "Tanh", "Clip", "Floor", "Ceil", "Round"),
            *(
                "Mean",
                "Sum",
                "Prod",
                "Max",
                "Min",
                "Amax",
                "Amin",
                "Std",
                "Var",
                "Average",
                "Median",
                "Cumsum",
            ),
            *(
                "Maximum",
                "Minimum",
                "Where",
                "Equal",
                "NotEqual",
                "Greater",
                "GreaterEqual",
                "Less",
                "LessEqual",
            ),
            *("LogicalAnd", "LogicalNot", "LogicalOr", "OnesLike", "ZerosLike"),
            *(
                "GetItem",
                "Take",
                "Reshape",
                "Ravel",
                "Transpose",
                "Swapaxes",
                "Moveaxis",
                "ExpandDims",
                "Squeeze",
            ),
            *("Concatenate", "Stack", "Hstack", "Vstack", "Split", "Repeat", "Tile", "Pad", "Flip", "Roll"),
            *("Matmul", "Dot", "Tensordot", "Einsum", "BroadcastTo"),
        }
    ),
    "keras.src.ops.nn": frozenset(
        {
            *(
                "Relu",
                "Relu6",
                "LeakyRelu",
                "Elu",
                "Selu",
                "Celu",
                "Gelu",
                "Glu",
                "Silu",
                "Softplus",
                "Softsign",
            ),
            *("Sigmoid", "HardSigmoid", "HardSilu", "LogSigmoid", "Softmax", "LogSoftmax", "HardTanh"),
            *("MaxPool", "AveragePool", "Normalize", "OneHot"),
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
    **{
        name: name
        for name in (
            *("linear", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "glu", "silu", "mish"),
            *(
                "sigmoid",
                "hard_sigmoid",
                "hard_silu",
                "hard_tanh",
                "hard_shrink",
                "soft_shrink",
                "tanh_shrink",
            ),
            *("tanh", "softmax", "log_softmax", "log_sigmoid", "softplus", "softsign", "exponential"),
            *("squareplus", "sparse_plus", "sparsemax", "threshold"),
        )
    },
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

# The keys that describe one object in the JSON of any Keras.
OBJECT_KEYS = frozenset(
    {
        *("module", "class_name", "config", "registered_name", "build_config", "compile_config", "name"),
        *("inbound_nodes", "shared_object_id", "input_shape", "__passive_serialization__"),
    }
)

# Arguments that are whole numbers from 1 on, alone or in a list.
SIZES = frozenset(
    {
        *(
            "units",
            "filters",
            "num_heads",
            "key_dim",
            "value_dim",
            "input_dim",
            "output_dim",
            "depth_multiplier",
        ),
        *(
            "kernel_size",
            "pool_size",
            "strides",
            "dilation_rate",
            "size",
            "n",
            "height",
            "width",
            "num_tokens",
        ),
        *("head_dim", "num_query_heads", "num_key_value_heads"),
    }
)

# No layer in the table takes one of these with a text, so a file that has one was not written by Keras.
DANGEROUS_ARGUMENTS = frozenset(
    {"filepath", "vocabulary", "filename", "path", "url", "weights", "function", "call_endpoint", "code"}
)


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
