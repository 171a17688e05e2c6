"""A whole network, checked against the allow-list: built anew for Keras 3, and as text to be compared."""

import json
from collections.abc import Iterator
from typing import Any

from grader.measure.model import connections
from grader.measure.model.allowlist import FUNCTIONAL_MODULES, SEQUENTIAL_MODULES, SHARED
from grader.measure.model.layer import (
    INNER_LAYER,
    INNER_LAYERS,
    Node,
    check_entry,
    clean_layer,
    layer_name,
    made_input,
    stored_input,
    stored_shape,
)
from grader.measure.model.reading import OWN_LAYERS, SMALLER, Limits, Reading, refusal, shown, start
from grader.measure.model.values import keras_object, whole
from grader.messages.message import say

LARGEST_IDENTITY = 2**63
# What an input layer may say beside its shape without being more than its shape.
_SAID = {"batch_shape", "dtype", "name", "sparse"}


def clean_network(reading: Reading, config: dict[str, Any]) -> Node:
    """The network in the form that Keras 3 loads; refused if a part is not allowed, or it is too large."""
    entry = check_entry(config)
    if not _is_network(entry) and (network := _stored_network(reading, entry)):
        entry = network
    if not _is_network(entry):
        kind = entry.get("registered_name") or entry["class_name"]
        sentence = say(
            "`{file}` is a model of the class `{kind}`, which is not one of Keras' own; submit a "
            "`Sequential` or a functional model.",
            file=reading.name,
            kind=shown(kind),
        )
        raise refusal(sentence, OWN_LAYERS)
    network = _network(reading, entry)
    count, most = sum(1 for _ in layers_of(network)), reading.limits.of_rubric.layers
    if count > most:
        raise refusal(
            say("The network has {count} layers; at most {most} are accepted.", count=count, most=most),
            SMALLER,
        )
    if network["class_name"] == "Sequential" and not _starts_with_input(network["config"]["layers"]):
        raise refusal(
            say("The network was never built: it has no input shape and no weights."),
            say('Train the model, or call it once, before you save it with `model.save("model.keras")`.'),
        )
    for key in ("input_layers", "output_layers"):
        ends = network["config"].get(key)
        if isinstance(ends, list | dict) and len(ends) == 1:
            (network["config"][key],) = ends.values() if isinstance(ends, dict) else ends
    return network


def layers_of(node: Node) -> Iterator[Node]:
    """The layers of a cleaned network in order, nested networks opened, layers inside a layer after it."""
    config = node["config"]
    if is_network(node):
        for layer in config["layers"]:
            yield from layers_of(layer)
        return
    yield node
    for key in INNER_LAYER:
        if isinstance(config.get(key), dict):
            yield from layers_of(config[key])
    for key in INNER_LAYERS:
        if isinstance(config.get(key), list):
            for inner in config[key]:
                yield from layers_of(inner)


def is_network(node: Node) -> bool:
    """Whether a cleaned node is a network, not a layer."""
    return node["class_name"] in ("Sequential", "Functional")


def _is_network(entry: Node) -> bool:
    kind, module = entry["class_name"], entry.get("module")
    if entry.get("registered_name") not in (None, "", kind):
        return False
    if kind == "Sequential":
        return module in SEQUENTIAL_MODULES
    return kind in ("Functional", "Model") and module in FUNCTIONAL_MODULES and "layers" in entry["config"]


def _stored_network(reading: Reading, entry: Node) -> Node | None:
    """The whole network that Keras stores of a class which only trains in a way of its own; None without one.

    Whether the class computes something else, no file says: the accuracy of the stored network tells.
    """
    config = entry["config"]
    layers = config.get("layers") if isinstance(config, dict) else None
    if not isinstance(layers, list) or not all(
        isinstance(layer, dict) and "config" in layer for layer in layers
    ):
        return None
    kind = "Functional" if {"input_layers", "output_layers"} <= config.keys() else "Sequential"
    reading.note(
        say(
            "The model is of a class of its own, `{name}`, whose code is in no file; the {kind} network that "
            "it stores was read.",
            name=shown(entry["class_name"]),
            kind=kind,
        )
    )
    return {**entry, "class_name": kind, "module": None, "registered_name": None}


