"""Values of a layer's config: sizes, seeds, dtypes, plain values, a few objects; all else is refused."""

import math
import re
from collections.abc import Mapping
from typing import Any

from grader.errors import SubmissionError
from grader.measure.model.allowlist import ACTIVATION_LAYERS, ACTIVATIONS, DTYPES, INITIALIZERS, SHARED
from grader.measure.model.legacy import todays_class
from grader.measure.model.reading import OWN_LAYERS, Reading, refusal, shown
from grader.messages.message import Message, say

LARGEST_SEED = 2**63
SEED_CLASSES = ("SeedGenerator",)
# What `model.quantize` makes of the policies of layers.
QUANTISED = (
    *("QuantizedDTypePolicy", "QuantizedFloat8DTypePolicy", "Int4DTypePolicy", "GPTQDTypePolicy"),
    "AWQDTypePolicy",
)
# The arguments of each class that is allowed.
Table = Mapping[str, tuple[str, ...]]
OBJECT_MARKS = ("class_name", "module", "registered_name", SHARED)


def dtype(_: Reading, layer: str, value: Any) -> str | None:
    """A dtype or dtype policy by its name."""
    if value is None:
        return None
    if isinstance(value, dict) and value.get("class_name") in QUANTISED:
        raise refusal(
            say("The layer `{layer}` is quantised, which is not accepted.", layer=shown(layer)),
            say("Save the model after `fit`, before `model.quantize(...)`, and submit that file."),
        )
    name = _inside(value, ("DTypePolicy", "Policy", "FloatDTypePolicy"), "name")
    if not isinstance(name, str) or name not in DTYPES:
        raise refusal(
            say(
                "The layer `{layer}` computes in `{value}`, which is not accepted.",
                layer=shown(layer),
                value=class_or_value(value),
            ),
            say("Build the model in `float32`, Keras' default, train it and save it again."),
        )
    return name


def seed(_: Reading, layer: str, value: Any) -> int | None:
    """A seed; of a generator, the seed that it began with."""
    number = _inside(value, SEED_CLASSES, "seed")
    if number is None:
        return None
    if not whole(number) or not 0 <= number < LARGEST_SEED:
        raise _bad_argument(layer, "seed", number, say("a whole number from 0 on"))
    return int(number)


def _inside(value: Any, classes: tuple[str, ...], key: str) -> Any:
    """This argument of an object of one of these classes; anything else as it is."""
    if not isinstance(value, dict) or value.get("class_name") not in classes:
        return value
    config = value.get("config")
    return config.get(key) if isinstance(config, dict) else None


def size(reading: Reading, layer: str, key: str, value: Any) -> Any:
    """A size of a layer, or a list of them: whole numbers from 1 on."""
    largest = reading.limits.whole_number
    for part in value if isinstance(value, list) else [value]:
        if part is not None and (not whole(part) or not 1 <= part <= largest):
            asked = say("a whole number from 1 to {largest}", largest=largest)
            raise _bad_argument(layer, key, value, asked)
    return plain(reading, layer, key, value)


def plain(reading: Reading, layer: str, key: str, value: Any) -> Any:
    """A value without objects: None, a truth value, number or text, and lists and dictionaries of them."""
    if isinstance(value, list):
        return [plain(reading, layer, key, part) for part in value]
    if isinstance(value, dict):
        if any(mark in value for mark in OBJECT_MARKS):
            raise _foreign(layer, key, value)
        return {name: plain(reading, layer, key, part) for name, part in value.items()}
    largest = reading.limits.whole_number
    if whole(value) and abs(value) > largest:
        asked = say("a whole number from -{largest} to {largest}", largest=largest)
        raise _bad_argument(layer, key, value, asked)
    return value


