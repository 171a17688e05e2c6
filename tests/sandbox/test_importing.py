"""Tests of `grader.sandbox.importing`."""

import gc
import subprocess
import sys

import pytest

from grader.sandbox.importing import lean_imports


def test_nothing_is_collected_in_the_block() -> None:
    """The collection is off inside, and on afterwards, also after an error."""
    seen = []

    def fail() -> None:
        with lean_imports():
            seen.append(gc.isenabled())
            raise ImportError("stop")

    with pytest.raises(ImportError, match="stop"):
        fail()

    assert [False] == seen
    assert gc.isenabled()


def test_matplotlib_is_missing_in_the_block_only() -> None:
    """Keras finds none, and whoever draws afterwards does."""
    code = """
from grader.sandbox.importing import lean_imports
with lean_imports():
    try:
        import matplotlib
    except ImportError:
        print("missing")
import matplotlib
print("there")
"""

    assert ["missing", "there"] == subprocess.check_output([sys.executable, "-c", code], text=True).split()


def test_matplotlib_that_was_imported_before_stays() -> None:
    """The block takes nothing away."""
    code = """
import sys, matplotlib
from grader.sandbox.importing import lean_imports
with lean_imports():
    assert sys.modules["matplotlib"] is matplotlib
print(sys.modules["matplotlib"] is matplotlib)
"""

    assert "True" == subprocess.check_output([sys.executable, "-c", code], text=True).strip()
