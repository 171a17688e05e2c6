"""Tests of `grader.report`."""

import pytest
from pydantic import ValidationError

from grader.report import Finding, failed, passed, review


def test_the_three_findings() -> None:
    """Each has its status, its sentence and its hint."""
    assert Finding(status="passed", message="a") == passed("a")
    assert Finding(status="failed", message="a", hint="b") == failed("a", "b")
    assert Finding(status="review", message="a", hint="") == review("a")


def test_a_finding_has_no_other_status() -> None:
    """Errors and skips are the judge's to say."""
    with pytest.raises(ValidationError):
        Finding(status="error", message="a")
