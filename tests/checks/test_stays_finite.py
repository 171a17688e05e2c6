"""Tests of `stays_finite`: every value of what a training logs is a number."""

import math

import pytest
from builders_evidence import a_log, a_norm, ask

from grader.checks.stays_finite import StaysFinite
from grader.evidence.log import Log

WHOLE = a_log(a_norm([1.0, 4e6]), loss=[2.3, 9e7], val_accuracy=[math.nan, 0.1])


@pytest.mark.parametrize(
    ("check", "log", "status"),
    [
        (StaysFinite(), WHOLE, "passed"),
        (StaysFinite(columns=("val_accuracy",)), WHOLE, "failed"),
        (StaysFinite(), a_log(a_norm([1.0, math.nan]), loss=[2.3, 1.0]), "failed"),
        (StaysFinite(), a_log(a_norm([1.0, 1.0]), loss=[2.3, math.inf]), "failed"),
        (StaysFinite(), a_log(loss=[2.3, 1.0]), "failed"),
        (StaysFinite(columns=("loss",)), a_log(loss=[2.3, 1.0]), "passed"),
    ],
)
def test_a_training_that_stays_finite(check: StaysFinite, log: Log, status: str) -> None:
    """Each of the columns asked for must be there, and each of its values finite."""
    assert status == ask(check, log=log).status
