"""Tests of the hints on clipping that was not asked for."""

from typing import Any

import pytest
from builders_evidence import a_model, a_rerun, an_optimizer, some_norms
from builders_golden import said

from grader.analysis.diagnosis.optimizer import hard_clipping, other_clipping
from grader.evidence.model import Model
from grader.evidence.training import Rerun

RERUN = a_rerun(norms=some_norms(variable_before=[4.0] * 10 + [2.0] * 20 + [0.5] * 10))


def stored(**fields: Any) -> Model:
    """The homework's network with an optimizer that differs in these fields from the one asked for."""
    return a_model(optimizer=an_optimizer(**fields))


@pytest.mark.parametrize(
    ("fields", "rerun", "gives_a_hint"),
    [
        pytest.param({"clipvalue": 0.5}, None, True, id="clipnorm and clipvalue"),
        pytest.param({"global_clipnorm": 1.0}, None, True, id="clipnorm and global_clipnorm"),
        pytest.param({"clipnorm": None, "clipvalue": 0.5}, None, True, id="clipvalue"),
        pytest.param({"clipnorm": None, "global_clipnorm": 1.0}, None, True, id="global_clipnorm"),
        pytest.param({"clipnorm": None}, None, False, id="none, and no rerun"),
        pytest.param({"clipnorm": None}, a_rerun(norms=some_norms(0)), False, id="none, and an empty rerun"),
        pytest.param({"clipnorm": None}, RERUN, True, id="none"),
        pytest.param({"clipnorm": 0.0}, None, True, id="0, and no rerun"),
        pytest.param({"clipnorm": 0.0}, RERUN, True, id="0"),
        pytest.param({"clipnorm": 5.0}, None, False, id="5.0, and no rerun"),
        pytest.param({"clipnorm": 3.0}, RERUN, True, id="too large"),
        pytest.param({"clipnorm": 0.01}, RERUN, True, id="small, and Adam does not mind"),
        pytest.param(
            {"clipnorm": None, "global_clipnorm": 1e-6}, RERUN, True, id="so small that Adam does mind"
        ),
        pytest.param({"kind": "SGD", "clipnorm": 0.01}, RERUN, True, id="small, and SGD does mind"),
        pytest.param({"kind": "SGD", "clipnorm": 0.5}, RERUN, False, id="SGD with half the cap"),
        pytest.param({}, RERUN, False, id="as asked"),
    ],
)
def test_other_clipping(fields: dict[str, Any], rerun: Rerun | None, gives_a_hint: bool) -> None:
    """The hint says what this clipping does, with the norms of the grader's own training."""
    assert gives_a_hint == said(other_clipping(stored(**fields), 1.0, rerun))


def test_a_model_without_an_optimizer_has_no_clipping_to_speak_of() -> None:
    """Nothing is known then."""
    assert other_clipping(a_model(optimizer=None), 1.0, RERUN) is None


@pytest.mark.parametrize(
    ("model", "rerun"),
    [
        pytest.param(None, RERUN, id="no model"),
        pytest.param(a_model(optimizer=None), RERUN, id="no optimizer"),
        pytest.param(a_model(parameters=0), RERUN, id="no parameters to divide by"),
        pytest.param(stored(clipnorm=None), RERUN, id="no clipping"),
        pytest.param(stored(clipnorm=1e-4), RERUN, id="Adam learns with 1e-4"),
        pytest.param(stored(kind="SGD", clipnorm=1.0), RERUN, id="SGD with 1.0"),
        # How large the gradients are before clipping is not known then.
        pytest.param(stored(kind="SGD", clipnorm=0.01), None, id="SGD without a rerun"),
    ],
)
def test_clipping_that_leaves_steps_of_use_is_not_hard(model: Model | None, rerun: Rerun | None) -> None:
    """Whatever is said of small caps."""
    assert hard_clipping(model, rerun) is None
