"""The layers that a submitted network may have, and what is kept of their settings."""

from collections.abc import Iterable, Mapping

from grader.messages.english import closest, nearest


def names_in(table: Mapping[str, str]) -> frozenset[str]:
    """All names of a table; its keys only sort them for whoever reads it."""
    return frozenset(name for names in table.values() for name in names.split())


# Class names of `keras.layers`. None of them runs code, opens a file or reads a vocabulary.
LAYERS = names_in(
    {
        "core": "InputLayer Dense EinsumDense Embedding Masking Identity Activation Flatten Reshape Permute "
        "RepeatVector Cropping1D Cropping2D Cropping3D ZeroPadding1D ZeroPadding2D ZeroPadding3D "
        "UpSampling1D UpSampling2D UpSampling3D",
        "convolution": "Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose "
        "DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D ConvLSTM1D ConvLSTM2D ConvLSTM3D",
        "pooling": "MaxPooling1D MaxPooling2D MaxPooling3D "
        "AveragePooling1D AveragePooling2D AveragePooling3D "
        "GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D "
        "GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D "
        "AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D "
        "AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D",
        "normalisation": "BatchNormalization LayerNormalization GroupNormalization RMSNormalization "
        "UnitNormalization SpectralNormalization Normalization",
        "dropout and noise": "Dropout AlphaDropout SpatialDropout1D SpatialDropout2D SpatialDropout3D "
        "GaussianDropout GaussianNoise ActivityRegularization",
        "activations": "ReLU LeakyReLU PReLU ELU Softmax",
        "merging": "Add Subtract Multiply Average Maximum Minimum Concatenate Dot",
        "recurrent": "LSTM GRU SimpleRNN RNN LSTMCell GRUCell SimpleRNNCell StackedRNNCells Bidirectional "
        "TimeDistributed",
        "attention": "Attention AdditiveAttention MultiHeadAttention GroupQueryAttention",
        "numbers and images": "Rescaling Resizing CenterCrop CategoryEncoding RandomFlip RandomRotation "
        "RandomTranslation RandomZoom RandomShear RandomPerspective RandomCrop RandomBrightness "
        "RandomContrast RandomErasing RandomGaussianBlur RandomInvert RandomSharpness RandomPosterization",
    }
)

# Other names of a layer in `keras.layers`.
_SHORT = {"MaxPool": "MaxPooling", "AvgPool": "AveragePooling", "Convolution": "Conv"}
_SHORT |= {f"Global{short}": f"Global{_SHORT[short]}" for short in ("MaxPool", "AvgPool")}
ALIASES = {f"{short}{n}D": f"{long}{n}D" for short, long in _SHORT.items() for n in (1, 2, 3)}

# The settings of a layer that are kept as evidence: numbers, words, truth values, short lists of numbers.
SETTINGS = names_in(
    {
        "dense and embedding": "units activation use_bias input_dim output_dim mask_zero",
        "convolution and pooling": "filters kernel_size strides padding dilation_rate groups "
        "depth_multiplier pool_size output_size",
        "recurrent": "return_sequences go_backwards recurrent_activation recurrent_dropout dropout "
        "merge_mode layer",
        "dropout, noise and normalisation": "rate stddev axis momentum epsilon",
        "attention": "num_heads key_dim value_dim",
        "images and shapes": "scale offset height width size target_shape n factor",
    }
)


def check_layer(kind: str, settings: Iterable[str]) -> None:
    """Check the names of a layer and of its settings; a ValueError says which there are."""
    if kind not in LAYERS:
        near = closest(kind, sorted(LAYERS))
        rest = f"did you mean `{near}`?" if near else "its name must be one of `keras.layers`"
        raise ValueError(f"unknown layer `{kind}`; {rest}")
    for name in settings:
        if name not in SETTINGS:
            rest = nearest(name, sorted(SETTINGS), "the settings are").removesuffix(".")
            raise ValueError(f"unknown setting `{name}` of `{kind}`; {rest}")
