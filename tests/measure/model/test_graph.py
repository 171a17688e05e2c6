"""Connections of a functional network as a whole."""

from typing import Any

import pytest
from builders_models import a_tensor

from grader.errors import SubmissionError
from grader.measure.model.graph import check_no_loop, check_reached, todays_numbers
from grader.measure.model.reading import Limits, start

READING = start("model.keras", Limits())


def a_call(*sources: Any) -> dict[str, Any]:
    """A call on these tensors."""
    return {"args": list(sources), "kwargs": {}}


def test_a_chain_is_reached() -> None:
    """From the output back to the input."""
    layers = {"input": [], "dense": [a_call(a_tensor("input"))]}

    check_reached(READING, layers, frozenset(), [["dense", 0, 0], ["input", 0, 0]])


def refusal(layers: Any, ends: Any) -> str:
    """The sentence on this network."""
    with pytest.raises(SubmissionError) as caught:
        check_reached(READING, layers, frozenset(), ends)
    return str(caught.value.message)


def test_a_layer_for_show_is_refused() -> None:
    """It would only stand in the file."""
    layers = {"input": [], "dense": [a_call(a_tensor("input"))], "show": [a_call(a_tensor("input"))]}

    assert "The layer `show` of `model.keras` leads to no output." == refusal(layers, [["dense", 0, 0]])


def test_a_call_for_show_is_refused() -> None:
    """The second call of a layer leads nowhere."""
    layers = {"input": [], "dense": [a_call(a_tensor("input"))] * 2}

    assert "The layer `dense` of `model.keras` leads to no output." == refusal(layers, [["dense", 0, 0]])


def test_a_call_that_is_not_there_is_refused() -> None:
    """Both numbers are said."""
    layers = {"input": [], "dense": [a_call(a_tensor("input"))]}

    assert "The network of `model.keras` uses call 3 of the layer `dense`; its last call is 0." == refusal(
        layers, [["dense", 3, 0]]
    )


def test_a_loop_ends() -> None:
    """Each call is followed once."""
    layers = {"a": [a_call(a_tensor("b"))], "b": [a_call(a_tensor("a"))]}

    check_reached(READING, layers, frozenset(), {"out": ["a", 0, 0]})


@pytest.mark.parametrize(
    "layers",
    [
        {"a": [a_call(a_tensor("b"))], "b": [a_call(a_tensor("a"))]},
        {"a": [a_call(a_tensor("a"))]},
        {"input": [], "a": [a_call(a_tensor("input"), [a_tensor("a", 1)]), a_call(a_tensor("a"))]},
    ],
)
def test_a_layer_that_needs_itself_is_refused(layers: Any) -> None:
    """Through another one, at once, or through a later call of itself."""
    with pytest.raises(SubmissionError) as caught:
        check_no_loop(READING, layers, frozenset())

    assert "The layer `a` of `model.keras` needs its own output; a network has no loops." == str(
        caught.value.message
    )


def test_a_layer_that_is_called_again_needs_an_earlier_call() -> None:
    """It stands in no loop, and a nested network is left to Keras."""
    layers = {
        "input": [],
        "a": [a_call(a_tensor("input")), a_call(a_tensor("a"), a_tensor("input")), a_call(a_tensor("a", 1))],
        "network": [a_call(a_tensor("network"))],
    }

    check_no_loop(READING, layers, frozenset({"network"}))


def test_nested_networks_of_keras_2_are_counted_from_0() -> None:
    """Their making was call 0 there; an output that is a functional network keeps its number."""
    use = a_tensor("inner", 1)
    layers = {"inner": [a_call(a_tensor("input"))], "dense": [a_call(use)]}
    outputs = [["inner", 1, 0]]
    todays_numbers(layers, {"inner": "Functional"}, outputs)

    assert ["inner", 0, 0] == use["config"]["keras_history"]
    assert [["inner", 1, 0]] == outputs


def test_an_output_that_is_a_sequential_is_counted_from_0() -> None:
    """In Keras 3 that is so."""
    outputs = [["inner", 1, 0]]
    todays_numbers({"inner": [a_call(a_tensor("input"))]}, {"inner": "Sequential"}, outputs)

    assert [["inner", 0, 0]] == outputs


def test_numbers_of_keras_3_stay() -> None:
    """The highest number is below the number of calls."""
    use = a_tensor("inner", 0)
    layers = {"inner": [a_call(a_tensor("input"))], "dense": [a_call(use)]}
    todays_numbers(layers, {"inner": "Functional"}, [["dense", 0, 0]])

    assert ["inner", 0, 0] == use["config"]["keras_history"]
