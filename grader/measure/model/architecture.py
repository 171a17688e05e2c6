"""A network without its weights: in a form that is equal for equal networks, and as Keras builds it once."""

import json
from collections.abc import Mapping
from typing import Any

from grader.measure.model.allowlist import SHARED
from grader.measure.model.layer import Node
from grader.measure.model.network import clean_network, is_network
from grader.measure.model.reading import Limits, start

# What an input layer may say beside its shape without being more than its shape.
_SAID = {"batch_shape", "dtype", "name", "sparse"}


def architecture(network: Node) -> str:
    """The JSON of a cleaned network, its layers renamed in their order.

    Keras numbers the names of layers through a whole notebook, and marks shared ones by where they were in
    memory, so that equal networks have different ones. Nothing is computed from either.
    """
    renamed = _marked(_renamed(network, "network"), {})
    return json.dumps(renamed, sort_keys=True, separators=(",", ":"))


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


def _renamed(network: Node, name: str) -> Node:
    config = network["config"]
    names = {layer["config"]["name"]: f"{name}_{place}" for place, layer in enumerate(config["layers"], 1)}
    layers = [_layer(layer, names) for layer in config["layers"]]
    ends = {key: _end(config[key], names) for key in ("input_layers", "output_layers") if key in config}
    return {**network, "config": {**config, "name": name, "layers": layers, **ends}}


def _layer(layer: Node, names: Mapping[str, str]) -> Node:
    name = names[layer["config"]["name"]]
    changed = (
        _renamed(layer, name) if is_network(layer) else {**layer, "config": {**layer["config"], "name": name}}
    )
    if "name" in changed:
        changed["name"] = name
    if "inbound_nodes" in changed:
        changed["inbound_nodes"] = _called(changed["inbound_nodes"], names)
    return changed


def _called(value: Any, names: Mapping[str, str]) -> Any:
    """The arguments of calls, in which `keras_history` names a layer."""
    if isinstance(value, list):
        return [_called(part, names) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        key: [names[part[0]], *part[1:]] if key == "keras_history" else _called(part, names)
        for key, part in value.items()
    }


def _marked(value: Any, marks: dict[int, int]) -> Any:
    """The same with the marks of shared objects counted from 1; `marks` grows."""
    if isinstance(value, list):
        return [_marked(part, marks) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        key: marks.setdefault(part, len(marks) + 1)
        if key == SHARED and isinstance(part, int)
        else _marked(part, marks)
        for key, part in sorted(value.items())
    }


def _end(value: Any, names: Mapping[str, str]) -> Any:
    """The inputs or outputs: `[name, call, tensor]`, or lists and dictionaries of these."""
    if isinstance(value, dict):
        return {key: _end(part, names) for key, part in value.items()}
    if isinstance(value[0], str):
        return [names[value[0]], *value[1:]]
    return [_end(part, names) for part in value]