def whole(value: Any) -> bool:
    """Whether this is a whole number; `true` and `2.0` are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def initializer(reading: Reading, layer: str, value: Any) -> dict[str, Any] | None:
    """An initializer from the allow-list, or None where the layer's default takes its place, with a note."""
    named = _named("initializers", INITIALIZERS, value)
    if named is None:
        reading.note(
            say(
                "The initializer `{value}` of the layer `{layer}` is not one of Keras' own; "
                "Keras' default was used instead.",
                value=class_or_value(value),
                layer=shown(layer),
            )
        )
        return None
    if isinstance(value, dict) and "dtype" in value["config"]:
        reading.note(say("The `dtype` of initializers, which Keras 3 does not know, was left out."))
    return named


def from_table(what: str, table: Table, _: Reading, layer: str, value: Any) -> dict[str, Any]:
    """A regularizer or a constraint from its table in the allow-list."""
    named = _named(f"{what}s", table, value)
    if named is None:
        raise _foreign(layer, what, value)
    return named


def activation(reading: Reading, layer: str, value: Any) -> str | dict[str, Any]:
    """An activation by its name in `keras.activations`, or as one of the layers that are activations."""
    name = value
    if isinstance(value, dict):
        kind = str(value.get("class_name"))
        if kind in ACTIVATION_LAYERS and value.get("module") in (None, "keras.layers"):
            config = value.get("config")
            arguments = {
                key: dtype(reading, layer, part) if key == "dtype" else plain(reading, layer, key, part)
                for key, part in (config if isinstance(config, dict) else {}).items()
            }
            return keras_object("keras.layers", kind, arguments)
        name = value.get("config") if kind == "function" else None
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise _foreign(layer, "activation", value)
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


def keras_object(module: str, kind: str, config: dict[str, Any]) -> dict[str, Any]:
    """An object as Keras 3 writes it."""
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


def _named(module: str, table: Table, value: Any) -> dict[str, Any] | None:
    """The object as Keras 3 writes it, or None if it or one of its arguments is not as in the table."""
    if isinstance(value, str):
        by_name = {snake_case(name): name for name in table} | {name.lower(): name for name in table}
        kind, config = by_name.get(value.lower(), ""), {}
    elif (
        isinstance(value, dict)
        and isinstance(value.get("class_name"), str)
        and isinstance(value.get("config"), dict)
        and value.get("module") in (None, f"keras.{module}", f"tf_keras.{module}")
        and value.get("registered_name") in (None, "", value["class_name"])
    ):
        kind, config = todays_class(value["class_name"]), value["config"]
    else:
        return None
    if kind not in table:
        return None
    arguments = {
        key: _inside(config[key], SEED_CLASSES, key) if key == "seed" else config[key]
        for key in table[kind]
        if key in config
    }
    if not all(map(_single, arguments.values())):
        return None
    return keras_object(f"keras.{module}", kind, arguments)


def _single(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if whole(value):
        return bool(abs(value) < LARGEST_SEED)
    return value is None or isinstance(value, bool | str)


def snake_case(name: str) -> str:
    """`HeNormal` as Keras writes it in texts: `he_normal`."""
    return re.sub("(?<!^)([A-Z])", r"_\1", name).lower()


def class_or_value(value: Any) -> str:
    """What stands there, fit to show: the class or function of an object, else the value."""
    if isinstance(value, dict):
        config = value.get("config")
        if value.get("class_name") == "function" and isinstance(config, str):
            return shown(config)
        return shown(value.get("class_name", "an object"))
    return shown(value)


def _bad_argument(layer: str, key: str, value: Any, asked: Message) -> SubmissionError:
    return refusal(
        say(
            "The layer `{layer}` has `{key}` {value}; it must be {asked}.",
            layer=shown(layer),
            key=shown(key),
            value=shown(value),
            asked=asked,
        )
    )


def _foreign(layer: str, what: str, value: Any) -> SubmissionError:
    sentence = say(
        "The {what} `{value}` of the layer `{layer}` is not one of Keras' own that are accepted.",
        what=shown(what),
        value=class_or_value(value),
        layer=shown(layer),
    )
    return refusal(sentence, OWN_LAYERS)
