"""Tests of the check on the stored optimizer."""

from typing import Any

import pytest
from builders_evidence import a_log, a_model, a_norm, a_rerun, an_optimizer, ask, some_norms
from builders_runs import a_training, the_log, the_model
from pydantic import ValidationError

from grader.checks.optimizer_is import OptimizerIs
from grader.evidence.log import Log
from grader.messages.wording import number
from grader.report import Finding, failed, passed, review

CHECK = OptimizerIs(name="Adam", learning_rate=0.001, clipnorm=1)
COMPILE = (
    "Compile with `Adam(learning_rate=0.001, clipnorm=1.0)`, train again, "
    "and save the model as it was trained."
)


def found(check: OptimizerIs = CHECK, log: Log | None = None, **stored: Any) -> Finding:
    """What the check says of an optimizer that differs in these fields from the one asked for."""
    return ask(check, model=a_model(optimizer=an_optimizer(**stored)), log=log)


def test_the_optimizer_asked_for_passes() -> None:
    """A stored learning rate of 0.0010000000474974513 is 0.001."""
    message = "The stored optimizer is `Adam` with learning rate 0.001 and clipnorm 1.0, as the rubric asks."

    assert passed(message) == found()


def test_no_stored_optimizer_passes_and_says_so() -> None:
    """What is not stored is not wrong."""
    finding = ask(CHECK, model=a_model(optimizer=None))

    assert (
        passed(
            "The model file stores no optimizer, "
            "so nothing contradicts `Adam` with learning rate 0.001 and clipnorm 1.0."
        )
        == finding
    )


def test_no_stored_learning_rate_passes_and_says_so() -> None:
    """A part that is not stored is not wrong either."""
    message = (
        "The stored optimizer is `Adam` with clipnorm 1.0, as the rubric asks; "
        "its learning rate is not stored."
    )

    assert passed(message) == found(learning_rate=None)


def test_what_is_not_asked_is_not_looked_at() -> None:
    """A rubric that names only the optimizer takes any learning rate and any clipping."""
    finding = found(OptimizerIs(name="sgd"), kind="SGD", learning_rate=0.5, clipnorm=None)

    assert passed("The stored optimizer is `SGD`, as the rubric asks.") == finding


def test_global_clipnorm_is_accepted() -> None:
    """It is stricter than what was asked for."""
    message = (
        "The stored optimizer is `Adam` with learning rate 0.001 "
        "and global_clipnorm 1.0 (accepted for clipnorm 1.0), as the rubric asks."
    )

    assert passed(message) == found(clipnorm=None, global_clipnorm=1.0)


def test_global_clipnorm_is_refused_where_the_rubric_says_so() -> None:
    """The hint says what the difference is."""
    check = CHECK.model_copy(update={"accept_global_clipnorm": False})

    assert failed(
        "The stored optimizer is `Adam` with global_clipnorm 1.0; "
        "the rubric asks for `Adam` with clipnorm 1.0.",
        f"`global_clipnorm` clips all gradients as one vector, `clipnorm` each one. {COMPILE}",
    ) == found(check, clipnorm=None, global_clipnorm=1.0)


@pytest.mark.parametrize(
    ("stored", "described", "asked", "hint"),
    [
        ({"kind": "AdamW"}, "`AdamW`", "`Adam`", ""),
        (
            {"learning_rate": 0.0005},
            "`Adam` with learning rate 0.0005",
            "`Adam` with learning rate 0.001",
            "A callback that lowers the learning rate changes the stored one, too. ",
        ),
        (
            {"learning_rate": 10.0},
            "`Adam` with learning rate 10.0",
            "`Adam` with learning rate 0.001",
            (
                "The stored learning rate is 10.0, and 0.001 is usual for `Adam`: the steps are too long to "
                "settle, and clipping does not help, because each step is as long as the learning rate "
                "whatever the gradient's norm. Lower it, and train again. "
            ),
        ),
        (
            {"clipnorm": 0.01},
            "`Adam` with clipnorm 0.01",
            "`Adam` with clipnorm 1.0",
            (
                "`Adam` learns with a cap of 0.01 as well, because it divides each gradient by its own size; "
                "but the norms are not those that were asked for. "
            ),
        ),
        (
            {"learning_rate": 0.00100005},
            "`Adam` with learning rate 0.00100005",
            "`Adam` with learning rate 0.001",
            "",
        ),
        (
            {"learning_rate": None, "schedule": "ExponentialDecay"},
            "`Adam` with the schedule `ExponentialDecay`",
            "`Adam` with learning rate 0.001",
            "A schedule changes the learning rate; the rubric asks for a constant one. ",
        ),
        ({"clipnorm": 5.0}, "`Adam` with clipnorm 5.0", "`Adam` with clipnorm 1.0", ""),
        ({"clipnorm": None}, "`Adam` with no clipping", "`Adam` with clipnorm 1.0", ""),
        (
            {"clipnorm": 0.0},
            "`Adam` with clipnorm 0",
            "`Adam` with clipnorm 1.0",
            "In Keras 3 `clipnorm=0` means no clipping. ",
        ),
        (
            {"clipnorm": None, "clipvalue": 0.5},
            "`Adam` with clipvalue 0.5",
            "`Adam` with clipnorm 1.0",
            (
                "`clipvalue` bounds each element of a gradient, `clipnorm` its norm: "
                "266610 elements of 0.5 still have a norm of 258.2. "
            ),
        ),
        (
            {"clipnorm": None, "global_clipnorm": 2.0},
            "`Adam` with global_clipnorm 2.0",
            "`Adam` with clipnorm 1.0",
            "",
        ),
        (
            {"clipvalue": 0.5},
            "`Adam` with clipnorm 1.0 and clipvalue 0.5",
            "`Adam` with clipnorm 1.0",
            (
                "Keras 3 refuses two kinds of clipping at once, so an older Keras made this optimizer: "
                "keep `clipnorm` alone. "
            ),
        ),
        (
            {"kind": "SGD", "learning_rate": 0.01, "clipnorm": None},
            "`SGD` with learning rate 0.01 and no clipping",
            "`Adam` with learning rate 0.001 and clipnorm 1.0",
            "",
        ),
    ],
)
def test_deviations_stand_in_one_sentence(
    stored: dict[str, Any], described: str, asked: str, hint: str
) -> None:
    """Each that deviates with what is stored and what is asked, and those that agree left out."""
    message = f"The stored optimizer is {described}; the rubric asks for {asked}."

    assert failed(message, hint + COMPILE) == found(**stored)


