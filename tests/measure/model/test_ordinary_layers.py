"""Every layer in the allow-list: a model with it is read, and its clean copy predicts the same."""

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pytest
from builders_models import an_h5_file, numbers
from keras import layers, ops

from grader.errors import SubmissionError
from grader.measure.model.allowlist import LAYERS
from grader.measure.model.read import read_model

FLAT, ROWS, IMAGE, VOLUME, FILM = (6,), (5, 4), (6, 6, 2), (4, 4, 4, 2), (3, 5, 5, 2)
LINES, BOXES = (3, 6, 2), (2, 4, 4, 4, 2)

# Layers that take one tensor, by its shape; each layer is made when its test runs.
OF_ONE: dict[tuple[int, ...], tuple[Callable[[], Any], ...]] = {
    FLAT: (
        lambda: layers.Dense(
            3, "relu", kernel_regularizer=keras.regularizers.L1L2(0.1, 0.2), bias_constraint="non_neg"
        ),
        lambda: layers.Activation("tanh"),
        lambda: layers.ActivityRegularization(0.1, 0.2),
        lambda: layers.AlphaDropout(0.2),
        layers.BatchNormalization,
        lambda: layers.CategoryEncoding(4, output_mode="multi_hot"),
        lambda: layers.Dropout(0.3, seed=1),
        lambda: layers.ELU(0.7),
        layers.Flatten,
        lambda: layers.GaussianDropout(0.2),
        lambda: layers.GaussianNoise(0.2),
        layers.Identity,
        layers.LayerNormalization,
        lambda: layers.LeakyReLU(0.2),
        lambda: adapted(layers.Normalization()),
        layers.PReLU,
        lambda: layers.ReLU(max_value=1.0),
        layers.RMSNormalization,
        lambda: layers.RepeatVector(2),
        lambda: layers.Rescaling(1 / 255, offset=-0.5),
        lambda: layers.Reshape((2, 3)),
        layers.Softmax,
        lambda: layers.SpectralNormalization(layers.Dense(3)),
        layers.UnitNormalization,
        lambda: layers.Embedding(10, 3, mask_zero=True),
    ),
    ROWS: (
        lambda: layers.EinsumDense("abc,cd->abd", (None, 3), bias_axes="d"),
        lambda: layers.Masking(0.0),
        lambda: layers.Permute((2, 1)),
        lambda: layers.Cropping1D((1, 1)),
        lambda: layers.ZeroPadding1D(2),
        lambda: layers.UpSampling1D(2),
        lambda: layers.Conv1D(3, 2, dilation_rate=2, padding="causal"),
        lambda: layers.Conv1DTranspose(3, 2, strides=2),
        lambda: layers.DepthwiseConv1D(2, depth_multiplier=2),
        lambda: layers.SeparableConv1D(3, 2),
        lambda: layers.MaxPooling1D(2),
        lambda: layers.AveragePooling1D(2, padding="same"),
        layers.GlobalMaxPooling1D,
        lambda: layers.GlobalAveragePooling1D(keepdims=True),
        lambda: layers.AdaptiveMaxPooling1D(2),
        lambda: layers.AdaptiveAveragePooling1D(2),
        lambda: layers.SpatialDropout1D(0.2),
        lambda: layers.LSTM(3, dropout=0.1, recurrent_dropout=0.1, return_sequences=True, go_backwards=True),
        lambda: layers.GRU(3, reset_after=False),
        lambda: layers.SimpleRNN(3, activation="relu"),
        lambda: layers.Bidirectional(
            layers.GRU(2), merge_mode="sum", backward_layer=layers.GRU(2, go_backwards=True)
        ),
        lambda: layers.RNN([layers.SimpleRNNCell(2), layers.GRUCell(2)], return_sequences=True),
        lambda: layers.RNN(layers.StackedRNNCells([layers.LSTMCell(2), layers.LSTMCell(3)])),
        lambda: layers.TimeDistributed(layers.Dense(2)),
    ),
    IMAGE: (
        lambda: layers.Conv2D(3, (2, 3), strides=2, padding="same", groups=1),
        lambda: layers.Conv2DTranspose(3, 2, strides=2),
        lambda: layers.DepthwiseConv2D(2),
        lambda: layers.SeparableConv2D(3, 2, depth_multiplier=2),
        layers.MaxPooling2D,
        lambda: layers.AveragePooling2D(3, strides=1),
        layers.GlobalMaxPooling2D,
        layers.GlobalAveragePooling2D,
        lambda: layers.AdaptiveMaxPooling2D(2),
        lambda: layers.AdaptiveAveragePooling2D((2, 3)),
        lambda: layers.Cropping2D(((1, 0), (0, 1))),
        lambda: layers.ZeroPadding2D((1, 2)),
        lambda: layers.UpSampling2D(2, interpolation="bilinear"),
        lambda: layers.SpatialDropout2D(0.2),
        lambda: layers.GroupNormalization(2),
        lambda: layers.Resizing(4, 5),
        lambda: layers.CenterCrop(4, 4),
        lambda: layers.RandomFlip("horizontal", seed=1),
        lambda: layers.RandomRotation(0.1),
        lambda: layers.RandomTranslation(0.1, (-0.1, 0.2)),
        lambda: layers.RandomZoom(0.1),
        lambda: layers.RandomShear((0.0, 0.1), (0.0, 0.1)),
        layers.RandomPerspective,
        lambda: layers.RandomCrop(4, 4),
        lambda: layers.RandomBrightness(0.1),
        lambda: layers.RandomContrast(0.1),
        layers.RandomErasing,
        layers.RandomGaussianBlur,
        layers.RandomInvert,
        lambda: layers.RandomSharpness(0.1),
        lambda: layers.RandomPosterization(4),
    ),
    VOLUME: (
        lambda: layers.Conv3D(2, 2),
        lambda: layers.Conv3DTranspose(2, 2),
        layers.MaxPooling3D,
        lambda: layers.AveragePooling3D(2),
        layers.GlobalMaxPooling3D,
        layers.GlobalAveragePooling3D,
        lambda: layers.AdaptiveMaxPooling3D(2),
        lambda: layers.AdaptiveAveragePooling3D(2),
        lambda: layers.Cropping3D(1),
        lambda: layers.ZeroPadding3D(1),
        lambda: layers.UpSampling3D(2),
        lambda: layers.SpatialDropout3D(0.2),
    ),
    LINES: (lambda: layers.ConvLSTM1D(2, 2),),
    FILM: (lambda: layers.ConvLSTM2D(2, 2, return_sequences=True),),
    BOXES: (lambda: layers.ConvLSTM3D(2, 2),),
}

