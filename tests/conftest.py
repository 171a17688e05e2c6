"""What several tests share: the submissions that ship."""

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "submissions_example"


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of example submissions, each from a real training."""
    return EXAMPLES
