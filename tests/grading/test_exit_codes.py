"""Tests of `grader.grading.exit_codes`."""

import builders_reports as build
import pytest

from grader.grading.exit_codes import of_class, of_hook, of_report


@pytest.mark.parametrize(("verdict", "code"), [("passed", 0), ("failed", 1), ("review", 3), ("error", 3)])
def test_of_one_submission(verdict: str, code: int) -> None:
    """The exit code of a check says who acts next."""
    assert code == of_report(build.PASSED.model_copy(update={"verdict": verdict}))


def test_of_a_class() -> None:
    """A class needs a person only if one of its reports does; failing is a verdict."""
    assert 0 == of_class([build.PASSED, build.FAILED])
    assert 3 == of_class([build.PASSED, build.REVIEW, build.FAILED])
    assert 3 == of_class([build.ERROR])
    assert 0 == of_class([])


@pytest.mark.parametrize(("verdict", "code"), [("passed", 0), ("failed", 0), ("review", 3), ("error", 3)])
def test_of_a_hook(verdict: str, code: int) -> None:
    """A platform is given the verdict, so that a submission which failed is no breakdown of the hook."""
    assert code == of_hook(build.PASSED.model_copy(update={"verdict": verdict}))


def test_of_a_hook_that_came_to_nothing() -> None:
    """A person must look."""
    assert 3 == of_hook(None)
