"""Calls in functional networks: tensors and plain values pass, everything else is refused."""

from typing import Any

import pytest
from builders_models import a_dense, a_functional, a_keras_file, a_layer, a_tensor, called

from grader.errors import SubmissionError
from grader.measure.model.read import read_model
from grader.measure.model.reading import SAVE_AGAIN, SMALLER, Limits

BROKEN = "The connections of the layer `dense` in `model.keras` are not as Keras writes them."


def refused(network: Any, limits: Limits | None = None) -> SubmissionError:
    """The error that a `.keras` file with this network is refused with."""
    with pytest.raises(SubmissionError) as caught:
        read_model("model.keras", a_keras_file(network), limits)
    return caught.value


def with_calls(calls: Any) -> Any:
    """A functional network whose only layer is called like this."""
    return a_functional({**a_dense(2), "name": "dense", "inbound_nodes": calls})


@pytest.mark.hostile_row(4, 5, 8)
@pytest.mark.parametrize(
    "value",
    [
        {
            "class_name": "function",
            "module": "keras.config",
            "config": "set_epsilon",
            "registered_name": "function",
        },
        {"class_name": "function", "module": "keras.layers", "config": "TFSMLayer"},
        {"class_name": "__numpy__", "config": {"value": [0], "dtype": "float32"}},
        {"class_name": "__lambda__", "config": {"value": "x"}},
        {"class_name": "Dense", "module": "keras.layers", "config": {"units": 3}},
        {"class_name": "__keras_tensor__", "config": [1]},
        {"class_name": "__slice__", "config": {"start": 1}},
        {"class_name": "__ellipsis__", "config": {}, "module": "x"},
    ],
)
@pytest.mark.parametrize("place", ["args", "kwargs", "list"])
def test_an_object_in_a_call_is_refused(value: Any, place: str) -> None:
    """Rows 4 to 8: an object there would run while Keras loads the file."""
    tensor = a_tensor("input", 0, 3)
    call = {
        "args": {"args": [tensor, value], "kwargs": {}},
        "kwargs": {"args": [tensor], "kwargs": {"mask": value}},
        "list": {"args": [tensor, [[value]]], "kwargs": {}},
    }[place]
    error = refused(with_calls([call]))

    assert (
        f"The layer `dense` of `model.keras` is called with `{value['class_name']}`; "
        "only tensors and plain numbers are loaded there."
    ) == str(error.message)
    assert (
        "Put constant arrays into the data or into a layer such as `keras.layers.Rescaling`, "
        "then train and save the model again."
    ) == str(error.hint)


@pytest.mark.hostile_row(4)
def test_a_dead_call_is_refused() -> None:
    """Row 4: a layer that leads to no output is there to run, or for show."""
    network = a_functional(
        called(a_dense(2), a_tensor("input", 0, 3)),
        called(a_dense(300, "for_show"), a_tensor("input", 0, 3)),
    )
    error = refused(network)

    assert "The layer `for_show` of `model.keras` leads to no output." == str(error.message)
    assert str(SAVE_AGAIN) == str(error.hint)


def test_a_second_call_that_leads_nowhere_is_refused() -> None:
    """Each call has to lead to an output, not only each layer."""
    calls = [{"args": [a_tensor("input", 0, 3)], "kwargs": {}}] * 2

    assert "The layer `dense` of `model.keras` leads to no output." == str(refused(with_calls(calls)).message)


def test_a_layer_may_be_called_twice() -> None:
    """A shared layer: the second call takes what the first gave."""
    calls = [
        {"args": [a_tensor("input", 0, 3)], "kwargs": {}},
        {"args": [a_tensor("dense", 0, 3)], "kwargs": {"training": False}},
    ]
    network = with_calls(calls)
    network["config"]["output_layers"] = [["dense", 1, 0]]

    assert 1 == len(read_model("model.keras", a_keras_file(network)).facts.layers)


