"""A cleaned `Sequential`, written so that Keras builds it once, and not anew for each layer that it adds."""

from grader.measure.models.layer import Node

_SAID = {"batch_shape", "dtype", "name", "sparse"}


def built_once(network: Node) -> Node:
    """The same network, whose input is said by its shape alone where that says all of it.

    Keras then gives it an input in the number type of its first layer.

    Args:
        network: cleaned; what is nested in it stays as it is.
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
    return plain and _is_float32(first) and _is_float32(second)


def _is_float32(layer: Node) -> bool:
    stored = layer["config"].get("dtype", "float32")
    return stored == "float32" or (isinstance(stored, dict) and stored.get("config") == {"name": "float32"})
