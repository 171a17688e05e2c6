"""What a model file stores, read from either form, and a clean file written in the same form.

A `.keras` file is a zip archive of three members. In an `.h5` file Keras takes the weights by their order,
so the clean one numbers them.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count, takewhile
from typing import Any, TypeVar

from grader.errors import SubmissionError
from grader.measure.model.arrays import Array, Path
from grader.measure.model.compiled import GROUP, LEGACY_GROUP, OptimizerState, from_h5, from_keras
from grader.measure.model.filetype import CONFIG, MEMBERS, METADATA, WEIGHTS
from grader.measure.model.hdf5 import WINDOWS, Attribute, Contents, read_hdf5, write_hdf5
from grader.measure.model.network import built_once
from grader.measure.model.reading import (
    NUMBERS_ONLY,
    UPLOAD_AGAIN,
    Reading,
    read_json,
    refusal,
    shown,
    too_large,
)
from grader.messages.message import say
from grader.submissions.archives import ZIP_DAMAGE, ZIP_ENCRYPTED, ZIP_ENTRY, ZIP_METHODS

Kept = TypeVar("Kept")

# Weights may hold the mark of an entry by chance, but not so often.
MOST_ENTRIES = 1000

LAYERS = "layers"
OLD_LAYERS = "_layer_checkpoint_dependencies"
PLACES = frozenset({LAYERS, OLD_LAYERS})
# State of random generators, which is no weight.
SEEDS = frozenset({"seed_generator", "generator"})
# What Keras 2.13 to 2.15 call otherwise; attention keeps its parts under private names there.
TODAYS_PARTS = {OLD_LAYERS: LAYERS} | {
    f"_{part}": part for part in ("query_dense", "key_dense", "value_dense", "output_dense")
}

H5_CONFIG = "model_config"
H5_TRAINING = "training_config"
H5_WEIGHTS = "model_weights"
VERSION = "keras_version"
LAYER_NAMES = "layer_names"
WEIGHT_NAMES = "weight_names"
ATTRIBUTES = frozenset({H5_CONFIG, H5_TRAINING, VERSION, LAYER_NAMES, WEIGHT_NAMES})


@dataclass(frozen=True)
class Stored:
    """What a model file stores; empty where it does not say."""

    config: dict[str, Any]  # the network
    compiled: dict[str, Any]
    version: str  # of the Keras that wrote it
    weights: dict[Path, Array]  # by their path in the clean copy
    state: OptimizerState


def read_keras(reading: Reading, content: bytes) -> Stored:
    """Read a `.keras` file; refused if it is damaged, or has anything in it that Keras does not write."""
    members = read_archive(reading, content)
    config = read_json(reading, CONFIG, members[CONFIG])
    metadata = read_json(reading, METADATA, members[METADATA])
    contents = read_hdf5(reading, members[WEIGHTS], PLACES, GROUP, frozenset())
    weights = _todays_paths(reading, contents.weights)
    compiled = config.pop("compile_config", None)
    version = metadata.get("keras_version")
    return Stored(
        config=config,
        compiled=compiled if isinstance(compiled, dict) else {},
        version=version if isinstance(version, str) else "",
        weights=weights,
        state=from_keras(_todays_paths(reading, contents.optimizer), weights.values()),
    )


def write_keras(network: dict[str, Any], version: str, weights: dict[Path, Array]) -> bytes:
    """A clean `.keras` file; the same network and weights give the same bytes."""
    members = {
        METADATA: json.dumps({"keras_version": version}).encode(),
        CONFIG: json.dumps(built_once(network)).encode(),
        WEIGHTS: write_hdf5(weights, {}),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def read_archive(reading: Reading, content: bytes) -> dict[str, bytes]:
    """The three members of a `.keras` file; refused if Keras writes no such zip, or one is too large."""
    limits = reading.limits
    most = limits.of_rubric.model_file
    longest = {CONFIG: limits.config_bytes, METADATA: limits.metadata_bytes, WEIGHTS: most}
    entries = content.count(ZIP_ENTRY)
    if entries > MOST_ENTRIES:
        raise _too_many(reading, entries)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_members(reading, archive.infolist())
            return {name: _member(reading, archive, name, longest[name]) for name in MEMBERS}
    except ZIP_DAMAGE as error:
        raise refusal(
            say("`{file}` is damaged or cut short: its zip archive cannot be read.", file=reading.name),
            UPLOAD_AGAIN,
        ) from error


def _too_many(reading: Reading, count: int) -> SubmissionError:
    return refusal(
        say(
            "`{file}` is a zip archive of {count} files; a `.keras` file has {members}.",
            file=reading.name,
            count=count,
            members=len(MEMBERS),
        )
    )


def _check_members(reading: Reading, members: list[zipfile.ZipInfo]) -> None:
    file = reading.name
    if len(members) > reading.limits.members:
        raise _too_many(reading, len(members))
    names = [member.filename for member in members]
    if CONFIG not in names:
        raise _not_of_keras(reading, names)
    for name in names:
        if sum(name.casefold() == other.casefold() for other in names) > 1:
            raise refusal(say("`{file}` holds `{name}` twice.", file=file, name=shown(name)))
        if name.startswith("assets/"):
            sentence = say(
                "`{file}` holds `{name}` for one of its layers; such layers are not accepted.",
                file=file,
                name=shown(name),
            )
            raise refusal(sentence, NUMBERS_ONLY)
        if name not in MEMBERS:
            sentence = say(
                "`{file}` holds `{name}`, which is no part of a `.keras` file.", file=file, name=shown(name)
            )
            raise refusal(sentence)
    for name in MEMBERS:
        if name not in names:
            raise refusal(say("`{file}` has no `{name}` in it.", file=file, name=name))
    if any(member.flag_bits & ZIP_ENCRYPTED or member.compress_type not in ZIP_METHODS for member in members):
        raise refusal(say("`{file}` is encrypted or packed in a way that Keras does not use.", file=file))


def _not_of_keras(reading: Reading, names: list[str]) -> SubmissionError:
    start = say("`{file}` is a zip archive", file=reading.name)
    inside = next((name for name in names if name.lower().endswith((".keras", ".h5", ".hdf5"))), None)
    if any(name.endswith("saved_model.pb") for name in names):
        return refusal(say("{start} of a SavedModel; submit a `.keras` or `.h5` file.", start=start))
    if any(name.endswith("/" + CONFIG) for name in names):
        return refusal(
            say(
                "{start} of a folder; in a `.keras` file `{config}` is at the top.",
                start=start,
                config=CONFIG,
            ),
            say("Submit the `.keras` file as Keras wrote it, without unpacking and packing it again."),
        )
    if inside is not None:
        return refusal(
            say("{start} around `{inside}`, not the model file itself.", start=start, inside=shown(inside)),
            say("Unpack the archive and submit the model file that is in it."),
        )
    if any(name.endswith(("data.pkl", ".npy")) for name in names):
        return refusal(
            say(
                "{start} of PyTorch or NumPy; it should be a model that Keras saved as `.keras` or `.h5`.",
                start=start,
            )
        )
    return refusal(
        say("{start}, but not one that Keras wrote: it has no `{config}`.", start=start, config=CONFIG)
    )


def _member(reading: Reading, archive: zipfile.ZipFile, name: str, longest: int) -> bytes:
    with archive.open(name) as file:
        content = file.read(longest + 1)
    if len(content) > longest:
        raise too_large(reading, name, longest)
    return content


def _todays_paths(reading: Reading, arrays: Mapping[Path, Kept]) -> dict[Path, Kept]:
    """The arrays under the paths that Keras 3 gives them."""
    result: dict[Path, Kept] = {}
    for path, array in arrays.items():
        parts = tuple(part for name in path for part in name.split(WINDOWS))
        if parts != path:
            reading.note(
                say("Backslashes in the names of the weights, as Windows writes them, were read as slashes.")
            )
        if OLD_LAYERS in parts:
            reading.note(say("The weights were moved from where Keras 2 keeps them to where Keras 3 does."))
            parts = tuple(TODAYS_PARTS.get(part, part) for part in parts)
        if parts in result:
            raise refusal(say("`{file}` has two arrays of weights for one place.", file=reading.name))
        result[parts] = array
    return result


def read_h5(reading: Reading, content: bytes) -> Stored:
    """Read an `.h5` file; refused if it is damaged, or has anything in it that Keras does not write."""
    contents = read_hdf5(reading, content, frozenset({H5_WEIGHTS}), LEGACY_GROUP, ATTRIBUTES)
    root = contents.attributes[()]
    described, training, version = root.get(H5_CONFIG), root.get(H5_TRAINING), root.get(VERSION)
    if not isinstance(described, str):
        raise _no_network(reading, contents)
    if len(described) > reading.limits.config_bytes:
        raise too_large(reading, H5_CONFIG, reading.limits.config_bytes)
    weights = _weights(reading, contents)
    return Stored(
        config=read_json(reading, H5_CONFIG, described),
        compiled=read_json(reading, H5_TRAINING, training) if isinstance(training, str) else {},
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
        (): {H5_CONFIG: described, VERSION: version},
        (H5_WEIGHTS,): {LAYER_NAMES: tuple(layers), VERSION: version},
    }
    for layer in layers:
        attributes[H5_WEIGHTS, layer] = {WEIGHT_NAMES: tuple(path[1] for path in weights if path[0] == layer)}
    return write_hdf5({(H5_WEIGHTS, *path): array for path, array in weights.items()}, attributes)


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
            config=H5_CONFIG,
        )
    )


def _weights(reading: Reading, contents: Contents) -> dict[Path, Array]:
    """The weights in order, by the number of the layer among those with weights and that of the weight."""
    result: dict[Path, Array] = {}
    for layer in _names(contents, (H5_WEIGHTS,), LAYER_NAMES):
        group = (H5_WEIGHTS, *layer.split("/"))
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
