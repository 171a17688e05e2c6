"""Tests of `accuracy_differs`: of the models on the test images, or of the logs at their ends."""

from pathlib import Path

import pytest
from builders_evidence import a_log, a_step_log, an_accuracy
from builders_rubric import RUBRIC, a_rubric
from builders_two_runs import STEPS, compare, some_losses

from grader.checks.accuracy_differs import AccuracyDiffers
from grader.evidence.log import Log
from grader.rubric.lint import lint

NEAR, BETTER = AccuracyDiffers(than="plain", at_most=0.04), AccuracyDiffers(than="plain", at_least=0.05)


def with_accuracy(seed: int, value: float) -> Log:
    return a_log(loss=some_losses(seed), val_accuracy=[*[None] * (STEPS - 1), value])


@pytest.mark.parametrize(
    ("check", "mine", "theirs", "status"),
    [
        (NEAR, 0.87, 0.84, "passed"),
        (NEAR, 0.84, 0.88, "passed"),
        (NEAR, 0.84, 0.89, "failed"),
        (BETTER, 0.80, 0.75, "passed"),
        (BETTER, 0.80, 0.76, "failed"),
        (BETTER, 0.75, 0.80, "failed"),
        (AccuracyDiffers(than="plain", at_least=0.05, at_most=0.1), 0.9, 0.75, "failed"),
    ],
)
def test_the_accuracies_of_two_runs(check: AccuracyDiffers, mine: float, theirs: float, status: str) -> None:
    """Those of the models count where there are both, else those of the logs."""
    logs = with_accuracy(1, mine), with_accuracy(2, theirs)
    models = {"accuracy": an_accuracy(mine), "other_accuracy": an_accuracy(theirs)}

    assert status == compare(check, *logs).status
    assert status == compare(check, with_accuracy(1, 0.1), with_accuracy(2, 0.9), **models).status


def test_the_training_accuracy_of_the_last_epoch() -> None:
    """Where there is no validation, a single batch is not what a log ends with."""
    first, second = (
        a_step_log(
            steps=20, epochs=2, accuracy=[*[0.2] * 20, *[0.75, 0.85] * 10], loss=some_losses(seed)[:40]
        )
        for seed in (1, 2)
    )

    assert "passed" == compare(NEAR, first, second).status


def test_without_an_accuracy() -> None:
    """Both runs must have one."""
    assert "failed" == compare(NEAR, with_accuracy(1, 0.9), a_log(loss=some_losses(2))).status


def test_one_training_handed_in_as_two() -> None:
    """Equal accuracies of one training are no result."""
    assert "review" == compare(NEAR, with_accuracy(1, 0.9), with_accuracy(1, 0.9)).status


def test_a_check_that_asks_for_nothing(tmp_path: Path) -> None:
    """Lint says so."""
    text = RUBRIC.replace("norm_within_cap: {cap: 1.0}", "accuracy_differs: {than: a}\n  run: b")

    assert any(
        "asks for nothing" in warning
        for warning in lint(a_rubric(tmp_path, f"{text}runs: {{a: {{}}, b: {{}}}}\n"))
    )