# Layers that take two tensors, by the shape of both.
OF_TWO: tuple[tuple[tuple[int, ...], Callable[[Any, Any], Any]], ...] = (
    (FLAT, lambda one, two: layers.Add()([one, two])),
    (FLAT, lambda one, two: layers.Subtract()([one, two])),
    (FLAT, lambda one, two: layers.Multiply()([one, two])),
    (FLAT, lambda one, two: layers.Average()([one, two])),
    (FLAT, lambda one, two: layers.Maximum()([one, two])),
    (FLAT, lambda one, two: layers.Minimum()([one, two])),
    (FLAT, lambda one, two: layers.Concatenate()([one, two])),
    (FLAT, lambda one, two: layers.Dot(1, normalize=True)([one, two])),
    (ROWS, lambda one, two: layers.Attention(use_scale=True)([one, two])),
    (ROWS, lambda one, two: layers.AdditiveAttention()([one, two])),
    (ROWS, lambda one, two: layers.MultiHeadAttention(2, 3, value_dim=2)(one, two, use_causal_mask=True)),
    (ROWS, lambda one, two: layers.GroupQueryAttention(2, 4, 2)(query=one, value=two)),
)

# What a network says in place of a layer; each makes three rows of whatever width from three rows of six.
ARITHMETIC: dict[str, Callable[[Any], Any]] = {
    "signs": lambda x: 1.0 - x * 2.0 / 3.0 + x**2 - (-x) + abs(x) // 0.3 + x % 0.7,
    "slices": lambda x: ops.concatenate([x[:, 0:4], x[:, -1:], x[:, ::2]], axis=-1),
    "index": lambda x: ops.expand_dims(x[:, 2], -1) + ops.stack([x[:, 0], x[:, 1]], axis=1),
    "comparisons": lambda x: ops.where(
        ops.logical_or(ops.logical_and(x > 0.2, x < 0.8), ops.logical_not(x >= 0.1)), x, ops.zeros_like(x)
    ),
    "equals": lambda x: ops.where(ops.equal(x, x), x, ops.where(ops.not_equal(x, x), x, ops.ones_like(x))),
    "functions": lambda x: (
        ops.exp(x) + ops.log(x + 1) + ops.sqrt(x) + ops.square(x) + ops.sin(x) + ops.cos(x)
    ),
    "rounding": lambda x: (
        ops.floor(x * 3) + ops.ceil(x * 5) + ops.round(x * 7) + ops.sign(x - 0.5) + ops.clip(x, 0.2, 0.7)
    ),
    "logarithms": lambda x: (
        ops.log1p(x) + ops.expm1(x) + ops.log2(x + 1) + ops.log10(x + 1) + ops.reciprocal(x + 1)
    ),
    "reductions": lambda x: ops.stack(
        [
            ops.mean(x, -1),
            ops.sum(x, -1),
            ops.max(x, -1),
            ops.min(x, -1),
            ops.std(x, -1),
            ops.var(x, -1),
            ops.prod(x, -1),
        ],
        axis=-1,
    ),
    "shapes": lambda x: ops.reshape(ops.transpose(ops.reshape(x, (-1, 2, 3)), (0, 2, 1)), (-1, 6)),
    "repeats": lambda x: ops.concatenate(
        [ops.repeat(x, 2, axis=1), ops.tile(x, (1, 2)), ops.flip(x, axis=1)], axis=-1
    ),
    "products": lambda x: (
        ops.einsum("ab,ac->a", x, x)[:, None] + ops.matmul(x[:, None, :], x[:, :, None])[:, 0]
    ),
    "activations": lambda x: (
        ops.relu(x)
        + ops.sigmoid(x)
        + ops.tanh(x)
        + ops.softmax(x)
        + ops.gelu(x)
        + ops.silu(x)
        + ops.leaky_relu(x)
    ),
    "pieces": lambda x: sum(ops.split(x, 2, axis=1)),
    "kinds": lambda x: ops.cast(x > 0.5, "float32") + ops.stop_gradient(x),
}


