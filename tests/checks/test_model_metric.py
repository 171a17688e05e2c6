"""Tests of the check `model_metric`."""

from typing import Any

import pytest
from builders_evidence import ask
from builders_rubric import RUBRIC, mistakes
from pydantic import ValidationError

from grader.checks.model_metric import ModelMetric
from grader.evidence.training import Metrics
from grader.report import Status


def metrics(**values: float) -> Metrics:
    """What was measured on 120 examples."""
    return Metrics(values=values, examples=120, inputs="raw values")


@pytest.mark.parametrize(
    ("asked", "values", "status"),
    [
        ({"metric": "auc", "at_least": 0.9}, {"auc": 0.95}, "passed"),
        ({"metric": "auc", "at_least": 0.9}, {"auc": 0.9 - 1e-12}, "passed"),
        ({"metric": "auc", "at_least": 0.9}, {"auc": 0.89999}, "failed"),
        ({"metric": "rmse", "at_most": 3.2}, {"rmse": 3.2, "mae": 9.0}, "passed"),
        ({"metric": "rmse", "at_most": 3.2}, {"rmse": 3.20001}, "failed"),
        ({"metric": "perplexity", "at_most": 12.0}, {"perplexity": 40.0}, "failed"),
        # Labels of a single class define no AUC, and nobody fails for it.
        ({"metric": "auc", "at_least": 0.9}, {}, "not_checked"),
    ],
)
def test_a_metric_beside_its_bound(asked: dict[str, Any], values: dict[str, float], status: Status) -> None:
    """Of an AUC more is better, of all others less."""
    assert status == ask(ModelMetric(**asked), metrics=metrics(**values)).status


@pytest.mark.parametrize(
    "asked",
    [
        {"metric": "auc"},
        {"metric": "auc", "at_most": 0.9},
        {"metric": "mae", "at_least": 0.9},
        {"metric": "mae", "at_least": 0.9, "at_most": 1.0},
        {"metric": "accuracy", "at_least": 0.9},
        {"at_least": 0.9},
    ],
)
def test_each_metric_has_its_bound(asked: dict[str, Any]) -> None:
    """The other bound, or none, is a mistake; accuracy has a check of its own."""
    with pytest.raises(ValidationError):
        ModelMetric(**asked)


@pytest.mark.parametrize(
    ("task", "check"),
    [
        ("regression", "model_metric: {metric: auc, at_least: 0.9}"),
        ("binary", "model_metric: {metric: perplexity, at_most: 9}"),
        ("classification", "rerun_learns: {metric: mae, at_most: 9}"),
        ("multilabel", "model_metric: {metric: rmse, at_most: 9}"),
        ("regression", "model_accuracy: {at_least: 0.9}"),
        ("regression", "logged_accuracy: {at_least: 0.9}"),
        ("regression", "log_matches_model: {}"),
        ("regression", "no_better_on_test_images: {}"),
    ],
)
def test_what_a_task_does_not_have(tmp_path: Any, task: str, check: str) -> None:
    """It is a mistake of the rubric, before anybody is graded."""
    item = f"- {check}\n  title: Another\n  id: another\n  points: 1\n"

    assert 1 == len(mistakes(tmp_path, f"task: {task}\n{RUBRIC}{item}"))