@pytest.mark.hostile_row(33)
@pytest.mark.parametrize(
    "calls",
    [
        None,
        7,
        ["x"],
        [{"args": []}],
        [{"args": [], "kwargs": []}],
        [{"args": [], "kwargs": {}, "more": 1}],
        [[["input", 0]]],
        [[["input", 0, 0, 7]]],
        [[]],
        [{"args": [{"class_name": "__keras_tensor__", "config": {"shape": 3}}], "kwargs": {}}],
        [
            {
                "args": [{"class_name": "__keras_tensor__", "config": {"shape": [3], "dtype": "string"}}],
                "kwargs": {},
            }
        ],
        [
            {
                "args": [
                    {**a_tensor("input"), "config": {**a_tensor("input")["config"], "keras_history": None}}
                ],
                "kwargs": {},
            }
        ],
        [{"args": [a_tensor("input", 10**6)], "kwargs": {}}],
        [{"args": [a_tensor("input", -1)], "kwargs": {}}],
        [
            {
                "args": [{"class_name": "__slice__", "config": {"start": "x", "stop": None, "step": None}}],
                "kwargs": {},
            }
        ],
    ],
)
def test_calls_that_keras_does_not_write_are_refused(calls: Any) -> None:
    """Row 33: a graph that cannot be."""
    assert str(BROKEN) == str(refused(with_calls(calls)).message)


@pytest.mark.hostile_row(33)
def test_a_layer_that_is_not_there_is_named() -> None:
    """Row 33: an unknown name."""
    error = refused(with_calls([{"args": [a_tensor("nobody")], "kwargs": {}}]))

    assert "The network of `model.keras` uses a layer `nobody` that is not in it." == str(error.message)


@pytest.mark.hostile_row(33)
def test_a_call_that_is_not_there_is_named() -> None:
    """Row 33: an index past the last call."""
    network = with_calls([{"args": [a_tensor("input", 0, 3)], "kwargs": {}}])
    network["config"]["output_layers"] = [["dense", 5, 0]]

    assert ("The network of `model.keras` uses call 5 of the layer `dense`; its last call is 0.") == str(
        refused(network).message
    )


@pytest.mark.parametrize(
    "ends", [None, [], 7, [7], [["dense", 0]], [["dense", "0", 0]], [["dense", True, 0]]]
)
def test_outputs_that_are_none_are_refused(ends: Any) -> None:
    """Every output is a layer, a call and a tensor."""
    network = with_calls([{"args": [a_tensor("input", 0, 3)], "kwargs": {}}])
    network["config"]["output_layers"] = ends

    assert ("The connections of the layer `outputs` in `model.keras` are not as Keras writes them.") == str(
        refused(network).message
    )


def test_too_many_calls_are_refused() -> None:
    """Each call costs time while the file is loaded."""
    first = {"args": [a_tensor("input", 0, 3)], "kwargs": {}}
    calls = [first, *({"args": [a_tensor("dense", number, 3)], "kwargs": {}} for number in range(20))]
    network = with_calls(calls)
    network["config"]["output_layers"] = [["dense", 20, 0]]
    error = refused(network, Limits(calls=20))

    assert "The layers of `model.keras` are called more than 20 times." == str(error.message)
    assert str(SMALLER) == str(error.hint)


def test_an_object_without_a_class_is_refused() -> None:
    """A module alone marks an object too."""
    error = refused(with_calls([{"args": [{"module": "os"}], "kwargs": {}}]))

    assert str(error.message).startswith("The layer `dense` of `model.keras` is called with `None`; ")


def test_the_operation_and_the_layer_add_are_told_apart() -> None:
    """In an `.h5` file both are called `Add`; only the layer says `trainable`."""
    operation = called({"class_name": "Add", "config": {"name": "plus"}}, a_tensor("input", 0, 3), 1.0)
    layer = called(a_layer("Add", "dense"), [a_tensor("plus", 0, 3), a_tensor("input", 0, 3)])
    model = read_model("model.keras", a_keras_file(a_functional(operation, layer)))

    assert ["Add", "Add"] == [found.kind for found in model.facts.layers]
    assert 1 == model.content.count(b'"keras.src.ops.numpy"')
