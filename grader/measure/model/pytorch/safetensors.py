"""A file of safetensors, which its library takes apart: names, shapes and numbers, and nothing that acts."""

import math
import re
from typing import Any

from safetensors import SafetensorError, deserialize

from grader.measure.model.pytorch.archive import Tensors
from grader.measure.model.pytorch.walker import Storage, Tensor
from grader.measure.model.reading import Reading, refusal, shown, too_large
from grader.messages.message import say

_LENGTH = 8
_TYPES = {
    "F64": "f8",
    "F32": "f4",
    "F16": "f2",
    "BF16": "bfloat16",
    "BOOL": "?",
    "I64": "i8",
    "I32": "i4",
    "I16": "i2",
    "I8": "i1",
    "U8": "u1",
}
_SAVE = say(
    'Save the weights again with `safetensors.torch.save_file(model.state_dict(), "model.safetensors")` and '
    "submit that file."
)


def read_safetensors(reading: Reading, content: bytes) -> tuple[dict[str, Any], Tensors]:
    """The tensors by their names, and the arrays of each; refused if the header does not fit the numbers."""
    longest = reading.limits.config_bytes
    if int.from_bytes(content[:_LENGTH], "little") > longest:
        raise too_large(reading, "header", longest)
    try:
        described = dict(deserialize(content))  # type: ignore[no-untyped-call]  # it names no types
    except SafetensorError:
        raise refusal(
            say("`{file}` is damaged: its header does not fit the numbers behind it.", file=reading.name),
            _SAVE,
        ) from None
    found: dict[str, Tensor] = {}
    for name in sorted(described, key=_by_numbers):
        dtype, shape = described[name]["dtype"], tuple(described[name]["shape"])
        if dtype not in _TYPES:
            sentence = say(
                "`{file}` holds numbers of the type {dtype}, which are not read.",
                file=reading.name,
                dtype=shown(dtype),
            )
            raise refusal(sentence, say("Save the weights as float32 and submit that file."))
        strides = tuple(math.prod(shape[axis + 1 :]) for axis in range(len(shape)))
        found[name] = Tensor(Storage(name, _TYPES[dtype], math.prod(shape)), 0, shape, strides)

    def read(key: str, longest: int) -> bytes:
        return bytes(described[key]["data"][:longest])

    return found, Tensors(reading, read, big_endian=False)


def _by_numbers(name: str) -> list[tuple[int, str]]:
    """The library writes `10.weight` before `2.weight`."""
    parts = re.findall(r"[0-9]{1,9}|[^0-9]+", name)
    return [(int(part), "") if part.isascii() and part.isdecimal() else (0, part) for part in parts]
