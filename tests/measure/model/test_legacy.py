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
    an_initializer,
    an_input,
    hdf5,
    numbers,
    old,
    the_weights,
)

from grader.errors import SubmissionError
from grader.evidence.model import Layer, Model
from grader.measure.model.read import read_model
from grader.measure.model.reading import Limits

DENSE = (Layer(kind="Dense", name="dense", units=2, activation="relu"),)
RETIRED_SHAPE = "The argument `batch_input_shape` of Keras 2 was left out."
MADE_INPUT = "The input shape, which Keras 2 keeps in the first layer, was made an input layer."


def a_first_dense(**arguments: Any) -> dict[str, Any]:
    """A dense layer that says what its input is, as in Keras 2."""
    return old(a_dense(2, kernel_initializer={"class_name": "GlorotUniform", "config": {"seed": None}},
                       batch_input_shape=[None, 3], **arguments))  # fmt: skip


def read(network: Any, **more: Any) -> Model:
    """The facts of an `.h5` file with this network."""
    return read_model("model.h5", an_h5_file(network, **more)).facts


def test_class_b_initializers_with_a_dtype() -> None:
    """TensorFlow 1 wrote the dtype into initializers."""
    start = {"class_name": "Zeros", "config": {"dtype": "float32"}}
    model = read(old(a_sequential(a_first_dense(bias_initializer=start))))

    assert (
        RETIRED_SHAPE,
        "The `dtype` of initializers, which Keras 3 does not know, was left out.",
        MADE_INPUT,
    ) == (tuple(map(str, model.rescued)))
    assert DENSE == model.layers


@pytest.mark.hostile_row(41)
def test_class_c_no_input_layer() -> None:
    """Keras 2 kept the shape of the input in the first layer."""
    model = read(old(a_sequential(a_first_dense(), build_input_shape=[None, 3])))

    assert (RETIRED_SHAPE, MADE_INPUT) == tuple(map(str, model.rescued))
    assert (3,) == model.input_shape
    assert (8, 2) == (model.parameters, model.variables)
    assert "2.3.0-tf" == model.keras_version


def test_class_c_only_the_build_shape() -> None:
    """Or only beside the layers, where the model was built by its first batch."""
    model = read(old(a_sequential(old(a_dense(2)), build_input_shape=[None, 3])))

    assert (MADE_INPUT,) == tuple(map(str, model.rescued))
    assert (3,) == model.input_shape


def test_class_c_the_shape_in_a_nested_network() -> None:
    """Or in the first layer of a network that is itself the first layer."""
    model = read(old(a_sequential(old(a_sequential(a_first_dense())))))

    assert (3,) == model.input_shape


def test_class_d_a_bare_list() -> None:
    """Before 2.2.3 the config of a `Sequential` was its list of layers."""
    model = read({"class_name": "Sequential", "config": [a_first_dense()]}, version="2.1.6")

    assert "The network is a bare list of layers, as old versions of Keras wrote it." == str(model.rescued[0])
    assert DENSE == model.layers
    assert "Sequential" == model.network


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
    model = read_model("model.keras", a_keras_file(network, hdf5(weights), "2.14.0")).facts

    moved = "The weights stand where Keras 2 keeps them and were moved to where Keras 3 does."
    backslashes = (
        "The weights have names with backslashes, as Windows writes them; they were read as slashes."
    )
    assert ((backslashes,) if separator == "\\" else ()) + (moved, RETIRED_SHAPE) == tuple(
        map(str, model.rescued)
    )
    assert (8, 2, (3,)) == (model.parameters, model.variables, model.input_shape)
    assert model.optimizer is not None
    assert 9000 == model.optimizer.iterations


def test_two_arrays_for_one_place_are_refused() -> None:
    """With slashes and with backslashes."""
    weights = hdf5({**the_weights(), "layers\\dense/vars/0": numbers(3, 2)})

    with pytest.raises(SubmissionError) as caught:
        read_model("model.keras", a_keras_file(weights=weights))

    assert "`model.keras` has two arrays of weights for one place." == str(caught.value.message)


@pytest.mark.parametrize("version", ["3", "2", "no layers"])
def test_class_i_weights_without_a_network(version: str) -> None:
    """`save_weights` in every version, with the word that helps."""
    attributes = {"/": {"layer_names": [b"dense"]}} if version == "2" else {}
    arrays = {"3": the_weights(), "2": {"dense/kernel:0": numbers(2)}, "no layers": {"vars/0": numbers(2)}}[
        version
    ]

    with pytest.raises(SubmissionError) as caught:
        read_model("model.weights.h5", hdf5(arrays, attributes))

    assert (
        "`model.weights.h5` holds weights without a network, as `model.save_weights` writes them; "
        "the whole model was asked for."
    ) == str(caught.value.message)
    assert 'Save the whole model with `model.save("model.keras")` and submit that file.' == str(
        caught.value.hint
    )


