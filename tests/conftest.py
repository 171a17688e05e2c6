"""What several tests share: the submissions that ship."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The tests may lie where whoever runs them cannot write; what fails is printed anyway.
settings.register_profile("grader", database=None)
settings.load_profile("grader")

# The sentences that tests expect are English, whatever language the machine of a developer speaks.
os.environ["LC_ALL"] = "C.UTF-8"
EXAMPLES = Path(__file__).parents[1] / "submissions_example"


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of example submissions, each from a real training."""
    return EXAMPLES
