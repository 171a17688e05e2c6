"""The wording of this room is pinned in `sentences.txt`; see `builders_golden`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from builders_golden import Golden

GOLDEN = Golden(Path(__file__).with_name("sentences.txt"))


@pytest.fixture(autouse=True)
def sentences(request: pytest.FixtureRequest) -> Iterator[None]:
    """Compare what a test was told with what was kept."""
    yield from GOLDEN.compare(request)


def pytest_sessionfinish() -> None:
    """Keep what the tests were told, where that is asked for."""
    GOLDEN.write()
