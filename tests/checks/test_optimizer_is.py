"""Tests of the check on the stored optimizer."""

import math
from typing import Any

import pytest
from builders_evidence import (
    a_column,
    a_log,
    a_model,
    a_norm,
    a_rerun,
    an_optimizer,
    ask,
    norms_in,
    some_norms,
)
from builders_golden import said
from builders_runs import Training, a_training, the_log, the_model
from pydantic import ValidationError

from grader.checks.norm_within_cap import NormWithinCap
from grader.checks.optimizer_is import OptimizerIs
from grader.evidence.log import Column, Log
from grader.evidence.model import Optimizer
from grader.report import Finding

CHECK = OptimizerIs(name="Adam", learning_rate=0.001, clipnorm=1)


def found(check: OptimizerIs = CHECK, log: Log | None = None, **stored: Any) -> Finding:
    """What the check says of an optimizer that differs in these fields from the one asked for."""
    return ask(check, model=a_model(optimizer=an_optimizer(**stored)), log=log)


REQUIRED = CHECK.model_copy(update={"stored": "required"})
NOT_GLOBAL = CHECK.model_copy(update={"accept_global_clipnorm": False})
SEVERAL = an_optimizer(kind="MultiOptimizer", learning_rate=None, clipnorm=None, iterations=0)
WHOLE = an_optimizer(clipnorm=None, global_clipnorm=1.0)


@pytest.mark.parametrize(
    ("check", "optimizer", "status"),
    [
        pytest.param(CHECK, an_optimizer(), "passed", id="0.0010000000474974513 is 0.001"),
        pytest.param(REQUIRED, an_optimizer(), "passed", id="it must be stored, and is"),
        pytest.param(CHECK, an_optimizer(learning_rate=None), "passed", id="no learning rate is stored"),
        pytest.param(
            OptimizerIs(name="sgd"),
            an_optimizer(kind="SGD", learning_rate=0.5, clipnorm=None),
            "passed",
            id="what is not asked is not looked at",
        ),
        # It is stricter than what was asked for, and the hint says what the difference is.
        pytest.param(CHECK, WHOLE, "passed", id="global_clipnorm"),
        pytest.param(NOT_GLOBAL, WHOLE, "failed", id="global_clipnorm is refused"),
        # Many honest students save without it.
        pytest.param(CHECK, None, "not_checked", id="none"),
        # Each group of variables has its own learning rate and clipping there.
        pytest.param(CHECK, SEVERAL, "not_checked", id="one that only holds others"),
        pytest.param(REQUIRED, SEVERAL, "review", id="one that only holds others, and no step is counted"),
    ],
)
def test_the_optimizer_asked_for(check: OptimizerIs, optimizer: Optimizer | None, status: str) -> None:
    """A setting that is not stored is not wrong, and the sentence says so."""
    assert status == ask(check, model=a_model(optimizer=optimizer)).status


MOMENTUM = OptimizerIs(name="SGD", settings={"momentum": 0.9, "nesterov": True})
DECAY = OptimizerIs(name="Adam", settings={"weight_decay": 0, "epsilon": 1e-7, "use_ema": False})
BY_VALUE = OptimizerIs(name="Adam", settings={"clipvalue": 0.5})
COSINE = OptimizerIs(
    name="Adam", learning_rate=0.01, schedule={"CosineDecay": {"decay_steps": 100, "alpha": 0}}
)
STEPS = OptimizerIs(
    name="SGD", schedule={"PiecewiseConstantDecay": {"values": (0.1, 0.01), "boundaries": (50,)}}
)
SGD = {"kind": "SGD", "learning_rate": 0.01, "clipnorm": None}
FALLING = {"initial_learning_rate": 0.01, "decay_steps": 100}


