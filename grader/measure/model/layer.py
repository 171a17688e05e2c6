"""One layer or operation, its class and its arguments checked one by one; what is not allowed is refused."""

from collections.abc import Callable
from functools import partial
from typing import Any

from grader.evidence.layers import LAYERS
from grader.measure.model import values
from grader.measure.model.allowlist import (
    CONSTRAINTS,
    DANGEROUS_ARGUMENTS,
    LAYER_MODULES,
    OBJECT_KEYS,
    OPERATIONS,
    REFUSED,
    REGULARIZERS,
    SHARED,
    SIZES,
)
from grader.measure.model.legacy import todays_arguments, todays_class
from grader.measure.model.reading import OWN_LAYERS, Reading, refusal, shown
from grader.messages.message import Message, say

Node = dict[str, Any]

# Reads a layer that stands inside another one, as in `Bidirectional`.
Inner = Callable[[Any], Node]

# Arguments that hold a layer, or a list of them.
INNER_LAYER = frozenset({"layer", "backward_layer", "cell"})
INNER_LAYERS = frozenset({"cells"})

# Arguments that hold one of the other objects, by how their names end.
OBJECTS: dict[str, Callable[[Reading, str, Any], Any]] = {
    "dtype": values.dtype,
    "seed": values.seed,
    "initializer": values.initializer,
    "regularizer": partial(values.from_table, "regularizer", REGULARIZERS),
    "constraint": partial(values.from_table, "constraint", CONSTRAINTS),
    "activation": values.activation,
}

LAYER_MODULE = "keras.layers"
KERAS_MODULES = ("keras", "tf_keras", "tensorflow")


def check_entry(entry: Any) -> Node:
    """The JSON of one object, if it has only the keys that Keras writes."""
    if (
        not isinstance(entry, dict)
        or not isinstance(entry.get("class_name"), str)
        or not isinstance(entry.get("module"), str | None)
        or not isinstance(entry.get("config"), dict if entry["class_name"] != "Sequential" else dict | list)
    ):
        raise refusal(say("A layer has no class or no config."))
    for key in entry:
        if key not in OBJECT_KEYS:
            raise refusal(say("A layer has the key `{key}`, which Keras does not write.", key=shown(key)))
    return entry


def layer_name(reading: Reading, entry: Node) -> str:
    """The name of a layer: a text, not too long, that can be printed; Keras 3 takes no slash in it."""
    config = entry["config"]
    name = config.get("name", entry.get("name")) if isinstance(config, dict) else None
    if name is None:
        name = values.snake_case(entry["class_name"])
    longest = reading.limits.name
    if not isinstance(name, str) or not 1 <= len(name) <= longest or not name.isprintable():
        sentence = say(
            "A layer has the name `{name}`; it must have 1 to {longest} printable characters.",
            name=shown(name),
            longest=longest,
        )
        raise refusal(sentence, say("Give the layers of the model plain names, or none, and save it again."))
    if "/" in name:
        reading.note(
            say("Slashes in the names of layers, which Keras 3 does not take, were read as underscores.")
        )
    return name.replace("/", "_")


def clean_layer(reading: Reading, entry: Node, inner: Inner) -> Node:
    """A layer or an operation that `check_entry` returned, as Keras 3 writes it, of allowed parts only."""
    name = layer_name(reading, entry)
    kind = todays_class(entry["class_name"])
    module = _module(name, kind, entry)
    given = {key: value for key, value in entry["config"].items() if key != "name"}
    if module == LAYER_MODULE:
        given = todays_arguments(reading, kind, given)
    arguments = {}
    for key, value in given.items():
        cleaned = _argument(reading, name, key, value, inner)
        if cleaned is not None or value is None:
            arguments[key] = cleaned
    return values.keras_object(module, kind, {"name": name, **arguments})


