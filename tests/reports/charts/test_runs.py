"""Tests of `grader.reports.charts.runs`: the runs of a submission side by side, on the same axes."""

import math

import builders_evidence as build
import pytest
from builders_golden import said

from grader.analysis.norms.infer import norms_of
from grader.analysis.targets import Targets
from grader.evidence import Declaration, Evidence
from grader.evidence.log import Log
from grader.evidence.problem import Problem
from grader.reports.charts import draw
from grader.reports.charts.chart import Panel
from grader.reports.charts.runs import median_norm


def a_log(*norms: float, header: str = "grad_norm", **cells: list[float]) -> Log:
    return build.a_step_log(build.a_norm([*norms], header), steps=len(norms), **cells)


def panels(**logs: Log | Problem) -> dict[str, Panel]:
    evidence = Evidence(files=(), declaration=Declaration())
    for run, log in logs.items():
        evidence = evidence.having("log", log, run)
    found = {panel.name: panel for panel in draw(evidence, Targets()).panels}
    for panel in found.values():
        if panel.name.endswith("-runs"):
            said(panel.title, panel.words)
    return found


def test_the_runs_have_the_same_axes() -> None:
    """Each run is a part with its name, and both axes are the same for all."""
    norms = panels(plain=a_log(5.0, 9.0, 2.0, loss=[2.3, 2.0, 1.0]), clipped=a_log(1.0, 0.5, loss=[2.3, 1.9]))
    chart = norms["norms-runs"].chart

    assert chart
    assert ["plain", "clipped"] == [str(part.title) for part in chart.parts]
    assert {(1.0, 3.0)} == {part.x_range for part in chart.parts}
    assert {"norms-runs", "loss-runs"} == {name for name in norms if name.endswith("-runs")}
    assert [("plain: `grad_norm`", "5.0"), ("clipped: `grad_norm`", "0.75")] == [
        (str(row[0]), row[2]) for row in norms["norms-runs"].numbers[1]
    ]


@pytest.mark.parametrize(
    "logs",
    [
        {"": a_log(5.0, 9.0)},
        {"plain": a_log(5.0, 9.0)},
        {"plain": a_log(5.0, 9.0), "clipped": Problem(who="student", message="It is not there.")},
        {"plain": a_log(5.0, 9.0), "clipped": a_log(math.nan, math.nan)},
    ],
    ids=["without a name", "one", "one is missing", "one has no number"],
)
def test_one_run_is_not_compared(logs: dict[str, Log]) -> None:
    """Where there are not two to draw, there is no chart of them."""
    assert "norms-runs" not in panels(**logs)


def test_a_column_that_all_runs_have_is_drawn() -> None:
    """Before any other that one of them has alone."""
    both = build.a_step_log(
        build.a_norm([1.0, 1.0], "after", stage="after"),
        build.a_norm([3.0, 4.0], "before", stage="before"),
        steps=2,
    )
    found = panels(
        clipped=both, plain=build.a_step_log(build.a_norm([5.0, 6.0], "before", stage="before"), steps=2)
    )

    assert ["`before`"] == [str(key.text) for key in found["norms-runs"].keys]


def test_an_exploding_loss_has_a_logarithmic_axis() -> None:
    """A loss of millions beside one of 2 would show nothing of the latter."""
    found = panels(plain=a_log(5.0, 9.0, loss=[2.3, 9e7]), clipped=a_log(1.0, 0.5, loss=[2.3, 1.9]))

    assert found["loss-runs"].chart
    assert found["loss-runs"].chart.logarithmic


def test_the_median_norm() -> None:
    """That of the norm that is drawn, of its finite values; None without one."""

    def of(log: Log) -> float | None:
        evidence = Evidence(files=(), declaration=Declaration()).having("log", log)
        norms = norms_of(evidence, Targets())
        return None if isinstance(norms, Problem) else median_norm(norms)

    assert 2.0 == of(a_log(1.0, 2.0, math.nan, 9.0))
    assert of(build.a_log(loss=[1.0])) is None
