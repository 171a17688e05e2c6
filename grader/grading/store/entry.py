"""The evidence of one submission as it is kept: a line for each part, which is read when it is asked for.

The first line says where each part lies, with its hash. So a threshold is compared again without reading a
log of a megabyte, and a part that was damaged is noticed.
"""

import itertools
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from grader.errors import DamagedError
from grader.evidence import Evidence
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.training import Probe, Rerun
from grader.frozen import Frozen
from grader.grading.store import sealed
from grader.grading.store.stand_in import StandIn
from grader.report import Origin

PARTS = tuple(Evidence.model_fields)
# Parts that may have a megabyte, and that many a check looks into only where something is wrong.
_LARGE = {kind.__name__: kind for kind in (Log, Model, Probe, Rerun)}


class _Line(Frozen):
    """The line of a part: the name of its class, its bytes without the line feed, and their hash."""

    kind: str
    bytes: int
    sha256: str


class _Contents(Frozen):
    """The first line."""

    origin: Origin
    lines: dict[str, _Line]


class Entry:
    """Kept evidence; each of its parts is an attribute, as in `Evidence`."""

    def __init__(self, path: Path, contents: _Contents, start: int) -> None:
        """Nothing but the first line was read.

        Args:
            path: the file.
            contents: its first line.
            start: where its second line starts.
        """
        self.origin = contents.origin
        self._path = path
        self._lines = contents.lines
        sizes = (contents.lines[name].bytes + 1 for name in PARTS)
        self._starts = dict(zip(PARTS, itertools.accumulate(sizes, initial=start), strict=False))
        self._read: dict[str, Any] = {}

    @property
    def large_were_read(self) -> bool:
        """Whether a part was read that takes long to read."""
        return any(self._lines[name].kind in _LARGE for name in self._read)

    def __getattr__(self, name: str) -> Any:
        """A part of the evidence; a large one is read when something of it is asked for.

        Raises:
            AttributeError: evidence has no such part.
            DamagedError: what is kept of it cannot be read.
        """
        if name not in PARTS:
            raise AttributeError(name)
        kind = _LARGE.get(self._lines[name].kind)
        return self._part(name) if kind is None else StandIn(kind, partial(self._part, name))

    def named(self, name: str) -> Any:
        """A part of the evidence; see `Evidence.named`."""
        return self.evidence().named(name)

    def evidence(self) -> Evidence:
        """All of it.

        Raises:
            DamagedError: a part cannot be read.
        """
        return Evidence(**{name: self._part(name) for name in PARTS})

    def _part(self, name: str) -> Any:
        if name not in self._read:
            self._read[name] = self._parsed(name)
        return self._read[name]

    def _parsed(self, name: str) -> Any:
        line = self._lines[name]
        try:
            with self._path.open("rb") as stream:
                stream.seek(self._starts[name])
                content = stream.read(line.bytes)
            if sha256(content).hexdigest() == line.sha256:
                return _form_of(name).validate_json(content)
        except (OSError, ValueError):
            pass
        raise DamagedError(name)


def page(origin: Origin, evidence: Evidence) -> bytes:
    """The content of an entry's file."""
    parts = {name: _form_of(name).dump_json(getattr(evidence, name)) for name in PARTS}
    lines = {
        name: _Line(
            kind=type(getattr(evidence, name)).__name__,
            bytes=len(part),
            sha256=sha256(part).hexdigest(),
        )
        for name, part in parts.items()
    }
    first = sealed.page(_Contents(origin=origin, lines=lines)).encode()
    return b"\n".join([first, *parts.values(), b""])


def read_entry(path: Path) -> Entry | None:
    """The entry of a file; None where there is none, or none that is whole."""
    try:
        with path.open("rb") as stream:
            first = stream.readline()
            contents = sealed.parse(_Contents, first.removesuffix(b"\n"))
            if contents is None or set(contents.lines) != set(PARTS):
                return None
            size = len(first) + sum(line.bytes + 1 for line in contents.lines.values())
            return Entry(path, contents, len(first)) if stream.seek(0, 2) == size else None
    except OSError:
        return None


@cache
def _form_of(name: str) -> TypeAdapter[Any]:
    form: Any = Evidence.model_fields[name].annotation
    return TypeAdapter(form)
