"""Reads answers: an `.npz` of arrays of numbers, as data."""

import io
import zipfile
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.evidence.answers import MOST_ARRAYS, MOST_DIMENSIONS, SAVE, Answers, Array
from grader.evidence.values import Numbers
from grader.measure.answers import LARGEST
from grader.measure.numpy_files import MAGIC, ZIP, NotNumbersError, OtherPackingError, array_of, unpacked
from grader.measure.sources import shown
from grader.messages.message import Message, say, together
from grader.messages.safe_text import plain
from grader.rubric import Plan
from grader.submissions.archives import ZIP_DAMAGE, ZIP_ENTRY

# Exercises ask for a few hundred.
MOST_NUMBERS = 100_000
_LONGEST_NAME = 200
_SAVE = together(SAVE, say("Of a tensor, save `.numpy()`; in PyTorch, that is `.detach().cpu().numpy()`."))
# How files begin that are handed in instead.
_KINDS = (
    (MAGIC, say("a single array (`.npy`)")),
    (b"\x89HDF", say("an HDF5 file")),
    (b"\x80", say("a pickle, which is never opened because it can run code")),
    (b"MATLAB", say("a file of MATLAB")),
)


def read(name: str, content: bytes, _declaration: Declaration, _plan: Plan) -> Answers:
    """The arrays by their names; refused if the file is no `.npz`, is damaged, or has too much in it."""
    file = shown(name)
    if not content.startswith(ZIP):
        raise SubmissionError(
            say("{name} is {what}; asked for is an `.npz` file.", name=file, what=_kind(content)), _SAVE
        )
    if (count := content.count(ZIP_ENTRY)) > MOST_ARRAYS:
        raise _too_many(file, count)
    try:
        members = unpacked(content, LARGEST, lambda _: None)
        if any(not one.startswith(MAGIC) for one in members.values()):
            raise SubmissionError(
                say("{name} is {what}; asked for is an `.npz` file.", name=file, what=_zip(content)), _SAVE
            )
    except OtherPackingError:
        sentence = say("{name} is a zip that is packed in a way that NumPy does not use.", name=file)
        raise SubmissionError(sentence, _SAVE) from None
    except ZIP_DAMAGE:
        raise SubmissionError(say("{name} is a damaged zip of arrays.", name=file), _SAVE) from None
    if sum(map(len, members.values())) > LARGEST:
        raise SubmissionError(
            say(
                "{name} unpacks to more than {most} bytes, the most that is read.",
                name=file,
                most=f"{LARGEST:,}",
            ),
            _SAVE,
        )
    arrays: dict[str, Array] = {}
    odd: dict[str, Message] = {}
    left = MOST_NUMBERS
    for key, packed in members.items():
        own = plain(key, _LONGEST_NAME)
        try:
            array = array_of(packed)
            _check(array)
        except NotNumbersError as error:
            odd[own] = error.args[0]
            continue
        left -= array.size
        if left < 0:
            raise SubmissionError(
                say("{name} has more than {most} numbers in it.", name=file, most=f"{MOST_NUMBERS:,}"),
                say("Hand in only the answers that the exercises ask for."),
            )
        values = Numbers("d", np.ascontiguousarray(array, np.float64).tobytes())
        arrays[own] = Array(dtype=array.dtype.name, shape=array.shape, values=values)
    return Answers(arrays=arrays, odd=odd)


def _check(array: npt.NDArray[Any]) -> None:
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        # What NumPy has no name for, such as bfloat16, is written as bytes without one.
        raise NotNumbersError(
            say("has the type {dtype}; asked for are numbers such as float32", dtype=array.dtype.name[:40])
        )
    if array.ndim > MOST_DIMENSIONS:
        raise NotNumbersError(say("has {count} axes", count=array.ndim))


def _kind(content: bytes) -> Message:
    if not content.strip():
        return say("empty")
    found = next((kind for start, kind in _KINDS if content.startswith(start)), None)
    if found is not None:
        return found
    return say("a binary file") if b"\0" in content else say("a text file")


def _zip(content: bytes) -> Message:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if any(one.endswith("data.pkl") for one in archive.namelist()):
            return say("a file of PyTorch, whose pickle is never opened because it can run code")
    return say("a zip archive of other files")


def _too_many(file: str, count: int) -> SubmissionError:
    return SubmissionError(
        say(
            "{name} has {found} arrays; at most {most} are read.",
            name=file,
            found=f"{count:,}",
            most=f"{MOST_ARRAYS:,}",
        ),
        say("Hand in only the answers that the exercises ask for."),
    )
