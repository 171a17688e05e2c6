"""Tests of the check on the size of the logged norms."""

import math
import re
from typing import Any

import pytest
from builders_evidence import a_log, a_model, a_norm, a_rerun, a_step_log, an_optimizer, ask
from builders_runs import (
    a_measured_probe,
    a_measured_rerun,
    a_run,
    a_run_log,
    a_series,
    some_steps,
    the_calibration,
)

from grader.checks.norm_within_cap import NormWithinCap
from grader.evidence.log import Column
from grader.evidence.model import Model
from grader.report import Finding

CHECK = NormWithinCap()
# What a global norm is after `clipnorm=1.0`.
GLOBAL_AFTER = [1.79, 1.7, 1.2, 0.3]
GLOBAL = {"scope": "global", "stage": "after"}
VARIABLE = {"scope": "variable", "stage": "after"}


def found(*columns: Column, check: NormWithinCap = CHECK, **parts: Any) -> Finding:
    """What the check says of norm columns with four steps."""
    return ask(check, log=a_step_log(*columns, steps=4), **parts)


def a_model_with(**optimizer: Any) -> Model:
    """The homework's model, its stored optimizer changed."""
    return a_model(optimizer=an_optimizer(**optimizer))


@pytest.mark.parametrize("declared", [{}, {"scope": "variable"}, {"stage": "after"}, VARIABLE, GLOBAL])
def test_norms_within_the_cap_pass(declared: dict[str, Any]) -> None:
    """Whichever norm after clipping it is; a clipped norm comes out of float32 as 1.0000001192."""
    finding = found(a_norm([1.0000001192, 0.9, 1.0, 0.4], **declared))

    assert "passed" == finding.status


@pytest.mark.parametrize("values", [[0.9, 1.00002, 0.9, 0.9], [0.9, 1.7, 7.3149, 1.1]])
def test_a_declared_norm_over_the_cap_fails(values: list[float]) -> None:
    """The sentence names the first step, how many are over, and the largest; none looks like the cap."""
    assert "failed" == found(a_norm(values, **VARIABLE)).status


@pytest.mark.parametrize(
    "optimizer",
    [
        {"clipnorm": None},
        {"clipnorm": 1.0},
        {"clipnorm": None, "clipvalue": 0.5},
        {"clipnorm": 5.0},
        {"clipnorm": None, "global_clipnorm": 5.0},
    ],
)
def test_the_hint_follows_the_stored_optimizer(optimizer: dict[str, Any]) -> None:
    """What to change depends on what the model was compiled with."""
    finding = found(a_norm([0.9, 1.7, 7.3, 1.1], **VARIABLE), model=a_model_with(**optimizer))

    assert "failed" == finding.status


@pytest.mark.parametrize(
    "parts",
    [
        {"model": a_model()},
        {"model": a_model(), "rerun": a_rerun()},
        {"model": a_model(optimizer=None)},
        {"model": a_model_with(clipnorm=None)},
        {"model": a_model(variables=14), "rerun": a_rerun(trainable_variables=6)},
        {"rerun": a_rerun()},
    ],
)
def test_a_global_norm_may_be_as_large_as_clipnorm_allows(parts: dict[str, Any]) -> None:
    """Each of six variables is clipped to 1, so all as one vector may reach the square root of 6."""
    finding = found(a_norm(GLOBAL_AFTER, **GLOBAL), **parts)

    assert "passed" == finding.status


def test_a_global_norm_over_its_bound_fails() -> None:
    """The sentence says where the bound comes from."""
    finding = found(a_norm([2.44955, 1.0, 2.9, 1.0], **GLOBAL), model=a_model())

    assert "failed" == finding.status


def test_global_clipping_caps_the_global_norm() -> None:
    """After `global_clipnorm=1.0` no norm is over 1."""
    model = a_model_with(clipnorm=None, global_clipnorm=1.0)

    assert "failed" == found(a_norm(GLOBAL_AFTER, **GLOBAL), model=model).status


def test_a_global_norm_is_left_to_a_teacher_where_the_variables_are_not_known() -> None:
    """Without model and rerun, nobody knows the bound."""
    assert "review" == found(a_norm(GLOBAL_AFTER, **GLOBAL)).status


@pytest.mark.parametrize("declared", [{}, {"stage": "after"}])
def test_a_log_that_does_not_say_which_norm_it_has_is_left_to_a_teacher(declared: dict[str, Any]) -> None:
    """No honest student fails because Keras clips each variable."""
    assert "review" == found(a_norm(GLOBAL_AFTER, **declared), model=a_model()).status


def test_such_a_log_without_a_model_is_left_to_a_teacher() -> None:
    """The hint asks for the declaration that would decide it."""
    finding = found(a_norm(GLOBAL_AFTER))

    assert "review" == finding.status


def test_the_rubric_can_assume_the_global_norm() -> None:
    """Where the homework asks for that one, nothing has to be declared."""
    finding = found(a_norm(GLOBAL_AFTER), check=NormWithinCap(scope="global"), model=a_model())

    assert "passed" == finding.status


@pytest.mark.parametrize(
    "model", [a_model(), a_model_with(clipnorm=None), a_model(optimizer=None), a_model_with(clipnorm=5.0)]
)
def test_norms_that_no_clipping_leaves_fail(model: Model) -> None:
    """Nothing is declared, but the numbers say that it cannot be a norm after clipping."""
    assert "failed" == found(a_norm([2.9, 1.7, 1.2, 0.3]), model=model).status


