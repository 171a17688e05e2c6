"""Tests of `grader.importing`."""

import gc

import pytest

from grader.importing import without_collection


def test_nothing_is_collected_in_the_block() -> None:
    """The collection is off inside, and on afterwards, also after an error."""
    seen = []

    def fail() -> None:
        with without_collection():
            seen.append(gc.isenabled())
            raise ImportError("stop")

    with pytest.raises(ImportError, match="stop"):
        fail()

    assert [False] == seen
    assert gc.isenabled()
