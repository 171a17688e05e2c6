"""The values that evidence is made of, and their form on the wire."""

import base64
import binascii
from array import array
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainSerializer, PlainValidator

from grader.messages.message import Message

Scope = Literal["variable", "global"]
Stage = Literal["before", "after"]

LONGEST_TEXT = 300
LONGEST_SENTENCE = 1000


def _not_too_long(message: Message) -> Message:
    if len(message.text) > LONGEST_SENTENCE:
        raise ValueError(f"must be at most {LONGEST_SENTENCE} characters long")
    return message


Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
Sentence = Annotated[Message, AfterValidator(_not_too_long)]
# It can stand in an attribute of a page as it is.
PictureAddress = Annotated[
    str, Field(max_length=61_000, pattern=r"^(data:image/(png|jpeg);base64,[A-Za-z0-9+/]+={0,2})?$")
]


def _numbers(typecode: str) -> tuple[PlainValidator, PlainSerializer]:
    def read(value: Any) -> tuple[Any, ...]:
        if isinstance(value, tuple):
            return value
        if not isinstance(value, str):
            raise ValueError("must be base64 text")  # noqa: TRY004  (pydantic collects ValueErrors)
        try:
            packed = base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise ValueError("must be base64 text") from error
        numbers = array(typecode)
        if len(packed) % numbers.itemsize:
            raise ValueError(f"must be a whole number of {numbers.itemsize}-byte values")
        numbers.frombytes(packed)
        return tuple(numbers)

    def write(values: tuple[Any, ...]) -> str:
        return base64.b64encode(array(typecode, values).tobytes()).decode("ascii")

    return PlainValidator(read, json_schema_input_type=str), PlainSerializer(write, return_type=str)


# Numbers travel as base64 of little-endian values: exact, NaN and infinity included, and quick to read.
# Every machine that TensorFlow supports is little-endian.
Series = Annotated[tuple[float, ...], *_numbers("d")]
Rows = Annotated[tuple[int, ...], *_numbers("i")]
Classes = Annotated[tuple[int, ...], *_numbers("B")]
