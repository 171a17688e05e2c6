"""A network without its weights: in a form that is equal for equal networks, and as Keras builds it once."""

import json

from grader.measure.model.allowlist import SHARED
from grader.measure.model.connections import histories, tensors
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
        layer["config"]["name"] = new
        if "name" in layer:
            layer["name"] = new
        for tensor in histories(layer.get("inbound_nodes")):
            tensor[0] = names[tensor[0]]
    for key in config.keys() & {"input_layers", "output_layers"}:
        for end in tensors(config[key]):
            end[0] = names[end[0]]


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
