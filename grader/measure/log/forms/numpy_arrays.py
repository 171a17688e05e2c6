"""NumPy's `.npy` and `.npz`: series of numbers, read without pickle."""

from typing import Any

import numpy as np
import numpy.typing as npt

from grader.measure.log.document import Document
from grader.measure.log.table import MOST_CELLS, RawColumn, Table, check_size, listed, refusal
from grader.measure.numpy_files import MAGIC, ZIP, NotNumbersError, OtherPackingError, array_of, unpacked
from grader.messages.message import Message, say
from grader.messages.wording import quoted
from grader.rubric import Limits
from grader.submissions.archives import ZIP_DAMAGE

# Of numbers of eight bytes each.
_MOST_BYTES = 8 * MOST_CELLS
# What `numpy.savez` calls the first array that is given without a name.
_NAMELESS = "arr_0"


def recognises(document: Document) -> bool:
    """Whether it begins as an array does, or as a zip; only zips of arrays come here."""
    return document.content.startswith((MAGIC, ZIP))


def read(document: Document, limits: Limits) -> Table:
    """Read an array as one series, or several from a zip or from an array with named fields.

    Refused if it has no series of numbers, is damaged, or has more than `limits` allows.
    """
    log = quoted(document.name)
    arrays: dict[str, npt.NDArray[Any]] = {}
    odd: dict[str, Message] = {}
    for header, content in _contents(document, limits).items():
        try:
            arrays |= _series(header, array_of(content))
        except NotNumbersError as error:
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
    if document.content.startswith(ZIP):
        try:
            members = unpacked(
                document.content, _MOST_BYTES, lambda count: check_size(document.name, 1, count, limits)
            )
        except OtherPackingError:
            sentence = say(
                "{name} is a zip that is packed in a way that NumPy does not use.", name=quoted(document.name)
            )
            raise refusal(sentence, say("Write it with `numpy.savez` or `numpy.savez_compressed`.")) from None
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


def _series(header: str, array: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    if sum(length != 1 for length in array.shape) > 1:
        raise NotNumbersError(
            say("has an array of shape {shape}; a log is one series of numbers", shape=str(array.shape))
        )
    array = array.reshape(-1)
    if array.dtype.names:
        return {
            title: column for title in array.dtype.names for column in _series(title, array[title]).values()
        }
    if not len(array):
        raise NotNumbersError(say("is an empty array"))
    if array.dtype.kind not in "fiu" or array.ndim != 1:
        raise NotNumbersError(say("has no numbers in it, but {name}", name=array.dtype.name[:40]))
    return {header: array}