def adapted(layer: Any) -> Any:
    """The only layer with a state that is set before the training, after that."""
    layer.adapt(np.random.default_rng(3).random((20, *FLAT)).astype("float32"))
    return layer


def name_of(make: Callable[..., Any]) -> str:
    """The layers that a maker makes: itself, or what its code names."""
    if isinstance(make, type):
        return make.__name__.replace("Grouped", "Group")
    return "-".join(name for name in make.__code__.co_names if name in LAYERS)


def images(shape: tuple[int, ...]) -> Any:
    return np.random.default_rng(7).random((3, *shape)).astype("float32")


def copied(model: Any, folder: Path, suffix: str) -> Any:
    """The clean copy of a model, loaded."""
    path = folder / f"model{suffix}"
    with warnings.catch_warnings():
        # Absl and TensorFlow print on the old format; nothing here depends on it.
        warnings.simplefilter("ignore")
        try:
            model.save(path)
        except TypeError as error:
            pytest.skip(f"Keras cannot save it itself: {error}")
    clean = read_model(path.name, path.read_bytes())
    path.write_bytes(clean.content)
    return keras.saving.load_model(path, compile=False, safe_mode=True)


def predicted(model: Any, *inputs: Any) -> Any:
    return np.asarray(model(inputs[0] if len(inputs) == 1 else list(inputs), training=False)).tolist()


@pytest.mark.hostile_row(40)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize(
    ("shape", "make"),
    [pytest.param(shape, make, id=name_of(make)) for shape, makes in OF_ONE.items() for make in makes],
)
def test_a_layer_of_one_tensor(
    shape: tuple[int, ...], make: Callable[[], Any], suffix: str, tmp_path: Path
) -> None:
    """Equal to the last bit."""
    if not all(hasattr(layers, name) for name in name_of(make).split("-")):
        pytest.skip("this Keras does not have the layer")
    model = keras.Sequential([keras.Input(shape), make()])

    assert predicted(model, images(shape)) == predicted(copied(model, tmp_path, suffix), images(shape))


@pytest.mark.hostile_row(40)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize(("shape", "call"), [pytest.param(*case, id=name_of(case[1])) for case in OF_TWO])
def test_a_layer_of_two_tensors(shape: tuple[int, ...], call: Any, suffix: str, tmp_path: Path) -> None:
    """Merging and attention."""
    inputs = [keras.Input(shape), keras.Input(shape)]
    model = keras.Model(inputs, call(*inputs))
    given = images(shape), images(shape)[::-1]

    assert predicted(model, *given) == predicted(copied(model, tmp_path, suffix), *given)


