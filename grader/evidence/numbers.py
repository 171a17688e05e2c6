"""Numbers side by side in memory, as evidence holds them."""

import base64
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar, overload

from pydantic import PlainSerializer, PlainValidator

Number = TypeVar("Number", int, float)


class Numbers(Sequence[Number]):
    """A sequence of numbers that does not change; it is equal to a tuple of the same numbers.

    NumPy takes it as an array without looking at each number.
    """

    __slots__ = ("_packed",)

    def __init__(self, typecode: str, values: bytes | Iterable[Number] = ()) -> None:
        """Take numbers, or the bytes that `bytes` gives of them; typecodes are those of `array`."""
        self._packed: array[Number] = array(typecode, values)

    @overload
    def __getitem__(self, place: int) -> Number: ...
    @overload
    def __getitem__(self, place: slice) -> "Numbers[Number]": ...
    def __getitem__(self, place: int | slice) -> "Number | Numbers[Number]":
        if isinstance(place, slice):
            part: Numbers[Number] = Numbers(self._packed.typecode)
            part._packed = self._packed[place]
            return part
        return self._packed[place]

    def __len__(self) -> int:
        return len(self._packed)

    def __iter__(self) -> Iterator[Number]:
        return iter(self._packed)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Numbers):
            return bool(self._packed == other._packed)
        return tuple(self) == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __bytes__(self) -> bytes:
        return self._packed.tobytes()

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        import numpy as np

        if not self._packed:
            return np.zeros(0, dtype or self._packed.typecode)
        whole = np.frombuffer(self._packed, self._packed.typecode)
        whole.flags.writeable = False
        return whole if dtype is None and not copy else whole.astype(dtype or whole.dtype, copy=bool(copy))


def array_form(typecode: str) -> tuple[PlainValidator, PlainSerializer]:
    """How an array of NumPy travels in JSON: as base64 of its values, which have this type."""

    def read(value: Any) -> Any:
        import numpy as np

        if isinstance(value, str):
            return np.frombuffer(base64.b64decode(value, validate=True), typecode)
        return value

    def write(values: Any) -> str:
        return base64.b64encode(values.tobytes()).decode("ascii")

    return PlainValidator(read), PlainSerializer(write, return_type=str, when_used="json")
