"""The values that evidence is made of, and their form on the wire."""

import base64
import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar, overload

from pydantic import AfterValidator, Field, PlainSerializer, PlainValidator

from grader.messages.message import Message

Number = TypeVar("Number", int, float)
Scope = Literal["variable", "global"]
Stage = Literal["before", "after"]
# What a network is to learn: one of several classes, 0 or 1, numbers, or 0 or 1 for each of several labels.
Task = Literal["classification", "binary", "regression", "multilabel"]
Metric = Literal["auc", "cross_entropy", "perplexity", "mae", "rmse"]
# What a task may be measured by beside the accuracy, which a regression does not have.
METRICS_OF: Mapping[Task, tuple[Metric, ...]] = {
    "classification": ("auc", "cross_entropy", "perplexity"),
    "binary": ("auc", "cross_entropy"),
    "multilabel": ("auc", "cross_entropy"),
    "regression": ("mae", "rmse"),
}

LONGEST_TEXT = 300
LONGEST_SENTENCE = 1000
# No number of a training is as large; the square of one that is not, and sums of such squares, are finite.
TOO_LARGE = 1e150
# A step takes a microsecond at the least, so these take more than eleven days.
MOST_STEPS = 10**12
# To float32 the next number is 1, with which an average forgets nothing.
LARGEST_BETA = 1 - 2.0**-24
# What shifts a number by so many decimals; float64 holds these, and whole numbers below the largest, exactly.
_SHIFTS = {str(decimals): float(10**decimals) for decimals in range(16)}
_LARGEST_WHOLE = 2.0**53
# From the first values it is seen where to begin.
_FIRST = 16


class Numbers(Sequence[Number]):
    """Numbers side by side in memory, which do not change; NumPy takes them as they are."""

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
            return Numbers(self._packed.typecode, self._packed[place])
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


def _not_too_long(message: Message) -> Message:
    if len(message.text) > LONGEST_SENTENCE:
        raise ValueError(f"must be at most {LONGEST_SENTENCE} characters long")
    return message


def _bounded(values: Sequence[float]) -> Sequence[float]:
    import numpy as np

    # NaN is not below anything.
    if not (np.abs(np.asarray(values)) < TOO_LARGE).all():
        raise ValueError(f"must be finite and below {TOO_LARGE:g}")
    return values


Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
Sentence = Annotated[Message, AfterValidator(_not_too_long)]
# It can stand in an attribute of a page as it is.
PictureAddress = Annotated[
    str, Field(max_length=61_000, pattern=r"^(data:image/(png|jpeg);base64,[A-Za-z0-9+/]+={0,2})?$")
]


def _numbers(typecode: str) -> tuple[PlainValidator, PlainSerializer]:
    def read(value: Any) -> Numbers[Any]:
        if isinstance(value, Numbers | tuple):
            return value if isinstance(value, Numbers) else Numbers(typecode, value)
        if not isinstance(value, str):
            raise ValueError("must be base64 text")  # noqa: TRY004  (pydantic collects ValueErrors)
        # What is no base64 is a ValueError that says so.
        return Numbers(typecode, _from_text(typecode, value))

    def write(values: Sequence[Any]) -> str:
        return _as_text(values if isinstance(values, Numbers) else Numbers(typecode, values))

    return PlainValidator(read, json_schema_input_type=str), PlainSerializer(write, return_type=str)


def _as_text(numbers: Numbers[Any]) -> str:
    import numpy as np

    if not numbers:
        return ""
    values, decimals = np.asarray(numbers), ""
    if values.dtype == np.float64:
        values, decimals = _shifted(values)
    bits = int(np.bitwise_or.reduce(values.view(f"u{values.itemsize}"))).bit_length()
    used = max(1, math.ceil(bits / 8))
    groups = values.view(np.uint8).reshape(-1, values.itemsize)[:, :used].T
    return f"{len(values)}:{decimals}:{base64.b64encode(groups.tobytes()).decode('ascii')}"


def _shifted(values: Any) -> tuple[Any, str]:
    """Whole numbers that are exactly these, shifted by so many decimals; else the values as they are."""
    import numpy as np

    # The first ones say how many there may be at least.
    least = max(len(repr(one).partition(".")[2]) for one in values[:_FIRST].tolist())
    with np.errstate(all="ignore"):
        for decimals, shift in tuple(_SHIFTS.items())[least:]:
            whole = np.rint(values * shift)
            # NaN is not below anything, and -0.0 is no whole number's.
            if not (np.abs(whole) < _LARGEST_WHOLE).all():
                break
            if ((whole := whole.astype(np.int64)) / shift).tobytes() == values.tobytes():
                return whole, decimals
    return values, ""


def _from_text(typecode: str, text: str) -> bytes:
    import numpy as np

    if not text:
        return b""
    count, decimals, packed = text.split(":")
    if decimals and (typecode != "d" or decimals not in _SHIFTS):
        raise ValueError("must have a known number of decimals")
    given = np.frombuffer(base64.b64decode(packed, validate=True), np.uint8)
    size, most = np.dtype(typecode).itemsize, len(given)
    if not 0 < int(count) <= most <= size * int(count) or most % int(count):
        raise ValueError("must have as many values as it says")
    groups = np.zeros((size, int(count)), np.uint8)
    groups.reshape(-1)[:most] = given
    values = groups.T.tobytes()
    if decimals:
        values = (np.frombuffer(values, np.int64) / _SHIFTS[decimals]).tobytes()
    return values


# Numbers travel as base64 of little-endian values: exact, NaN and infinity included, and quick to read. How
# many there are stands before it, and of how many decimals they are where all are decimals of so many: then
# they are whole numbers. The first byte of each comes first, then the second of each, up to the last that is
# not 0 for all of them: this deflates to a third of what the values themselves do.
# Every machine that TensorFlow supports is little-endian. Read, they are `Numbers`.
Series = Annotated[Sequence[float], *_numbers("d")]
Rows = Annotated[Sequence[int], *_numbers("i")]
Classes = Annotated[Sequence[int], *_numbers("B")]
FiniteSeries = Annotated[Series, AfterValidator(_bounded)]
FiniteNumber = Annotated[float, Field(gt=-TOO_LARGE, lt=TOO_LARGE)]
Beta = Annotated[float, Field(ge=0, le=LARGEST_BETA)]
Count = Annotated[int, Field(ge=0)]
# Two digits for each byte; empty where there is none.
Hash = Annotated[str, Field(max_length=128, pattern=r"^([0-9a-f]{2})*$")]