@pytest.mark.hostile_row(40)
@pytest.mark.parametrize("name", ARITHMETIC)
def test_arithmetic_and_slices(name: str, tmp_path: Path) -> None:
    """Operators, slices and functions of `keras.ops`."""
    inputs = keras.Input(FLAT)
    model = keras.Model(inputs, ARITHMETIC[name](inputs))

    assert predicted(model, images(FLAT)) == predicted(copied(model, tmp_path, ".keras"), images(FLAT))


@pytest.mark.hostile_row(40)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float64", "float16"])
def test_precisions(policy: str, suffix: str, tmp_path: Path) -> None:
    """What a layer computes in is kept."""
    kind = keras.DTypePolicy(policy)
    model = keras.Sequential(
        [
            keras.Input(FLAT),
            layers.Dense(4, "relu", dtype=kind),
            layers.BatchNormalization(dtype=kind),
            layers.Dense(2),
        ]
    )
    copy = copied(model, tmp_path, suffix)

    assert policy == copy.layers[0].dtype_policy.name
    assert predicted(model, images(FLAT)) == predicted(copy, images(FLAT))


@pytest.mark.hostile_row(40)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_networks_in_networks(suffix: str, tmp_path: Path) -> None:
    """Two deep, shared, called twice, with several inputs and outputs."""
    left, right = keras.Input((3,), name="left"), keras.Input((3,), name="right")
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    shared = keras.Sequential([keras.Input((3,)), layers.Dense(4), inner])
    pair = keras.Model([left, right], [layers.Add()([shared(left), shared(right)]), layers.Dense(2)(right)])
    one, two = keras.Input((3,)), keras.Input((3,))
    summed, small = pair([one, two])
    again, _ = pair([summed, one])
    model = keras.Model([one, two], layers.Concatenate()([again, small]))
    given = images((3,)), images((3,))[::-1]

    assert predicted(model, *given) == predicted(copied(model, tmp_path, suffix), *given)


@pytest.mark.hostile_row(40, 41)
def test_a_model_of_keras_2(tmp_path: Path) -> None:
    """What its layers compute, written out; input shape, `alpha` and axis stand as they did."""
    first = {"batch_input_shape": [None, 3], "dtype": "float32", "name": "dense", "trainable": True}
    network = {
        "class_name": "Sequential",
        "config": {
            "name": "sequential",
            "layers": [
                {
                    "class_name": "Dense",
                    "config": {**first, "units": 2, "activation": "relu", "use_bias": True},
                },
                {"class_name": "LeakyReLU", "config": {"name": "leaky", "trainable": True, "alpha": 0.25}},
                {
                    "class_name": "BatchNormalization",
                    "config": {
                        "name": "norm",
                        "trainable": True,
                        "axis": [1],
                        "momentum": 0.99,
                        "epsilon": 0.001,
                        "center": True,
                        "scale": True,
                        "fused": None,
                    },
                },
            ],
        },
    }
    kernel, bias = numbers(3, 2) - 0.4, numbers(2)
    gamma, beta, mean, variance = (
        np.array(pair, "float32") for pair in ((2, 3), (0.5, -1), (0.1, 0.2), (1, 4))
    )
    weights = {
        "dense": {"dense/kernel:0": kernel, "dense/bias:0": bias},
        "leaky": {},
        "norm": {
            f"norm/{name}:0": value
            for name, value in (
                ("gamma", gamma),
                ("beta", beta),
                ("moving_mean", mean),
                ("moving_variance", variance),
            )
        },
    }
    given = images((3,))
    hidden = np.maximum(given @ kernel + bias, 0)
    expected = gamma * (hidden - mean) / np.sqrt(variance + 0.001) + beta

    clean = read_model("model.h5", an_h5_file(network, weights, version="2.4.0"))
    (tmp_path / "clean.h5").write_bytes(clean.content)
    model = keras.saving.load_model(tmp_path / "clean.h5", compile=False)

    assert "2.4.0" == clean.facts.keras_version
    assert expected == pytest.approx(np.asarray(model(given)), rel=1e-5)


def test_every_layer_in_the_allow_list_is_tried() -> None:
    """A name that is added there has to be added here."""
    makes = [make for makes in OF_ONE.values() for make in makes] + [call for _, call in OF_TWO]
    tried = {name for make in makes for name in name_of(make).split("-")}

    assert LAYERS - {"InputLayer"} == tried


def test_a_refusal_is_an_error_here(tmp_path: Path) -> None:
    """These tests would see one."""
    model = keras.Sequential([keras.Input(FLAT), layers.Lambda(lambda x: x)])

    with pytest.raises(SubmissionError):
        copied(model, tmp_path, ".keras")