def test_norms_over_every_bound_are_shown_beside_the_rerun() -> None:
    """How many are over it in the grader's own training, before and after clipping."""
    finding = found(a_norm([2.9, 1.7, 1.2, 0.3]), model=a_model(), rerun=a_measured_rerun())

    assert re.search(
        r"logged before it did\. In the grader's own training of this network \d+ of the first 200 "
        r"global norms are over it before clipping, and 0 after\.$",
        str(finding.message),
    )


def test_a_global_norm_without_a_stage_that_no_clipping_leaves_fails() -> None:
    """`tf.clip_by_global_norm` returns the norm before clipping, and that is often logged."""
    finding = found(a_norm([2.9, 1.7, 1.2, 0.3], "global_norm", scope="global"), model=a_model())

    assert str(finding.message).endswith(
        "After clipping no norm can be over 2.449, "
        "and the stored optimizer clips, so these were logged before it did."
    )


@pytest.mark.parametrize(
    ("column", "check"),
    [
        (a_norm([2.2, 2.9, 1.2, 0.3], stage="before"), CHECK),
        (a_norm([1.2, 2.9, 1.2, 0.3]), NormWithinCap(cap=2.0, stage="before")),
    ],
)
def test_a_log_of_norms_before_clipping_fails(column: Column, check: NormWithinCap) -> None:
    """The sentence says so, and the hint how to log them after it."""
    assert "failed" == found(column, check=check, model=a_model()).status


def test_norms_before_clipping_do_not_matter_beside_those_after_it() -> None:
    """A column without a stage beside one after clipping is taken for the norms before it."""
    before = a_norm([2.9, 2.2, 1.2, 0.3])
    after = a_norm([1.0, 1.0, 1.0, 0.3], "grad_norm_clipped", stage="after")

    assert "passed" == found(before, after, model=a_model()).status


def measured(**parts: Any) -> dict[str, Any]:
    """What an honest run is compared with."""
    return {
        "model": a_model(),
        "rerun": a_measured_rerun(),
        "probe": a_measured_probe(),
        "calibration": the_calibration(),
        **parts,
    }


def test_the_numbers_tell_that_it_is_the_global_norm_after_clipping() -> None:
    """Nobody has to declare what can be seen."""
    log = a_run_log(a_series(a_run(3, 2000, ("global", "after"))))

    finding = ask(CHECK, log=log, **measured())

    assert "passed" == finding.status


def test_the_numbers_tell_that_it_was_logged_before_clipping() -> None:
    """Also where no norm is over the widest bound, and nothing after clipping is like it."""
    values = [min(norm, 2.44) for norm in some_steps(3, 2000, end=1.6).variable_before]

    finding = ask(CHECK, log=a_run_log(a_series(values)), **measured(probe=None))

    assert "failed" == finding.status


@pytest.mark.parametrize("declared", [None, ("global", "before"), ("variable", "after")])
def test_a_running_mean_is_named(declared: Any) -> None:
    """Kindly, and with what to do."""
    values = a_run(3, 2000, ("variable", "after"))
    means = [sum(values[place // 500 * 500 : place + 1]) / (place % 500 + 1) for place in range(2000)]
    log = a_run_log(a_series(means, declared), per_epoch=500)

    assert "failed" == ask(CHECK, log=log, **measured()).status


def test_global_clipping_can_be_refused() -> None:
    """A rubric may ask that each variable is clipped by itself."""
    check = NormWithinCap(accept_global_clipnorm=False)
    column = a_norm([1.0, 1.0, 1.0, 0.7], **GLOBAL)

    assert "failed" == found(column, check=check).status
    assert "passed" == found(column).status
    assert "passed" == found(a_norm([1.0, 1.0, 1.0, 0.7], **VARIABLE), check=check).status
    assert "passed" == found(a_norm([0.9, 0.8, 0.7, 0.6], **GLOBAL), check=check).status


def test_every_norm_after_clipping_is_looked_at() -> None:
    """The columns of `NormLogger` get a sentence each."""
    columns = (
        a_norm([2.2] * 4, "variable_norm_before", scope="variable", stage="before"),
        a_norm([1.0] * 4, "variable_norm_after", **VARIABLE),
        a_norm([2.9] * 4, "global_norm_before", scope="global", stage="before"),
        a_norm([1.8] * 4, "global_norm_after", **GLOBAL),
    )

    assert "passed" == found(*columns, model=a_model()).status


@pytest.mark.parametrize(
    ("last", "status"),
    [({}, "passed"), ({"values": [1.3] * 4}, "review"), ({"values": [1.3] * 4, "stage": "before"}, "passed")],
)
def test_a_ninth_column_over_the_cap_is_left_to_a_teacher(last: dict[str, Any], status: str) -> None:
    """What it holds is not worked out, so it neither passes unseen nor fails."""
    fields = {"values": [0.9] * 4, **VARIABLE, **last}
    columns = [a_norm([0.9] * 4, **VARIABLE) for _ in range(8)]

    finding = found(*columns, a_norm(fields.pop("values"), **fields))

    assert status == finding.status


def test_the_worst_column_decides() -> None:
    """A failure goes before a review, and a review before a pass."""
    good = a_norm([1.0] * 4, "good", **VARIABLE)
    unclear = a_norm([1.5] * 4, "unclear", stage="after")
    bad = a_norm([1.5] * 4, "bad", **VARIABLE)

    assert "review" == found(good, unclear, model=a_model()).status
    assert "failed" == found(good, unclear, bad, model=a_model()).status


def test_norms_that_are_not_finite_fail() -> None:
    """NaN is not within any cap."""
    finding = found(a_norm([1.0, math.nan, math.nan, math.nan]))

    assert "failed" == finding.status


def test_a_log_without_norms_fails() -> None:
    """The sentence says which columns there are."""
    finding = ask(CHECK, log=a_log(loss=[0.5]))

    assert "failed" == finding.status
