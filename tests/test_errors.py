"""Tests of `grader.errors`."""

import pytest

from grader import errors
from grader.errors import GraderError


@pytest.mark.parametrize(
    "name", ["RubricError", "UsageError", "SubmissionError", "WorkerError", "IsolationError"]
)
def test_each_error_has_a_sentence_and_a_hint(name: str) -> None:
    """Every error is a GraderError and stands in the tree of the module's docstring."""
    error = getattr(errors, name)("It is empty.", "Write it again.")

    assert isinstance(error, GraderError)
    assert ("It is empty.", "Write it again.", "It is empty.") == (error.message, error.hint, str(error))
    assert name in (errors.__doc__ or "")
