"""Tests of `grader.reports.charts.norms`: the norms with their cap, and what stands beside them in words."""

import math

import pytest
from builders_drawn import YARDSTICK, a_wave, drawable
from builders_evidence import a_log, a_norm, a_rerun, a_step_log

from grader.evidence import Evidence
from grader.evidence.problem import Problem
from grader.reports.charts.norms import largest_norm, norm_panels
from grader.reports.charts.panel import Panel
from grader.reports.charts.targets import ChartTargets
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import DEFAULT, find_rubric

MISSING = Problem(who="student", message="No file was found.")


def panels(evidence: Evidence, targets: ChartTargets = YARDSTICK) -> dict[str, Panel]:
    return {panel.name: panel for panel in norm_panels(evidence, targets)}


def test_norms_within_the_cap() -> None:
    """Both stages, the cap, and in words what is to be seen."""
    found = panels(drawable())

    assert ["norms-variable", "ends-variable"] == list(found)
    assert "Largest gradient norm of a variable, every step" == found["norms-variable"].title
    assert [
        ("before", "line", "`norm_before`, before clipping"),
        ("after", "line", "`norm_after`, after clipping"),
        ("cap", "dashes", "The cap of 1.0"),
    ] == [(key.look, key.shape, key.text) for key in found["norms-variable"].keys]
    assert (
        "`norm_before` has 60 norms before clipping: the largest is 3.206, the last 0.7451. "
        "`norm_after` has 60 norms after clipping: the largest is 1.0, the last 0.7451. None is "
        "over the bound."
    ) == found["norms-variable"].words


def test_both_ends_with_what_the_grader_measured() -> None:
    """Where no calibration says what an honest run has, the grader's own norms are drawn."""
    ends = panels(drawable())["ends-variable"]

    assert [
        ("after", "`norm_after`, after clipping"),
        ("rerun", "The grader's own training, the first steps: 10 to 98 % of the norms, and their median"),
        (
            "probe",
            (
                "What the grader measured at the submitted weights, the last steps: "
                "10 to 98 % of the norms, and their median"
            ),
        ),
    ] == [(key.look, key.text) for key in ends.keys]
    assert (
        "The median of the first 60 steps is 1.0; the grader's own training has 1.0. "
        "The median of the last 30 steps is 1.0; what the grader measured at the submitted weights "
        "has 0.806."
    ) == ends.words


def test_a_run_that_is_like_an_honest_one_has_its_band() -> None:
    """By the calibration, at the batch size that comes nearest."""
    calibration = load_rubric(find_rubric(DEFAULT)).calibration
    log = a_step_log(a_norm([2.2, 2.3] * 100, "norm_before", scope="variable", stage="before"), steps=200)
    rerun = a_rerun(norms=a_rerun().norms.model_copy(update={"variable_before": (2.2, 2.3) * 20}))
    found = panels(drawable(log=log, rerun=rerun), YARDSTICK.model_copy(update={"calibration": calibration}))

    looks = [key.text for key in found["ends-variable"].keys if key.look == "rerun"]
    assert 1 == len(looks)
    assert looks[0].endswith("the first steps: 10 to 98 % of the norms, and their median")


def test_the_first_norm_over_the_cap_is_marked() -> None:
    """With its number and its place in the student's own counting."""
    norms = [0.9] * 60
    norms[11], norms[40] = 1.84, 3.0
    log = a_step_log(a_norm(norms, "g", scope="variable", stage="after"), steps=30, epochs=2)
    found = panels(drawable(log=log))["norms-variable"]

    assert ("over", "ring", "First norm over it: 1.84 at step 12 (epoch 1)") == (
        found.keys[-1].look,
        found.keys[-1].shape,
        found.keys[-1].text,
    )
    assert "None is over" not in found.words


def test_norms_from_before_clipping_may_be_over() -> None:
    """Where the header says that they are, nothing is marked."""
    log = a_step_log(a_norm([3.0] * 60, "g", scope="variable", stage="before"), steps=60)
    found = panels(drawable(log=log))["norms-variable"]

    assert ["before", "cap"] == [key.look for key in found.keys]


def test_a_global_norm_has_its_own_bound() -> None:
    """The cap times the square root of the number of variables, because each is clipped by itself."""
    log = a_step_log(a_norm([1.7] * 60, "g", scope="global", stage="after"), steps=60)
    found = panels(drawable(log=log))["norms-global"]

    assert "Norm of all gradients as one vector, every step" == found.title
    assert (
        "At most 2.449 (the cap 1.0 times the square root of 6 variables, because each is clipped by itself)"
    ) == found.keys[-1].text


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


def test_what_is_not_finite_is_said() -> None:
    """And everything else is drawn."""
    norms = [0.9] * 58 + [math.nan, math.inf]
    log = a_step_log(a_norm(norms, "g", scope="variable", stage="after"), steps=60)
    found = panels(drawable(log=log))["norms-variable"]

    assert (
        "`g` has 60 norms after clipping: the largest is 0.9, the last 0.9, and 2 values are not finite. "
        "None is over the bound."
    ) == found.words


@pytest.mark.parametrize("values", [[math.nan] * 5, [0.0] * 5, [-1.0] * 5, []])
def test_what_cannot_be_drawn_is_left_out(values: list[float]) -> None:
    """Without a norm over 0 there is no panel."""
    log = a_log(a_norm(values, "g"), loss=[1.0] * 5)

    assert {} == panels(drawable(log=log))


@pytest.mark.parametrize("values", [[1.0], [1.0, 0.5], [1e-300, 1e300], [2.0] * 20_000])
def test_any_length_and_size(values: list[float]) -> None:
    """One norm, two, the least and the largest numbers, and a long log."""
    log = a_log(a_norm(values, "g", scope="variable", stage="after"))

    assert "norms-variable" in panels(drawable(log=log))


def test_nothing_of_the_graders_own() -> None:
    """Without rerun and probe there are no bands, without a cap no line, without a log no panel."""
    alone = panels(drawable(rerun=MISSING, probe=MISSING, model=MISSING, accuracy=MISSING))["ends-variable"]
    uncapped = panels(drawable(), ChartTargets())["norms-variable"]

    assert ["after"] == [key.look for key in alone.keys]
    assert ["before", "after"] == [key.look for key in uncapped.keys]
    assert {} == panels(drawable(log=MISSING))


def test_the_largest_norm_of_a_class() -> None:
    """That of the series that the cap is for; what is not finite does not count."""
    both = a_log(
        a_norm([9.0], "b", scope="variable", stage="before"),
        a_norm([1.7], "g", scope="global", stage="after"),
        a_norm([1.0, math.inf], "v", scope="variable", stage="after"),
    )

    assert 1.0 == largest_norm(drawable(log=both), YARDSTICK)
    assert 3.206 == round(largest_norm(drawable(log=a_log(a_norm(a_wave(60, 2.5, 0.8)))), YARDSTICK) or 0, 3)
    assert largest_norm(drawable(log=a_log(loss=[1.0])), YARDSTICK) is None
    assert largest_norm(drawable(log=MISSING), YARDSTICK) is None
