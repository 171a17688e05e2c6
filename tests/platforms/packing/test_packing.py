"""Tests of `grader.platforms.packing`: the platforms that can be packed for."""

import pytest

from grader.platforms.packing import load, names


def test_each_platform_is_found() -> None:
    """Nothing is registered; what is no platform is not among them."""
    assert ("github", "gradescope", "prairielearn") == names()
    assert callable(load("github"))


def test_a_platform_that_is_not_there() -> None:
    """The name is the error."""
    with pytest.raises(KeyError, match="program"):
        load("program")