def _module(name: str, kind: str, entry: Node) -> str:
    """The module that the allow-list has this class in.

    An `.h5` file does not say which: the layer `Add` has `trainable` in its config, the operation has not.
    """
    module = entry.get("module")
    if kind in REFUSED:
        what, advice = REFUSED[kind]
        sentence = say("The layer `{name}` is a `{kind}`, {what}.", name=shown(name), kind=kind, what=what)
        raise refusal(sentence, advice)
    registered = entry.get("registered_name")
    of_keras = module is None or module.partition(".")[0] in KERAS_MODULES
    if registered not in (None, "", entry["class_name"]) or not of_keras:
        sentence = say(
            "The layer `{name}` is of the class `{kind}`, which is not one of Keras' own.",
            name=shown(name),
            kind=shown(registered or kind),
        )
        raise refusal(sentence, OWN_LAYERS)
    operations = [where for where, names in OPERATIONS.items() if kind in names and module in (None, where)]
    is_layer = module in LAYER_MODULES and kind in LAYERS
    if operations and not (is_layer and "trainable" in entry["config"]):
        return operations[0]
    if is_layer:
        return LAYER_MODULE
    of_module: Message | str = f"`{shown(kind)}`"
    if module is not None:
        of_module = say("{kind} of `{module}`", kind=of_module, module=shown(module))
    sentence = say(
        "The layer `{name}` is a {kind}, which is not one of the accepted layers.",
        name=shown(name),
        kind=of_module,
    )
    raise refusal(sentence, OWN_LAYERS)


def _argument(reading: Reading, layer: str, key: str, value: Any, inner: Inner) -> Any:
    if value is None:
        return None
    if key == SHARED or (key in DANGEROUS_ARGUMENTS and isinstance(value, str)):
        sentence = say(
            "The layer `{layer}` has the argument `{key}`, which no accepted layer takes.",
            layer=shown(layer),
            key=key,
        )
        raise refusal(sentence, OWN_LAYERS)
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


def stored_input(reading: Reading, entry: Node) -> Node:
    """The input layer that the file has."""
    config = entry["config"]
    given = {key: value for key, value in config.items() if key not in ("batch_shape", "batch_input_shape")}
    shape = _shape(reading, config.get("batch_shape", config.get("batch_input_shape")))
    node = clean_layer(reading, {**entry, "config": given}, check_entry)
    node["config"]["batch_shape"] = shape
    return node


def made_input(reading: Reading, shape: Any, layers: list[Node]) -> Node:
    """An input layer before `layers` for a `Sequential` of Keras 2, whose shape `stored_shape` found."""
    reading.note(say("An input layer was made from the input shape, which Keras 2 keeps in the first layer."))
    taken = {layer["config"]["name"] for layer in layers}
    name = next(name for name in (f"input_{number}" for number in range(len(taken) + 1)) if name not in taken)
    config = {"batch_shape": _shape(reading, shape), "dtype": "float32", "name": name}
    return values.keras_object(LAYER_MODULE, "InputLayer", config)


def stored_shape(stored: list[Any], config: Node, entry: Node) -> Any:
    """What a `Sequential` without an input layer says about its input, None where it says nothing."""
    first = _first({"layers": stored})
    built = entry.get("build_config")
    candidates = (
        first.get("batch_input_shape"),
        first.get("batch_shape"),
        config.get("build_input_shape"),
        built.get("input_shape") if isinstance(built, dict) else None,
    )
    return next((shape for shape in candidates if shape is not None), None)


def _first(config: Any) -> Node:
    """The config of the first layer, nested networks opened."""
    match config:
        case {"layers": [{"config": inner}, *_]}:
            return _first(inner)
    return config if isinstance(config, dict) else {}


def _shape(reading: Reading, stored: Any) -> list[int | None]:
    """A shape of an input with its batch dimension, which is left open."""
    most = reading.limits.dimensions
    if (
        not isinstance(stored, list)
        or not 1 <= len(stored) <= most
        or any(isinstance(part, list) for part in stored)
    ):
        raise refusal(
            say(
                "The input shape is {stored}; it must be a list of 1 to {most} sizes.",
                stored=shown(stored),
                most=most,
            )
        )
    shape = [values.size(reading, "input", "shape", part) for part in stored]
    if shape[0] is not None:
        reading.note(say("The batch size {size} in the input shape was left open.", size=shape[0]))
    return [None, *shape[1:]]
