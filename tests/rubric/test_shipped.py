"""The rubrics that ship."""

import pytest

from grader.rubric import Plan
from grader.rubric.lint import lint
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import DEFAULT, find_rubric, shipped_rubrics


@pytest.mark.parametrize("file", shipped_rubrics(), ids=lambda file: file.stem)
def test_shipped_rubrics_have_no_warnings(file: object) -> None:
    """What we ship is what a careful teacher would write."""
    assert () == lint(load_rubric(find_rubric(str(file))))


def test_homework() -> None:
    """The homework's rubric has nine items with ten points and four that guard, and writes out the plan."""
    rubric = load_rubric(find_rubric(DEFAULT))

    assert 10.0 == rubric.points
    assert Plan() == rubric.plan
    assert [
        "hidden_layers",
        "optimizer_is",
        "log_is_complete",
        "norm_within_cap",
        "cap_binds_early",
        "logged_accuracy",
        "model_accuracy",
        "log_matches_model",
        "rerun_learns",
        "no_better_on_test_images",
        "log_fits_optimizer",
        "log_fits_rerun",
        "log_fits_model",
    ] == [item.check.kind() for item in rubric.items]
