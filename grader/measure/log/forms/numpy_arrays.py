"""NumPy's `.npy` and `.npz`: series of numbers, read without pickle."""

import io
import math
import tokenize
import warnings
import zipfile
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.measure.log.document import Document
from grader.measure.log.table import MOST_CELLS, RawColumn, Table, check_size, listed, refusal
from grader.messages.message import Message, say
from grader.messages.wording import quoted
from grader.rubric import Limits
from grader.submissions.archives import ZIP_DAMAGE, ZIP_METHODS

_MAGIC = b"\x93NUMPY"
_ZIP = b"PK\x03\x04"
# Of numbers of eight bytes each.
_MOST_BYTES = 8 * MOST_CELLS
# What `numpy.savez` calls the first array that is given without a name.
_NAMELESS = "arr_0"
# What NumPy raises; the last one from the way in which it reads headers of Python 2.
_DAMAGED_HEADER = (
    *(ValueError, KeyError, TypeError, SyntaxError, OverflowError, MemoryError, RecursionError),
    tokenize.TokenError,
)


class _NoSeriesError(ValueError):
    """The array is not a series of numbers; its argument is a message that says what it is."""


def recognises(document: Document) -> bool:
    """Whether it begins as an array does, or as a zip; only zips of arrays come here."""
    return document.content.startswith((_MAGIC, _ZIP))


def read(document: Document, limits: Limits) -> Table:
    """Read an array as one series, or several from a zip or from an array with named fields.

    Refused if it has no series of numbers, is damaged, or has more than `limits` allows.
    """
    log = quoted(document.name)
    arrays: dict[str, npt.NDArray[Any]] = {}
    odd: dict[str, Message] = {}
    for header, content in _contents(document, limits).items():
        try:
            arrays |= _series(header, _array(content))
        except _NoSeriesError as error:
            odd[header] = error.args[0]
    if not arrays:
        header, what = next(iter(odd.items()))
        array = say("The array {header} in the log {name}", header=quoted(header), name=log)
        whose = array if header != "value" else log
        raise refusal(say("{whose} {what}.", whose=whose, what=what))
    lengths = {len(array) for array in arrays.values()}
    check_size(document.name, max(lengths), len(arrays), limits)
    return Table(
        form="numpy",
        rows=max(lengths),
        columns=tuple(
            RawColumn(header, np.arange(len(array)), array.astype(np.float64))
            for header, array in arrays.items()
        ),
        aligned=len(lengths) == 1,
        notes=(say("Left out, because it is not a series of numbers: {odd}.", odd=listed(odd)),)
        if odd
        else (),
    )


def _contents(document: Document, limits: Limits) -> dict[str, bytes]:
    """The `.npy` files by their names; a single one is called `value`."""
    members = {"value": document.content}
    if document.content.startswith(_ZIP):
        try:
            members = _members(document, limits)
        except ZIP_DAMAGE:
            sentence = say("{name} is a damaged zip of arrays.", name=quoted(document.name))
            raise refusal(sentence) from None
    if sum(map(len, members.values())) > _MOST_BYTES:
        sentence = say(
            "{name} unpacks to more than {most} bytes, the most that is read.",
            name=quoted(document.name),
            most=f"{_MOST_BYTES:,}",
        )
        raise refusal(sentence, say("Submit the log of one run, with only the series that are asked for."))
    return {"value": members[_NAMELESS]} if list(members) == [_NAMELESS] else members


def _members(document: Document, limits: Limits) -> dict[str, bytes]:
    """The unpacked members, one byte over the most that is read in total; a bomb is seen and not unpacked."""
    members: dict[str, bytes] = {}
    left = _MOST_BYTES + 1
    with zipfile.ZipFile(io.BytesIO(document.content)) as archive:
        check_size(document.name, 1, len(archive.infolist()), limits)
        for member in archive.infolist():
            if member.compress_type not in ZIP_METHODS:
                # A few bytes can ask the method LZMA for 4 GB of memory.
                sentence = say(
                    "{name} is a zip that is packed in a way that NumPy does not use.",
                    name=quoted(document.name),
                )
                raise refusal(sentence, say("Write it with `numpy.savez` or `numpy.savez_compressed`."))
            with archive.open(member) as stream:
                unpacked = stream.read(left)
            members[member.filename.removesuffix(".npy")] = unpacked
            left -= len(unpacked)
            if not left:
                break
    return members


def _array(content: bytes) -> npt.NDArray[Any]:
    """The array of an `.npy` file. The header is NumPy's to read; the size that it claims is not believed."""
    stream = io.BytesIO(content)
    try:
        with warnings.catch_warnings():
            # A header of Python 2 is read all the same.
            warnings.simplefilter("ignore")
            version = np.lib.format.read_magic(stream)
            read_header = {
                (1, 0): np.lib.format.read_array_header_1_0,
                (2, 0): np.lib.format.read_array_header_2_0,
            }
            shape, _, dtype = read_header[version](stream)
    except _DAMAGED_HEADER:
        raise _NoSeriesError(say("is a damaged NumPy file")) from None
    if dtype.hasobject:
        raise _NoSeriesError(
            say("has Python objects in it, which are never opened, because a pickle can run code")
        )
    data = content[stream.tell() :]
    if math.prod(shape) * dtype.itemsize != len(data) or not dtype.itemsize:
        raise _NoSeriesError(say("is a NumPy file that is cut off or damaged"))
    if sum(length != 1 for length in shape) > 1:
        raise _NoSeriesError(
            say("has an array of shape {shape}; a log is one series of numbers", shape=str(shape))
        )
    return np.frombuffer(data, dtype)


def _series(header: str, array: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    if array.dtype.names:
        return {
            title: column for title in array.dtype.names for column in _series(title, array[title]).values()
        }
    if not len(array):
        raise _NoSeriesError(say("is an empty array"))
    if array.dtype.kind not in "fiu" or array.ndim != 1:
        raise _NoSeriesError(say("has no numbers in it, but {name}", name=array.dtype.name[:40]))
    return {header: array}
