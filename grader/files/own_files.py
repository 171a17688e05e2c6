"""JSON files that the program has written, read again as strictly as if somebody else had."""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from grader.frozen import Frozen
from grader.messages.safe_text import plain

Written = TypeVar("Written", bound=Frozen)


class UnreadableError(ValueError):
    """What is wrong with a file: the end of a sentence that begins with what the file is."""


def read_own(kind: type[Written], path: Path, most: int, by: str) -> Written:
    """The data in a file of the program's own.

    Args:
        kind: of the data.
        path: the file.
        most: how many bytes of it are read; a megabyte at least.
        by: the command that writes such files.

    Raises:
        UnreadableError: it is not there, larger, or something else.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(most + 1)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}.") from None
    if len(content) > most:
        raise UnreadableError(f"must be at most {most // 1_000_000} MB.")
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = plain(".".join(map(str, first["loc"])))
        raise UnreadableError(
            f"must be what `{by}` writes. Received: {first['msg']}" + (f" (`{where}`)." if where else ".")
        ) from None
