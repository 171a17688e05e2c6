"""Builds logs of every form, as bytes, and reads them."""

import io
import struct
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pytest

from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.evidence.log import Log
from grader.measure.log.read import read as read_log
from grader.rubric import Limits, Plan


def read(
    content: str | bytes, name: str = "log.csv", most_rows: int = Limits().log_rows, **declared: Any
) -> Log:
    """The log of a text or of bytes; `column`, `scope` and `stage` are what `submission.yaml` declares."""
    declaration = Declaration(**{f"norm_{key}": value for key, value in declared.items()})
    content = content.encode() if isinstance(content, str) else content
    return read_log(name, content, declaration, Plan(limits=Limits(log_rows=most_rows)))


def refused(content: str | bytes, name: str = "log.csv", **declared: Any) -> SubmissionError:
    """The refusal of a log."""
    with pytest.raises(SubmissionError) as caught:
        read(content, name, **declared)
    return caught.value


def values(log: Log) -> dict[str, list[float]]:
    """The values of each column by its header."""
    return {column.header: list(column.values) for column in log.columns}


def rows(log: Log, name: str) -> list[int]:
    """The rows of the first column of a name."""
    column = log.column(name)
    assert column is not None
    return list(column.rows)


def npy(array: Any) -> bytes:
    """The bytes of an array in an `.npy` file."""
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def npz(*arrays: Any, **named: Any) -> bytes:
    """The bytes of arrays in an `.npz` file."""
    stream = io.BytesIO()
    np.savez_compressed(stream, *arrays, **named)
    return stream.getvalue()


def event_file(events: Iterable[tuple[str, int, float]], *, as_tensor: bool = True) -> bytes:
    """The bytes of a TensorBoard event file with scalars, as TensorFlow 2 (tensors) or 1 writes them."""
    version = _field(1, struct.pack("<d", 1.7e9)) + _field(3, b"brain.Event:2")
    return _record(version) + b"".join(
        _record(_field(2, step) + _field(5, _field(1, _scalar(tag, value, as_tensor=as_tensor))))
        for tag, step, value in events
    )


def _scalar(tag: str, value: float, *, as_tensor: bool) -> bytes:
    packed = struct.pack("<f", value)
    if not as_tensor:
        return _field(1, tag.encode()) + _varint(2 << 3 | 5) + packed
    return _field(1, tag.encode()) + _field(8, _field(1, 1) + _field(4, packed))


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    if number == 1 and len(value) == 8:
        return _varint(number << 3 | 1) + value
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*encoded, number])


def _record(message: bytes) -> bytes:
    return struct.pack("<Q", len(message)) + bytes(4) + message + bytes(4)


def csv_text(columns: Mapping[str, Iterable[Any]], separator: str = ",", newline: str = "\n") -> str:
    """Columns as delimited text; every value is written as `str` does."""
    table = zip(*columns.values(), strict=True)
    return newline.join([separator.join(columns), *(separator.join(map(str, row)) for row in table), ""])
