"""Model files as a whole: whatever stands in them, facts come out or a sentence does."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from builders_models import (
    a_dense,
    a_functional,
    a_keras_file,
    a_layer,
    a_sequential,
    a_tensor,
    a_zip,
    an_h5_file,
    an_input,
    called,
    compiled,
    hdf5,
    old,
    the_members,
    the_weights,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.evidence.model import Layer, Model
from grader.evidence.values import LONGEST_SENTENCE
from grader.measure.model.read import input_shape, layers, read_model
from grader.messages.safe_text import plain

SEQUENTIAL = compiled(
    a_sequential(
        an_input(3),
        a_layer("Bidirectional", "both", layer=a_layer("LSTM", "lstm", units=2), cells=None),
        a_dense(2, activation="softmax"),
    )
)
FUNCTIONAL = compiled(
    a_functional(
        called(a_layer("Add", "add"), [a_tensor("input", 0, 3), a_tensor("input", 0, 3)]),
        called(a_layer("Multiply", "double", "keras.src.ops.numpy"), a_tensor("add", 0, 3), 2.0),
        called(a_dense(2), a_tensor("double", 0, 3), training=False),
    )
)
LEGACY = old(a_sequential(old(a_dense(2, batch_input_shape=[None, 3])), build_input_shape=[None, 3]))
GOOD = [
    ("model.keras", a_keras_file, SEQUENTIAL),
    ("model.keras", a_keras_file, FUNCTIONAL),
    ("model.h5", an_h5_file, LEGACY),
]
ODD = st.sampled_from(
    [None, True, -1, 2**70, 0.5, "", "Lambda", "dense", "Sequential", [], [[]], [{}], {}, {"a": [1]},
     {"class_name": "x"}, {"class_name": []}, {"class_name": "__numpy__", "config": {}}, ["layers"],
     {"module": "os", "class_name": "system", "config": {}}, [["input", 0, 0]], [None, 3],
     {"keras_history": []}, {"layers": [7]}, {"layers": [], "input_layers": {}, "output_layers": {}}]
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values inside this one."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in parts for place in places(part, (*path, key)))]


def changed(network: Any, choices: list[tuple[int, Any]]) -> Any:
    """The network with odd values in some places."""
    result = copy.deepcopy(network)
    for number, value in choices:
        paths = places(result)[1:]
        if not paths:
            break
        *way, last = paths[number % len(paths)]
        holder = result
        for key in way:
            holder = holder[key]
        holder[last] = copy.deepcopy(value)
    return result


def outcome(name: str, content: bytes) -> str:
    """What comes of a file: facts that can be sent, or a sentence that can be."""
    try:
        facts = read_model(name, content).facts
    except SubmissionError as error:
        sentences = (str(error.message), str(error.hint))
    else:
        assert facts == Model.model_validate_json(facts.model_dump_json())
        return "read"
    assert all(sentence.endswith(".") for sentence in sentences)
    assert all(sentence == plain(sentence, LONGEST_SENTENCE) for sentence in sentences)
    return "refused"


@settings(max_examples=200)
@given(st.sampled_from(GOOD), st.lists(st.tuples(st.integers(0, 10_000), ODD), min_size=1, max_size=3))
def test_an_odd_network_is_read_or_refused(good, choices) -> None:
    """Whatever stands anywhere in the config, nothing else comes out."""
    name, make, network = good

    outcome(name, make(changed(network, choices)))


@pytest.mark.hostile_row(18)
@pytest.mark.parametrize("seed", range(0, 200, 20))
def test_flipped_bytes_are_read_or_refused(seed: int) -> None:
    """One byte in five hundred, anywhere in an archive, in its weights or in an HDF5 file.

    The seeds are fixed: the HDF5 library itself may ask for gigabytes on such a file,
    which is for the worker's limits to stop.
    """
    for turn in range(seed, seed + 20):
        random = np.random.default_rng(turn)

        outcome("model.keras", flipped(a_keras_file(FUNCTIONAL), random))
        outcome("model.keras", a_keras_file(weights=flipped(hdf5(the_weights()), random)))
        outcome("model.h5", flipped(an_h5_file(LEGACY), random))


def flipped(content: bytes, random: np.random.Generator) -> bytes:
    """The file with some bytes changed, but not its first ones, which say what it is."""
    bad = np.frombuffer(content, dtype="uint8").copy()
    chosen = random.integers(16, len(bad), len(bad) // 500)
    bad[chosen] ^= random.integers(1, 255, len(chosen)).astype("uint8")
    return bad.tobytes()


@pytest.mark.parametrize(("name", "make", "network"), GOOD)
def test_the_networks_of_these_tests_are_good(name: str, make: Callable[[Any], bytes], network: Any) -> None:
    """Without a change each is read."""
    assert "read" == outcome(name, make(network))


@pytest.mark.hostile_row(41)
@pytest.mark.parametrize(("metadata", "version"), [('{"keras_version": "99"}', "99"), ("{}", "")])
def test_the_version_is_no_reason_to_refuse(metadata: str, version: str) -> None:
    """Neither one from the future nor none: what the file has in it decides."""
    content = a_zip({**the_members(), "metadata.json": metadata})

    assert version == read_model("model.keras", content).facts.keras_version


def test_layers_in_order_without_the_input() -> None:
    """Units of dense layers, filters of convolutions, and the activation."""
    network = a_sequential(
        an_input(28, 28, 1),
        a_layer("Conv2D", "conv", filters=8, activation="relu"),
        a_layer("Flatten"),
        a_dense(10, "out", activation={"class_name": "Softmax", "config": {}}),
    )

    assert (
        Layer(kind="Conv2D", name="conv", units=8, activation="relu"),
        Layer(kind="Flatten", name="flatten"),
        Layer(kind="Dense", name="out", units=10, activation="softmax"),
    ) == tuple(layer.model_copy(update={"settings": {}}) for layer in layers(network))


@pytest.mark.parametrize("units", [True, 2.0, "2", None])
def test_units_are_a_whole_number(units: object) -> None:
    """Anything else is none."""
    assert [None] == [layer.units for layer in layers(a_sequential(an_input(3), a_dense(units)))]


def test_the_shape_of_the_only_input() -> None:
    """Without the batch dimension; open sizes stay open, and several inputs have no one shape."""
    assert (28, None) == input_shape(a_sequential(an_input(28, None), a_dense(2)))
    assert input_shape(a_sequential(an_input(3, name="a"), an_input(3, name="b"), a_dense(2))) is None
