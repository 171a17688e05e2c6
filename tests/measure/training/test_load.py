"""Tests of `grader.measure.training.load`."""

from pathlib import Path
from typing import Any

import builders_training as build
import keras
import numpy as np
import pytest
from builders_golden import refusal_of

from grader.measure.training.load import SLACK, load_clean


@pytest.fixture(autouse=True)
def _in_a_private_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", ["saved.keras", "saved.h5"])
@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
def test_loads_both_forms(tmp_path: Path, name: str) -> None:
    """The loaded model has the saved weights."""
    model = build.a_network()
    content = build.saved(model, tmp_path, name)

    loaded = load_clean(content, Path(name).suffix, model.count_params())

    assert all(np.array_equal(*pair) for pair in zip(model.get_weights(), loaded.get_weights(), strict=True))


@pytest.mark.hostile_row(29)
def test_more_parameters_than_the_file_has_are_refused_before_they_are_made(tmp_path: Path) -> None:
    """A network may not declare more weights than its file stores."""
    content = build.saved(keras.Sequential([keras.Input((200,)), keras.layers.Dense(100)]), tmp_path)
    original = keras.layers.Layer.add_weight

    message, _ = refusal_of(lambda: load_clean(content, ".keras", 20_100 - SLACK - 1))

    assert "The network declares more than the 10099 parameters that the file stores." == message
    assert keras.layers.Layer.add_weight is original


def test_a_file_that_keras_refuses_is_the_students_to_mend() -> None:
    """Keras' own words are shortened, and a next step is given."""
    message, hint = refusal_of(lambda: load_clean(b"no model", ".keras", 10))

    assert message.startswith("Keras cannot build this network with the stored weights: ")
    assert len(message) < 400
    assert hint.startswith("Load the file yourself with `keras.saving.load_model('model.keras')`")


def enlarged_by_layers(inputs: keras.KerasTensor) -> keras.KerasTensor:
    return keras.layers.UpSampling2D(40)(keras.layers.UpSampling2D(40)(inputs))


def enlarged_by_an_operation(inputs: keras.KerasTensor) -> keras.KerasTensor:
    return keras.ops.repeat(inputs, 30_000, axis=1)


@pytest.mark.hostile_row(31)
@pytest.mark.parametrize(
    ("enlarge", "numbers"), [(enlarged_by_layers, 2_007_040_000), (enlarged_by_an_operation, 23_520_000)]
)
def test_what_makes_too_many_numbers_is_refused(tmp_path: Path, enlarge: Any, numbers: int) -> None:
    """Layers and operations without a parameter are found before anything is computed."""
    inputs = keras.Input((28, 28, 1))
    content = build.saved(keras.Model(inputs, enlarge(inputs)), tmp_path)

    message, _ = refusal_of(lambda: load_clean(content, ".keras", 0))

    assert message.endswith(f"` makes {numbers} numbers from one example; at most 16777216 are computed.")


@pytest.mark.filterwarnings("ignore:You are saving a model that has not yet been built")
def test_a_model_that_was_never_built_is_refused(tmp_path: Path) -> None:
    """A network without weights says what to do."""
    content = build.saved(keras.Sequential([keras.layers.Dense(10)]), tmp_path)

    message, _ = refusal_of(lambda: load_clean(content, ".keras", 0))

    assert "The model has no weights yet: it was saved before it was built." == message
