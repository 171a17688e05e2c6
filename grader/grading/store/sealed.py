"""Data in a file with its own hash: what was damaged is not read, and is made anew."""

import json
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from grader.frozen import Frozen

Kept = TypeVar("Kept", bound=Frozen)


def page(data: Frozen) -> str:
    """The text of such a file: one line of JSON, in ASCII."""
    # The names of files may have bytes that are no UTF-8; only this form of JSON gives them back.
    return _sealed(json.dumps(data.model_dump(mode="json")))


def parse(kind: type[Kept], content: bytes) -> Kept | None:
    """The data in the text of such a file; None where it is not whole, or is of another kind."""
    text = content[len(_sealed("")) - 1 : -1].decode("ascii", "replace")
    if content != _sealed(text).encode("ascii", "replace"):
        return None
    try:
        # JSON has no tuples; what is sealed was of the right types when it was made.
        return kind.model_validate(json.loads(text), strict=False)
    except ValueError:
        return None


def read(kind: type[Kept], path: Path) -> Kept | None:
    """The data in a file; None where there is none that can be read."""
    try:
        return parse(kind, path.read_bytes())
    except OSError:
        return None


def _sealed(text: str) -> str:
    return f'{{"sha256": "{sha256(text.encode()).hexdigest()}", "data": {text}}}'
