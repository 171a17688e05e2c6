"""Tests of `grader.reports.charts.norms`: the norms with their cap, and what stands beside them in words."""

import math

import pytest
from builders_evidence import a_log, a_model, a_norm, a_rerun, a_step_log
from builders_pages import MISSING, YARDSTICK, a_wave, drawable

from grader.analysis.norms.infer import norms_of
from grader.analysis.targets import Targets
from grader.evidence import Evidence
from grader.evidence.model import Precision
from grader.evidence.problem import Problem
from grader.reports.charts.chart import Divergence, Mark, Panel, Part, step_axis
from grader.reports.charts.norms import largest_norm, norm_panels
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import DEFAULT, find_rubric


def panels(evidence: Evidence, targets: Targets = YARDSTICK) -> dict[str, Panel]:
    norms = norms_of(evidence, targets)
    if isinstance(norms, Problem):
        return {}
    return {panel.name: panel for panel in norm_panels(norms, step_axis(norms.log))}


def largest(evidence: Evidence) -> float | None:
    norms = norms_of(evidence, YARDSTICK)
    return None if isinstance(norms, Problem) else largest_norm(norms)


def parts(panel: Panel) -> tuple[Part, ...]:
    assert panel.chart is not None
    return panel.chart.parts


def test_both_ends_with_what_the_grader_measured() -> None:
    """Where no calibration says what an honest run has, the grader's own norms are drawn."""
    assert [1, 1] == [len(part.bands) for part in parts(panels(drawable())["ends-variable"])]


def test_a_run_that_is_like_an_honest_one_has_its_band() -> None:
    """By the calibration; no batch size is named, which need not be the student's."""
    calibration = load_rubric(find_rubric(DEFAULT)).calibration
    log = a_step_log(a_norm([2.2, 2.3] * 100, "norm_before", scope="variable", stage="before"), steps=200)
    rerun = a_rerun(norms=a_rerun().norms.model_copy(update={"variable_before": (2.2, 2.3) * 20}))
    found = panels(drawable(log=log, rerun=rerun), YARDSTICK.model_copy(update={"calibration": calibration}))

    looks = [key.text for key in found["ends-variable"].keys if key.look == "expected"]
    assert len(set(looks)) == len(looks) > 0


def test_the_first_norm_over_the_cap_is_marked() -> None:
    """In the chart of every step, and in that of the ends where it is there."""
    norms = [0.9] * 60
    norms[11], norms[40] = 1.84, 3.0
    log = a_step_log(a_norm(norms, "g", scope="variable", stage="after"), steps=30, epochs=2)
    found = panels(drawable(log=log))

    (every,), (first, last) = parts(found["norms-variable"]), parts(found["ends-variable"])
    assert (Mark("cap", 1.0), Mark("over", 1.84, 12.0)) == every.marks
    assert [2, 1] == [len(first.marks), len(last.marks)]


def test_norms_from_before_clipping_may_be_over() -> None:
    """Where the header says that they are, nothing is marked."""
    log = a_step_log(a_norm([3.0] * 60, "g", scope="variable", stage="before"), steps=60)
    found = panels(drawable(log=log))["norms-variable"]

    assert ["before", "cap"] == [key.look for key in found.keys]


def test_a_global_norm_has_its_own_bound() -> None:
    """The cap times the square root of the number of variables, because each is clipped by itself."""
    log = a_step_log(a_norm([1.7] * 60, "g", scope="global", stage="after"), steps=60)
    (part,) = parts(panels(drawable(log=log))["norms-global"])

    assert [2.449] == [round(mark.y, 3) for mark in part.marks]