def _any(reading: Reading, stored: Any) -> Node:
    """A layer or a network, wherever it stands."""
    entry = check_entry(stored)
    if _is_network(entry):
        node = _network(reading, entry)
    elif entry["class_name"] == "InputLayer":
        node = stored_input(reading, entry)
    else:
        node = clean_layer(reading, entry, lambda inner: _any(reading, inner))
    identity = entry.get(SHARED)
    if identity is not None:
        node[SHARED] = _shared(reading, identity, node)
    return node


def _shared(reading: Reading, identity: Any, node: Node) -> int:
    """The mark of an object that stands in several places, if it looks the same in each.

    Keras would take the first for all of them, whatever the others say.
    """
    look = json.dumps([node["class_name"], _unmarked(node["config"])], sort_keys=True)
    if (
        not whole(identity)
        or not 0 <= identity < LARGEST_IDENTITY
        or reading.shared.setdefault(identity, look) != look
    ):
        raise refusal(say("A layer is marked as shared with another one that is not the same."))
    return int(identity)


def _unmarked(value: Any) -> Any:
    """The value without the marks inside it: Keras marks a part only once it stands in a second place."""
    if isinstance(value, dict):
        return {key: _unmarked(part) for key, part in value.items() if key != SHARED}
    return [_unmarked(part) for part in value] if isinstance(value, list) else value


def _network(reading: Reading, entry: Node) -> Node:
    return (_sequential if entry["class_name"] == "Sequential" else _functional)(reading, entry)


def _sequential(reading: Reading, entry: Node) -> Node:
    config = entry["config"]
    if isinstance(config, list):
        reading.note(say("The network is a bare list of layers, as old versions of Keras wrote it."))
        config = {"layers": config}
        entry = {**entry, "config": config}
    # Half of all: Keras builds a `Sequential` anew for each layer that it adds.
    stored, most = _stored_layers(config), reading.limits.of_rubric.layers // 2
    if len(stored) > most:
        sentence = say(
            "A `Sequential` has {count} layers; at most {most} are accepted.", count=len(stored), most=most
        )
        raise refusal(sentence, SMALLER)
    layers = [_any(reading, layer) for layer in stored]
    if not _starts_with_input(layers):
        shape = stored_shape(stored, config, entry)
        if shape is not None:
            layers.insert(0, made_input(reading, shape, layers))
    _check_names(layers)
    return _built(reading, entry, layers, {})


def _functional(reading: Reading, entry: Node) -> Node:
    config = entry["config"]
    stored = _stored_layers(config)
    layers = [_any(reading, layer) for layer in stored]
    _check_names(layers)
    names: dict[str, str] = {}
    for layer, node in zip(stored, layers, strict=True):
        name = node["config"]["name"]
        names[layer["name"] if isinstance(layer.get("name"), str) else name] = name
    for layer, node in zip(stored, layers, strict=True):
        node["name"] = node["config"]["name"]
        node["inbound_nodes"] = connections.clean_calls(
            reading, node["name"], layer.get("inbound_nodes", []), names
        )
    ends = {
        key: connections.clean_ends(reading, config.get(key), names)
        for key in ("input_layers", "output_layers")
    }
    calls = {node["name"]: node["inbound_nodes"] for node in layers}
    most = reading.limits.calls
    if sum(map(len, calls.values())) > most:
        raise refusal(say("The layers are called more than {most} times.", most=most), SMALLER)
    nested = {node["name"]: node["class_name"] for node in layers if is_network(node)}
    if any(isinstance(call, list) for layer in stored for call in layer.get("inbound_nodes", [])):
        connections.todays_numbers(calls, nested, ends["output_layers"])
    connections.check_reached(calls, frozenset(nested), [*ends.values()])
    connections.check_no_loop(calls, frozenset(nested))
    return _built(reading, entry, layers, ends)


