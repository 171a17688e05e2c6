"""The objects in a layer's config: initializers, regularizers, constraints and activations.

Each function takes what the file says and returns new plain data made of names from the allow-list.
"""

import math
from collections.abc import Mapping
from typing import Any

from grader.measure.model.allowlist import (
    ACTIVATION_LAYERS,
    ACTIVATIONS,
    CONSTRAINTS,
    INITIALIZERS,
    REGULARIZERS,
)
from grader.measure.model.legacy import todays_class
from grader.measure.model.reading import Reading, shown
from grader.measure.model.values import (
    LARGEST_SEED,
    class_or_value,
    dtype,
    foreign,
    plain,
    seed_of,
    snake_case,
    whole,
)
from grader.messages.message import say


def initializer(reading: Reading, layer: str, value: Any) -> dict[str, Any] | None:
    """An initializer from the allow-list, or None where the layer's default takes its place, with a note."""
    named = _named("initializers", INITIALIZERS, value)
    if named is None:
        reading.note(
            say(
                "The initializer `{value}` of the layer `{layer}` is not one of Keras' own; "
                "Keras' default stands in its place.",
                value=class_or_value(value),
                layer=shown(layer),
            )
        )
        return None
    if isinstance(value, dict) and "dtype" in value["config"]:
        reading.note(say("The `dtype` of initializers, which Keras 3 does not know, was left out."))
    return named


def regularizer(reading: Reading, layer: str, value: Any) -> dict[str, Any]:
    """A regularizer from the allow-list.

    Raises:
        SubmissionError: it is not in the list.
    """
    named = _named("regularizers", REGULARIZERS, value)
    if named is None:
        raise foreign(reading, layer, "regularizer", value)
    return named


def constraint(reading: Reading, layer: str, value: Any) -> dict[str, Any]:
    """A constraint from the allow-list.

    Raises:
        SubmissionError: it is not in the list.
    """
    named = _named("constraints", CONSTRAINTS, value)
    if named is None:
        raise foreign(reading, layer, "constraint", value)
    return named


def activation(reading: Reading, layer: str, value: Any) -> str | dict[str, Any]:
    """An activation by its name in `keras.activations`, or as one of the layers that are activations.

    Raises:
        SubmissionError: it is not in the list.
    """
    name = value
    if isinstance(value, dict):
        if value.get("class_name") == "function":
            name = value.get("config")
        elif str(value.get("class_name")) in ACTIVATION_LAYERS and value.get("module") in (
            None,
            "keras.layers",
        ):
            return _activation_layer(reading, layer, value)
        else:
            raise foreign(reading, layer, "activation", value)
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise foreign(reading, layer, "activation", value)
    todays = ACTIVATIONS[name]
    if name in ("softmax_v2", "log_softmax_v2"):
        reading.note(
            say(
                "The activation `{name}` of TensorFlow was read as `{todays}` of Keras.",
                name=name,
                todays=todays,
            )
        )
    return todays


def _named(module: str, table: Mapping[str, tuple[str, ...]], value: Any) -> dict[str, Any] | None:
    """The object as Keras 3 writes it, or None if it or one of its arguments is not as in the table."""
    if isinstance(value, str):
        by_name = {snake_case(name): name for name in table} | {name.lower(): name for name in table}
        kind, config = by_name.get(value.lower(), ""), {}
    elif (
        isinstance(value, dict)
        and isinstance(value.get("class_name"), str)
        and isinstance(value.get("config"), dict)
    ):
        if value.get("module") not in (None, f"keras.{module}", f"tf_keras.{module}"):
            return None
        if value.get("registered_name") not in (None, "", value["class_name"]):
            return None
        kind, config = todays_class(value["class_name"]), value["config"]
    else:
        return None
    if kind not in table:
        return None
    arguments = {}
    for key in table[kind]:
        if key not in config:
            continue
        argument = config[key]
        if key == "seed":
            argument = seed_of(argument)
        if not _single(argument):
            return None
        arguments[key] = argument
    return {"module": f"keras.{module}", "class_name": kind, "config": arguments, "registered_name": None}


def _single(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if whole(value):
        return bool(abs(value) < LARGEST_SEED)
    return value is None or isinstance(value, bool | str)


def _activation_layer(reading: Reading, layer: str, value: dict[str, Any]) -> dict[str, Any]:
    config = value.get("config")
    arguments = {} if not isinstance(config, dict) else config
    cleaned = {
        key: dtype(reading, layer, part) if key == "dtype" else plain(reading, layer, key, part)
        for key, part in arguments.items()
    }
    return {
        "module": "keras.layers",
        "class_name": value["class_name"],
        "config": cleaned,
        "registered_name": None,
    }
