"""An amount of memory, or the size of a file: in YAML a text with its unit, inside a number of bytes."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

LEAST = 256 * 2**20
LEAST_OF_A_FILE = 2**10

_UNITS = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "MB": 10**6, "GB": 10**9}
_FORM = re.compile(rf"([0-9]{{1,15}}(?:\.[0-9]+)?) *({'|'.join(_UNITS)})")


def amount(text: str) -> int:
    """The bytes that a text such as `4 GiB` or `500 MB` means.

    Raises:
        ValueError: the text is not a number and one of the units.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"must be a number and a unit ({', '.join(_UNITS)}), such as `4 GiB`")
    return round(float(match[1]) * _UNITS[match[2]])


def _enough(value: Any) -> int:
    # From JSON comes a number of bytes; in YAML a bare number is a forgotten unit, and too small.
    size = value if type(value) is int else amount(value if isinstance(value, str) else "")
    if not LEAST <= size < 2**63:
        raise ValueError("must be from 256 MiB to 8 EiB, with its unit, such as `4 GiB`")
    return size


def _size_of_a_file(value: Any) -> int:
    size = value if type(value) is int else amount(value if isinstance(value, str) else "")
    # As above: a bare number in YAML is a forgotten unit.
    if not LEAST_OF_A_FILE <= size < 2**40:
        raise ValueError("must be from 1 KiB to 1024 GiB, with its unit, such as `20 MiB`")
    return size


Memory = Annotated[
    int,
    BeforeValidator(_enough),
    WithJsonSchema({"type": "string", "pattern": f"^{_FORM.pattern}$", "examples": ["4 GiB"]}),
]
FileSize = Annotated[
    int,
    BeforeValidator(_size_of_a_file),
    WithJsonSchema({"type": "string", "pattern": f"^{_FORM.pattern}$", "examples": ["20 MiB"]}),
]
