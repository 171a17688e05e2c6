"""TensorBoard's event file, as `keras.callbacks.TensorBoard` or `tf.summary.scalar` writes it."""

import struct
from collections.abc import Iterator

import numpy as np

from grader.measure.log.document import Document
from grader.measure.log.table import RawColumn, Table, check_size, refusal
from grader.messages.message import say
from grader.messages.wording import quoted
from grader.rubric import Limits

# In the first record of every event file, `file_version`.
_VERSION = b"brain.Event:"
_FIRST_BYTES = 64

# The numbers of the fields that are read, from the public definitions of Event, Summary and TensorProto.
_STEP, _SUMMARY, _VALUE, _TAG, _SIMPLE, _TENSOR = 2, 5, 1, 1, 2, 8
_TYPE, _CONTENT, _FLOATS, _DOUBLES = 1, 4, 5, 6
_FORMATS = {1: "<f", 2: "<d", 3: "<i", 9: "<q", 19: "<e"}

# Tags of Keras: `epoch_loss` is per epoch; `evaluation_loss_vs_iterations` is in files of validation only.
_PER_EPOCH = "epoch_"
_OF_VALIDATION = "evaluation_"


def recognises(document: Document) -> bool:
    """Whether its first record is an event file's."""
    return _VERSION in document.content[:_FIRST_BYTES]


def read(document: Document, limits: Limits) -> Table:
    """Read the scalars: a row for each step of a tag, `epoch` for the tags that Keras writes once an epoch.

    Keras writes validation into a file of its own with the same tags, which get `validation/` in front.
    Refused if the file is damaged, has no scalars, or more than `limits` allows.
    """
    try:
        scalars = list(_scalars(document.content))
    except ValueError:
        raise refusal(say("The event file {name} is damaged.", name=quoted(document.name))) from None
    tags = dict.fromkeys(tag for tag, _, _ in scalars)
    if not tags:
        raise refusal(say("The event file {name} has no scalars in it.", name=quoted(document.name)))
    of_validation = any(tag.startswith(_OF_VALIDATION) for tag in tags)
    rows = _rows(scalars)
    check_size(document.name, len(rows), len(tags) + 2, limits)
    columns = [
        _column(place, [(at, float(step)) for at, (own, step, _) in enumerate(rows) if own == place])
        for place in ("epoch", "step")
    ]
    for tag in tags:
        prefixed = of_validation and not tag.startswith(_OF_VALIDATION)
        cells = [(at, values[tag]) for at, (_, _, values) in enumerate(rows) if tag in values]
        columns.append(_column(f"validation/{tag}" if prefixed else tag, cells))
    filled = tuple(column for column in columns if len(column.rows))
    notes = (say("The event file holds the validation data."),) if of_validation else ()
    return Table("tensorboard", len(rows), filled, notes=notes)


def _rows(scalars: list[tuple[str, int, float]]) -> list[tuple[str, int, dict[str, float]]]:
    """The values by tag of each `epoch` and of each `step`; a tag that comes again begins a new row."""
    rows: list[tuple[str, int, dict[str, float]]] = []
    current: dict[tuple[str, int], dict[str, float]] = {}
    for tag, step, value in scalars:
        place = "epoch" if tag.startswith(_PER_EPOCH) else "step"
        values = current.get((place, step))
        if values is None or tag in values:
            values = current[place, step] = {}
            rows.append((place, step, values))
        values[tag] = value
    return rows


def _column(header: str, cells: list[tuple[int, float]]) -> RawColumn:
    rows = np.array([row for row, _ in cells], dtype=np.int64)
    return RawColumn(header, rows, np.array([value for _, value in cells], dtype=np.float64))


def _scalars(content: bytes) -> Iterator[tuple[str, int, float]]:
    for record in records(content):
        step, summaries = 0, []
        for number, value in fields(record):
            if number == _STEP and isinstance(value, int):
                step = value
            elif number == _SUMMARY and isinstance(value, bytes):
                summaries.append(value)
        for summary in summaries:
            for number, value in fields(summary):
                if number == _VALUE and isinstance(value, bytes):
                    yield from ((tag, step, scalar) for tag, scalar in _scalar(value))


def _scalar(message: bytes) -> Iterator[tuple[str, float]]:
    parts = dict(fields(message))
    tag, simple, tensor = parts.get(_TAG), parts.get(_SIMPLE), parts.get(_TENSOR)
    if not isinstance(tag, bytes):
        return
    name = tag.decode("utf-8", "replace")
    if isinstance(simple, bytes) and len(simple) == 4:
        yield name, struct.unpack("<f", simple)[0]
    elif isinstance(tensor, bytes):
        number = _of_tensor(dict(fields(tensor)))
        if number is not None:
            yield name, number


def _of_tensor(parts: dict[int, int | bytes]) -> float | None:
    """The number of a tensor that has one, else None."""
    kind = parts.get(_TYPE)
    if not isinstance(kind, int) or kind not in _FORMATS:
        return None
    layout = _FORMATS[kind]
    for place in (_CONTENT, {1: _FLOATS, 2: _DOUBLES}.get(kind, _CONTENT)):
        packed = parts.get(place)
        if isinstance(packed, bytes) and len(packed) == struct.calcsize(layout):
            return float(struct.unpack(layout, packed)[0])
    return None


_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5
_LONGEST_VARINT = 10


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message in order, each with its number; numbers as int, all others as their bytes.

    Raises ValueError if it is cut off or of another format than https://protobuf.dev/programming-guides/encoding/
    """
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind == _VARINT:
            number, at = _varint(message, at)
            yield key >> 3, number
            continue
        if kind == _BYTES:
            length, at = _varint(message, at)
        elif kind in {_EIGHT_BYTES, _FOUR_BYTES}:
            length = 8 if kind == _EIGHT_BYTES else 4
        else:
            raise ValueError(f"unknown wire type {kind}")
        if at + length > len(message):
            raise ValueError("the message is cut off")
        yield key >> 3, message[at : at + length]
        at += length


def records(content: bytes) -> Iterator[bytes]:
    """The records of a TFRecord file: length (8 bytes), its checksum (4), the record, its checksum (4).

    A last record that is cut off is left out. The checksums are not looked at.
    """
    at = 0
    while at + 12 <= len(content):
        (length,) = struct.unpack_from("<Q", content, at)
        if at + length + 16 > len(content):
            return
        yield content[at + 12 : at + 12 + length]
        at += length + 16


def _varint(message: bytes, at: int) -> tuple[int, int]:
    number = 0
    for count in range(_LONGEST_VARINT):
        if at + count >= len(message):
            break
        byte = message[at + count]
        number |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return number, at + count + 1
    raise ValueError("a number is cut off")
