"""`.keras` files: what is taken from them and what is written anew."""

from typing import Any

import builders_models as build
import numpy as np
import pytest
from builders_models import a_keras_file, a_sequential, compiled, hdf5, numbers, the_weights

from grader.errors import SubmissionError
from grader.measure.model.archive import read_archive
from grader.measure.model.keras_file import built_once, is_weight, read_keras, write_keras
from grader.measure.model.reading import SAVE_AGAIN, Limits, start

READING = start("model.keras", Limits())


def test_the_parts_of_a_file() -> None:
    """The network without how it was compiled, that, the version and the weights."""
    stored = read_keras(READING, a_keras_file(compiled(a_sequential())))

    assert "compile_config" not in stored.config
    assert "Adam" == stored.compiled["optimizer"]["class_name"]
    assert "3.15.1" == stored.version
    assert [("layers", "dense", "vars", "0"), ("layers", "dense", "vars", "1")] == sorted(stored.weights)


def test_the_optimizer_is_no_weight() -> None:
    """Its arrays are kept in short, and in no clean copy."""
    variables = {"optimizer/vars/0": np.int64(3), "optimizer/vars/1": np.ones((3, 2), "float32")}
    stored = read_keras(READING, a_keras_file(weights=hdf5({**the_weights(), **variables})))

    assert {"layers"} == {path[0] for path in stored.weights}
    assert [6.0] == [variable.totals.total for variable in stored.state.variables]


@pytest.mark.parametrize(
    ("separator", "note"),
    [
        ("/", "The weights stand where Keras 2 keeps them and were moved to where Keras 3 does."),
        ("\\", "The weights have names with backslashes, as Windows writes them; they were read as slashes."),
    ],
)
def test_places_of_keras_2(separator: str, note: str) -> None:
    """The layers' group has another name there, and on Windows another separator."""
    reading = start("model.keras", Limits())
    group = f"_layer_checkpoint_dependencies{separator}dense/vars"
    weights = hdf5({f"{group}/0": numbers(3, 2), f"{group}/1": numbers(2)})
    stored = read_keras(reading, a_keras_file(weights=weights))

    assert [("layers", "dense", "vars", "0"), ("layers", "dense", "vars", "1")] == sorted(stored.weights)
    assert note in tuple(map(str, reading.notes))


def test_two_arrays_for_one_place_are_refused() -> None:
    """Nobody could say which of them is the weight."""
    weights = hdf5({**the_weights(), "layers\\dense/vars/0": numbers(3, 2)})

    with pytest.raises(SubmissionError) as caught:
        read_keras(start("model.keras", Limits()), a_keras_file(weights=weights))

    assert "`model.keras` has two arrays of weights for one place." == str(caught.value.message)
    assert str(SAVE_AGAIN) == str(caught.value.hint)


def test_a_clean_file_reads_as_it_was_written() -> None:
    """Network, in the form that Keras builds once, version and weights."""
    weights = {("layers", "dense", "vars", "0"): numbers(3, 2)}
    content = write_keras(a_sequential(), "3.15.1", weights)
    stored = read_keras(READING, content)

    assert (built_once(a_sequential()), "3.15.1") == (stored.config, stored.version)
    assert numbers(3, 2).tolist() == stored.weights["layers", "dense", "vars", "0"].tolist()
    assert 3 == len(read_archive(READING, content))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("layers", "dense", "vars", "0"), True),
        (("layers", "dropout", "seed_generator", "vars", "0"), False),
    ],
)
def test_the_state_of_a_generator_is_no_weight(path: tuple[str, ...], expected: bool) -> None:
    """It is kept between runs, but nothing is learned in it."""
    assert expected == is_weight(path)


def test_a_plain_input_is_said_by_its_shape() -> None:
    """The input layer goes, and Keras finds the shape where it looks for it."""
    network = build.a_sequential(build.an_input(28, 28), build.a_layer("Flatten"), build.a_dense(10))

    found = built_once(network)

    assert ["Flatten", "Dense"] == [layer["class_name"] for layer in found["config"]["layers"]]
    assert [None, 28, 28] == list(found["config"]["build_input_shape"])
    assert "InputLayer" == network["config"]["layers"][0]["class_name"]


def an_input(**said: Any) -> dict[str, Any]:
    """An input that says this, too."""
    plain = build.an_input(None, 4)
    return {**plain, "config": {**plain["config"], **said}}


HALF = {"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}


@pytest.mark.parametrize(
    "network",
    [
        build.a_sequential(build.an_input(None, 4)),
        build.a_sequential(an_input(dtype="int32"), build.a_dense(3)),
        build.a_sequential(an_input(sparse=True), build.a_dense(3)),
        build.a_sequential(build.an_input(None, 4), build.a_dense(3, dtype=HALF)),
        build.a_sequential(an_input(optional=True), build.a_dense(3)),
        build.a_sequential(build.a_dense(3), build.a_dense(3, name="dense_1")),
    ],
)
def test_any_other_network_stays_as_it_is(network: dict[str, Any]) -> None:
    """An input that says more than its shape is kept."""
    assert network is built_once(network)
