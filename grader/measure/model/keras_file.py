"""A `.keras` file, a zip archive of three members: its network and weights out, and a clean one in."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from grader.errors import SubmissionError
from grader.measure.model.arrays import Array, Path
from grader.measure.model.compiled import GROUP, OptimizerState, from_keras
from grader.measure.model.filetype import CONFIG, MEMBERS, METADATA, WEIGHTS
from grader.measure.model.hdf5 import WINDOWS, read_hdf5, write_hdf5
from grader.measure.model.network import built_once
from grader.measure.model.reading import NUMBERS_ONLY, UPLOAD_AGAIN, Reading, refusal, shown, too_large
from grader.measure.model.strict_json import read_json
from grader.measure.sources import ZIP_DAMAGE, ZIP_ENCRYPTED, ZIP_ENTRY, ZIP_METHODS
from grader.messages.message import say

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
    config = read_json(reading, say("The `{config}`", config=CONFIG), members[CONFIG])
    metadata = read_json(reading, say("The `{config}`", config=METADATA), members[METADATA])
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