@pytest.mark.parametrize(
    ("check", "stored", "status"),
    [
        pytest.param(
            MOMENTUM, SGD | {"settings": {"momentum": 0.9, "nesterov": True}}, "passed", id="as asked"
        ),
        pytest.param(
            MOMENTUM, SGD | {"settings": {"momentum": 0.8, "nesterov": True}}, "failed", id="another"
        ),
        pytest.param(MOMENTUM, SGD, "failed", id="Keras' default"),
        pytest.param(MOMENTUM, {}, "failed", id="another optimizer, which has no momentum"),
        pytest.param(DECAY, {}, "passed", id="what an older file does not store"),
        pytest.param(DECAY, {"settings": {"weight_decay": 0.01, "use_ema": True}}, "failed", id="two others"),
        pytest.param(BY_VALUE, {"clipnorm": None, "clipvalue": 0.5}, "passed", id="clipvalue"),
        pytest.param(BY_VALUE, {}, "failed", id="no clipvalue"),
        pytest.param(
            COSINE, {"schedule": "CosineDecay", "schedule_settings": FALLING}, "passed", id="a schedule"
        ),
        pytest.param(
            COSINE,
            {"schedule": "CosineDecay", "schedule_settings": FALLING | {"decay_steps": 10, "alpha": 0.1}},
            "failed",
            id="other settings of the schedule",
        ),
        pytest.param(COSINE, {"schedule": "ExponentialDecay"}, "failed", id="another schedule"),
        pytest.param(COSINE, {}, "failed", id="a constant learning rate"),
        pytest.param(
            STEPS,
            SGD
            | {
                "schedule": "PiecewiseConstantDecay",
                "schedule_settings": {"boundaries": (50.0,), "values": (0.1, 0.01)},
            },
            "passed",
            id="lists",
        ),
        pytest.param(
            STEPS,
            SGD
            | {
                "schedule": "PiecewiseConstantDecay",
                "schedule_settings": {"boundaries": 50, "values": (0.1,)},
            },
            "failed",
            id="other lists",
        ),
    ],
)
def test_other_settings(check: OptimizerIs, stored: dict[str, Any], status: str) -> None:
    """Each by its name in Keras; where none is stored, Keras' default applies."""
    assert status == found(check, **stored).status


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "SGD", "settings": {"beta_1": 0.9}},
        {"name": "adam", "settings": {"beta1": 0.9}},
        {"name": "Adam", "schedule": {"Cosine": {}}},
        {"name": "Adam", "schedule": {"CosineDecay": {"rate": 1}}},
        {"name": "Adam", "clipnorm": 1.0, "settings": {"clipvalue": 1.0}},
        {"name": "Adam", "settings": {"beta_1": math.nan}},
    ],
)
def test_a_setting_that_the_optimizer_does_not_have(wrong: dict[str, Any]) -> None:
    """It is a mistake in the rubric, whose sentence names those that there are."""
    with pytest.raises(ValidationError) as refused:
        OptimizerIs.model_validate(wrong)
    said("\n".join(error["msg"] for error in refused.value.errors()))


@pytest.mark.hostile_row(98)
@pytest.mark.parametrize("optimizer", [None, an_optimizer(iterations=0)])
def test_an_optimizer_that_must_be_stored_fails_where_it_is_not(optimizer: Optimizer | None) -> None:
    """Without it a log can be made up; the hint says how to save it."""
    assert "failed" == ask(REQUIRED, model=a_model(optimizer=optimizer)).status


@pytest.mark.parametrize(
    "stored",
    [
        {"kind": "AdamW"},
        # The kind is the student's text.
        {"kind": "Ad\x1bam`"},
        {"learning_rate": 0.0005},
        {"learning_rate": 10.0},
        {"clipnorm": 0.01},
        {"learning_rate": 0.00100005},
        {"learning_rate": None, "schedule": "ExponentialDecay"},
        {"clipnorm": 5.0},
        {"clipnorm": None},
        {"clipnorm": 0.0},
        {"clipnorm": None, "clipvalue": 0.5},
        {"clipnorm": None, "global_clipnorm": 2.0},
        {"clipvalue": 0.5},
        {"kind": "SGD", "learning_rate": 0.01, "clipnorm": None},
    ],
)
def test_deviations_stand_in_one_sentence(stored: dict[str, Any]) -> None:
    """Each that deviates with what is stored and what is asked, and those that agree left out."""
    assert "failed" == found(**stored).status


