"""A whole network: its config walked against the allow-list and built anew in the form of Keras 3."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from grader.errors import SubmissionError
from grader.measure.model.allowlist import FUNCTIONAL_MODULES, SEQUENTIAL_MODULES
from grader.measure.model.calls import clean_calls, clean_ends
from grader.measure.model.graph import check_no_loop, check_reached, todays_numbers
from grader.measure.model.inputs import made_input, stored_input, stored_shape
from grader.measure.model.layer import INNER_LAYER, INNER_LAYERS, Node, check_entry, clean_layer, layer_name
from grader.measure.model.reading import OWN_LAYERS, SAVE_AGAIN, SMALLER, Reading, shown
from grader.measure.model.values import whole
from grader.messages.message import say

LARGEST_IDENTITY = 2**63


@dataclass(frozen=True)
class _Walk:
    """One walk through a file's network.

    Attributes:
        reading: the file.
        shared: what each shared object looked like where it stood first; it grows as the walk goes.
    """

    reading: Reading
    shared: dict[int, str] = field(default_factory=dict)


def clean_network(reading: Reading, config: dict[str, Any]) -> Node:
    """The network made of allowed parts only, in the form that Keras 3 loads.

    Raises:
        SubmissionError: it is not a `Sequential` or functional network of allowed layers, or it is too large.
    """
    entry = check_entry(reading, config)
    if not _is_network(entry):
        kind = entry.get("registered_name") or entry["class_name"]
        raise SubmissionError(
            say(
                "`{file}` is a model of the class `{kind}`, which is not one of Keras' own; a "
                "`Sequential` or a functional model was asked for.",
                file=reading.name,
                kind=shown(kind),
            ),
            OWN_LAYERS,
        )
    network = _network(_Walk(reading), entry)
    _check_size(reading, network)
    if network["class_name"] == "Sequential" and not _starts_with_input(network):
        raise SubmissionError(
            say(
                "`{file}` holds a network that was never built: it has no input shape and no weights.",
                file=reading.name,
            ),
            say('Train the model, or call it once, before you save it with `model.save("model.keras")`.'),
        )
    for key in ("input_layers", "output_layers"):
        ends = network["config"].get(key)
        if isinstance(ends, list) and len(ends) == 1:
            network["config"][key] = ends[0]
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


def _any(walk: _Walk, stored: Any) -> Node:
    """A layer or a network, wherever it stands."""
    entry = check_entry(walk.reading, stored)
    node = _network(walk, entry) if _is_network(entry) else _layer(walk, entry)
    identity = entry.get("shared_object_id")
    if identity is not None:
        node["shared_object_id"] = _shared(walk, identity, node)
    return node


def _shared(walk: _Walk, identity: Any, node: Node) -> int:
    """The mark of an object that stands in several places, if it looks the same in each.

    Keras would take the first for all of them, whatever the others say.
    """
    look = json.dumps([node["class_name"], _unmarked(node["config"])], sort_keys=True)
    if (
        not whole(identity)
        or not 0 <= identity < LARGEST_IDENTITY
        or walk.shared.setdefault(identity, look) != look
    ):
        raise SubmissionError(
            say(
                "A layer of `{file}` is marked as shared with another one that is not the same.",
                file=walk.reading.name,
            ),
            SAVE_AGAIN,
        )
    number: int = identity
    return number


def _unmarked(value: Any) -> Any:
    """The value without the marks inside it: Keras marks a part only once it stands in a second place."""
    if isinstance(value, dict):
        return {key: _unmarked(part) for key, part in value.items() if key != "shared_object_id"}
    return [_unmarked(part) for part in value] if isinstance(value, list) else value


def _layer(walk: _Walk, entry: Node) -> Node:
    if entry["class_name"] == "InputLayer":
        return stored_input(walk.reading, entry)
    return clean_layer(walk.reading, entry, lambda stored: _any(walk, stored))


def _network(walk: _Walk, entry: Node) -> Node:
    if entry["class_name"] == "Sequential":
        return _sequential(walk, entry)
    return _functional(walk, entry)


def _sequential(walk: _Walk, entry: Node) -> Node:
    reading, config = walk.reading, entry["config"]
    if isinstance(config, list):
        reading.note(say("The network is a bare list of layers, as old versions of Keras wrote it."))
        config = {"layers": config}
        entry = {**entry, "config": config}
    stored = _stored_layers(reading, config)
    if len(stored) > reading.limits.sequential_layers:
        raise SubmissionError(
            say(
                "A `Sequential` of `{file}` has {count} layers; at most {sequential_layers} are loaded.",
                file=reading.name,
                count=len(stored),
                sequential_layers=reading.limits.sequential_layers,
            ),
            SMALLER,
        )
    layers = [_any(walk, layer) for layer in stored]
    if not layers or layers[0]["class_name"] != "InputLayer":
        shape = stored_shape(stored, config, entry)
        if shape is not None:
            layers.insert(0, made_input(reading, shape, layers))
    _names(reading, layers)
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": layer_name(reading, entry), "trainable": _trainable(config), "layers": layers},
        "registered_name": None,
    }


def _stored_layers(reading: Reading, config: Node) -> list[Any]:
    layers = config.get("layers")
    if not isinstance(layers, list):
        raise SubmissionError(
            say("A network of `{file}` has no list of layers.", file=reading.name), SAVE_AGAIN
        )
    return layers


def _functional(walk: _Walk, entry: Node) -> Node:
    reading, config = walk.reading, entry["config"]
    stored = [check_entry(reading, layer) for layer in _stored_layers(reading, config)]
    layers = [_any(walk, layer) for layer in stored]
    _names(reading, layers)
    names = {
        _stored_name(layer, node): node["config"]["name"] for layer, node in zip(stored, layers, strict=True)
    }
    for layer, node in zip(stored, layers, strict=True):
        node["name"] = node["config"]["name"]
        node["inbound_nodes"] = clean_calls(reading, node["name"], layer.get("inbound_nodes", []), names)
    ends = {key: clean_ends(reading, config.get(key), names) for key in ("input_layers", "output_layers")}
    calls = {node["name"]: node["inbound_nodes"] for node in layers}
    if sum(map(len, calls.values())) > reading.limits.calls:
        raise SubmissionError(
            say(
                "The layers of `{file}` are called more than {calls} times.",
                file=reading.name,
                calls=reading.limits.calls,
            ),
            SMALLER,
        )
    nested = {node["name"]: node["class_name"] for node in layers if is_network(node)}
    if any(isinstance(call, list) for layer in stored for call in layer.get("inbound_nodes", [])):
        todays_numbers(calls, nested, ends["output_layers"])
    check_reached(reading, calls, frozenset(nested), [*ends.values()])
    check_no_loop(reading, calls, frozenset(nested))
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {
            "name": layer_name(reading, entry),
            "trainable": _trainable(config),
            "layers": layers,
            **ends,
        },
        "registered_name": None,
    }


def _stored_name(stored: Node, node: Node) -> str:
    name = stored.get("name")
    return name if isinstance(name, str) else str(node["config"]["name"])


def _names(reading: Reading, layers: list[Node]) -> None:
    seen: set[str] = set()
    for layer in layers:
        name = layer["config"]["name"]
        if name in seen:
            raise SubmissionError(
                say("`{file}` has two layers of the name `{name}`.", file=reading.name, name=shown(name)),
                SAVE_AGAIN,
            )
        seen.add(name)


def _trainable(config: Node) -> bool:
    return config.get("trainable") is not False


def _starts_with_input(network: Node) -> bool:
    layers = network["config"]["layers"]
    return bool(layers) and layers[0]["class_name"] == "InputLayer"


def _check_size(reading: Reading, network: Node) -> None:
    count = sum(1 for _ in layers_of(network))
    if count > reading.limits.layers:
        raise SubmissionError(
            say(
                "`{file}` has {count} layers; at most {layers} are loaded.",
                file=reading.name,
                count=count,
                layers=reading.limits.layers,
            ),
            SMALLER,
        )
