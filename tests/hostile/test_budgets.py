"""Clean copies that Keras should not build, or cannot: budgets, shapes, and weights that do not fit."""

import math
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import builders_training as build
import keras
import numpy as np
import pytest
from builders_golden import refusal_of, said
from builders_models import (
    a_dense,
    a_functional,
    a_keras_file,
    a_layer,
    a_sequential,
    a_tensor,
    an_input,
    called,
    hdf5,
    numbers,
    the_weights,
)

from grader.evidence.values import LONGEST_TEXT
from grader.measure.inputs import Scale
from grader.measure.model.read import read_model
from grader.measure.training.examples import check_output, fitted_shape
from grader.measure.training.load import first_words, load_clean
from grader.measure.training.predict import BATCH, Predictor
from grader.measure.training.session import Session

SCALES = {"pixels / 255": Scale(255.0), "raw pixels": Scale()}
CANNOT = "Keras cannot build this network with the stored weights: "


@pytest.fixture(autouse=True)
def _in_a_private_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def loaded(content: bytes) -> keras.Model:
    clean = read_model("model.keras", content)
    return load_clean(clean.content, clean.suffix, clean.facts.parameters)


def refuses(act: Callable[[], object]) -> bool:
    """Whether something is refused; what is said is pinned in this room's file."""
    return said(*refusal_of(act))


LARGE = a_layer("LSTM", "lstm", units=2500, activation="tanh", recurrent_activation="sigmoid")
LARGER = [a_layer("UpSampling2D", f"larger_{number}", size=[310, 310]) for number in (1, 2)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(
            a_keras_file(a_sequential(an_input(3, 3), LARGE)),
            marks=pytest.mark.hostile_row(29),
            id="a large layer with few weights",
        ),
        pytest.param(
            a_keras_file(a_sequential(an_input(1, 1, 1), *LARGER), hdf5({})),
            marks=pytest.mark.hostile_row(31),
            id="billions of numbers from one image",
        ),
    ],
)
def test_what_is_too_large_is_refused_before_it_is_made(content: bytes) -> None:
    """The first weight that is too many is not made, and the sizes are known before anything is computed."""
    begun = time.process_time()

    assert refuses(lambda: loaded(content))
    assert time.process_time() - begun < 5


@pytest.mark.hostile_row(31)
def test_a_wide_network_gets_small_batches() -> None:
    """A layer of two million numbers an image is computed for 32 images at a time, and comes out right."""
    inputs = keras.Input((4, 4, 1))
    wide = keras.layers.UpSampling2D(362)(inputs)
    model = keras.Model(inputs, keras.layers.GlobalAveragePooling2D()(wide))
    images = np.arange(40 * 16, dtype="uint8").reshape(40, 4, 4)
    predictor = Predictor(model, (4, 4, 1), SCALES)

    answers = predictor.outputs(images, "raw pixels")

    assert (1448**2 > 2_000_000, 32) == (True, predictor.batch)
    assert images.mean(axis=(1, 2)).tolist() == pytest.approx(answers[:, 0].tolist(), rel=1e-3)
    assert BATCH == Predictor(build.a_network(), (6, 6), SCALES).batch


@pytest.mark.hostile_row(33)
@pytest.mark.parametrize("first", ["dense", "a"])
def test_a_network_in_a_ring(first: str) -> None:
    """Around two layers, or around one."""
    network = a_functional(
        called(a_dense(3, "a"), a_tensor(first, 0, 3)), called(a_dense(3, "dense"), a_tensor("a", 0, 3))
    )

    assert refuses(lambda: loaded(a_keras_file(network)))


@pytest.mark.hostile_row(35)
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_weights_that_are_not_finite(tmp_path: Path, value: float) -> None:
    """The model is read and loaded; what it says of the images is refused, with how many."""
    assert refuses(session_with(tmp_path, value).predictions)


@pytest.mark.hostile_row(35)
def test_weights_that_are_all_zero(tmp_path: Path) -> None:
    """They are numbers, so the model is measured: one class for every image."""
    predictions = session_with(tmp_path, 0.0).predictions()

    assert {0} == set(predictions.classes)


def session_with(folder: Path, value: float) -> Session:
    """A session of a small model all of whose weights are one number, read from its file."""
    model = build.a_network()
    model.set_weights([np.full_like(weights, value) for weights in model.get_weights()])
    clean = read_model("model.keras", build.saved(model, folder))
    arrays = build.arrays_in(folder, build.a_dataset())
    return Session(clean, build.a_plan(), str(arrays))


def one_number() -> keras.Model:
    inputs = keras.Input((6, 6))
    return keras.Model(inputs, keras.ops.mean(inputs, axis=(1, 2)))


