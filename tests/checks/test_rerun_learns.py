"""Tests of the check on the grader's own training."""

import math
from typing import Any

import pytest
from builders_evidence import a_model, a_rerun, ask, some_norms

from grader.checks.rerun_learns import RerunLearns
from grader.evidence.model import Layer, LossForm, Precision

CHECK = RerunLearns()
STILL = (2.31,) * 20 + (2.3,) * 20


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        # 1.0000001192 is within the cap.
        pytest.param({"norms": some_norms(variable_after=[1.0000001192] * 40)}, "passed", id="it learns"),
        pytest.param({"loss": (2.3,) * 30 + (math.nan,) * 10}, "failed", id="it diverges"),
        # The grader clips as the rubric says, so the rubric contradicts itself.
        pytest.param(
            {"norms": some_norms(variable_after=[1.0] * 38 + [1.00002] * 2)}, "review", id="over the cap"
        ),
        pytest.param(
            {"norms": some_norms(global_before=[1.0] * 10 + [0.0] * 30), "test_accuracy": 0.1},
            "failed",
            id="no gradient",
        ),
        pytest.param({"loss": STILL, "test_accuracy": 0.1}, "failed", id="the loss does not fall"),
        pytest.param(
            {"loss": (2.3,) * 20 + (1.2,) * 20, "test_accuracy": 0.1}, "failed", id="the loss falls slowly"
        ),
        # There need not be twenty steps at each end.
        pytest.param({"loss": (2.3, 2.3), "test_accuracy": 0.69996}, "failed", id="two steps"),
    ],
)
def test_a_network_learns(fields: dict[str, Any], status: str) -> None:
    """The sentence has the accuracy, the steps and what happened, and the hint follows that."""
    assert status == ask(CHECK, rerun=a_rerun(**fields)).status


@pytest.mark.parametrize(
    ("asked", "fields", "status"),
    [
        ({"metric": "auc", "at_least": 0.8}, {"metrics": {"auc": 0.81}}, "passed"),
        ({"metric": "rmse", "at_most": 3.0}, {"metrics": {"rmse": 2.9}, "test_accuracy": None}, "passed"),
        ({"metric": "rmse", "at_most": 3.0}, {"metrics": {"rmse": 3.1}, "test_accuracy": None}, "failed"),
        # A regression without a metric, or one that its labels do not define, is judged by its loss.
        ({}, {"test_accuracy": None}, "passed"),
        ({}, {"test_accuracy": None, "loss": (700.0,) * 20 + (690.0,) * 20}, "not_checked"),
        ({}, {"test_accuracy": None, "loss": (700.0,) * 20 + (7000.0,) * 20}, "failed"),
        (
            {},
            {"test_accuracy": None, "loss": (7.0,) * 40, "norms": some_norms(global_before=[0.0] * 40)},
            "failed",
        ),
        ({"metric": "auc", "at_least": 0.8}, {}, "passed"),
    ],
)
def test_a_task_without_an_accuracy(asked: dict[str, Any], fields: dict[str, Any], status: str) -> None:
    """Another metric decides, or the loss; one that falls slowly is held against nobody."""
    assert status == ask(RerunLearns(**asked), rerun=a_rerun(**fields)).status


def test_sums_of_repeated_rows_are_over_the_cap() -> None:
    """Keras clips an embedding by another norm, and the rerun has measured by how much these differ."""
    norms = some_norms(variable_after=[1.3] * 40)

    assert "passed" == ask(CHECK, rerun=a_rerun(norms=norms, repeats=1.31)).status
    assert "review" == ask(CHECK, rerun=a_rerun(norms=norms, repeats=1.2)).status


@pytest.mark.parametrize("form", ["other", "unknown"])
def test_another_loss_may_learn_more_slowly(form: LossForm) -> None:
    """What is asked for is what cross-entropy reaches in so few steps."""
    model = a_model(loss="squared_hinge", loss_form=form)

    assert "not_checked" == ask(CHECK, rerun=a_rerun(test_accuracy=0.1), model=model).status
    assert "passed" == ask(CHECK, rerun=a_rerun(), model=model).status


@pytest.mark.parametrize(("precision", "status"), [("bfloat16", "passed"), ("float32", "review")])
def test_a_network_in_half_precision_is_clipped_less_exactly(precision: Precision, status: str) -> None:
    """Its norms come out as 1.008."""
    rerun = a_rerun(norms=some_norms(variable_after=[1.008] * 40))

    assert status == ask(CHECK, rerun=rerun, model=a_model(precision=precision)).status


def test_an_output_for_hidden_layers_is_named() -> None:
    """Where the loss does not fall and the last layer is the cause."""
    output = Layer(kind="Dense", name="output", units=10, activation="relu")
    rerun = a_rerun(test_accuracy=0.1, loss=STILL)

    assert "failed" == ask(CHECK, rerun=rerun, model=a_model(output)).status
