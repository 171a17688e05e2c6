"""HDF5 files that Keras does not write: links, filters, types and sizes."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from builders_models import a_keras_file, hdf5, numbers, the_weights

from grader.errors import SubmissionError
from grader.measure.model.hdf5 import read_hdf5, write_hdf5
from grader.measure.model.read import read_model
from grader.measure.model.reading import SAVE_AGAIN, SMALLER, UPLOAD_AGAIN, Limits, Reading

DAMAGED = "`model.keras` is damaged or cut short: its HDF5 part cannot be read."


def changed(change: Callable[[Any], Any]) -> bytes:
    """The weights of the smallest network after a change."""
    buffer = io.BytesIO(hdf5(the_weights()))
    with h5py.File(buffer, "r+") as file:
        change(file)
    return buffer.getvalue()


def refused(weights: bytes, limits: Limits | None = None) -> SubmissionError:
    """The error that a `.keras` file with these weights is refused with."""
    with pytest.raises(SubmissionError) as caught:
        read_model("model.keras", a_keras_file(weights=weights), limits)
    return caught.value


def soft_link(file: Any) -> None:
    """A link to another place in the file."""
    file["layers/other"] = h5py.SoftLink("/layers/dense")


def external_link(file: Any) -> None:
    """A link into another file."""
    file["layers/other"] = h5py.ExternalLink("/etc/hostname", "/x")


def loop(file: Any) -> None:
    """A group inside itself."""
    file["layers/loop"] = file["layers"]


def twice(file: Any) -> None:
    """One array under two names."""
    file["layers/dense/vars/2"] = file["layers/dense/vars/0"]


def external_storage(file: Any) -> None:
    """Numbers in another file."""
    file.create_dataset("layers/x", (4,), "f4", external=[("/etc/hostname", 0, 16)])


def virtual(file: Any) -> None:
    """Numbers gathered from other files."""
    layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
    layout[:] = h5py.VirtualSource("/etc/hostname", "x", shape=(4,))
    file.create_virtual_dataset("layers/x", layout)


def no_space(file: Any) -> None:
    """An array without a shape."""
    file["layers/x"] = h5py.Empty("f4")


def committed_type(file: Any) -> None:
    """A data type that stands as an object."""
    file["layers/x"] = np.dtype("f4")


def other_filter(file: Any) -> None:
    """A filter that Keras does not use."""
    file.create_dataset("layers/x", data=numbers(100), compression="lzf")


def deep(file: Any) -> None:
    """Groups in groups."""
    file.create_group("/".join("g" * 40))


@pytest.mark.hostile_row(14, 15, 18, 19)
@pytest.mark.parametrize(
    ("change", "what"),
    [
        (soft_link, "a link in place of `other`"),
        (external_link, "a link in place of `other`"),
        (loop, "the object `loop` in two places"),
        (twice, "the object `2` in two places"),
        (external_storage, "`layers/x`, whose numbers are not in the file"),
        (virtual, "`layers/x`, whose numbers are not in the file"),
        (no_space, "`layers/x`, whose numbers are not in the file"),
        (committed_type, "a data type of its own, `x`"),
        (other_filter, "`layers/x`, which is packed in a way that Keras does not use"),
        (deep, "groups nested more than 32 deep"),
    ],
)
def test_what_keras_does_not_write_is_refused(change: Callable[[Any], Any], what: str) -> None:
    """Each is refused before anything is read from it."""
    error = refused(changed(change))

    assert f"`model.keras` holds {what}; Keras does not write that." == str(error.message)
    assert str(SAVE_AGAIN) == str(error.hint)


@pytest.mark.hostile_row(17)
@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (np.array(["a", "b"], dtype=h5py.string_dtype()), "object"),
        (np.array([b"a" * 100]), "|S100"),
        (np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f4")]), "[('a', '<i4'), ('b', '<f4')]"),
        (np.array([1j]), "complex128"),
        (np.array([1.0], dtype="longdouble"), str(np.dtype("longdouble"))),
    ],
)
def test_only_plain_numbers_are_read(data: Any, kind: str) -> None:
    """Texts, records, references and wide numbers are refused by their type."""
    error = refused(hdf5({**the_weights(), "layers/x": data}))

    assert (
        f"`model.keras` holds `layers/x`, which holds `{kind}` and no plain numbers; Keras does not "
        "write that." == (str(error.message))
    )


@pytest.mark.hostile_row(16)
def test_an_array_that_inflates_is_refused() -> None:
    """Two gigabytes in a few bytes are never unpacked."""
    weights = changed(
        lambda file: file.create_dataset(
            "layers/x", (500_000_000,), "f4", chunks=(1_000_000,), compression="gzip"
        )
    )

    assert len(weights) < 20_000
    assert (
        "`model.keras` holds `layers/x`, which says it has 2000000000 bytes and stores 0; Keras "
        "does not write that."
    ) == str(refused(weights).message)


@pytest.mark.hostile_row(19)
def test_many_objects_are_refused() -> None:
    """The number of groups and arrays is capped before they are opened."""
    weights = changed(lambda file: [file.create_group(f"g{number}") for number in range(200)])

    assert "`model.keras` holds more than 100 groups and arrays; Keras does not write that." == (
        str(refused(weights, Limits(hdf5_objects=100)).message)
    )


def test_too_many_weights_are_refused() -> None:
    """Both numbers are said."""
    error = refused(hdf5(the_weights()), Limits(parameters=7))

    assert "`model.keras` has 8 weights; at most 7 are read." == str(error.message)
    assert str(SMALLER) == str(error.hint)


@pytest.mark.hostile_row(18)
@pytest.mark.parametrize(
    "weights",
    [
        b"",
        b"lol",
        b"\x89HDF\r\n\x1a\n",
        b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 8,
        hdf5(the_weights())[:900],
    ],
)
def test_damaged_weights_say_so(weights: bytes) -> None:
    """Random bytes and a part of a file end in the same sentence."""
    error = refused(weights)

    assert str(DAMAGED) == str(error.message)
    assert str(UPLOAD_AGAIN) == str(error.hint)


def test_what_is_written_is_what_is_read() -> None:
    """A clean file gives back its arrays and texts, whatever their byte order was."""
    arrays = {("a", "b"): numbers(2, 3), ("c",): np.array(5, dtype=">i8")}
    attributes = {(): {"text": "é"}, ("a",): {"names": ("x", "y"), "none": ()}}
    reading = Reading("model.keras", Limits())

    contents = read_hdf5(
        reading, write_hdf5(arrays, attributes), lambda *_: True, frozenset({"text", "names", "none"})
    )

    assert numbers(2, 3).tolist() == contents.arrays["a", "b"].tolist()
    assert 5 == contents.arrays["c",].item()
    assert {"text": "é"} == contents.attributes[()]
    assert {"names": ("x", "y"), "none": ()} == contents.attributes["a",]


def test_the_same_input_gives_the_same_bytes() -> None:
    """No time and no chance in a clean file."""
    arrays = {("a",): numbers(4)}

    assert write_hdf5(arrays, {}) == write_hdf5(arrays, {})


@pytest.mark.hostile_row(19)
def test_an_attribute_over_the_cap_is_refused() -> None:
    """Ten megabytes in one attribute of fixed width are not read."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w", libver="latest") as file:
        file.attrs["model_config"] = np.bytes_(b" " * 100_000)
    reading = Reading("model.h5", Limits(attribute_bytes=50_000))

    with pytest.raises(SubmissionError) as caught:
        read_hdf5(reading, buffer.getvalue(), lambda *_: True, frozenset({"model_config"}))

    assert (
        "`model.h5` holds the attribute `model_config`, which is larger than 50000 bytes; Keras "
        "does not write that."
    ) == str(caught.value.message)


@pytest.mark.hostile_row(14)
def test_no_file_is_touched(tmp_path: Path) -> None:
    """A file that is linked to stays closed: it may be a pipe that never ends."""
    target = tmp_path / "pipe"

    def link(file: Any) -> None:
        file["layers/x"] = h5py.ExternalLink(str(target), "/")

    assert "a link in place of `x`" in str(refused(changed(link)).message)
    assert not target.exists()