def two_inputs() -> keras.Model:
    inputs = [keras.Input((6, 6)), keras.Input((6, 6))]
    return keras.Model(inputs, keras.layers.Dense(3)(keras.layers.Flatten()(keras.layers.Add()(inputs))))


@pytest.mark.hostile_row(36)
@pytest.mark.parametrize(
    "model",
    [
        pytest.param(lambda: build.a_network(shape=(5, 5)), id="input"),
        pytest.param(two_inputs, id="two inputs"),
        pytest.param(lambda: build.a_network(classes=4), id="a class too many"),
        pytest.param(one_number, id="one number"),
    ],
)
def test_a_model_for_other_data(model: Any) -> None:
    """What the model has and what the data asks for, before anything is computed."""
    made = model()

    def check() -> None:
        fitted_shape(made, (6, 6))
        check_output(made, "classification", 3)

    assert refuses(check)


@pytest.mark.hostile_row(37)
@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ({}, "Layer 'dense' expected 2 variables, but received 0 variables during loading."),
        (
            {**the_weights(), "layers/dense/vars/0": numbers(2, 3)},
            "The shape of the target variable and the shape of the target value",
        ),
        ({"layers/dense/vars/0": numbers(3, 2)}, "Layer 'dense' expected 2 variables, but received 1"),
    ],
    ids=["none", "other shapes", "one is missing"],
)
def test_weights_that_do_not_fit(weights: dict[str, Any], words: str) -> None:
    """Keras' own words name the layer, and are not too many."""
    content = a_keras_file(weights=hdf5({**weights, "layers/other/vars/0": numbers(40)}))

    message, _ = refusal_of(lambda: loaded(content))

    assert message.startswith(CANNOT)
    assert words in message
    assert len(message) <= len(CANNOT) + LONGEST_TEXT


@pytest.mark.hostile_row(37)
def test_weights_that_are_only_odd() -> None:
    """Those that no layer asks for change nothing, and whole numbers are numbers."""
    weights = {path: np.asarray(array, "int64") for path, array in the_weights().items()}
    content = a_keras_file(weights=hdf5({**weights, "layers/dense_7/vars/0": numbers(5)}))

    kernel = loaded(content).get_weights()[0]

    assert ("float32", weights["layers/dense/vars/0"].tolist()) == (str(kernel.dtype), kernel.tolist())


@pytest.mark.hostile_row(36)
def test_a_network_that_fails_on_the_images(tmp_path: Path) -> None:
    """It is built, and then looks up what it does not have: the student's to mend, not a mistake of ours."""
    network = keras.Sequential(
        [
            keras.Input((36,)),
            keras.layers.Embedding(4, 2),
            keras.layers.Flatten(),
            keras.layers.Dense(3),
        ]
    )
    dataset = build.a_dataset()
    tokens = 300 + dataset.x_train.reshape(-1, 36).astype(np.int64)
    arrays = build.arrays_in(tmp_path, replace(dataset, x_train=tokens, x_test=tokens))
    clean = read_model("model.keras", build.saved(network, tmp_path))

    message, _ = refusal_of(lambda: Session(clean, build.a_plan(), str(arrays)).predictions())

    assert message.startswith("Keras cannot compute this network on the examples: ")
    assert len(message) < 400
    assert "/" not in message.replace("{{", "").split("[[")[0]


@pytest.mark.hostile_row(72)
@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "File not found: filepath=/home/ta/class/clean.keras. Please",
            "File not found: filepath=clean.keras. Please",
        ),
        ("in C:\\Users\\ta\\class\\clean.keras", "in clean.keras"),
        ("'/usr/lib/python3/keras/layer.py', line 3", "'layer.py', line 3"),
        ("the layer functional/dense/Relu of a/b", "the layer functional/dense/Relu of a/b"),
        ("a\n\n  b\x1b[2J", "a b\\x1b[2J"),
        ("x" * 10_000_000, "x" * 297 + "..."),
    ],
)
def test_what_keras_says_is_cut_to_what_helps(said: str, shown: str) -> None:
    """No folder of this machine, nothing that acts, and three hundred characters."""
    assert shown == first_words(ValueError(said))


@pytest.mark.hostile_row(72)
def test_an_error_with_the_whole_config_is_short() -> None:
    """Keras prints every argument of every layer."""
    layers = [a_dense(2, f"layer_{number}") for number in range(100)]
    layers[50]["config"]["nobody_knows_this"] = "x" * 1900
    message, _ = refusal_of(lambda: loaded(a_keras_file(a_sequential(an_input(3), *layers))))

    assert message.startswith(CANNOT)
    assert len(message) <= len(CANNOT) + LONGEST_TEXT
