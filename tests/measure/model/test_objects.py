"""Initializers, regularizers, constraints, activations and dtypes: a table each."""

from typing import Any

import pytest
from builders_models import a_dense, a_keras_file, a_layer, a_sequential, an_initializer, an_input

from grader.errors import SubmissionError
from grader.measure.model.archive import read_archive
from grader.measure.model.read import read_model
from grader.measure.model.reading import OWN_LAYERS, Limits, Reading
from grader.measure.model.strict_json import read_json


def cleaned(layer: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The config of a layer in the clean copy, and the notes."""
    model = read_model("model.keras", a_keras_file(a_sequential(an_input(3), layer)))
    reading = Reading("clean", Limits())
    network = read_json(reading, "It", read_archive(reading, model.content)["config.json"])
    config: dict[str, Any] = network["config"]["layers"][-1]["config"]
    return config, model.facts.rescued


def refused(layer: dict[str, Any]) -> SubmissionError:
    """The error that a network with this layer is refused with."""
    with pytest.raises(SubmissionError) as caught:
        read_model("model.keras", a_keras_file(a_sequential(an_input(3), layer)))
    return caught.value


def keras_object(module: str, kind: str, **config: Any) -> dict[str, Any]:
    """An object as Keras 3 writes it."""
    return {"module": f"keras.{module}", "class_name": kind, "config": config, "registered_name": None}


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (an_initializer("HeNormal", seed=7), an_initializer("HeNormal", seed=7)),
        (an_initializer("GlorotUniform", seed=None, input_axes=None),
         an_initializer("GlorotUniform", seed=None)),
        (an_initializer("OrthogonalInitializer", gain=2.0), an_initializer("Orthogonal", gain=2.0)),
        ("he_normal", keras_object("initializers", "HeNormal")),
        ("Zeros", keras_object("initializers", "Zeros")),
        ({"class_name": "RandomNormal", "config": {"mean": 0.0, "stddev": 0.05}},
         keras_object("initializers", "RandomNormal", mean=0.0, stddev=0.05)),
        (an_initializer("HeNormal", seed={"module": "keras.random", "class_name": "SeedGenerator",
                                          "config": {"seed": 3}, "registered_name": None}),
         an_initializer("HeNormal", seed=3)),
    ],
)  # fmt: skip
def test_an_initializer_is_kept(stored: Any, expected: Any) -> None:
    """The rerun starts from weights made as the student's were."""
    config, notes = cleaned(a_dense(2, kernel_initializer=stored))

    assert expected == config["kernel_initializer"]
    assert () == notes


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ({"module": "my", "class_name": "Mine", "config": {}, "registered_name": "Mine"}, "Mine"),
        ({**an_initializer("HeNormal"), "registered_name": "my>HeNormal"}, "HeNormal"),
        (an_initializer("Constant", value={"class_name": "__numpy__", "config": {"value": [1]}}), "Constant"),
        (an_initializer("Constant", value=[1, 2]), "Constant"),
        (
            {
                "class_name": "function",
                "module": "builtins",
                "config": "my_init",
                "registered_name": "function",
            },
            "my_init",
        ),
        ("no_such", "no_such"),
        (7, "7"),
    ],
)
def test_an_unknown_initializer_is_replaced(stored: Any, shown: str) -> None:
    """The weights are there already, so Keras' default does, and a note says so."""
    config, notes = cleaned(a_dense(2, kernel_initializer=stored))

    assert "kernel_initializer" not in config
    note = f"The initializer `{shown}` of the layer `dense` is not one of Keras' own; "
    note += "Keras' default stands in its place."
    assert [note] == [str(one) for one in notes]