def test_the_graders_own_training_shows_what_the_cap_does() -> None:
    """The hint has its norms before clipping."""
    rerun = a_rerun(norms=some_norms(variable_before=[2.2] * 30 + [0.5] * 10))
    model = a_model(optimizer=an_optimizer(clipnorm=None))

    assert (
        "Nothing bounds the gradients then: in the grader's own training 30 of 40 steps have a norm over 1.0 "
        f"before clipping. {COMPILE}"
    ) == str(ask(CHECK, model=model, rerun=rerun).hint)


def test_a_name_from_the_file_is_made_safe() -> None:
    """The kind is the student's text."""
    assert str(found(kind="Ad\x1bam`").message).startswith(r"The stored optimizer is `Ad\x1bam'`; the rubric")


def test_a_capped_log_contradicts_an_optimizer_without_clipping() -> None:
    """The training loop may have clipped by itself, so a teacher looks."""
    log = a_log(a_norm([1.0] * 30 + [0.4] * 20, scope="global", stage="after"))

    assert review(
        "The stored optimizer is `Adam` with no clipping, but the norms in `grad_norm` are capped at 1.0; "
        "the rubric asks for `Adam` with clipnorm 1.0.",
        "Look in the student's code whether the training loop clips the gradients itself, "
        "for example with `tf.clip_by_global_norm`.",
    ) == found(log=log, clipnorm=None)


def test_moments_that_are_those_of_the_capped_norms_clear_the_optimizer() -> None:
    """The loop clipped all gradients as one vector, as `tf.clip_by_global_norm` does."""
    training = a_training(600, clipnorm=0.3)
    cap = max(training.logged("global", "after"))
    check = CHECK.model_copy(update={"clipnorm": cap})
    model = the_model(training, clipnorm=None)
    log = the_log(training.logged("global", "after"), scope="global", stage="after")

    assert passed(
        "The stored optimizer is `Adam` with no clipping, but its moments are those of the norms in "
        "`grad_norm`, "
        f"which are capped at {number(cap)}: the training loop clipped all gradients as one vector "
        "before the "
        "optimizer saw them, which the rubric accepts."
    ) == ask(check, model=model, log=log)
    assert "review" == ask(check, model=the_model(a_training(600, seed=1), clipnorm=None), log=log).status


@pytest.mark.parametrize(
    ("log", "stored"),
    [
        (a_log(a_norm([2.9] * 30)), {"clipnorm": None}),
        (a_log(a_norm([0.3] * 30)), {"clipnorm": None}),
        (a_log(a_norm([1.0] * 30, stage="before")), {"clipnorm": None}),
        (a_log(loss=[1.0]), {"clipnorm": None}),
        (a_log(a_norm([1.0] * 30)), {"clipnorm": 5.0}),
        (a_log(a_norm([1.0] * 30)), {"clipnorm": None, "clipvalue": 1.0}),
        (a_log(a_norm([1.0] * 30)), {"clipnorm": None, "kind": "SGD"}),
    ],
)
def test_any_other_log_contradicts_nothing(log: Log, stored: dict[str, Any]) -> None:
    """Only norms after clipping that are held at the cap speak for clipping in the loop."""
    assert "failed" == found(log=log, **stored).status


def test_clipping_in_the_loop_is_not_looked_for_where_it_is_not_accepted() -> None:
    """The rubric wants the optimizer to clip each variable."""
    check = CHECK.model_copy(update={"accept_global_clipnorm": False})

    assert "failed" == found(check, log=a_log(a_norm([1.0] * 30)), clipnorm=None).status


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"name": ""},
        {"name": "Adam", "learning_rate": 0},
        {"name": "Adam", "learning_rate": "1e-3"},
        {"name": "Adam", "clipnorm": -1.0},
        {"name": "Adam", "clip_norm": 1.0},
        {"name": "Adam", "accept_global_clipnorm": 1},
    ],
)
def test_wrong_parameters_are_a_mistake_in_the_rubric(parameters: dict[str, Any]) -> None:
    """A name is needed, numbers are above 0, and an unknown key is refused."""
    with pytest.raises(ValidationError):
        OptimizerIs.model_validate(parameters)
