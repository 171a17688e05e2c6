"""The wording of a room, pinned in one file: what its tests were told stands in it under their names.

`WRITE_SENTENCES=1 python -m pytest tests/ROOM` writes the file anew.
"""

import os
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

WRITES = "WRITE_SENTENCES" in os.environ
SAID: list[str] = []


def said(sentence: object) -> bool:
    """Keep a sentence for the comparison after the test; whether there is one."""
    if sentence:
        SAID.append(" ".join(str(sentence).split()))
    return bool(sentence)


class Golden:
    """The file of a room."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written: dict[str, list[str]] = {}
        text = "" if WRITES else path.read_text("utf-8")
        sections = (part.partition("\n") for part in f"\n{text}".split("\n== ")[1:])
        self._kept = {
            name: {" ".join(one.split()) for one in text.split("\n\n")} for name, _, text in sections
        }

    def compare(self, request: pytest.FixtureRequest) -> Iterator[None]:
        """Run a test, and compare what it was told with what was kept."""
        SAID.clear()
        yield
        name = f"{request.node.path.stem} {request.node.name.partition('[')[0]}"
        if WRITES:
            self._written.setdefault(name, []).extend(SAID)
        else:
            assert [] == [one for one in SAID if one not in self._kept.get(name, ())]

    def write(self) -> None:
        """Write what was said, each sentence of a test once."""
        if not self._written:
            return
        parts = [
            f"== {name}\n" + "\n\n".join(textwrap.fill(one, 110) for one in dict.fromkeys(sentences))
            for name, sentences in self._written.items()
            if sentences
        ]
        self._path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
