"""Tests of `grader.grading.exit_codes`: each says who acts next."""

import builders_reports as build
import pytest

from grader.grading.exit_codes import of_class, of_report


@pytest.mark.parametrize(
    ("verdict", "alone", "for_a_hook"),
    [("passed", 0, 0), ("failed", 1, 0), ("review", 3, 3), ("error", 3, 3)],
)
def test_of_one_submission(verdict: str, alone: int, for_a_hook: int) -> None:
    """A platform is given the verdict, so a submission that failed is no breakdown of the hook."""
    report = build.PASSED.model_copy(update={"verdict": verdict})

    assert (alone, for_a_hook) == (of_report(report), of_class([report]))


def test_of_a_class() -> None:
    """It needs a person only if one of its reports does; failing is a verdict."""
    assert 0 == of_class([]) == of_class([build.PASSED, build.FAILED])
    assert 3 == of_class([build.PASSED, build.REVIEW, build.FAILED]) == of_class([build.ERROR])
