"""What several tests share: the submissions that ship."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from grader.grading.engines import FOR_A_FOLDER
from grader.sandbox.worker import warm_up

pytest_plugins = ["builders_golden"]

# The tests may lie where whoever runs them cannot write; what fails is printed anyway. A busy machine is no
# mistake of the program. `--hypothesis-profile thorough` looks for longer.
settings.register_profile("grader", database=None, deadline=None)
settings.register_profile("thorough", database=None, deadline=None, max_examples=1_000)
settings.load_profile("grader")

# The sentences that tests expect are English, whatever language the machine of a developer speaks.
os.environ["LC_ALL"] = "C.UTF-8"
# What a script starts with `&` ignores Ctrl-C, and so would every program that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
EXAMPLES = Path(__file__).parents[1] / "submissions_example" / "gradient_clipping"


@pytest.fixture(scope="session")
def examples() -> Path:
    """The folder of example submissions, each from a real training."""
    return EXAMPLES


@pytest.fixture(scope="session")
def workers() -> None:
    """The process that workers are forked from, with what any test's workers need; see below."""


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start that process before all tests, if one of them asks for it.

    A test that only judges would start one without TensorFlow, which every later worker would then import.
    """
    if any("workers" in getattr(item, "fixturenames", ()) for item in session.items):
        warm_up((*FOR_A_FOLDER, "builders_workers"))


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores, because many tests wait for a process, a deadline or a browser."""
    return (os.cpu_count() or 1) + 1
