"""Honest models of every ordinary kind: their clean copies load in Keras and predict the same."""

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pytest
from keras import layers, ops

from grader.errors import SubmissionError
from grader.evidence.model import Model, Optimizer
from grader.measure.model.allowlist import (
    ACTIVATIONS,
    CONSTRAINTS,
    INITIALIZERS,
    LAYERS,
    OPERATIONS,
    REGULARIZERS,
)
from grader.measure.model.read import CleanModel, read_model

SHAPE = (8, 8)
IMAGES = np.random.default_rng(7).random((6, *SHAPE)).astype("float32")
LABELS = np.arange(6) % 4


def dense_softmax() -> Any:
    """The homework's kind of network."""
    return sequence(
        layers.Flatten(), layers.Dense(6, "relu"), layers.Dense(5, "elu"), layers.Dense(4, "softmax")
    )


def logits_and_rescaling() -> Any:
    """Raw pixels in, logits out."""
    return sequence(layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(4, kernel_regularizer="l2"))


def dropout_and_normalisation() -> Any:
    """Layers with random state and with weights that are not trained."""
    return sequence(
        layers.GaussianNoise(0.1),
        layers.Flatten(),
        layers.Dense(6, kernel_constraint=keras.constraints.MaxNorm(2)),
        layers.BatchNormalization(),
        layers.LayerNormalization(),
        layers.Dropout(0.3, seed=20_260_131),
        layers.Dense(4, "softmax", kernel_initializer=keras.initializers.HeNormal(seed=4_000_000_000)),
    )


