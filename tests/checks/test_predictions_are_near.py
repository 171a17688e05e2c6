"""Tests of the check on predicted numbers."""

import pytest
from builders_evidence import ask
from builders_predictions import some_predictions

from grader.analysis.predictions import Labels
from grader.checks.predictions_are_near import PredictionsAreNear

PRICES = Labels(column="price", values={"1": "10", "2": "20", "3": "30.5", "4": "-4"})
MAE = PredictionsAreNear(at_most=1.5)


@pytest.mark.parametrize(
    ("check", "rows", "status"),
    [
        pytest.param(MAE, "1 10, 2 20, 3 30.5, 4 -4", "passed", id="exact"),
        pytest.param(MAE, "1 12, 2 18, 3 31.5, 4 -3", "passed", id="1.5 on average"),
        pytest.param(MAE, "1 12, 2 18, 3 31.5, 4 -2.9", "failed", id="a little more"),
        pytest.param(
            PredictionsAreNear(error="rmse", at_most=2), "1 14, 2 20, 3 30.5, 4 -4", "passed", id="rmse"
        ),
        pytest.param(
            PredictionsAreNear(error="rmse", at_most=1.99),
            "1 14, 2 20, 3 30.5, 4 -4",
            "failed",
            id="a larger rmse",
        ),
        pytest.param(MAE, "1 10, 2 20, 3 30.5", "failed", id="one is missing"),
        pytest.param(MAE, "1 10, 2 20, 3 30.5, 4", "failed", id="one is empty"),
        pytest.param(MAE, "1 10, 2 20, 3 30.5, 4 nan", "failed", id="not a number"),
        pytest.param(MAE, "1 10, 2 20, 3 inf, 4 many", "failed", id="two are no numbers"),
        pytest.param(MAE, "1 10, 2 20, 3 30.5, 4 1e200", "failed", id="far too large"),
        pytest.param(MAE, "1 10, 1 11, 2 20, 3 30.5, 4 -4", "failed", id="two that differ"),
        pytest.param(
            MAE, "1 10, 1 10.0, 2 20, 3 30.5, 4 -4, 5 9", "passed", id="twice the same, and another"
        ),
        pytest.param(MAE, "7 10", "failed", id="no id that is asked for"),
    ],
)
def test_the_error_over_all_ids(check: PredictionsAreNear, rows: str, status: str) -> None:
    """Each must have one number."""
    assert status == ask(check, predictions=some_predictions(rows), labels=PRICES).status
