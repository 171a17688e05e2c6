"""The evidence of one submission as it is kept: a line of JSON for each part, read when it is asked for."""

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from grader.evidence import Evidence
from grader.frozen import Frozen
from grader.report import Fact, Isolation

PARTS = tuple(Evidence.model_fields)


class Origin(Frozen):
    """How evidence was measured, for the report.

    Attributes:
        seconds: that it took.
        isolation: behind which walls.
        limits: within which.
    """

    seconds: float = 0.0
    isolation: Isolation | None = None
    limits: tuple[Fact, ...] = ()


class Entry:
    """Kept evidence; each of its parts is an attribute, as in `Evidence`."""

    def __init__(self, origin: Origin, lines: tuple[str, ...]) -> None:
        """Keep the lines; none but the first is understood yet."""
        self.origin = origin
        self._lines = dict(zip(PARTS, lines, strict=True))
        self._read: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        """A part of the evidence.

        Raises:
            AttributeError: evidence has no such part.
            ValueError: what is kept of it was damaged.
        """
        if name.startswith("_") or name not in self._lines:
            raise AttributeError(name)
        if name not in self._read:
            self._read[name] = _form_of(name).validate_json(self._lines[name])
        return self._read[name]

    def evidence(self) -> Evidence:
        """All of it.

        Raises:
            ValueError: what is kept was damaged.
        """
        return Evidence(**{name: getattr(self, name) for name in PARTS})


def page(origin: Origin, evidence: Evidence) -> str:
    """The text of an entry's file."""
    parts = (getattr(evidence, name) for name in PARTS)
    lines = (_form_of(name).dump_json(part).decode() for name, part in zip(PARTS, parts, strict=True))
    return "\n".join([origin.model_dump_json(), *lines, "end"])


def read_entry(path: Path) -> Entry | None:
    """The entry of a file; None where there is none, or none that can be read, and it has to be made anew."""
    try:
        first, *lines, last = path.read_text(encoding="utf-8").split("\n")
        if last != "end" or len(lines) != len(PARTS):
            return None
        return Entry(Origin.model_validate_json(first), tuple(lines))
    except (OSError, ValueError):
        return None


@cache
def _form_of(name: str) -> TypeAdapter[Any]:
    form: Any = Evidence.model_fields[name].annotation
    return TypeAdapter(form)
