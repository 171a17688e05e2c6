"""Files that would do something if they were opened as Keras, pickle or Python open them.

What they do is harmless: they change Keras' epsilon, or write a marker where the test says.
"""

import io
import json
import pickle
import warnings
from pathlib import Path
from typing import Any

import h5py
from builders_models import (
    Json,
    a_dense,
    a_functional,
    a_keras_file,
    a_layer,
    a_sequential,
    a_tensor,
    an_h5_file,
    an_input,
    called,
    the_weights,
)

EPSILON = 0.125


def function(name: str) -> Json:
    """A function or class of Keras as Keras writes it among arguments: `keras.config.set_epsilon`."""
    module, _, own = name.rpartition(".")
    return {"module": module, "class_name": "function", "config": own, "registered_name": "function"}


SET_EPSILON = (0, [function("keras.config.set_epsilon")], EPSILON)


def a_dead_call(*arguments: Any) -> Json:
    """A good network beside an operation that leads nowhere; Keras calls it with these while it loads.

    `Switch` calls the chosen one of some functions: its number, the functions, what to call it with.
    """
    operation = {**a_layer("Switch", "switch", "keras.src.ops.core"), "config": {"name": "switch"}}
    return a_functional(called(operation, *arguments), called(a_dense(2), a_tensor("input", 0, 3)))


def a_lambda_of_keras() -> Json:
    """A `Lambda` whose function is one of Keras' own, which Keras' safe mode lets pass."""
    config = {"name": "lambda", "function": function("keras.config.set_epsilon"), "arguments": {}}
    layer = {"module": "keras.layers", "class_name": "Lambda", "config": config, "registered_name": None}
    return a_sequential(an_input(3), layer, a_dense(2))


def as_file(network: Json, suffix: str) -> bytes:
    """The network in a `.keras` or an `.h5` file."""
    if suffix == ".keras":
        return a_keras_file(network)
    return an_h5_file(network, version="3.15.1")


def a_saved_lambda(folder: Path, suffix: str) -> bytes:
    """A model that Keras saved, with a `Lambda` that writes a file `marker` where it runs."""
    import keras

    # Keras stores the code of a lambda alone, so it can only name the file.
    layer = keras.layers.Lambda(lambda inputs: (open("marker", "w").close(), inputs)[1], name="lambda")  # noqa: PTH123
    model = keras.Sequential([keras.Input((3,)), layer, keras.layers.Dense(2)])
    path = folder / f"lambda{suffix}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)
    return path.read_bytes()


def a_saved_model(folder: Path, marker: Path) -> Path:
    """A SavedModel in a folder, whose initialiser writes a marker when it is loaded."""
    import tensorflow as tf

    class Writes(tf.lookup.KeyValueTensorInitializer):  # type: ignore[misc]
        """Fills its table, and writes a file."""

        def initialize(self, table: Any) -> Any:
            with tf.control_dependencies([tf.io.write_file(str(marker), "ran")]):
                return super().initialize(table)

    class Holds(tf.Module):  # type: ignore[misc]
        """Has the table."""

        def __init__(self) -> None:
            super().__init__()
            self.table = tf.lookup.StaticHashTable(Writes(["a"], [1.0]), 0.0)

        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def __call__(self, words: Any) -> Any:
            return self.table.lookup(words)

    tf.saved_model.save(Holds(), str(folder))
    marker.unlink(missing_ok=True)
    return folder


class Writes:
    """A thing whose pickle writes a marker when it is opened."""

    def __init__(self, marker: Path) -> None:
        self._marker = marker

    def __reduce__(self) -> Any:
        return Path.write_text, (self._marker, "ran")


def a_pickle(marker: Path) -> bytes:
    """A pickle that writes a marker when it is opened."""
    return pickle.dumps(Writes(marker))


def an_array_of_objects(marker: Path) -> bytes:
    """A `.npy` file with a pickle in it."""
    import numpy as np

    stream = io.BytesIO()
    np.save(stream, np.array([Writes(marker)], dtype=object), allow_pickle=True)
    return stream.getvalue()


def an_unpacked_model(folder: Path, network: Json | None = None) -> Path:
    """A `.keras` file as a folder, as Keras reads it too."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(network or a_sequential()), encoding="utf-8")
    (folder / "metadata.json").write_text('{"keras_version": "3.15.1"}', encoding="utf-8")
    with h5py.File(folder / "model.weights.h5", "w") as file:
        for path, array in the_weights().items():
            file.create_dataset(path, data=array)
    return folder