def test_the_graders_own_training_shows_what_the_cap_does() -> None:
    """The hint has its norms before clipping."""
    rerun = a_rerun(norms=some_norms(variable_before=[2.2] * 30 + [0.5] * 10))
    model = a_model(optimizer=an_optimizer(clipnorm=None))

    assert "failed" == ask(CHECK, model=model, rerun=rerun).status


def test_moments_that_are_those_of_the_capped_norms_clear_the_optimizer() -> None:
    """The loop clipped all gradients as one vector, as `tf.clip_by_global_norm` does."""
    training = a_training(600, clipnorm=0.3)
    cap = max(training.logged("global", "after"))
    check = CHECK.model_copy(update={"clipnorm": cap})
    model = the_model(training, clipnorm=None)
    log = the_log(training.logged("global", "after"), scope="global", stage="after")

    assert "passed" == ask(check, model=model, log=log).status
    assert "review" == ask(check, model=the_model(a_training(600, seed=1), clipnorm=None), log=log).status


@pytest.mark.parametrize(
    ("norms", "stored", "status"),
    [
        # The training loop may have clipped by itself, so a teacher looks.
        (a_norm([1.0] * 30 + [0.4] * 20, scope="global", stage="after"), {}, "review"),
        (a_norm([2.9] * 30), {}, "failed"),
        (a_norm([0.3] * 30), {}, "failed"),
        (a_norm([1.0] * 30, stage="before"), {}, "failed"),
        (a_column("loss", [1.0]), {}, "failed"),
        (a_norm([1.0] * 30), {"clipnorm": 5.0}, "failed"),
        (a_norm([1.0] * 30), {"clipvalue": 1.0}, "failed"),
        (a_norm([1.0] * 30), {"kind": "SGD"}, "failed"),
    ],
)
def test_a_capped_log_contradicts_an_optimizer_without_clipping(
    norms: Column, stored: dict[str, Any], status: str
) -> None:
    """Only norms after clipping that are held at the cap speak for clipping in the loop."""
    assert status == found(log=a_log(norms), **{"clipnorm": None} | stored).status


def test_clipping_in_the_loop_is_not_looked_for_where_it_is_not_accepted() -> None:
    """The rubric wants the optimizer to clip each variable."""
    assert "failed" == found(NOT_GLOBAL, log=a_log(a_norm([1.0] * 30)), clipnorm=None).status


LOOP = a_training(600, clipnorm=2.5, by_variable=False)
EACH = a_training(600, clipnorm=0.5)
# The norm of all gradients is over 1.0 in every step.
ALWAYS = a_training(600, clipnorm=1.0, by_variable=False)


@pytest.mark.parametrize(
    ("training", "cap", "accepts_global", "status"),
    [
        pytest.param(LOOP, 2.5, True, "passed", id="held at the cap they make the moments"),
        pytest.param(LOOP, 2.5, False, "failed", id="the rubric asks for each variable"),
        pytest.param(LOOP, 2.0, True, "failed", id="another cap"),
        pytest.param(EACH, 0.5, True, "failed", id="each by itself"),
        pytest.param(ALWAYS, 1.0, True, "passed", id="held in every step"),
    ],
)
@pytest.mark.parametrize("declared", [{}, {"scope": "global"}, {"scope": "global", "stage": "before"}])
def test_norms_that_were_logged_before_the_loop_clipped(
    training: Training, cap: float, accepts_global: bool, status: str, declared: dict[str, Any]
) -> None:
    """`clipped, norm = tf.clip_by_global_norm(g, 1.0)` is told from no clipping by Adam's moments."""
    check = CHECK.model_copy(update={"clipnorm": cap, "accept_global_clipnorm": accepts_global})
    model = the_model(training, clipnorm=None)
    log = the_log(training.logged("global", "before"), "norm", **declared)
    logged = ask(NormWithinCap(cap=cap), model=model, log=log)
    optimizer = ask(check, model=model, log=log)

    assert ("failed", status) == (logged.status, optimizer.status)
    assert "tf.linalg.global_norm(clipped)" in str(logged.hint)
    assert "tf.linalg.global_norm(clipped)" in str(optimizer.hint) or status == "passed"


