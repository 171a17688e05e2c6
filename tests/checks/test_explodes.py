"""Tests of `explodes`: a loss or norm that is not finite, or a norm beyond many caps."""

import math

import pytest
from builders_evidence import a_log, a_norm, ask

from grader.checks.explodes import Explodes
from grader.evidence.log import Log

CHECK = Explodes(beyond=10, cap=1.0)


@pytest.mark.parametrize(
    ("log", "status"),
    [
        (a_log(a_norm([2.0, 4e6, 1.0]), loss=[2.3, 9e7, 5.0]), "passed"),
        (a_log(a_norm([2.0, 10.0, 1.0])), "failed"),
        (a_log(a_norm([2.0, 10.001, 1.0])), "passed"),
        (a_log(a_norm([1.0, 1.0]), loss=[2.3, math.nan]), "passed"),
        (a_log(a_norm([1.0, math.inf]), loss=[2.3, 1.0]), "passed"),
        (
            a_log(a_norm([1.0, 1.0], "after", stage="after"), a_norm([1.0, 30.0], "before", stage="before")),
            "passed",
        ),
        (a_log(loss=[2.3, 1e9]), "failed"),
        (a_log(a_norm([])), "failed"),
    ],
    ids=[
        "millions",
        "ten caps",
        "above",
        "no loss",
        "an infinite norm",
        "before clipping",
        "no norm",
        "empty",
    ],
)
def test_a_training_that_explodes(log: Log, status: str) -> None:
    """What happened counts, not what a tutorial promises."""
    assert status == ask(CHECK, log=log).status
