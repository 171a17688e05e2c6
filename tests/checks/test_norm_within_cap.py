"""Tests of the check on the size of the logged norms."""

import math
from typing import Any

import pytest
from builders_evidence import a_log, a_model, a_norm, a_rerun, a_step_log, an_optimizer, ask
from builders_runs import a_measured_rerun, a_run, a_run_log, a_series, beside_an_honest_run, some_steps

from grader.checks.norm_within_cap import NormWithinCap
from grader.evidence.log import Column
from grader.evidence.model import Layer, Model
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


SIX_VARIABLES = a_norm([2.9, 1.7, 1.2, 0.3])


@pytest.mark.parametrize("declared", [{}, {"scope": "variable"}, {"stage": "after"}, VARIABLE, GLOBAL])
def test_norms_within_the_cap_pass(declared: dict[str, Any]) -> None:
    """Whichever norm after clipping it is; a clipped norm comes out of float32 as 1.0000001192."""
    assert "passed" == found(a_norm([1.0000001192, 0.9, 1.0, 0.4], **declared)).status


HINTS = [
    {"clipnorm": None},
    {"clipnorm": 1.0},
    {"clipnorm": None, "clipvalue": 0.5},
    {"clipnorm": 5.0},
    {"clipnorm": None, "global_clipnorm": 5.0},
]
# Each of six variables is clipped to 1, so all as one vector may reach the square root of 6.
SIX = [
    {"model": a_model()},
    {"model": a_model(), "rerun": a_rerun()},
    {"model": a_model(optimizer=None)},
    {"model": a_model_with(clipnorm=None)},
    {"model": a_model(variables=14), "rerun": a_rerun(trainable_variables=6)},
    {"rerun": a_rerun()},
]


@pytest.mark.parametrize(
    ("column", "parts", "status"),
    [
        # What to change depends on what the model was compiled with.
        *(
            pytest.param(
                a_norm([0.9, 1.7, 7.3, 1.1], **VARIABLE), {"model": a_model_with(**stored)}, "failed"
            )
            for stored in HINTS
        ),
        *(pytest.param(a_norm(GLOBAL_AFTER, **GLOBAL), parts, "passed") for parts in SIX),
        # Two decimals make the square root of six, 2.449, larger, and half a unit of the last is allowed.
        *(
            pytest.param(a_norm([first, 1.12, third, fourth], **GLOBAL), {"model": a_model()}, status)
            for first, third, fourth, status in (
                (2.45, 0.93, 0.34, "passed"),
                (2.45, 0.934, 0.0341, "passed"),
                (2.46, 0.93, 0.34, "failed"),
            )
        ),
        pytest.param(
            a_norm([2.45, 1.1234, 0.93, 0.34], **GLOBAL), {"model": a_model()}, "failed", id="four decimals"
        ),
        # The sentence names the first step, how many are over, and the largest; none looks like the cap.
        pytest.param(a_norm([0.9, 1.00002, 0.9, 0.9], **VARIABLE), {}, "failed", id="a little over"),
        pytest.param(a_norm([0.9, 1.7, 7.3149, 1.1], **VARIABLE), {}, "failed", id="far over"),
        pytest.param(
            a_norm([2.44955, 1.0, 2.9, 1.0], **GLOBAL), {"model": a_model()}, "failed", id="over its bound"
        ),
        pytest.param(
            a_norm(GLOBAL_AFTER, **GLOBAL),
            {"model": a_model_with(clipnorm=None, global_clipnorm=1.0)},
            "failed",
            id="global clipping caps the global norm",
        ),
        # Without model and rerun, nobody knows the bound.
        pytest.param(a_norm(GLOBAL_AFTER, **GLOBAL), {}, "review", id="unknown variables"),
        # No honest student fails because Keras clips each variable; the hint asks for the declaration.
        pytest.param(a_norm(GLOBAL_AFTER), {"model": a_model()}, "review", id="undeclared"),
        pytest.param(
            a_norm(GLOBAL_AFTER, stage="after"), {"model": a_model()}, "review", id="undeclared scope"
        ),
        pytest.param(a_norm(GLOBAL_AFTER), {}, "review", id="undeclared, without a model"),
        pytest.param(
            a_norm(GLOBAL_AFTER),
            {"check": NormWithinCap(scope="global"), "model": a_model()},
            "passed",
            id="the rubric assumes the global norm",
        ),
        # Nothing is declared, but the numbers say that it cannot be a norm after clipping.
        pytest.param(SIX_VARIABLES, {"model": a_model()}, "failed", id="clipped, and over every bound"),
        pytest.param(
            SIX_VARIABLES, {"model": a_model_with(clipnorm=None)}, "failed", id="unclipped, over every bound"
        ),
        pytest.param(SIX_VARIABLES, {"model": a_model(optimizer=None)}, "failed", id="over every bound"),
        pytest.param(
            SIX_VARIABLES, {"model": a_model_with(clipnorm=5.0)}, "failed", id="another cap, over every bound"
        ),
        # The loss of the student was scaled by 2^15, as Keras begins with; the sentence says so.
        *(
            pytest.param(
                a_norm([2**15 * norm for norm in (2.9, 2.4, 1.9, 1.5)], **said),
                {"model": a_model(), "rerun": a_rerun()},
                "failed",
                id=f"a scaled loss{scope}",
            )
            for scope, said in (("", {}), (", global", GLOBAL), (", variable", VARIABLE))
        ),
        # A scale and its products in bfloat16 are off by 2^-8 each.
        *(
            pytest.param(a_norm([1.0, norm, 0.9871, 0.3], **VARIABLE), {"model": model}, status)
            for norm, model, status in (
                (1.0057, a_model(precision="bfloat16"), "passed"),
                (1.0121, a_model(precision="bfloat16"), "failed"),
                (1.0012, a_model(precision="float16"), "passed"),
                (1.0057, a_model(precision="float16"), "failed"),
                (1.0057, a_model(), "failed"),
            )
        ),
        pytest.param(
            SIX_VARIABLES,
            {"model": a_model_with(kind="MultiOptimizer", clipnorm=None)},
            "failed",
            id="nobody knows how it clips, over every bound",
        ),
        # How many are over it in the grader's own training, before and after clipping.
        pytest.param(
            SIX_VARIABLES, {"model": a_model(), "rerun": a_measured_rerun()}, "failed", id="beside the rerun"
        ),
        # `tf.clip_by_global_norm` returns the norm before clipping, and that is often logged.
        pytest.param(
            a_norm([2.9, 1.7, 1.2, 0.3], "global_norm", scope="global"),
            {"model": a_model()},
            "failed",
            id="a global norm without a stage",
        ),
        pytest.param(
            a_norm([2.2, 2.9, 1.2, 0.3], stage="before"), {"model": a_model()}, "failed", id="before clipping"
        ),
        pytest.param(
            a_norm([1.2, 2.9, 1.2, 0.3]),
            {"check": NormWithinCap(cap=2.0, stage="before"), "model": a_model()},
            "failed",
            id="the rubric assumes norms before clipping",
        ),
        pytest.param(a_norm([1.0, math.nan, math.nan, math.nan]), {}, "failed", id="not finite"),
    ],
)
def test_norms_beside_their_bound(column: Column, parts: dict[str, Any], status: str) -> None:
    """What fails and what is left to a teacher depends on what is declared and what is known."""
    assert status == found(column, **parts).status


