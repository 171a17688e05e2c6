"""HDF5 read by value: plain arrays and texts come out, and nothing that a link or a filter could lead to.

HDF5 can point into other files, run filters from plug-ins and declare gigabytes in a few bytes.
So every object is looked at before it is opened, and only arrays of plain numbers are read.
"""

import io
import math
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import h5py
import numpy as np

from grader.errors import SubmissionError
from grader.measure.model.arrays import Array, Path, Totals, as_float32, totals_of
from grader.measure.model.reading import UPLOAD_AGAIN, Reading, check_weights, refusal, shown
from grader.messages.message import Message, say

Attribute = str | tuple[str, ...]

# The separator that Keras 2 wrote into names on Windows.
WINDOWS = "\\"
PLAIN_KINDS = "fiub"
# HDF5 has no bfloat16, so Keras' are two opaque bytes: the upper half of a float32.
BFLOAT16 = np.dtype("V2")
LARGEST_ITEM = 8
# Of a wrapped Adam a file has the moments twice, each up to four arrays for one of weights.
MOST_SUMMED = 8
# Chunks up to the first may be larger than their array; none is smaller than the second unless the array is.
FREE_CHUNK = 16 * 2**10
SMALLEST_CHUNK = 2**10
# Chunks at the edges of an array may be larger than what is left of it.
MOST_AT_THE_EDGES = 4
FILTERS = frozenset({h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32})

# The signature of a global heap, version 1 and three reserved zeros; and the head of an object in it.
MARK = b"GCOL\x01\0\0\0"
HEAD = len(MARK) + 8
OBJECT = struct.Struct("<HHxxxxQ")
ALIGNMENT = 8


@dataclass(frozen=True)
class Contents:
    """What was read from an HDF5 file; the root's path is ()."""

    weights: Mapping[Path, Array]
    attributes: Mapping[Path, Mapping[str, Attribute]]  # of each group, by name
    optimizer: Mapping[Path, Totals]


def read_hdf5(
    reading: Reading, content: bytes, weights: frozenset[str], optimizer: str, attributes: frozenset[str]
) -> Contents:
    """Read these groups of an HDF5 file, and these attributes or their numbered parts (`name0`, ...).

    Of the optimizer's arrays the sums are kept. If they have more than eight times as many numbers as the
    weights, only single ones are read: no optimizer keeps as much.
    Refused if it is damaged, or has anything in it that Keras does not write.
    """
    if not heaps_are_sound(content):
        raise _damaged(reading)
    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            return _contents(reading, file, weights, optimizer, attributes)
    except (
        *(OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError),
        *(NotImplementedError, OverflowError, MemoryError),
    ) as error:  # h5py raises any of these on a damaged file
        raise _damaged(reading) from error


def _contents(
    reading: Reading, file: Any, weights: frozenset[str], optimizer: str, attributes: frozenset[str]
) -> Contents:
    groups: dict[Path, Any] = {}
    chosen: dict[Path, Any] = {}
    summed: dict[Path, Any] = {}
    for path, found in _walk(reading, file):
        if isinstance(found, h5py.Group):
            groups[path] = found
            continue
        _check_array(reading, path, found)
        top = path[0].partition(WINDOWS)[0]
        if top in weights:
            chosen[path] = found
        elif top == optimizer:
            summed[path] = found
    total = _size(chosen)
    check_weights(reading, total)
    if _size(summed) > MOST_SUMMED * total:
        summed = {path: dataset for path, dataset in summed.items() if dataset.size == 1}
    return Contents(
        {path: _value(dataset) for path, dataset in chosen.items()},
        {
            path: {
                name: _text(reading, group, name)
                for name in group.attrs
                if name.rstrip("0123456789") in attributes
            }
            for path, group in groups.items()
        },
        {path: _totals(dataset) for path, dataset in summed.items()},
    )


def _damaged(reading: Reading) -> SubmissionError:
    return refusal(
        say("`{file}` is damaged or cut short: its HDF5 part cannot be read.", file=reading.name),
        UPLOAD_AGAIN,
    )


def heaps_are_sound(content: bytes) -> bool:
    """Whether every chain of objects in the file's global heaps, of texts, goes on to the end of its heap.

    The HDF5 library (1.14) never ends on a free object of size 0, and a worker that hangs tells the student
    nothing. Heaps lie beside each other, so together they are no larger than the file; heaps inside the
    objects of one another would be walked through again and again.
    Layout: HDF5 File Format Specification, version 3.0, section III.E, "Disk Format: Level 1E - Global Heap".
    """
    left = len(content)
    start = content.find(MARK)
    while start >= 0:
        if start + HEAD > len(content):
            return False
        (size,) = struct.unpack_from("<Q", content, start + len(MARK))
        left -= size
        if size < HEAD or start + size > len(content) or left < 0 or not _is_sound(content, start, size):
            return False
        start = content.find(MARK, start + 1)
    return True


