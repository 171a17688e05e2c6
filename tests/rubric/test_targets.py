"""Tests of what the items of a rubric ask of a log."""

import pytest

from grader.analysis.targets import Targets
from grader.checks import Check, load
from grader.rubric import Rubric
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import DEFAULT, find_rubric

RUBRIC = load_rubric(find_rubric(DEFAULT))


def asking(*checks: Check, **fields: object) -> Rubric:
    """A rubric with an item for each of these checks."""
    items = tuple(
        RUBRIC.items[0].model_copy(update={"id": f"item_{number}", "check": check})
        for number, check in enumerate(checks)
    )
    return RUBRIC.model_copy(update={"items": items, "calibration": None, **fields})


def test_what_the_checks_ask_for() -> None:
    """The homework's rubric, with its calibration."""
    assert (
        Targets(
            cap=1.0,
            accuracy=0.87,
            test_accuracy=0.87 - 0.03,
            training_images=60_000,
            hidden_layers=(300, 100),
            calibration=RUBRIC.calibration,
        )
        == RUBRIC.targets
    )


def test_a_rubric_that_does_not_ask() -> None:
    """The cap is that of the grader's own training then, and nothing else is known."""
    assert Targets(cap=1.0) == asking(load("log_is_complete")()).targets


@pytest.mark.parametrize(
    "kind", ["norm_within_cap", "cap_binds_early", "log_fits_rerun", "log_fits_model", "rerun_learns"]
)
def test_the_first_item_decides(kind: str) -> None:
    """One log has one cap; an item that leaves something open does not decide it."""
    first = load(kind).model_validate({"cap": 2.0})
    second = load("log_fits_rerun").model_validate({"cap": 3.0, "training_images": 50_000})

    targets = asking(load("log_is_complete")(), first, second).targets

    assert (2.0, 50_000) == (targets.cap, targets.training_images)


def test_what_is_assumed_of_a_norm_column() -> None:
    """Only the item on the norms' size says it."""
    check = load("norm_within_cap").model_validate({"scope": "global", "stage": "before", "tolerance": 0.1})

    targets = asking(load("cap_binds_early")(), check).targets

    assert ("global", "before", 0.1) == (targets.scope, targets.stage, targets.tolerance)
