"""Model files made by hand, in the forms that Keras 3 and Keras 2 write, and in forms that neither would."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

Json = dict[str, Any]

POLICY = {
    "module": "keras",
    "class_name": "DTypePolicy",
    "config": {"name": "float32"},
    "registered_name": None,
    "shared_object_id": 2046474676336,
}
ADAM = {"name": "adam", "learning_rate": 0.0010000000474974513, "clipnorm": 1.0}


def a_layer(kind: str, name: str = "", module: str = "keras.layers", **arguments: Any) -> Json:
    """One layer as Keras 3 writes it."""
    config = {"name": name or kind.lower(), "trainable": True, "dtype": POLICY, **arguments}
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


def an_input(*shape: int | None, name: str = "input") -> Json:
    """An input layer of this shape, the batch dimension left out."""
    config = {"batch_shape": [None, *shape], "dtype": "float32", "sparse": False, "name": name}
    return {"module": "keras.layers", "class_name": "InputLayer", "config": config, "registered_name": None}


def a_dense(units: Any, name: str = "dense", activation: Any = "relu", **arguments: Any) -> Json:
    """A dense layer as Keras 3 writes it."""
    more = {"use_bias": True, "kernel_initializer": an_initializer(), "kernel_regularizer": None}
    return a_layer("Dense", name, units=units, activation=activation, **{**more, **arguments})


def an_initializer(kind: str = "GlorotUniform", **arguments: Any) -> Json:
    """An initializer as Keras 3 writes it."""
    config = arguments or {"seed": None}
    return {"module": "keras.initializers", "class_name": kind, "config": config, "registered_name": None}


def a_sequential(*layers: Json, **more: Any) -> Json:
    """A `Sequential` as Keras 3 writes it; [3] to 2 classes where no layers are given."""
    chosen = layers or (an_input(3), a_dense(2, activation="softmax"))
    config = {"name": "sequential", "trainable": True, "dtype": POLICY, "layers": list(chosen), **more}
    return {"module": "keras", "class_name": "Sequential", "config": config, "registered_name": None}


def a_tensor(layer: str, call: int = 0, *shape: int | None) -> Json:
    """A tensor in a call, as Keras 3 writes it."""
    config = {"shape": [None, *shape], "dtype": "float32", "keras_history": [layer, call, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


def called(layer: Json, *arguments: Any, **keywords: Any) -> Json:
    """A layer of a functional network, called once with these arguments."""
    return {
        **layer,
        "name": layer["config"]["name"],
        "inbound_nodes": [{"args": list(arguments), "kwargs": keywords}],
    }


def a_functional(*layers: Json, output: str = "dense") -> Json:
    """A functional network from an input `input` of 3 numbers through these layers."""
    start = {**an_input(3), "name": "input", "inbound_nodes": []}
    config = {
        "name": "functional",
        "trainable": True,
        "layers": [start, *layers],
        "input_layers": [["input", 0, 0]],
        "output_layers": [[output, 0, 0]],
    }
    module = "keras.src.models.functional"
    return {"module": module, "class_name": "Functional", "config": config, "registered_name": "Functional"}


def compiled(network: Json, **more: Any) -> Json:
    """The network compiled with Adam and clipnorm 1.0."""
    adam = {"module": "keras.optimizers", "class_name": "Adam", "config": ADAM, "registered_name": None}
    return {
        **network,
        "compile_config": {"optimizer": adam, "loss": "sparse_categorical_crossentropy", **more},
    }


def numbers(*shape: int) -> NDArray[np.float32]:
    """Weights of this shape, all different."""
    return np.arange(np.prod(shape), dtype="float32").reshape(shape) / 7


def hdf5(arrays: Mapping[str, Any], attributes: Mapping[str, Mapping[str, Any]] | None = None) -> bytes:
    """An HDF5 file with these arrays and attributes by path."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for path, array in arrays.items():
            file.create_dataset(path, data=array)
        for path, values in (attributes or {}).items():
            for name, value in values.items():
                file.require_group(path).attrs[name] = value
    return buffer.getvalue()


def the_weights(inputs: int = 3, units: int = 2) -> dict[str, Any]:
    """The weights of one dense layer, by their path in a `.keras` file."""
    return {"layers/dense/vars/0": numbers(inputs, units), "layers/dense/vars/1": numbers(units)}


def a_zip(members: Mapping[str, bytes | str], method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip archive of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def the_members(
    network: Json | str | None = None, weights: bytes | None = None, version: str = "3.15.1"
) -> dict[str, bytes | str]:
    """What stands in a `.keras` file."""
    config = a_sequential() if network is None else network
    return {
        "metadata.json": json.dumps({"keras_version": version, "date_saved": "2026-01-31@12:00:00"}),
        "config.json": config if isinstance(config, str) else json.dumps(config),
        "model.weights.h5": hdf5(the_weights()) if weights is None else weights,
    }


def a_keras_file(
    network: Json | str | None = None,
    weights: bytes | None = None,
    version: str = "3.15.1",
    method: int = zipfile.ZIP_STORED,
) -> bytes:
    """A `.keras` file; of the smallest network where none is given."""
    return a_zip(the_members(network, weights, version), method)


def old(layer: Json) -> Json:
    """A layer as the `.h5` files of Keras 2 have it: no module, a plain dtype."""
    return {"class_name": layer["class_name"], "config": {**layer["config"], "dtype": "float32"}}


def an_h5_file(
    network: Any = None,
    weights: Mapping[str, Mapping[str, Any]] | None = None,
    training: Json | None = None,
    optimizer: Mapping[str, Any] | None = None,
    version: str = "2.3.0-tf",
) -> bytes:
    """An `.h5` file of Keras 2.

    Args:
        network: the JSON of the network; [3] to 2 numbers where none is given.
        weights: per layer its weights by name, as `dense/kernel:0`.
        training: its `training_config`.
        optimizer: the optimizer's variables by name.
        version: the Keras that wrote it.
    """
    described = network or old(a_sequential(old(an_input(3)), old(a_dense(2))))
    layers = weights or {"dense": {"dense/kernel:0": numbers(3, 2), "dense/bias:0": numbers(2)}}
    arrays = {
        f"model_weights/{layer}/{name}": array for layer in layers for name, array in layers[layer].items()
    }
    attributes: dict[str, dict[str, Any]] = {
        "/": {"keras_version": version, "model_config": json.dumps(described)},
        "model_weights": {"layer_names": [name.encode() for name in layers], "keras_version": version},
    }
    for layer, names in layers.items():
        attributes[f"model_weights/{layer}"] = {"weight_names": [name.encode() for name in names]}
    if training is not None:
        attributes["/"]["training_config"] = json.dumps(training)
    if optimizer is not None:
        arrays |= {f"optimizer_weights/{name}": value for name, value in optimizer.items()}
        attributes["optimizer_weights"] = {"weight_names": [name.encode() for name in optimizer]}
    return hdf5(arrays, attributes)