def test_norms_before_clipping_do_not_matter_beside_those_after_it() -> None:
    """A column without a stage beside one after clipping is taken for the norms before it."""
    before = a_norm([2.9, 2.2, 1.2, 0.3])
    after = a_norm([1.0, 1.0, 1.0, 0.3], "grad_norm_clipped", stage="after")

    assert "passed" == found(before, after, model=a_model()).status


@pytest.mark.parametrize(
    ("values", "parts", "status"),
    [
        pytest.param(a_run(3, 2000, ("global", "after")), {}, "passed", id="the global norm after clipping"),
        # Also where no norm is over the widest bound, and nothing after clipping is like it.
        pytest.param(
            [min(norm, 2.44) for norm in some_steps(3, 2000, end=1.6).variable_before],
            {"probe": None},
            "failed",
            id="logged before clipping",
        ),
    ],
)
def test_the_numbers_tell_what_was_logged(values: list[float], parts: dict[str, Any], status: str) -> None:
    """Nobody has to declare what can be seen."""
    assert status == ask(CHECK, log=a_run_log(a_series(values)), **beside_an_honest_run(8595, **parts)).status


@pytest.mark.parametrize("declared", [None, ("global", "before"), ("variable", "after")])
def test_a_running_mean_is_named(declared: Any) -> None:
    """Kindly, and with what to do."""
    values = a_run(3, 2000, ("variable", "after"))
    means = [sum(values[place // 500 * 500 : place + 1]) / (place % 500 + 1) for place in range(2000)]
    log = a_run_log(a_series(means, declared), per_epoch=500)

    assert "failed" == ask(CHECK, log=log, **beside_an_honest_run(8595)).status


def test_global_clipping_can_be_refused() -> None:
    """A rubric may ask that each variable is clipped by itself."""
    check = NormWithinCap(accept_global_clipnorm=False)
    column = a_norm([1.0, 1.0, 1.0, 0.7], **GLOBAL)

    assert "failed" == found(column, check=check).status
    assert "passed" == found(column).status
    assert "passed" == found(a_norm([1.0, 1.0, 1.0, 0.7], **VARIABLE), check=check).status
    assert "passed" == found(a_norm([0.9, 0.8, 0.7, 0.6], **GLOBAL), check=check).status
    old = a_model_with(clipnorm_is_global=True)
    assert "passed" == found(column, check=check, model=old).status


def test_clipnorm_of_an_old_keras_bounds_all_gradients() -> None:
    """A global norm that today's `clipnorm` allows, that one does not leave."""
    column = a_norm([1.8, 1.0, 1.0, 0.7], **GLOBAL)

    assert "passed" == found(column, model=a_model_with()).status
    old = a_model_with(clipnorm_is_global=True)
    assert "failed" == found(column, model=old).status


def test_every_norm_after_clipping_is_looked_at() -> None:
    """The columns of `NormLogger` get a sentence each."""
    columns = (
        a_norm([2.2] * 4, "variable_norm_before", scope="variable", stage="before"),
        a_norm([1.0] * 4, "variable_norm_after", **VARIABLE),
        a_norm([2.9] * 4, "global_norm_before", scope="global", stage="before"),
        a_norm([1.8] * 4, "global_norm_after", **GLOBAL),
    )

    assert "passed" == found(*columns, model=a_model()).status


@pytest.mark.parametrize("declared", [GLOBAL, {"stage": "after"}])
@pytest.mark.parametrize(
    ("largest", "model", "status"),
    [(1.0, None, "passed"), (1.0, a_model(), "passed"), (1.001, None, "failed")],
)
def test_the_norms_of_a_variable_settle_what_nobody_can_bound(
    declared: dict[str, Any], largest: float, model: Model | None, status: str
) -> None:
    """A truncated model file does not say how many variables there are, and the log does not need it."""
    after = a_norm([1.0, largest, 1.0, 0.25], "variable_norm_after", **VARIABLE)

    assert status == found(after, a_norm(GLOBAL_AFTER, "global_norm_after", **declared), model=model).status


@pytest.mark.parametrize(
    ("after", "model"),
    [
        pytest.param([0.0] * 4, None, id="zeros"),
        pytest.param([1.0, 1.0, 1.0, 0.55], None, id="a norm of a variable over that of all"),
        pytest.param([1.0, 1.0, None, 0.3], None, id="a row without it"),
        pytest.param([0.65, 0.65, 0.65, 0.3], a_model(), id="six variables have at most 1.592 then"),
    ],
)
def test_norms_of_a_variable_that_are_not_possible_beside_the_others_settle_nothing(
    after: list[float | None], model: Model | None
) -> None:
    """They may be invented, so a teacher looks."""
    columns = a_norm(after, "variable_norm_after", **VARIABLE), a_norm(GLOBAL_AFTER, "norm", stage="after")

    assert "review" == found(*columns, model=model).status


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


def test_columns_before_clipping_do_not_hide_one_after_it() -> None:
    """However many there are, and where some are the same."""
    before = [a_norm([2.9, 2.2, 1.2, 0.3], scope="global", stage="before") for _ in range(8)]

    assert "passed" == found(*before, a_norm([1.0, 1.0, 0.9, 0.3], "after", **VARIABLE)).status
    assert "failed" == found(*before, a_norm([1.0, 1.3, 0.9, 0.3], "after", **VARIABLE)).status
    after = [a_norm([0.9] * 4, **VARIABLE) for _ in range(8)]
    # Beside those after clipping, one without a stage is from before it.
    assert "passed" == found(*after, a_norm([2.9, 2.2, 1.2, 0.3], "norm")).status


def test_the_worst_column_decides() -> None:
    """A failure goes before a review, and a review before a pass."""
    good = a_norm([1.0] * 4, "good", stage="after")
    unclear = a_norm([1.5] * 4, "unclear", stage="after")
    bad = a_norm([1.5] * 4, "bad", **VARIABLE)

    assert "review" == found(good, unclear, model=a_model()).status
    assert "failed" == found(good, unclear, bad, model=a_model()).status


def test_a_log_without_norms_fails() -> None:
    """The sentence says which columns there are."""
    assert "failed" == ask(CHECK, log=a_log(loss=[0.5])).status


@pytest.mark.parametrize(
    ("norms", "parts", "status"),
    [
        # Rows that repeat were measured to make a norm 1.2 times as large: half as much more is allowed.
        ([1.79, 1.0], {"rerun": a_rerun(repeats=1.2)}, "passed"),
        ([1.81, 1.0], {"rerun": a_rerun(repeats=1.2)}, "failed"),
        ([1.0, 0.9], {"rerun": a_rerun(repeats=1.2)}, "passed"),
        # Without a rerun nobody knows how much.
        ([14.0, 1.0], {}, "passed"),
        ([16.0, 1.0], {}, "failed"),
    ],
)
def test_an_embedding_is_clipped_by_another_norm(
    norms: list[float], parts: dict[str, Any], status: str
) -> None:
    """What Keras has clipped to the cap may be logged above it, and no honest student fails for that."""
    layers = Layer(kind="Embedding", name="words"), Layer(kind="Dense", name="out", units=1)

    assert status == found(a_norm([*norms, 0.5, 0.4], **VARIABLE), model=a_model(*layers), **parts).status
