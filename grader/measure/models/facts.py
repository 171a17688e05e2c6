"""The facts of a cleaned network for the evidence: its layers and its input."""

from collections.abc import Iterator
from typing import Any

from grader.evidence.model import Layer
from grader.measure.models.allowlist import ACTIVATION_LAYERS
from grader.measure.models.layer import Node
from grader.measure.models.network import is_network
from grader.measure.models.values import whole
from grader.measure.models.wording import shown


def layers(network: Node) -> Iterator[Layer]:
    """The layers in order, nested networks opened, without `InputLayer`."""
    for node in network["config"]["layers"]:
        if is_network(node):
            yield from layers(node)
        elif node["class_name"] != "InputLayer":
            yield _layer(node)


def input_shape(network: Node) -> tuple[int | None, ...] | None:
    """The shape of the only input without the batch dimension, None where there are several."""
    inputs = [node for node in network["config"]["layers"] if node["class_name"] == "InputLayer"]
    if len(inputs) != 1:
        return None
    return tuple(inputs[0]["config"]["batch_shape"][1:])


def _layer(node: Node) -> Layer:
    config = _described(node)
    return Layer(
        kind=node["class_name"],
        name=shown(node["config"]["name"], longest=100),
        units=_units(config),
        activation=_activation(config.get("activation")),
    )


def _described(node: Node) -> dict[str, Any]:
    """The config that has the units: of a wrapper such as `Bidirectional`, that of what is inside."""
    config: dict[str, Any] = node["config"]
    while isinstance(inner := config.get("layer", config.get("cell")), dict) and not is_network(inner):
        config = inner["config"]
    return config


def _units(config: dict[str, Any]) -> int | None:
    units = config.get("units", config.get("filters"))
    return units if whole(units) else None


def _activation(value: Any) -> str | None:
    if isinstance(value, dict):
        return ACTIVATION_LAYERS[value["class_name"]]
    return value if isinstance(value, str) else None
