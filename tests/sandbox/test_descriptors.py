"""Tests of `grader.sandbox.descriptors`: what a worker has open."""

import json
import os
import subprocess
import sys

import pytest
from builders_isolation import attempt

pytestmark = pytest.mark.usefixtures("workers")

PROGRAM = """
import os
from grader.sandbox.descriptors import close_all_but, silence
kept, closed = os.pipe()
said = os.dup(1)
silence()
print("not heard")
close_all_but({kept, said})
try:
    os.fstat(closed)
except OSError:
    os.write(said, b"closed")
os.fstat(kept)
"""


def test_a_worker_has_its_pipes_and_nothing_else() -> None:
    """Three streams that lead nowhere, two pipes, and the listing itself; none of the forkserver's."""
    descriptors = json.loads(attempt("descriptors"))

    assert [0, 1, 2] == descriptors[:3]
    assert 6 == len(descriptors)


def test_what_is_named_stays_open() -> None:
    """Everything else is closed, and what is printed is not heard."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    assert ("closed", "") == (done.stdout, done.stderr)
    assert os.fstat(1)