def convolutions() -> Any:
    """A conv net with augmentation."""
    return sequence(
        layers.Reshape((*SHAPE, 1)),
        layers.RandomFlip("horizontal"),
        layers.Conv2D(3, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.DepthwiseConv2D(2),
        layers.SeparableConv2D(3, 2, padding="same"),
        layers.SpatialDropout2D(0.1),
        layers.Conv2DTranspose(2, 2),
        layers.GlobalAveragePooling2D(),
        layers.Dense(4, "softmax"),
    )


def activation_layers() -> Any:
    """Activations that are layers, alone and inside another one."""
    return sequence(
        layers.Flatten(),
        layers.Dense(6, activation=layers.LeakyReLU(0.1)),
        layers.PReLU(),
        layers.Dense(5),
        layers.LeakyReLU(),
        layers.ELU(),
        layers.Dense(4),
        layers.Softmax(),
    )


def functional_and_arithmetic() -> Any:
    """Merging layers, operators, slices and functions of `keras.ops`."""
    start = keras.Input(SHAPE)
    flat = layers.Flatten()(start)
    left, right = layers.Dense(6, "relu")(flat), layers.Dense(6, "tanh")(flat)
    both = layers.Concatenate()([layers.Add()([left, right]), left])
    both = 1.0 - both * 2.0 / 3.0 + both
    both = ops.concatenate([both[:, :4], ops.mean(both, axis=-1, keepdims=True), both[:, -2:]], axis=-1)
    both = ops.relu(ops.reshape(both, (-1, 7)))
    return keras.Model(start, layers.Dense(4, "softmax")(both))


def nested_and_shared() -> Any:
    """Networks in a network, and a layer that is called twice."""
    start = keras.Input(SHAPE)
    hidden = layers.Dense(5, "relu")
    inner = keras.Sequential([keras.Input((5,)), layers.Dense(3), layers.BatchNormalization()])
    seed = keras.Input((3,))
    deeper = keras.Model(seed, [layers.Dense(3)(seed), layers.Dense(3)(seed)])
    shared = hidden(layers.Dense(5)(hidden(layers.Dense(5)(layers.Flatten()(start)))))
    first, second = deeper(inner(shared))
    return keras.Model(start, layers.Dense(4, "softmax")(layers.Subtract()([first, second])))


def recurrent() -> Any:
    """LSTM, GRU, both directions, cells."""
    return sequence(
        layers.Bidirectional(layers.LSTM(3, dropout=0.1, return_sequences=True)),
        layers.GRU(3, return_sequences=True),
        layers.TimeDistributed(layers.Dense(3)),
        layers.RNN([layers.LSTMCell(3), layers.GRUCell(3)]),
        layers.Dense(4, "softmax"),
    )


def attention() -> Any:
    """Attention over rows, with a slice."""
    start = keras.Input(SHAPE)
    rows = layers.MultiHeadAttention(2, 3, dropout=0.1)(start, start)
    rows = layers.Attention()([rows, start])
    return keras.Model(start, layers.Dense(4, "softmax")(rows[:, 0]))


def mixed_precision() -> Any:
    """Float16 in the layers, float32 at the end."""
    policy = keras.DTypePolicy("mixed_float16")
    return sequence(
        layers.Flatten(dtype=policy),
        layers.Dense(6, "relu", dtype=policy),
        layers.Dense(4, "softmax", dtype="float32"),
    )


def built_late() -> Any:
    """A network that got its shape after its layers."""
    model = keras.Sequential([layers.Flatten(), layers.Dense(6, "relu"), layers.Dense(4, "softmax")])
    model.build((None, *SHAPE))
    return model


def sequence(*parts: Any) -> Any:
    """A `Sequential` from images of the small size."""
    return keras.Sequential([keras.Input(SHAPE), *parts])


def saved(model: Any, folder: Path, suffix: str) -> CleanModel:
    """The model as the grader reads it."""
    path = folder / f"model{suffix}"
    with warnings.catch_warnings():
        # Absl and TensorFlow print on the old format; nothing here depends on it.
        warnings.simplefilter("ignore")
        model.save(path)
    return read_model(path.name, path.read_bytes())


def loaded(clean: CleanModel, folder: Path) -> Any:
    """The clean copy in Keras."""
    path = folder / f"clean{clean.suffix}"
    path.write_bytes(clean.content)
    return keras.saving.load_model(path, compile=False, safe_mode=True)


def predictions(model: Any) -> Any:
    """What it says about the images, without training."""
    return np.asarray(model(IMAGES, training=False))


@pytest.mark.hostile_row(40)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
@pytest.mark.parametrize(
    "build",
    [
        dense_softmax,
        logits_and_rescaling,
        dropout_and_normalisation,
        convolutions,
        activation_layers,
        functional_and_arithmetic,
        nested_and_shared,
        recurrent,
        attention,
        mixed_precision,
        built_late,
    ],
    ids=lambda build: build.__name__,
)
def test_the_clean_copy_predicts_the_same(build: Callable[[], Any], suffix: str, tmp_path: Path) -> None:
    """Equal to the last bit, with as many weights as the model has."""
    model = build()
    clean = saved(model, tmp_path, suffix)

    assert predictions(model).tolist() == predictions(loaded(clean, tmp_path)).tolist()
    assert model.count_params() == clean.parameters == clean.facts.parameters
    assert len(model.weights) == clean.facts.variables
    assert suffix == clean.suffix
    assert () == clean.facts.rescued


def test_a_network_built_by_its_first_batch(tmp_path: Path) -> None:
    """Keras fixes the batch size then; the clean copy takes any, and says so."""
    model = keras.Sequential([layers.Flatten(), layers.Dense(6, "relu"), layers.Dense(4, "softmax")])
    model(IMAGES)
    clean = saved(model, tmp_path, ".keras")

    assert predictions(model)[:5].tolist() == np.asarray(loaded(clean, tmp_path)(IMAGES[:5])).tolist()
    assert 1 == len(clean.facts.rescued)


def test_a_slice_with_an_ellipsis(tmp_path: Path) -> None:
    """Keras writes it into both forms and reads it from one."""
    start = keras.Input(SHAPE)
    model = keras.Model(start, layers.Dense(4)(start[..., 0]))
    clean = saved(model, tmp_path, ".keras")

    with pytest.raises(SubmissionError):
        saved(model, tmp_path, ".h5")

    assert predictions(model).tolist() == predictions(loaded(clean, tmp_path)).tolist()


def trained(optimizer: Any, folder: Path, suffix: str, **more: Any) -> Model:
    """The facts of a model after two steps with this optimizer."""
    model = dense_softmax()
    model.compile(optimizer, more.get("loss", "sparse_categorical_crossentropy"))
    model.fit(IMAGES, LABELS, batch_size=3, verbose=0)
    return saved(model, folder, suffix).facts


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_the_optimizer_of_a_trained_model(suffix: str, tmp_path: Path) -> None:
    """The homework's optimizer after two steps, and its loss."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=False)
    model = trained(keras.optimizers.Adam(1e-3, clipnorm=1.0), tmp_path, suffix, loss=loss)

    assert model.optimizer is not None
    assert model.optimizer.moments is not None
    assert 6 == len(model.optimizer.moments.second)
    assert Optimizer(
        kind="Adam", learning_rate=0.0010000000474974513, clipnorm=1.0, iterations=2
    ) == model.optimizer.model_copy(update={"moments": None})
    assert ("sparse_categorical_crossentropy", False) == (model.loss, model.from_logits)
    assert keras.__version__ == model.keras_version
    assert (64 * 6 + 6 + 6 * 5 + 5 + 5 * 4 + 4, 6, SHAPE) == (
        model.parameters,
        model.variables,
        model.input_shape,
    )


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_schedule_and_a_scaled_loss(suffix: str, tmp_path: Path) -> None:
    """What wraps the learning rate, and what wraps the optimizer."""
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 100, 0.9)
    inner = keras.optimizers.SGD(schedule, momentum=0.9, global_clipnorm=2.0)
    scheduled = trained(inner, tmp_path, suffix)
    scaled = trained(
        keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.5, clipvalue=0.25)), tmp_path, suffix
    )

    assert (
        Optimizer(kind="SGD", schedule="ExponentialDecay", global_clipnorm=2.0, iterations=2)
        == scheduled.optimizer
    )
    assert scaled.optimizer is not None
    assert ("Adam", 0.5, 0.25) == (
        scaled.optimizer.kind,
        scaled.optimizer.learning_rate,
        scaled.optimizer.clipvalue,
    )


def test_an_uncompiled_model_has_no_optimizer(tmp_path: Path) -> None:
    """Nothing stored is None, not zero."""
    model = saved(dense_softmax(), tmp_path, ".keras").facts

    assert model.optimizer is None
    assert "" == model.loss


def test_the_initializers_are_kept(tmp_path: Path) -> None:
    """The rerun starts from weights made as the student's were."""
    model = sequence(
        layers.Flatten(), layers.Dense(4, kernel_initializer=keras.initializers.RandomNormal(stddev=0.3))
    )
    layer = loaded(saved(model, tmp_path, ".keras"), tmp_path).layers[-1]

    assert "RandomNormal" == type(layer.kernel_initializer).__name__
    assert 0.3 == layer.kernel_initializer.stddev


def test_every_name_in_the_tables_is_of_keras() -> None:
    """A name that Keras does not have would be a refusal that nobody understands."""
    missing = [
        *(name for name in LAYERS if not hasattr(layers, name)),
        *(name for name in INITIALIZERS if not hasattr(keras.initializers, name)),
        *(name for name in REGULARIZERS if not hasattr(keras.regularizers, name)),
        *(name for name in CONSTRAINTS if not hasattr(keras.constraints, name)),
        *(name for name in ACTIVATIONS.values() if not hasattr(keras.activations, name)),
    ]
    found = {f"{module}.{name}" for module, names in OPERATIONS.items() for name in names}

    # Each of these came into Keras after 3.10, the oldest that the grader runs with.
    recent = {"RMSNormalization", "RandomErasing", "RandomGaussianBlur", "RandomInvert", "RandomPerspective"}
    recent |= {name for name in LAYERS if name.startswith("Adaptive")}
    assert set() == set(missing) - recent
    assert len(found) == sum(map(len, OPERATIONS.values()))
