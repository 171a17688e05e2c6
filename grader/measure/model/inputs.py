"""What goes into a network: its input layer as stored, or made from the shape that Keras 2 keeps."""

from typing import Any

from grader.errors import SubmissionError
from grader.measure.model.layer import Node, check_entry, clean_layer
from grader.measure.model.reading import SAVE_AGAIN, Reading, shown
from grader.measure.model.values import size
from grader.messages.message import say

Shape = list[int | None]


def stored_input(reading: Reading, entry: Node) -> Node:
    """The input layer that the file has.

    Raises:
        SubmissionError: it has no shape.
    """
    config = entry["config"]
    given = {key: value for key, value in config.items() if key not in ("batch_shape", "batch_input_shape")}
    shape = _shape(reading, config.get("batch_shape", config.get("batch_input_shape")))
    node = clean_layer(reading, {**entry, "config": given}, lambda stored: check_entry(reading, stored))
    node["config"]["batch_shape"] = shape
    return node


def made_input(reading: Reading, shape: Any, layers: list[Node]) -> Node:
    """An input layer for a `Sequential` of Keras 2, which keeps the shape elsewhere.

    Args:
        reading: the file.
        shape: what `stored_shape` found.
        layers: the layers of the network, whose names are taken.

    Raises:
        SubmissionError: the shape is none.
    """
    reading.note(say("The input shape, which Keras 2 keeps in the first layer, was made an input layer."))
    taken = {layer["config"]["name"] for layer in layers}
    name = next(name for name in (f"input_{number}" for number in range(len(taken) + 1)) if name not in taken)
    config = {"batch_shape": _shape(reading, shape), "dtype": "float32", "name": name}
    return {"module": "keras.layers", "class_name": "InputLayer", "config": config, "registered_name": None}


def stored_shape(stored: list[Any], config: Node, entry: Node) -> Any:
    """What a `Sequential` without an input layer says about its input, None where it says nothing."""
    first = stored[0]["config"] if stored else {}
    while isinstance(first, dict) and isinstance(first.get("layers"), list) and first["layers"]:
        first = first["layers"][0].get("config", {})
    built = entry.get("build_config")
    candidates = (
        first.get("batch_input_shape") if isinstance(first, dict) else None,
        first.get("batch_shape") if isinstance(first, dict) else None,
        config.get("build_input_shape"),
        built.get("input_shape") if isinstance(built, dict) else None,
    )
    return next((shape for shape in candidates if shape is not None), None)


def _shape(reading: Reading, stored: Any) -> Shape:
    """A shape of an input with its batch dimension, which is left open."""
    if (
        not isinstance(stored, list)
        or not 1 <= len(stored) <= reading.limits.dimensions
        or any(isinstance(part, list) for part in stored)
    ):
        raise SubmissionError(
            say(
                "The input shape of `{file}` is {stored}; a list of 1 to {dimensions} sizes was asked for.",
                file=reading.name,
                stored=shown(stored),
                dimensions=reading.limits.dimensions,
            ),
            SAVE_AGAIN,
        )
    shape = [size(reading, "input", "shape", part) for part in stored]
    if shape[0] is not None:
        reading.note(say("The batch size {shape} in the input shape was left open.", shape=shape[0]))
    return [None, *shape[1:]]