def _built(reading: Reading, entry: Node, layers: list[Node], ends: dict[str, Any]) -> Node:
    """The network of these layers; a functional one has ends."""
    trainable = entry["config"].get("trainable") is not False
    config = {"name": layer_name(reading, entry), "trainable": trainable, "layers": layers, **ends}
    if ends:
        return keras_object("keras.src.models.functional", "Functional", config)
    return keras_object("keras", "Sequential", config)


def _stored_layers(config: Node) -> list[Any]:
    layers = config.get("layers")
    if not isinstance(layers, list):
        raise refusal(say("A network has no list of layers."))
    return layers


def _check_names(layers: list[Node]) -> None:
    seen: set[str] = set()
    for layer in layers:
        name = layer["config"]["name"]
        if name in seen:
            raise refusal(say("The network has two layers of the name `{name}`.", name=shown(name)))
        seen.add(name)


def _starts_with_input(layers: list[Node]) -> bool:
    return bool(layers) and layers[0]["class_name"] == "InputLayer"


def architecture(network: Node) -> str:
    """The JSON of a cleaned network, its layers renamed in their order.

    Keras numbers the names of layers through a whole notebook, and marks shared ones by where they were in
    memory, so that equal networks have different ones. Nothing is computed from either.
    """
    marks: dict[int, int] = {}

    def marked(part: Node) -> Node:
        if isinstance(part.get(SHARED), int):
            part[SHARED] = marks.setdefault(part[SHARED], len(marks) + 1)
        return part

    copy = json.loads(json.dumps(network, sort_keys=True), object_hook=marked)
    _rename(copy, "network")
    return json.dumps(copy, sort_keys=True, separators=(",", ":"))


def _rename(network: Node, name: str) -> None:
    config = network["config"]
    config["name"] = name
    names = {layer["config"]["name"]: f"{name}_{place}" for place, layer in enumerate(config["layers"], 1)}
    for layer in config["layers"]:
        new = names[layer["config"]["name"]]
        if is_network(layer):
            _rename(layer, new)
        else:
            layer["config"]["name"] = new
        if "name" in layer:
            layer["name"] = new
        for tensor in connections.histories(layer.get("inbound_nodes")):
            tensor[0] = names[tensor[0]]
    for key in config.keys() & {"input_layers", "output_layers"}:
        for end in connections.tensors(config[key]):
            end[0] = names[end[0]]


def with_activation(text: str, activation: str) -> str:
    """The text of a chain of dense layers, each but the last with this activation; the same without one."""
    if not activation:
        return text
    network = json.loads(text)
    dense = [layer for layer in network["config"]["layers"] if layer["class_name"] == "Dense"]
    for layer in dense[:-1]:
        layer["config"]["activation"] = activation
    return architecture(network)


def read_architecture(text: str, limits: Limits) -> Node:
    """The network of such a text, checked against the allow-list once more: a worker has sent it."""
    return clean_network(start("the architecture", limits), json.loads(text))


def built_once(network: Node) -> Node:
    """The same cleaned network, whose input is given by its shape alone where that says all of it.

    Keras then gives it an input in the number type of its first layer, and builds it once.
    What is nested in it stays as it is.
    """
    config = network["config"]
    first, *others = config["layers"]
    if network["class_name"] != "Sequential" or not others or not _is_plain(first, others[0]):
        return network
    changed = {**config, "layers": others, "build_input_shape": first["config"]["batch_shape"]}
    return {**network, "config": changed}


def _is_plain(first: Node, second: Node) -> bool:
    """Whether a layer is an input of float32, dense, before another layer of float32."""
    config = first["config"]
    plain = first["class_name"] == "InputLayer" and config.keys() <= _SAID and not config.get("sparse")
    return plain and all(layer["config"].get("dtype", "float32") == "float32" for layer in (first, second))
