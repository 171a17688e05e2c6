"""The zip archive that a `.keras` file is: its three members out, and a fresh one in."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from grader.errors import SubmissionError
from grader.measure.model.reading import NUMBERS_ONLY, SAVE_AGAIN, UPLOAD_AGAIN, Reading, shown
from grader.messages.message import say

CONFIG = "config.json"
METADATA = "metadata.json"
WEIGHTS = "model.weights.h5"
MEMBERS = (METADATA, CONFIG, WEIGHTS)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1
# Each entry of the directory starts like this; millions of them fit into a file and would take gigabytes as
# objects, so they are counted first. Weights may hold these bytes by chance, but not so often.
ENTRY = b"PK\x01\x02"
MOST_ENTRIES = 1000


def read_archive(reading: Reading, content: bytes) -> dict[str, bytes]:
    """The three members of a `.keras` file.

    Raises:
        SubmissionError: it is no zip, not one of Keras', or a member is larger than the limits.
    """
    longest = {
        CONFIG: reading.limits.config_bytes,
        METADATA: reading.limits.metadata_bytes,
        WEIGHTS: reading.limits.file_bytes,
    }
    entries = content.count(ENTRY)
    if entries > MOST_ENTRIES:
        raise _too_many(reading, entries)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_members(reading, archive.infolist())
            return {name: _member(reading, archive, name, longest[name]) for name in MEMBERS}
    except (
        *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
        *(RuntimeError, NotImplementedError, ValueError, OverflowError),
    ) as error:  # zipfile raises any of these on a damaged archive
        raise SubmissionError(
            say("`{file}` is damaged or cut short: its zip archive cannot be read.", file=reading.name),
            UPLOAD_AGAIN,
        ) from error


def write_archive(members: Mapping[str, bytes]) -> bytes:
    """A fresh archive; the same members give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def _too_many(reading: Reading, count: int) -> SubmissionError:
    return SubmissionError(
        say(
            "`{file}` is a zip archive of {count} files; a `.keras` file has {members}.",
            file=reading.name,
            count=count,
            members=len(MEMBERS),
        ),
        SAVE_AGAIN,
    )


def _check_members(reading: Reading, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > reading.limits.members:
        raise _too_many(reading, len(members))
    names = [member.filename for member in members]
    if CONFIG not in names:
        raise _not_of_keras(reading, names)
    for name in names:
        if sum(name.casefold() == other.casefold() for other in names) > 1:
            raise SubmissionError(
                say("`{file}` holds `{name}` twice.", file=reading.name, name=shown(name)), SAVE_AGAIN
            )
        if name not in MEMBERS:
            raise _unexpected(reading, name)
    for name in MEMBERS:
        if name not in names:
            raise SubmissionError(
                say("`{file}` has no `{name}` in it.", file=reading.name, name=name), SAVE_AGAIN
            )
    for member in members:
        if member.flag_bits & ENCRYPTED or member.compress_type not in METHODS:
            raise SubmissionError(
                say("`{file}` is encrypted or packed in a way that Keras does not use.", file=reading.name),
                SAVE_AGAIN,
            )


def _not_of_keras(reading: Reading, names: list[str]) -> SubmissionError:
    start = say("`{file}` is a zip archive", file=reading.name)
    inside = next((name for name in names if name.lower().endswith((".keras", ".h5", ".hdf5"))), None)
    if any(name.endswith("saved_model.pb") for name in names):
        return SubmissionError(
            say("{start} of a SavedModel; a `.keras` or `.h5` file was asked for.", start=start), SAVE_AGAIN
        )
    if any(name.endswith("/" + CONFIG) for name in names):
        return SubmissionError(
            say(
                "{start} of a folder; in a `.keras` file `{config}` stands at the top.",
                start=start,
                config=CONFIG,
            ),
            say("Submit the `.keras` file as Keras wrote it, without unpacking and packing it again."),
        )
    if inside is not None:
        return SubmissionError(
            say(
                "{start} around `{inside}`; the model file itself was asked for.",
                start=start,
                inside=shown(inside),
            ),
            say("Unpack the archive and submit the model file that is in it."),
        )
    if any(name.endswith(("data.pkl", ".npy")) for name in names):
        return SubmissionError(
            say(
                "{start} of PyTorch or NumPy; a model saved by Keras as `.keras` or `.h5` was asked for.",
                start=start,
            ),
            SAVE_AGAIN,
        )
    return SubmissionError(
        say("{start}, but not one that Keras wrote: it has no `{config}`.", start=start, config=CONFIG),
        SAVE_AGAIN,
    )


def _unexpected(reading: Reading, name: str) -> SubmissionError:
    if name.startswith("assets/"):
        return SubmissionError(
            say(
                "`{file}` holds `{name}` for one of its layers; such layers are not loaded here.",
                file=reading.name,
                name=shown(name),
            ),
            NUMBERS_ONLY,
        )
    return SubmissionError(
        say(
            "`{file}` holds `{name}`, which is no part of a `.keras` file.",
            file=reading.name,
            name=shown(name),
        ),
        SAVE_AGAIN,
    )


def _member(reading: Reading, archive: zipfile.ZipFile, name: str, longest: int) -> bytes:
    with archive.open(name) as file:
        content = file.read(longest + 1)
    if len(content) > longest:
        raise SubmissionError(
            say(
                "The `{name}` in `{file}` is larger than {longest} bytes, the most that is read.",
                name=name,
                file=reading.name,
                longest=longest,
            ),
            SAVE_AGAIN,
        )
    return content
