"""Tests of `grader.sandbox.preloading`."""

import subprocess
import sys

import pytest
from builders_isolation import outcome

pytestmark = pytest.mark.usefixtures("workers")


def test_lean_imports_begin() -> None:
    """Whoever imports it collects no garbage any more, and finds no Matplotlib."""
    code = "import gc, sys, grader.sandbox.preloading; print(gc.isenabled(), sys.modules['matplotlib'])"

    assert "False None" == subprocess.check_output([sys.executable, "-c", code], text=True).strip()


def test_a_worker_collects_its_garbage() -> None:
    """The process that it was forked from does not."""
    replies, _, _ = outcome("collects")

    assert [b"True"] == replies
