"""NumPy's `.npy` and `.npz` as data: headers are read without pickle, and sizes are not believed."""

import io
import math
import tokenize
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.messages.message import say
from grader.submissions.archives import ZIP_METHODS

MAGIC = b"\x93NUMPY"
ZIP = b"PK\x03\x04"
# What NumPy raises; the last one from the way in which it reads headers of Python 2.
_DAMAGED_HEADER = (
    *(ValueError, KeyError, TypeError, SyntaxError, OverflowError, MemoryError, RecursionError),
    tokenize.TokenError,
)


class NotNumbersError(ValueError):
    """The array is not one of numbers; its argument is a message that says what it is."""


class OtherPackingError(ValueError):
    """The zip is packed in a way that NumPy does not use."""


def unpacked(content: bytes, largest: int, check: Callable[[int], None]) -> dict[str, bytes]:
    """The `.npy` files of a zip by their names, of at most `largest` and one bytes: a bomb is seen so.

    `check` is told how many there are before any is unpacked. A damaged zip raises one of `ZIP_DAMAGE`.

    Raises:
        OtherPackingError: A member is packed in a rare way.
    """
    members: dict[str, bytes] = {}
    left = largest + 1
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        check(len(archive.infolist()))
        for member in archive.infolist():
            if member.compress_type not in ZIP_METHODS:
                # A few bytes can ask the method LZMA for 4 GB of memory.
                raise OtherPackingError
            with archive.open(member) as stream:
                content = stream.read(left)
            members[member.filename.removesuffix(".npy")] = content
            left -= len(content)
            if not left:
                break
    return members


def array_of(content: bytes) -> npt.NDArray[Any]:
    """The array of an `.npy` file. The header is NumPy's to read; the size that it claims is not believed.

    Raises:
        NotNumbersError: It is damaged, or has Python objects in it.
    """
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
            shape, is_fortran, dtype = read_header[version](stream)
    except _DAMAGED_HEADER:
        raise NotNumbersError(say("is a damaged NumPy file")) from None
    if dtype.hasobject:
        raise NotNumbersError(
            say("has Python objects in it, which are never opened, because a pickle can run code")
        )
    data = content[stream.tell() :]
    if math.prod(shape) * dtype.itemsize != len(data) or not dtype.itemsize:
        raise NotNumbersError(say("is a NumPy file that is cut off or damaged"))
    try:
        return np.frombuffer(data, dtype).reshape(shape, order="F" if is_fortran else "C")
    except ValueError:
        # A header may have more axes than there can be, or ones of a negative length.
        raise NotNumbersError(say("is a damaged NumPy file")) from None
