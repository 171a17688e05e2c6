"""Tests of `grader.frozen`."""

import pytest
from pydantic import ValidationError

from grader.evidence.problem import Problem


def test_data_does_not_change() -> None:
    """A field cannot be set after the fact."""
    problem = Problem(who="student", message="a")

    with pytest.raises(ValidationError):
        problem.message = "b"


def test_nothing_is_turned_into_another_type() -> None:
    """A number is no text."""
    with pytest.raises(ValidationError):
        Problem(who="student", message=3)
