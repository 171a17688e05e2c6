"""Tests of `grader.sandbox.limits`: what a worker may use, and how a report says it."""

import sys

import pytest
from builders_workers import MEMORY, attempt, sandbox

from grader.sandbox.limits import LARGEST_FILE, MOST_OPEN, SandboxLimits, facts_of

pytestmark = pytest.mark.usefixtures("workers")

ALONE = sandbox(only={"limits"})


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not keep to it")
def test_memory_is_limited() -> None:
    """More than the limit is refused; less is given."""
    assert "ENOMEM" == attempt("take memory", MEMORY, inside=ALONE)
    assert "None" == attempt("take memory", MEMORY // 8, inside=ALONE)


def test_files_are_limited() -> None:
    """A file over its size, and a file too many, are refused; no core file is written."""
    assert "EFBIG" == attempt("large file", LARGEST_FILE + 1, inside=ALONE)
    assert str(LARGEST_FILE) == attempt("large file", LARGEST_FILE, inside=ALONE)
    assert "EMFILE" == attempt("open many", MOST_OPEN, inside=ALONE)
    assert "0" == attempt("core size", inside=ALONE)


def test_processor_time_follows_the_clock() -> None:
    """A worker on several processors is not ended before its time is up."""
    assert 370 == SandboxLimits(seconds=90, memory=1).processor_seconds


def test_the_limits_in_words() -> None:
    """A report names each with its number."""
    facts = [
        (str(fact.name), str(fact.value)) for fact in facts_of(SandboxLimits(seconds=2.5, memory=4 << 30))
    ]

    assert [
        ("Time", "2.5 s, 20 s of all processors"),
        ("Memory", "4 GiB"),
        ("Written", "768 MiB a file, 1 GiB in all"),
        ("Open files", "256"),
        ("Reply", "64 MiB"),
    ] == facts
