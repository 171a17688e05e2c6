"""The wording of the checks is pinned here: what each test is told stands in `sentences.txt`, under its name.

`WRITE_SENTENCES=1 python -m pytest tests/checks` writes the file anew.
"""

import os
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders_evidence import ASKED

GOLDEN = Path(__file__).with_name("sentences.txt")
WRITES = "WRITE_SENTENCES" in os.environ
KEPT = {} if WRITES else dict(part.split("\n", 1) for part in GOLDEN.read_text("utf-8").split("\n== ")[1:])
WRITTEN: dict[str, list[str]] = {}


@pytest.fixture(autouse=True)
def sentences(request: pytest.FixtureRequest) -> Iterator[None]:
    """Compare what a test was told with what was kept."""
    ASKED.clear()
    yield
    name = f"{request.node.path.stem} {request.node.name.partition('[')[0]}"
    said = [f"{one.status}: {one.message}{f' // {one.hint}' if one.hint else ''}" for one in ASKED]
    if WRITES:
        WRITTEN.setdefault(name, []).extend(said)
    else:
        kept = {" ".join(one.split()) for one in KEPT.get(name, "").split("\n\n")}
        assert [] == [one for one in said if " ".join(one.split()) not in kept]


def pytest_sessionfinish() -> None:
    """Write what was said, each sentence once."""
    if WRITES:
        parts = [
            f"\n== {name}" + "\n" + "\n\n".join(textwrap.fill(one, 110) for one in dict.fromkeys(said))
            for name, said in WRITTEN.items()
            if said
        ]
        GOLDEN.write_text("What the checks say in their tests.\n" + "\n".join(parts) + "\n", encoding="utf-8")