def _is_sound(content: bytes, start: int, size: int) -> bool:
    end = start + size
    place = start + HEAD
    while place + OBJECT.size <= end:
        index, _, length = OBJECT.unpack_from(content, place)
        # Object 0 is the free space, and its size counts its own head.
        step = length if index == 0 else OBJECT.size + -(-length // ALIGNMENT) * ALIGNMENT
        if step < OBJECT.size or place + step > end:
            return False
        place += step
    return True


def _walk(reading: Reading, file: Any) -> Iterator[tuple[Path, Any]]:
    depth, most = reading.limits.hdf5_depth, reading.limits.hdf5_objects
    seen = {h5py.h5o.get_info(file.id).addr}
    waiting: list[tuple[Path, Any]] = [((), file)]
    while waiting:
        path, group = waiting.pop()
        yield path, group
        if len(path) >= depth:
            raise _unwritten(reading, say("groups nested more than {depth} deep", depth=depth))
        if len(seen) + len(group) > most:
            raise _unwritten(reading, say("more than {most} groups and arrays", most=most))
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise _unwritten(reading, say("a link in place of `{name}`", name=shown(name)))
            information = h5py.h5o.get_info(group.id, name.encode("utf-8", "surrogateescape"))
            if information.addr in seen:
                raise _unwritten(reading, say("the object `{name}` in two places", name=shown(name)))
            seen.add(information.addr)
            if information.type == h5py.h5o.TYPE_GROUP:
                waiting.append(((*path, name), group[name]))
            elif information.type == h5py.h5o.TYPE_DATASET:
                yield (*path, name), group[name]
            else:
                raise _unwritten(reading, say("a data type of its own, `{name}`", name=shown(name)))


def _check_array(reading: Reading, path: Path, dataset: Any) -> None:
    """Refuse an array that is not of plain numbers, all of them in this file."""
    name, dtype = shown("/".join(path)), dataset.dtype
    if dtype != BFLOAT16 and (dtype.kind not in PLAIN_KINDS or dtype.itemsize > LARGEST_ITEM):
        what = say("`{name}`, which holds `{dtype}` and no plain numbers", name=name, dtype=shown(dtype))
        raise _unwritten(reading, what)
    creation = dataset.id.get_create_plist()
    if creation.get_external_count() or creation.get_layout() == h5py.h5d.VIRTUAL or dataset.shape is None:
        raise _unwritten(reading, say("`{name}`, whose numbers are not in the file", name=name))
    if not {creation.get_filter(index)[0] for index in range(creation.get_nfilters())} <= FILTERS:
        what = say("`{name}`, which is packed in a way that Keras does not use", name=name)
        raise _unwritten(reading, what)
    declared, stored = dataset.size * dtype.itemsize, dataset.id.get_storage_size()
    if declared > reading.limits.compression_free_bytes and stored * reading.limits.compression < declared:
        what = say(
            "`{name}`, which says it has {declared} bytes and stores {stored}",
            name=name,
            declared=declared,
            stored=stored,
        )
        raise _unwritten(reading, what)
    _check_chunks(reading, name, dataset, declared)


def _check_chunks(reading: Reading, name: str, dataset: Any, declared: int) -> None:
    """Refuse an array whose chunks are far larger than it, or so small that there are millions of them."""
    if dataset.chunks is None:
        return
    sides = list(zip(dataset.shape, dataset.chunks, strict=True))
    chunk = math.prod(dataset.chunks) * dataset.dtype.itemsize
    unpacked = chunk * math.prod(-(-length // side) for length, side in sides)
    if unpacked > max(FREE_CHUNK, MOST_AT_THE_EDGES * declared) or chunk < min(declared, SMALLEST_CHUNK):
        what = say(
            "`{name}`, which has {declared} bytes in chunks of {chunk} bytes",
            name=name,
            declared=declared,
            chunk=chunk,
        )
        raise _unwritten(reading, what)


def _size(datasets: Mapping[Path, Any]) -> int:
    return sum(dataset.size for dataset in datasets.values())


def _totals(dataset: Any) -> Totals:
    found = totals_of(_value(dataset))
    return replace(found, dtype="bfloat16") if dataset.dtype == BFLOAT16 else found


def _value(dataset: Any) -> Array:
    value = np.asarray(dataset[()])
    if value.dtype == BFLOAT16:
        return as_float32(value.view("<u2"))
    return value.astype(value.dtype.newbyteorder("="), copy=False)


def _text(reading: Reading, group: Any, name: str) -> Attribute:
    attribute = h5py.h5a.open(group.id, name.encode("utf-8"))
    count = math.prod(attribute.shape or ())
    if count == 0:
        return ()
    if attribute.dtype.kind != "S" and h5py.check_string_dtype(attribute.dtype) is None:
        raise _unwritten(reading, say("the attribute `{name}`, which is not text", name=shown(name)))
    size = reading.limits.attribute_bytes
    if count * attribute.dtype.itemsize > size:
        what = say("the attribute `{name}`, which is larger than {size} bytes", name=shown(name), size=size)
        raise _unwritten(reading, what)
    value = group.attrs[name]
    if isinstance(value, np.ndarray):
        return tuple(_decoded(part) for part in value.ravel().tolist())
    return _decoded(value)


def _decoded(value: Any) -> str:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)


def _unwritten(reading: Reading, what: Message) -> SubmissionError:
    return refusal(say("`{file}` holds {what}; Keras does not write that.", file=reading.name, what=what))


def write_hdf5(arrays: Mapping[Path, Array], attributes: Mapping[Path, Mapping[str, Attribute]]) -> bytes:
    """A fresh HDF5 file with these arrays and attributes; the same input gives the same bytes."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for path, array in arrays.items():
            file.create_dataset("/".join(path), data=array)
        for path, texts in attributes.items():
            group = file.require_group("/" + "/".join(path))
            for name, text in texts.items():
                group.attrs[name] = (
                    text if isinstance(text, str) else np.array(text, dtype=h5py.string_dtype())
                )
    return buffer.getvalue()
