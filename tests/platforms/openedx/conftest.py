"""The queue that Open edX has since 2026, on this machine."""

from collections.abc import Iterator

import pytest
from builders_edx import Site, a_site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site for all tests of this folder, each of which has a queue of its own."""
    for module in ("submissions", "openedx_events"):
        pytest.importorskip(module, reason="The extra `openedx` is not installed.")
    with a_site(tmp_path_factory.mktemp("site")) as running:
        yield running
