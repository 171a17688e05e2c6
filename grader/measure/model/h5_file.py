"""An `.h5` file read, and a clean one written, with numbered weights: Keras takes them by their order."""

import json
from collections.abc import Mapping
from itertools import count, takewhile
from typing import Any

from grader.errors import SubmissionError
from grader.measure.model.arrays import Array, Path
from grader.measure.model.compiled import LEGACY_GROUP, from_h5
from grader.measure.model.hdf5 import Attribute, Contents, read_hdf5, write_hdf5
from grader.measure.model.keras_file import Stored
from grader.measure.model.reading import Reading, refusal, shown, too_large
from grader.measure.model.strict_json import read_json
from grader.messages.message import say

CONFIG = "model_config"
TRAINING = "training_config"
VERSION = "keras_version"
WEIGHTS = "model_weights"
LAYER_NAMES = "layer_names"
WEIGHT_NAMES = "weight_names"
ATTRIBUTES = frozenset({CONFIG, TRAINING, VERSION, LAYER_NAMES, WEIGHT_NAMES})


def read_h5(reading: Reading, content: bytes) -> Stored:
    """Read an `.h5` file; refused if it is damaged, or has anything in it that Keras does not write."""
    contents = read_hdf5(reading, content, frozenset({WEIGHTS}), LEGACY_GROUP, ATTRIBUTES)
    root = contents.attributes[()]
    described, training, version = root.get(CONFIG), root.get(TRAINING), root.get(VERSION)
    if not isinstance(described, str):
        raise _no_network(reading, contents)
    if len(described) > reading.limits.config_bytes:
        raise too_large(reading, CONFIG, reading.limits.config_bytes)
    weights = _weights(reading, contents)
    return Stored(
        config=read_json(reading, say("The `{config}`", config=CONFIG), described),
        compiled=read_json(reading, say("The `{config}`", config=TRAINING), training)
        if isinstance(training, str)
        else {},
        version=version if isinstance(version, str) else "",
        weights=weights,
        state=from_h5(contents.optimizer, _names(contents, (LEGACY_GROUP,), WEIGHT_NAMES), weights.values()),
    )


def write_h5(reading: Reading, network: dict[str, Any], version: str, weights: dict[Path, Array]) -> bytes:
    """A clean `.h5` file; the weights' paths are those that `read_h5` gave them.

    Refused if the network has a slice that Keras writes into `.h5` files and cannot read there.
    """
    described = json.dumps(network)
    if '"class_name": "__ellipsis__"' in described:
        raise refusal(
            say(
                "`{file}` has a slice with `...`, which Keras does not load from an `.h5` file.",
                file=reading.name,
            )
        )
    layers = sorted({path[0] for path in weights}, key=int)
    attributes: dict[Path, Mapping[str, Attribute]] = {
        (): {CONFIG: described, VERSION: version},
        (WEIGHTS,): {LAYER_NAMES: tuple(layers), VERSION: version},
    }
    for layer in layers:
        attributes[WEIGHTS, layer] = {WEIGHT_NAMES: tuple(path[1] for path in weights if path[0] == layer)}
    return write_hdf5({(WEIGHTS, *path): array for path, array in weights.items()}, attributes)


def _no_network(reading: Reading, contents: Contents) -> SubmissionError:
    root = contents.attributes[()]
    saved = {("layers",), ("_layer_checkpoint_dependencies",), ("vars",)}
    if LAYER_NAMES in root or saved & contents.attributes.keys():
        return refusal(
            say(
                "`{file}` holds weights without a network, as `model.save_weights` writes them.",
                file=reading.name,
            ),
            say('Save the whole model with `model.save("model.keras")` and submit that file.'),
        )
    return refusal(
        say(
            "`{file}` is an HDF5 file without a Keras model; it has no `{config}`.",
            file=reading.name,
            config=CONFIG,
        )
    )


def _weights(reading: Reading, contents: Contents) -> dict[Path, Array]:
    """The weights in order, by the number of the layer among those with weights and that of the weight."""
    result: dict[Path, Array] = {}
    for layer in _names(contents, (WEIGHTS,), LAYER_NAMES):
        group = (WEIGHTS, *layer.split("/"))
        names = _names(contents, group, WEIGHT_NAMES)
        number = str(len({path[0] for path in result}))
        for index, name in enumerate(names):
            array = contents.weights.get((*group, *name.split("/")))
            if array is None:
                raise refusal(
                    say(
                        "`{file}` has no weights `{name}` for its layer `{layer}`.",
                        file=reading.name,
                        name=shown(name),
                        layer=shown(layer),
                    )
                )
            result[number, str(index)] = array
    return result


def _names(contents: Contents, group: Path, attribute: str) -> tuple[str, ...]:
    """A list of names; a long one stands in numbered parts."""
    attributes = contents.attributes.get(group, {})
    numbered = (f"{attribute}{number}" for number in count())
    parts = [attribute] if attribute in attributes else takewhile(attributes.__contains__, numbered)
    texts = (attributes[part] for part in parts)
    return tuple(name for text in texts for name in ((text,) if isinstance(text, str) else text))
