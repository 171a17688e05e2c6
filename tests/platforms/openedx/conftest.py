"""A service that speaks as XQueue does, on this machine."""

from collections.abc import Iterator

import pytest
from builders_platforms import Service, a_service


@pytest.fixture
def service() -> Iterator[Service]:
    """A service with nothing in its queue."""
    with a_service() as running:
        yield running
