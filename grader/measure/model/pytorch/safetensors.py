"""A file of safetensors: a JSON object that says where each tensor lies, and the numbers.

The library of that name knows no bfloat16 in NumPy, so the format's own rules are held here: every byte
behind the header belongs to one tensor.
"""

import math
import re
from typing import Any

from grader.errors import SubmissionError
from grader.measure.model.pytorch.archive import Tensors
from grader.measure.model.pytorch.walker import Storage, Tensor
from grader.measure.model.reading import Reading, read_json, refusal, too_large
from grader.measure.model.values import whole
from grader.messages.message import say

_LENGTH = 8
_SIZES = {
    "F64": ("f8", 8),
    "F32": ("f4", 4),
    "F16": ("f2", 2),
    "BF16": ("bfloat16", 2),
    "I64": ("i8", 8),
    "I32": ("i4", 4),
    "I16": ("i2", 2),
    "I8": ("i1", 1),
    "U8": ("u1", 1),
    "BOOL": ("?", 1),
}
_SAVE = say(
    'Save the weights again with `safetensors.torch.save_file(model.state_dict(), "model.safetensors")` and '
    "submit that file."
)


def read_safetensors(reading: Reading, content: bytes) -> tuple[dict[str, Any], Tensors]:
    """The tensors by their names, and the arrays of each; refused if the header does not fit the numbers."""
    length, longest = int.from_bytes(content[:_LENGTH], "little"), reading.limits.config_bytes
    if length > longest:
        raise too_large(reading, "header", longest)
    begin = _LENGTH + length
    if begin > len(content):
        raise _damaged(reading)
    try:
        header = read_json(reading, "header", content[_LENGTH:begin])
    except SubmissionError as error:
        raise refusal(error.message, _SAVE) from None
    header.pop("__metadata__", None)
    found: dict[str, Tensor] = {}
    places: list[tuple[int, int]] = []
    for name, described in header.items():
        match described:
            case {"dtype": str(dtype), "shape": list(shape), "data_offsets": [first, last], **rest} if (
                not rest and dtype in _SIZES and all(map(_is_size, (*shape, first, last)))
            ):
                kind, size = _SIZES[dtype]
                count = math.prod(shape)
                if last - first != count * size:
                    raise _damaged(reading)
            case _:
                raise _damaged(reading)
        places.append((first, last))
        strides = tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))
        found[name] = Tensor(Storage(str(begin + first), kind, count), 0, tuple(shape), strides)
    ends = [0, *(last for _, last in sorted(places))]
    starts = [*(first for first, _ in sorted(places)), len(content) - begin]
    if starts != ends:
        raise _damaged(reading)

    def read(key: str, longest: int) -> bytes:
        return content[int(key) : int(key) + longest]

    in_order = sorted(found, key=_by_numbers)
    return {name: found[name] for name in in_order}, Tensors(reading, read, big_endian=False)


def _by_numbers(name: str) -> list[tuple[int, str]]:
    """The library writes `10.weight` before `2.weight`."""
    parts = re.findall(r"[0-9]{1,9}|[^0-9]+", name)
    return [(int(part), "") if part.isascii() and part.isdecimal() else (0, part) for part in parts]


def _is_size(value: Any) -> bool:
    return whole(value) and value >= 0


def _damaged(reading: Reading) -> SubmissionError:
    return refusal(
        say("`{file}` is damaged: its header does not fit the numbers behind it.", file=reading.name), _SAVE
    )
