"""The values that evidence is made of, and their form on the wire."""

import base64
import binascii
from array import array
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainSerializer, PlainValidator

from grader.evidence.numbers import Numbers
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
    def read(value: Any) -> Numbers[Any]:
        if isinstance(value, Numbers):
            return value
        if isinstance(value, tuple):
            return Numbers(typecode, value)
        if not isinstance(value, str):
            raise ValueError("must be base64 text")  # noqa: TRY004  (pydantic collects ValueErrors)
        try:
            return Numbers(typecode, base64.b64decode(value, validate=True))
        except binascii.Error as error:
            raise ValueError("must be base64 text") from error
        except ValueError as error:
            raise ValueError(f"must be a whole number of {array(typecode).itemsize}-byte values") from error

    def write(values: Sequence[Any]) -> str:
        packed = values if isinstance(values, Numbers) else Numbers(typecode, values)
        return base64.b64encode(bytes(packed)).decode("ascii")

    return PlainValidator(read, json_schema_input_type=str), PlainSerializer(write, return_type=str)


# Numbers travel as base64 of little-endian values: exact, NaN and infinity included, and quick to read.
# Every machine that TensorFlow supports is little-endian. Read, they are `Numbers`.
Series = Annotated[Sequence[float], *_numbers("d")]
Rows = Annotated[Sequence[int], *_numbers("i")]
Classes = Annotated[Sequence[int], *_numbers("B")]
