"""Tests of the hints on clipping that was not asked for."""

from typing import Any

import pytest
from builders_evidence import a_model, a_rerun, an_optimizer, some_norms

from grader.analysis.diagnosis.optimizer import hard_clipping, other_clipping
from grader.evidence.model import Model
from grader.evidence.training import Rerun

RERUN = a_rerun(norms=some_norms(variable_before=[4.0] * 10 + [2.0] * 20 + [0.5] * 10))


def stored(**fields: Any) -> Model:
    """The homework's network with an optimizer that differs in these fields from the one asked for."""
    return a_model(optimizer=an_optimizer(**fields))


@pytest.mark.parametrize(
    ("fields", "rerun", "hint"),
    [
        pytest.param(
            {"clipvalue": 0.5},
            None,
            (
                "Keras 3 refuses two kinds of clipping at once, so an older Keras made this optimizer: "
                "keep `clipnorm` alone."
            ),
            id="clipnorm and clipvalue",
        ),
        pytest.param(
            {"global_clipnorm": 1.0},
            None,
            (
                "Keras 3 refuses two kinds of clipping at once, so an older Keras made this optimizer: "
                "keep `clipnorm` alone."
            ),
            id="clipnorm and global_clipnorm",
        ),
        pytest.param(
            {"clipnorm": None, "clipvalue": 0.5},
            None,
            (
                "`clipvalue` bounds each element of a gradient, `clipnorm` its norm: "
                "266610 elements of 0.5 still have a norm of 258.2."
            ),
            id="clipvalue",
        ),
        pytest.param(
            {"clipnorm": None, "global_clipnorm": 1.0},
            None,
            "`global_clipnorm` clips all gradients as one vector, `clipnorm` each one.",
            id="global_clipnorm",
        ),
        pytest.param({"clipnorm": None}, None, None, id="none, and no rerun"),
        pytest.param({"clipnorm": None}, a_rerun(norms=some_norms(0)), None, id="none, and an empty rerun"),
        pytest.param(
            {"clipnorm": None},
            RERUN,
            (
                "Without clipping the gradients are unbounded: in the grader's own training 30 of 40 steps "
                "have a norm over 1.0."
            ),
            id="none",
        ),
        pytest.param(
            {"clipnorm": 0.0}, None, "In Keras 3 `clipnorm=0` means no clipping.", id="0, and no rerun"
        ),
        pytest.param(
            {"clipnorm": 0.0},
            RERUN,
            (
                "In Keras 3 `clipnorm=0` means no clipping. Without clipping the gradients are unbounded: "
                "in the grader's own training 30 of 40 steps have a norm over 1.0."
            ),
            id="0",
        ),
        pytest.param({"clipnorm": 5.0}, None, None, id="5.0, and no rerun"),
        pytest.param(
            {"clipnorm": 3.0},
            RERUN,
            (
                "At 3.0 little is clipped: in the grader's own training 10 of 40 steps have a norm over it "
                "before clipping, and the largest is 4.0."
            ),
            id="too large",
        ),
        pytest.param(
            {"clipnorm": 0.01},
            RERUN,
            (
                "`Adam` learns with a cap of 0.01 as well, because it divides each gradient by its own size; "
                "but the norms are not those that were asked for."
            ),
            id="small, and Adam does not mind",
        ),
        pytest.param(
            {"clipnorm": None, "global_clipnorm": 1e-6},
            RERUN,
            (
                "`Adam` clips at 1e-06, which over 266610 parameters leaves 1.937e-09 of an element, "
                "less than the 1e-07 that is added before the division, so the steps are too small: "
                "train with the cap that is asked for."
            ),
            id="so small that Adam does mind",
        ),
        pytest.param(
            {"kind": "SGD", "clipnorm": 0.01},
            RERUN,
            (
                "`SGD` clips at 0.01, and in the grader's own training half of the norms are over 2.0 before "
                "clipping, so the steps are too small: train with the cap that is asked for."
            ),
            id="small, and SGD does mind",
        ),
        pytest.param({"kind": "SGD", "clipnorm": 0.5}, RERUN, None, id="SGD with half the cap"),
        pytest.param({}, RERUN, None, id="as asked"),
    ],
)
def test_other_clipping(fields: dict[str, Any], rerun: Rerun | None, hint: str | None) -> None:
    """The hint says what this clipping does, with the norms of the grader's own training."""
    assert (hint or "") == str(other_clipping(stored(**fields), 1.0, rerun) or "")


def test_a_model_without_an_optimizer_has_no_clipping_to_speak_of() -> None:
    """Nothing is known then."""
    model = a_model(optimizer=None)

    assert other_clipping(model, 1.0, RERUN) is None
    assert hard_clipping(model, RERUN) is None
    assert hard_clipping(None, RERUN) is None


@pytest.mark.parametrize("fields", [{"clipnorm": None}, {"clipnorm": 1e-4}, {"kind": "SGD", "clipnorm": 1.0}])
def test_clipping_that_leaves_steps_of_use_is_not_hard(fields: dict[str, Any]) -> None:
    """Adam learns with a cap of 1e-4, whatever is said of small caps."""
    assert hard_clipping(stored(**fields), RERUN) is None


def test_sgd_is_not_judged_without_a_rerun() -> None:
    """How large the gradients are before clipping is not known then."""
    assert hard_clipping(stored(kind="SGD", clipnorm=0.01), None) is None


def test_a_model_without_parameters_is_not_divided_by() -> None:
    """Zero parameters share nothing."""
    assert hard_clipping(a_model(parameters=0), RERUN) is None
