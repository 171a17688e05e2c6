"""The values of a config, one by one: what is kept and in which form. Refusals are in `test_sentences`."""

from typing import Any

import pytest
from builders_models import a_dense, a_keras_file, a_layer, a_sequential, an_initializer, an_input

from grader.measure.model import values
from grader.measure.model.read import read_model
from grader.measure.model.reading import Limits, Reading, read_json, start
from grader.measure.model.stored import read_archive

READING = start("model.keras", Limits())
SEED = {"module": "keras.random", "class_name": "SeedGenerator", "config": {"seed": 3}}
NORMAL = {"mean": 0.0, "stddev": 0.05}


def cleaned(layer: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The config of a layer in the clean copy, and how many notes there are."""
    model = read_model("model.keras", a_keras_file(a_sequential(an_input(3), layer)))
    reading = Reading("clean", Limits())
    network = read_json(reading, "It", read_archive(reading, model.content)["config.json"])
    config: dict[str, Any] = network["config"]["layers"][-1]["config"]
    return config, len(model.facts.rescued)


def keras_object(module: str, kind: str, **config: Any) -> dict[str, Any]:
    """An object as Keras 3 writes it."""
    return {"module": f"keras.{module}", "class_name": kind, "config": config, "registered_name": None}


@pytest.mark.parametrize(
    "stored",
    [
        {"module": "my", "class_name": "Mine", "config": {}, "registered_name": "Mine"},
        {**an_initializer("HeNormal"), "registered_name": "my>HeNormal"},
        an_initializer("Constant", value={"class_name": "__numpy__", "config": {"value": [1]}}),
        an_initializer("Constant", value=[1, 2]),
        {"class_name": "function", "module": "builtins", "config": "my_init", "registered_name": "function"},
        "no_such",
        7,
    ],
)
def test_an_unknown_initializer_is_replaced(stored: Any) -> None:
    """The weights are there already, so Keras' default does, and a note says so."""
    config, notes = cleaned(a_dense(2, kernel_initializer=stored))

    assert ("kernel_initializer" in config, notes) == (False, 1)


@pytest.mark.parametrize(
    ("key", "stored", "expected"),
    [
        *(
            ("kernel_initializer", stored, keras_object("initializers", kind, **config))
            for stored, kind, config in (
                (an_initializer("HeNormal", seed=7), "HeNormal", {"seed": 7}),
                (an_initializer("HeUniform", seed=None, input_axes=None), "HeUniform", {"seed": None}),
                (an_initializer("OrthogonalInitializer", gain=2.0), "Orthogonal", {"gain": 2.0}),
                ("he_normal", "HeNormal", {}),
                ("Zeros", "Zeros", {}),
                ({"class_name": "RandomNormal", "config": NORMAL}, "RandomNormal", NORMAL),
                (an_initializer("HeNormal", seed=SEED), "HeNormal", {"seed": 3}),
            )
        ),
        ("kernel_regularizer", keras_object("regularizers", "L2", l2=0.01),
         keras_object("regularizers", "L2", l2=0.01)),
        ("kernel_regularizer", "l1_l2", keras_object("regularizers", "L1L2")),
        ("kernel_constraint", keras_object("constraints", "MaxNorm", max_value=2, axis=0),
         keras_object("constraints", "MaxNorm", max_value=2, axis=0)),
        ("activity_regularizer", None, None),
        ("activation", "relu", "relu"),
        ("activation", {"module": "builtins", "class_name": "function", "config": "relu"}, "relu"),
        ("activation", "swish", "silu"),
        *(
            ("activation", {"module": "builtins", "class_name": "function", "config": f"{name}_v2"}, name)
            for name in ("softmax", "log_softmax")
        ),
        ("activation", keras_object("layers", "LeakyReLU", negative_slope=0.1),
         keras_object("layers", "LeakyReLU", negative_slope=0.1)),
        ("dtype", {"class_name": "Policy", "config": {"name": "mixed_float16"}}, "mixed_float16"),
        ("dtype", "float64", "float64"),
        ("dtype", None, None),
    ],
)  # fmt: skip
def test_allowed_objects_are_kept(key: str, stored: Any, expected: Any) -> None:
    """Each as Keras 3 writes it, dtypes and functions as plain names; those of `tf.nn` with a note."""
    config, notes = cleaned(a_dense(2, **{key: stored}))

    assert (expected, int("_v2" in str(stored))) == (config[key], notes)


def test_dictionaries_of_plain_values_are_kept() -> None:
    """A plain dictionary is no object."""
    kept = {"rmax": [3.0, True, 2**20, -(2**20), "same", None, {"b": [None]}]}
    config, _ = cleaned(a_layer("BatchNormalization", "norm", axis=-1, renorm_clipping=kept))

    assert kept == config["renorm_clipping"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (0, 0),
        (2**63 - 1, 2**63 - 1),
        ({"class_name": "SeedGenerator", "config": {"seed": 7}}, 7),
        ({"class_name": "SeedGenerator", "config": {}}, None),
        ({"class_name": "SeedGenerator"}, None),
    ],
)
def test_a_seed_is_a_whole_number(value: Any, expected: int | None) -> None:
    """Of a generator it is the one that it began with."""
    assert expected == values.seed(READING, "dropout", value)


@pytest.mark.parametrize("value", [1, 2**20, None, [3, 3], [1, None]])
def test_a_size_is_kept(value: Any) -> None:
    """One or several whole numbers from 1 on; None is one that is left open."""
    assert value == values.size(READING, "conv", "kernel_size", value)
