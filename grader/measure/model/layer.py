"""One layer or operation: its class looked up in the allow-list, its arguments copied one by one."""

from collections.abc import Callable
from typing import Any

from grader.errors import SubmissionError
from grader.measure.model import objects, values
from grader.measure.model.allowlist import (
    DANGEROUS_ARGUMENTS,
    LAYER_MODULES,
    LAYERS,
    OBJECT_KEYS,
    OPERATIONS,
    REFUSED,
    SIZES,
)
from grader.measure.model.legacy import todays_arguments, todays_class
from grader.measure.model.reading import OWN_LAYERS, SAVE_AGAIN, Reading, shown
from grader.messages.message import Message, say

Node = dict[str, Any]

# Reads a layer that stands inside another one.
Inner = Callable[[Any], Node]

# Arguments that hold a layer, or a list of them.
INNER_LAYER = frozenset({"layer", "backward_layer", "cell"})
INNER_LAYERS = frozenset({"cells"})

# Arguments that hold one of the other objects, by how their names end.
OBJECTS: dict[str, Callable[[Reading, str, Any], Any]] = {
    "dtype": values.dtype,
    "seed": values.seed,
    "initializer": objects.initializer,
    "regularizer": objects.regularizer,
    "constraint": objects.constraint,
    "activation": objects.activation,
}

KERAS_MODULES = ("keras", "tf_keras", "tensorflow")


def check_entry(reading: Reading, entry: Any) -> Node:
    """The JSON of one object, if it has only the keys that Keras writes.

    Raises:
        SubmissionError: it is something else.
    """
    if (
        not isinstance(entry, dict)
        or not isinstance(entry.get("class_name"), str)
        or not isinstance(entry.get("module"), str | None)
        or not isinstance(entry.get("config"), dict if entry["class_name"] != "Sequential" else dict | list)
    ):
        raise SubmissionError(
            say("A layer of `{file}` has no class and config.", file=reading.name), SAVE_AGAIN
        )
    for key in entry:
        if key not in OBJECT_KEYS:
            raise SubmissionError(
                say(
                    "A layer of `{file}` has the key `{key}`, which Keras does not write.",
                    file=reading.name,
                    key=shown(key),
                ),
                SAVE_AGAIN,
            )
    return entry


def layer_name(reading: Reading, entry: Node) -> str:
    """The name of a layer; Keras 3 takes no slash in it.

    Raises:
        SubmissionError: it is no text, too long, or has characters that cannot be shown.
    """
    config = entry["config"]
    name = config.get("name", entry.get("name")) if isinstance(config, dict) else None
    if name is None:
        name = values.snake_case(entry["class_name"])
    if not isinstance(name, str) or not 1 <= len(name) <= reading.limits.name or not name.isprintable():
        raise SubmissionError(
            say(
                "A layer of `{file}` has the name `{name}`; 1 to {longest} characters that can be shown "
                "were asked for.",
                file=reading.name,
                name=shown(name),
                longest=reading.limits.name,
            ),
            say("Give the layers of the model plain names, or none, and save it again."),
        )
    if "/" in name:
        reading.note(
            say("The slashes in names of layers, which Keras 3 does not take, were read as underscores.")
        )
    return name.replace("/", "_")


def clean_layer(reading: Reading, entry: Node, inner: Inner) -> Node:
    """A layer or an operation as Keras 3 writes it, made of allowed parts only.

    Args:
        reading: the file.
        entry: the object, as `check_entry` returned it.
        inner: reads a layer inside this one, as in `Bidirectional`.

    Raises:
        SubmissionError: its class is not in the allow-list, or an argument is not what it should be.
    """
    name = layer_name(reading, entry)
    module, kind = entry.get("module"), todays_class(str(entry["class_name"]))
    _check_class(reading, name, module, kind, entry)
    operation = _operation_module(module, kind, entry["config"])
    given = {key: value for key, value in entry["config"].items() if key != "name"}
    if operation is None:
        given = todays_arguments(reading, kind, given)
    arguments = {}
    for key, value in given.items():
        cleaned = _argument(reading, name, key, value, inner)
        if cleaned is not None or value is None:
            arguments[key] = cleaned
    return _node(operation or "keras.layers", kind, {"name": name, **arguments})


def _node(module: str, kind: str, config: Node) -> Node:
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


def _operation_module(module: str | None, kind: str, config: Node) -> str | None:
    """The module of an operation, None for a layer.

    An `.h5` file does not say which: the layer `Add` has `trainable` in its config, the operation has not.
    """
    if module is not None:
        return module if module in OPERATIONS else None
    if kind in LAYERS and "trainable" in config:
        return None
    return next((where for where, names in OPERATIONS.items() if kind in names), None)


def _check_class(reading: Reading, name: str, module: str | None, kind: str, entry: Node) -> None:
    if kind in REFUSED:
        what, advice = REFUSED[kind]
        raise SubmissionError(
            say(
                "The layer `{name}` of `{file}` is a `{kind}`, {what}.",
                name=shown(name),
                file=reading.name,
                kind=kind,
                what=what,
            ),
            advice,
        )
    registered = entry.get("registered_name")
    if registered not in (None, "", entry["class_name"]) or not _of_keras(module):
        raise SubmissionError(
            say(
                "The layer `{name}` of `{file}` is of the class `{shown}`, which is not one of Keras' "
                "own; a model of Keras' own layers was asked for.",
                name=shown(name),
                file=reading.name,
                shown=shown(registered or kind),
            ),
            OWN_LAYERS,
        )
    if module in LAYER_MODULES and kind in LAYERS:
        return
    if any(kind in names and module in (None, where) for where, names in OPERATIONS.items()):
        return
    of_module: Message | str = f"`{shown(kind)}`"
    if module is not None:
        of_module = say("{kind} of `{module}`", kind=of_module, module=shown(module))
    raise SubmissionError(
        say(
            "The layer `{name}` of `{file}` is a {kind}, which is not among the layers that are loaded here.",
            name=shown(name),
            file=reading.name,
            kind=of_module,
        ),
        OWN_LAYERS,
    )


def _of_keras(module: str | None) -> bool:
    return module is None or module.partition(".")[0] in KERAS_MODULES


def _argument(reading: Reading, layer: str, key: str, value: Any, inner: Inner) -> Any:
    if value is None:
        return None
    if key in DANGEROUS_ARGUMENTS and isinstance(value, str):
        raise SubmissionError(
            say(
                "The layer `{layer}` of `{file}` has the argument `{key}`, which no layer that is loaded "
                "here takes.",
                layer=shown(layer),
                file=reading.name,
                key=key,
            ),
            OWN_LAYERS,
        )
    if key in INNER_LAYER and isinstance(value, dict):
        return inner(value)
    if key in INNER_LAYERS and isinstance(value, list):
        return [inner(cell) for cell in value]
    if key in SIZES:
        return values.size(reading, layer, key, value)
    for ending, read in OBJECTS.items():
        if key.endswith(ending):
            return read(reading, layer, value)
    return values.plain(reading, layer, key, value)