UNSAID = {"clipnorm": None, "unsaid": ("clipnorm", "global_clipnorm", "clipvalue")}


@pytest.mark.parametrize(
    ("check", "stored", "status"),
    [
        (CHECK, {}, "not_checked"),
        (CHECK, {"learning_rate": 0.01}, "failed"),
        (CHECK, {"kind": "SGD"}, "failed"),
        (CHECK.model_copy(update={"clipnorm": None}), {}, "passed"),
        (
            CHECK.model_copy(update={"clipnorm": None, "settings": {"global_clipnorm": 1.0}}),
            {},
            "not_checked",
        ),
        (CHECK, {"kind": "AdamW", "unsaid": ("name", "clipnorm")}, "not_checked"),
        (CHECK, {"kind": "AdamW"}, "failed"),
    ],
)
def test_clipping_that_no_file_of_pytorch_stores_fails_nobody(
    check: OptimizerIs, stored: dict[str, Any], status: str
) -> None:
    """What the file stores is compared all the same; a log that is held at the cap alone is no proof."""
    assert status == found(check, **UNSAID | stored).status
    assert status == found(check, log=a_log(a_norm([1.0] * 30)), **UNSAID | stored).status


@pytest.mark.parametrize(("training", "cap", "status"), [(LOOP, 2.5, "passed"), (LOOP, 2.0, "not_checked")])
def test_the_log_of_clip_grad_norm_proves_what_pytorch_does_not_store(
    training: Training, cap: float, status: str
) -> None:
    """Held at the cap, the norms that it returns make exactly the stored moments, so the log is within it."""
    check = CHECK.model_copy(update={"clipnorm": cap})
    stored = the_model(training, **UNSAID)
    model = stored.model_copy(update={"form": "pytorch", "keras_version": ""})
    log = the_log(training.logged("global", "before"), "norm")

    assert status == ask(check, model=model, log=log).status
    as_one = OptimizerIs(name="Adam", settings={"global_clipnorm": cap})
    norms = norms_in(log, NormWithinCap(cap=cap), None, model=model)
    assert status == as_one.find(model, norms, None).status
    within = ask(NormWithinCap(cap=cap), model=model, log=log)
    assert ("passed" if status == "passed" else "failed") == within.status


def test_an_optimizer_of_pytorch_that_must_be_stored() -> None:
    """The hint says how a checkpoint is saved."""
    check = CHECK.model_copy(update={"stored": "required"})
    model = a_model(optimizer=None, form="pytorch", keras_version="")

    assert "optimizer_state_dict" in str(ask(check, model=model).hint)


def test_norms_that_are_held_are_as_exact_as_the_cap_and_the_others_as_the_log() -> None:
    """Two decimals do not hide that all gradients were clipped; nor does a log of one value."""
    rounded = [round(norm, 2) for norm in ALWAYS.logged("global", "before")]
    for norms in (rounded, [5.0] * 600):
        log = the_log(norms, scope="global", stage="before")
        assert "passed" == ask(CHECK, model=the_model(ALWAYS, clipnorm=None), log=log).status


@pytest.mark.parametrize(
    ("seed", "stored"),
    [(0, {"clipnorm": None}), (0, {"clipnorm": None, "moments": None}), (5, {"clipnorm": None})],
)
def test_gradients_that_nothing_clipped_are_not_called_clipped(seed: int, stored: dict[str, Any]) -> None:
    """The moments are those of the logged norms or of a training like it, or nobody knows them."""
    training, other = a_training(600, clipnorm=1e9), a_training(600, clipnorm=1e9, seed=seed)
    model, log = the_model(training, **stored), the_log(other.logged("global", "before"), scope="global")
    hints = [str(ask(check, model=model, log=log).hint) for check in (CHECK, NormWithinCap())]

    assert not any("tf.linalg.global_norm(clipped)" in hint for hint in hints)
