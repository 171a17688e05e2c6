"""Files of older versions of Keras, made by hand: each is brought to today's form, and says so."""

import json
from typing import Any

import numpy as np
import pytest
from builders_models import (
    a_dense,
    a_keras_file,
    a_layer,
    a_sequential,
    an_h5_file,
    an_input,
    hdf5,
    numbers,
    old,
)

from grader.evidence.model import Layer
from grader.measure.model.read import read_model

ZEROS = {"class_name": "Zeros", "config": {"dtype": "float32"}}
SETTINGS = {"units": 2, "activation": "relu", "use_bias": True}
DENSE = (Layer(kind="Dense", name="dense", units=2, activation="relu", settings=SETTINGS),)


def a_first_dense(**arguments: Any) -> dict[str, Any]:
    """A dense layer that says what its input is, as in Keras 2."""
    return old(a_dense(2, kernel_initializer={"class_name": "GlorotUniform", "config": {"seed": None}},
                       batch_input_shape=[None, 3], **arguments))  # fmt: skip


@pytest.mark.hostile_row(41)
@pytest.mark.parametrize(
    ("network", "notes"),
    [
        # Class B: TensorFlow 1 wrote the dtype into initializers.
        (old(a_sequential(a_first_dense(bias_initializer=ZEROS))), 3),
        # Class C: no input layer; its shape is in the first layer, beside the layers, in a nested network, or
        # in how the network was built.
        (old(a_sequential(a_first_dense(), build_input_shape=[None, 3])), 2),
        (old(a_sequential(old(a_dense(2)), build_input_shape=[None, 3])), 1),
        (old(a_sequential(old(a_sequential(a_first_dense())))), 2),
        ({**a_sequential(old(a_dense(2))), "build_config": {"input_shape": [None, 3]}}, 1),
        # Class D: before 2.2.3 the config of a `Sequential` was its list of layers.
        ({"class_name": "Sequential", "config": [a_first_dense()]}, 3),
    ],
)
def test_networks_of_keras_2(network: Any, notes: int) -> None:
    """Each is the same network of one layer today."""
    model = read_model("model.h5", an_h5_file(network)).facts

    assert ((3,), notes, DENSE, "Sequential") == (
        *(model.input_shape, len(model.rescued)),
        *(model.layers, model.network),
    )
    assert (8, 2, "2.3.0-tf") == (model.parameters, model.variables, model.keras_version)


@pytest.mark.hostile_row(41)
@pytest.mark.parametrize("separator", ["/", "\\"])
def test_class_e_keras_files_of_keras_2(separator: str) -> None:
    """The weights stand under another name, on Windows with backslashes."""
    start = {
        **an_input(3),
        "config": {"batch_input_shape": [None, 3], "dtype": "float32", "name": "in", "ragged": False},
    }
    network = a_sequential(start, a_dense(2, batch_input_shape=[None, 3]))
    network["compile_config"] = {"optimizer": "adam", "loss": "sparse_categorical_crossentropy"}
    weights = {
        f"_layer_checkpoint_dependencies{separator}dense/vars/0": numbers(3, 2),
        f"_layer_checkpoint_dependencies{separator}dense/vars/1": numbers(2),
        f"metrics{separator}mean/vars/0": np.float32(1),
        "optimizer/vars/0": np.int64(9000),
    }
    clean = read_model("model.keras", a_keras_file(network, hdf5(weights), "2.14.0"))
    model = clean.facts

    assert b"_layer_checkpoint" not in clean.content
    assert (3 if separator == "\\" else 2) == len(model.rescued)
    assert (8, 2, (3,)) == (model.parameters, model.variables, model.input_shape)
    assert model.optimizer is not None
    assert 9000 == model.optimizer.iterations


def test_long_lists_of_names_stand_in_parts() -> None:
    """Keras splits a list that does not fit into one attribute."""
    network = json.dumps(old(a_sequential(a_first_dense())))
    attributes = {
        "/": {"model_config": network},
        "model_weights": {"layer_names0": [b"dense"], "layer_names1": [b"more"]},
        "model_weights/dense": {"weight_names0": [b"a"], "weight_names1": [b"b"]},
        "model_weights/more": {"weight_names": np.array([])},
    }
    model = read_model(
        "model.h5",
        hdf5({"model_weights/dense/a": numbers(3, 2), "model_weights/dense/b": numbers(2)}, attributes),
    )

    assert (8, 2) == (model.facts.parameters, model.facts.variables)


def test_calls_of_keras_2_are_brought_to_todays_form() -> None:
    """Lists of names and numbers; a nested network counts its calls from 1 there."""
    inner = {
        **old(a_sequential(a_first_dense(), name="inner")),
        "name": "inner",
        "inbound_nodes": [[["in", 0, 0, {}]]],
    }
    start = {
        "class_name": "InputLayer",
        "config": {"batch_input_shape": [None, 3], "name": "in"},
        "name": "in",
    }
    network = {
        "class_name": "Model",
        "config": {
            "name": "model",
            "layers": [
                {**start, "inbound_nodes": []},
                inner,
                {**old(a_layer("Concatenate", "both")), "name": "both",
                 "inbound_nodes": [[["inner", 1, 0, {"training": False}], ["in", 0, 0, {}]]]},
                {**old(a_layer("MultiHeadAttention", "m", num_heads=2, key_dim=2)), "name": "m",
                 "inbound_nodes": [[["both", 0, 0, {"value": ["both", 0, 0]}]]]},
            ],
            "input_layers": [["in", 0, 0]],
            "output_layers": [["m", 0, 0]],
        },
    }  # fmt: skip
    model = read_model("model.h5", an_h5_file(network))

    assert ["Dense", "Concatenate", "MultiHeadAttention"] == [layer.kind for layer in model.facts.layers]
    assert "Functional" == model.facts.network
    assert b'"keras_history": ["inner", 0, 0]' in model.content
    assert b'"kwargs": {"value": {"class_name": "__keras_tensor__"' in model.content
    assert b'"output_layers": ["m", 0, 0]' in model.content