def test_another_hdf5_file_is_named() -> None:
    """Not everything in HDF5 is of Keras."""
    with pytest.raises(SubmissionError) as caught:
        read_model("data.h5", hdf5({"x_train": numbers(3)}))

    assert "`data.h5` is an HDF5 file without a Keras model; it has no `model_config`." == str(
        caught.value.message
    )


def test_missing_weights_are_named() -> None:
    """The list names an array that is not there."""
    attributes = {
        "/": {"model_config": json.dumps(old(a_sequential(a_first_dense())))},
        "model_weights": {"layer_names": [b"dense"]},
        "model_weights/dense": {"weight_names": [b"dense/kernel:0"]},
    }

    with pytest.raises(SubmissionError) as caught:
        read_model("model.h5", hdf5({"model_weights/dense/bias:0": numbers(2)}, attributes))

    assert "`model.h5` has no weights `dense/kernel:0` for its layer `dense`." == str(caught.value.message)


def test_a_config_over_the_cap_is_refused() -> None:
    """The attribute is capped like the member of an archive."""
    with pytest.raises(SubmissionError) as caught:
        read_model("model.h5", an_h5_file(old(a_sequential(a_first_dense()))), Limits(config_bytes=100))

    assert ("The `model_config` of `model.h5` is larger than 100 bytes, the most that is read.") == str(
        caught.value.message
    )


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

    assert (8, 2) == (model.parameters, model.facts.variables)


@pytest.mark.parametrize(
    ("layer", "notes"),
    [
        (a_layer("LeakyReLU", "l", alpha=0.1),
         ["The argument `alpha` of `LeakyReLU` was read as `negative_slope`, its name in Keras 3."]),
        (a_layer("LSTM", "l", units=2, time_major=False, implementation=2),
         ["The argument `time_major` of Keras 2 was left out.",
          "The argument `implementation` of Keras 2 was left out."]),
        (a_layer("BatchNormalization", "l", axis=[3]), []),
        (a_layer("BatchNormalizationV1", "l", axis=3, fused=True),
         ["The argument `fused` of Keras 2 was left out."]),
        (a_layer("SpatialDropout2D", "l", rate=0.1, noise_shape=None),
         ["The argument `trainable` of Keras 2 was left out.",
          "The argument `noise_shape` of Keras 2 was left out."]),
        (a_layer("Embedding", "l", input_dim=5, output_dim=2, input_length=3),
         ["The argument `input_length` of Keras 2 was left out."]),
        (a_layer("Dense", "a/b", units=2),
         ["The slashes in names of layers, which Keras 3 does not take, were read as underscores."]),
        (a_dense(2, activation="hard_sigmoid"),
         ["`hard_sigmoid` is not the same in Keras 3 as in Keras 2, so predictions may differ a little."]),
    ],
)  # fmt: skip
def test_arguments_of_keras_2(layer: dict[str, Any], notes: list[str]) -> None:
    """What Keras 3 calls otherwise or does not know."""
    assert tuple(notes) == tuple(map(str, read(old(a_sequential(an_input(3), old(layer)))).rescued))


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


def test_functions_of_tensorflow_are_refused() -> None:
    """`x * 2` in Keras 2."""
    with pytest.raises(SubmissionError) as caught:
        read(
            old(
                a_sequential(
                    an_input(3), old(a_layer("TFOpLambda", "tf.math.multiply", function="math.multiply"))
                )
            )
        )

    assert (
        "The layer `tf.math.multiply` of `model.h5` is a `TFOpLambda`, "
        "which stands for a TensorFlow function that Keras 3 does not load."
    ) == str(caught.value.message)
    assert (
        "Use layers in place of the function (`keras.layers.Add`, `Multiply`, `Rescaling`, `Reshape`), "
        "or build the model with Keras 3, then train and save it again."
    ) == str(caught.value.hint)


def test_class_g_a_saved_model_in_a_layer() -> None:
    """TFSMLayer: the network is not in the file."""
    with pytest.raises(SubmissionError) as caught:
        read(old(a_sequential(an_input(3), old(a_layer("TFSMLayer", "tfsm", filepath="saved")))))

    assert (
        "The layer `tfsm` of `model.h5` is a `TFSMLayer`, which stands for a SavedModel that is not "
        "in this file."
    ) == str(caught.value.message)
    assert (
        'Save the model that you trained itself with `model.save("model.keras")`, before any `model.export`, '
        "and submit that file."
    ) == str(caught.value.hint)


def test_notes_are_capped() -> None:
    """A file cannot fill the report with notes."""
    layers = [
        a_dense(2, f"d{number}", kernel_initializer=an_initializer(f"Mine{number}")) for number in range(90)
    ]

    assert 50 == len(read_model("m.keras", a_keras_file(a_sequential(an_input(3), *layers))).facts.rescued)
