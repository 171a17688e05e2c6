"""Tests of `grader.grading.exit_codes`: each says who acts next."""

import builders_reports as build
import pytest

from grader.grading.exit_codes import of_class, of_report
from grader.report import Report


@pytest.mark.parametrize(
    ("reports", "alone", "of_all"),
    [
        ([build.PASSED], [0], 0),
        ([build.FAILED], [1], 0),
        ([build.REVIEW], [3], 3),
        ([build.ERROR], [3], 3),
        ([], [], 0),
        ([build.PASSED, build.FAILED], [0, 1], 0),
        ([build.PASSED, build.REVIEW, build.FAILED], [0, 3, 1], 3),
    ],
)
def test_a_class_needs_a_person_if_one_of_its_reports_does(
    reports: list[Report], alone: list[int], of_all: int
) -> None:
    """Failing is a verdict, and no breakdown of a hook; one submission alone has a code of its own."""
    assert (alone, of_all) == (list(map(of_report, reports)), of_class(one.verdict for one in reports))