@pytest.mark.parametrize(
    ("norm", "precision", "marks"), [(1.0, "float32", 1), (1.006, "float32", 2), (1.006, "bfloat16", 1)]
)
def test_what_the_check_allows_is_not_marked(norm: float, precision: Precision, marks: int) -> None:
    """Norms of weights in half precision are a little over the cap."""
    log = a_step_log(a_norm([norm] * 60, "v", scope="variable", stage="after"), steps=60)
    (part,) = parts(panels(drawable(log=log, model=a_model(precision=precision)))["norms-variable"])

    assert marks == len(part.marks)


def test_both_scopes_have_panels_of_their_own() -> None:
    """The variable's first, as in the rubric."""
    log = a_step_log(
        a_norm([1.7] * 60, "g", scope="global", stage="after"),
        a_norm([1.0] * 60, "v", scope="variable", stage="after"),
        a_norm([1.0] * 60, "v2", scope="variable", stage="after"),
        steps=60,
    )

    assert ["norms-variable", "ends-variable", "norms-global", "ends-global"] == list(
        panels(drawable(log=log))
    )


@pytest.mark.parametrize("finite", [1, 2, 30, 700])
def test_norms_that_end_in_nan_are_drawn(finite: int) -> None:
    """What is finite, with the place where it ends, however little that is."""
    norms = [*a_wave(finite, 1.5, 900.0), *[math.nan] * (860 - finite)]
    log = a_step_log(a_norm(norms, "g", scope="variable", stage="after"), steps=860)
    found = panels(drawable(log=log))
    (every,), (first, last) = parts(found["norms-variable"]), parts(found["ends-variable"])

    assert (1.0, 860.0) == every.x_range
    assert Divergence("g", finite, finite + 1.0, 860 - finite, for_good=True) == every.divergence
    assert (finite < 200, True) == (first.divergence is not None, last.divergence is not None)


@pytest.mark.parametrize("values", [[math.nan] * 5, [0.0] * 5, [-1.0] * 5])
def test_norms_that_cannot_be_drawn_are_a_sentence(values: list[float]) -> None:
    """Without a norm over 0 there is no chart, and the page says so."""
    found = panels(drawable(log=a_log(a_norm(values, "g"), loss=[1.0] * 5)))

    assert [None] == [panel.chart for panel in found.values()]
    assert all("`g`" in str(panel.words) for panel in found.values())


def test_a_column_without_values_has_no_panel() -> None:
    """There is nothing to say of it."""
    assert {} == panels(drawable(log=a_log(a_norm([], "g"), loss=[1.0] * 5)))


@pytest.mark.parametrize("values", [[1.0], [1.0, 0.5], [1e-300, 1e300], [2.0] * 20_000])
def test_any_length_and_size(values: list[float]) -> None:
    """One norm, two, the least and the largest numbers, and a long log."""
    log = a_log(a_norm(values, "g", scope="variable", stage="after"))

    assert "norms-variable" in panels(drawable(log=log))


def test_nothing_of_the_graders_own() -> None:
    """Without rerun and probe there are no bands, without a cap no line, without a log no panel."""
    alone = panels(drawable(rerun=MISSING, probe=MISSING, model=MISSING, accuracy=MISSING))["ends-variable"]
    uncapped = panels(drawable(), Targets())["norms-variable"]

    assert [(), ()] == [part.bands for part in parts(alone)]
    assert ["before", "after"] == [key.look for key in uncapped.keys]
    assert {} == panels(drawable(log=MISSING))


def test_the_largest_norm_of_a_class() -> None:
    """That of the series that the cap is for; what is not finite does not count."""
    both = a_log(
        a_norm([9.0], "b", scope="variable", stage="before"),
        a_norm([1.7], "g", scope="global", stage="after"),
        a_norm([1.0, math.inf], "v", scope="variable", stage="after"),
    )

    assert 1.0 == largest(drawable(log=both))
    assert 3.206 == round(largest(drawable(log=a_log(a_norm(a_wave(60, 2.5, 0.8))))) or 0, 3)
    assert largest(drawable(log=a_log(loss=[1.0]))) is None
    assert largest(drawable(log=MISSING)) is None