@pytest.mark.parametrize(
    ("key", "stored", "expected"),
    [
        ("kernel_regularizer", keras_object("regularizers", "L2", l2=0.01),
         keras_object("regularizers", "L2", l2=0.01)),
        ("kernel_regularizer", "l1_l2", keras_object("regularizers", "L1L2")),
        ("kernel_constraint", keras_object("constraints", "MaxNorm", max_value=2, axis=0),
         keras_object("constraints", "MaxNorm", max_value=2, axis=0)),
        ("activity_regularizer", None, None),
        ("activation", "relu", "relu"),
        ("activation", {"module": "builtins", "class_name": "function", "config": "relu"}, "relu"),
        ("activation", "swish", "silu"),
        ("activation", keras_object("layers", "LeakyReLU", negative_slope=0.1),
         keras_object("layers", "LeakyReLU", negative_slope=0.1)),
        ("dtype", {"class_name": "Policy", "config": {"name": "mixed_float16"}}, "mixed_float16"),
        ("dtype", "float64", "float64"),
        ("dtype", None, None),
    ],
)  # fmt: skip
def test_allowed_objects_are_kept(key: str, stored: Any, expected: Any) -> None:
    """Each as Keras 3 writes it, dtypes and functions as plain names."""
    config, notes = cleaned(a_dense(2, **{key: stored}))

    assert expected == config[key]
    assert () == notes


@pytest.mark.parametrize(
    ("stored", "expected"),
    [("softmax_v2", "softmax"), ("log_softmax_v2", "log_softmax")],
)
def test_activations_of_tensorflow_are_rescued(stored: str, expected: str) -> None:
    """Class A: `activation=tf.nn.softmax`."""
    function = {
        "module": "builtins",
        "class_name": "function",
        "config": stored,
        "registered_name": "function",
    }
    config, notes = cleaned(a_dense(2, activation=function))

    assert expected == config["activation"]
    assert (f"The activation `{stored}` of TensorFlow was read as `{expected}` of Keras.",) == tuple(
        map(str, notes)
    )


@pytest.mark.parametrize(
    ("key", "stored", "what", "shown"),
    [
        (
            "activation",
            {"module": "builtins", "class_name": "function", "config": "my_relu"},
            "activation",
            "my_relu",
        ),
        ("activation", "deserialize", "activation", "deserialize"),
        ("activation", keras_object("layers", "Lambda"), "activation", "Lambda"),
        ("activation", {**keras_object("layers", "ReLU"), "module": "my"}, "activation", "ReLU"),
        ("activation", 7, "activation", "7"),
        ("recurrent_activation", "mine", "activation", "mine"),
        ("kernel_regularizer", keras_object("regularizers", "Mine"), "regularizer", "Mine"),
        ("kernel_constraint", "mine", "constraint", "mine"),
    ],
)
def test_foreign_objects_are_named(key: str, stored: Any, what: str, shown: str) -> None:
    """They change what the network computes, so nothing can stand in their place."""
    error = refused(a_dense(2, **{key: stored}))

    assert (
        f"The {what} `{shown}` of the layer `dense` in `model.keras` is not one of Keras' own that "
        "are loaded here."
    ) == str(error.message)
    assert str(OWN_LAYERS) == str(error.hint)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("string", "string"),
        ({"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8"}}, "QuantizedDTypePolicy"),
        ({"class_name": "DTypePolicy", "config": {"name": ["x"]}}, "DTypePolicy"),
        (7, "7"),
    ],
)
def test_other_dtypes_are_refused(stored: Any, shown: str) -> None:
    """Quantised layers and the like."""
    error = refused(a_dense(2, dtype=stored))

    assert f"The layer `dense` of `model.keras` computes in `{shown}`; this is not loaded here." == str(
        error.message
    )
    assert "Build the model in `float32`, Keras' default, train it and save it again." == str(error.hint)


def test_dictionaries_of_plain_values_are_kept() -> None:
    """A plain dictionary is no object."""
    config, _ = cleaned(a_layer("BatchNormalization", "norm", axis=-1, renorm_clipping={"rmax": 3.0}))

    assert {"rmax": 3.0} == config["renorm_clipping"]
