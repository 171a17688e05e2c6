"""A `.keras` file: its network and weights out, and a clean one in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from grader.errors import SubmissionError
from grader.measure.model import optimizer_state
from grader.measure.model.archive import CONFIG, METADATA, WEIGHTS, read_archive, write_archive
from grader.measure.model.hdf5 import Array, Path, read_hdf5, write_hdf5
from grader.measure.model.layer import Node
from grader.measure.model.reading import SAVE_AGAIN, Reading
from grader.measure.model.strict_json import read_json
from grader.messages.message import say

Kept = TypeVar("Kept")

LAYERS = "layers"
OLD_LAYERS = "_layer_checkpoint_dependencies"
# State that is kept between runs and is no weight.
SEEDS = frozenset({"seed_generator", "generator"})
# Attention keeps its parts under private names in Keras 2.
OLD_PARTS = frozenset({"_query_dense", "_key_dense", "_value_dense", "_output_dense"})


@dataclass(frozen=True)
class Stored:
    """What a model file stores.

    Attributes:
        config: the network, as the file describes it.
        compiled: how it was compiled, {} where the file does not say.
        version: the Keras that wrote it, "" where the file does not say.
        weights: the weights by their path in the clean copy.
        state: what the optimizer's variables say.
    """

    config: dict[str, Any]
    compiled: dict[str, Any]
    version: str
    weights: dict[Path, Array]
    state: optimizer_state.OptimizerState


def read_keras(reading: Reading, content: bytes) -> Stored:
    """Read a `.keras` file.

    Raises:
        SubmissionError: it is damaged, or has anything in it that Keras does not write.
    """
    members = read_archive(reading, content)
    config = read_json(reading, say("The `{config}`", config=CONFIG), members[CONFIG])
    metadata = read_json(reading, say("The `{metadata}`", metadata=METADATA), members[METADATA])
    contents = read_hdf5(reading, members[WEIGHTS], _wanted, frozenset(), _is_state)
    arrays = _todays_paths(reading, contents.arrays)
    compiled = config.pop("compile_config", None)
    version = metadata.get("keras_version")
    return Stored(
        config=config,
        compiled=compiled if isinstance(compiled, dict) else {},
        version=version if isinstance(version, str) else "",
        weights={path: array for path, array in arrays.items() if path[0] == LAYERS},
        state=optimizer_state.from_keras(arrays, _todays_paths(reading, contents.totals)),
    )


def write_keras(network: dict[str, Any], version: str, weights: dict[Path, Array]) -> bytes:
    """A clean `.keras` file."""
    return write_archive(
        {
            METADATA: json.dumps({"keras_version": version}).encode(),
            CONFIG: json.dumps(built_once(network)).encode(),
            WEIGHTS: write_hdf5(weights, {}),
        }
    )


def is_weight(path: Path) -> bool:
    """Whether the array at this path of a clean copy is a weight, not the state of a random generator."""
    return not SEEDS & set(path)


def _parts(path: Path) -> Path:
    return tuple(part for name in path for part in name.split("\\"))


def _wanted(path: Path, shape: tuple[int, ...]) -> bool:
    first = _parts(path)[0]
    if first == optimizer_state.GROUP:
        return optimizer_state.wanted(shape)
    return first in (LAYERS, OLD_LAYERS)


def _is_state(path: Path) -> bool:
    return _parts(path)[0] == optimizer_state.GROUP


def _todays_paths(reading: Reading, arrays: Mapping[Path, Kept]) -> dict[Path, Kept]:
    """The arrays under the paths of Keras 3.

    Keras 2.13 to 2.15 has another word for `layers`, and on Windows it wrote backslashes.
    """
    result: dict[Path, Kept] = {}
    for path, array in arrays.items():
        parts = _parts(path)
        if parts != path:
            reading.note(
                say(
                    "The weights have names with backslashes, as Windows writes them; they were read as "
                    "slashes."
                )
            )
        if OLD_LAYERS in parts:
            reading.note(
                say("The weights stand where Keras 2 keeps them and were moved to where Keras 3 does.")
            )
            parts = tuple(_todays_part(part) for part in parts)
        if parts in result:
            raise SubmissionError(
                say("`{file}` has two arrays of weights for one place.", file=reading.name), SAVE_AGAIN
            )
        result[parts] = array
    return result


def _todays_part(part: str) -> str:
    if part == OLD_LAYERS:
        return LAYERS
    return part.removeprefix("_") if part in OLD_PARTS else part


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
