"""Tests of the check on the grader's own training."""

import math
from typing import Any

import pytest
from builders_evidence import a_model, a_rerun, ask, some_norms

from grader.checks.rerun_learns import RerunLearns
from grader.evidence.model import Layer, LossForm

CHECK = RerunLearns()


def test_a_network_that_learns_passes() -> None:
    """The sentence has the accuracy, the steps and the largest norm; 1.0000001192 is within the cap."""
    rerun = a_rerun(norms=some_norms(variable_after=[1.0000001192] * 40))

    assert "passed" == ask(CHECK, rerun=rerun).status


def test_a_network_that_diverges_fails() -> None:
    """The sentence names the step."""
    assert "failed" == ask(CHECK, rerun=a_rerun(loss=(2.3,) * 30 + (math.nan,) * 10)).status


def test_a_norm_over_the_cap_is_left_to_a_teacher() -> None:
    """The grader clips as the rubric says, so the rubric contradicts itself."""
    rerun = a_rerun(norms=some_norms(variable_after=[1.0] * 38 + [1.00002] * 2))

    assert "review" == ask(CHECK, rerun=rerun).status


@pytest.mark.parametrize(
    "fields",
    [
        {"norms": some_norms(global_before=[1.0] * 10 + [0.0] * 30)},
        {"loss": (2.31,) * 20 + (2.3,) * 20},
        {"loss": (2.3,) * 20 + (1.2,) * 20},
    ],
)
def test_a_network_that_does_not_learn_fails(fields: dict[str, Any]) -> None:
    """The sentence says what happened to it, and the hint follows that."""
    assert "failed" == ask(CHECK, rerun=a_rerun(test_accuracy=0.1, **fields)).status


@pytest.mark.parametrize("form", ["other", "unknown"])
def test_another_loss_may_learn_more_slowly(form: LossForm) -> None:
    """What is asked for is what cross-entropy reaches in so few steps."""
    model = a_model(loss="squared_hinge", loss_form=form)

    assert "not_checked" == ask(CHECK, rerun=a_rerun(test_accuracy=0.1), model=model).status
    assert "passed" == ask(CHECK, rerun=a_rerun(), model=model).status


def test_an_output_for_hidden_layers_is_named() -> None:
    """Where the loss does not fall and the last layer is the cause."""
    output = Layer(kind="Dense", name="output", units=10, activation="relu")
    rerun = a_rerun(test_accuracy=0.1, loss=(2.31,) * 20 + (2.3,) * 20)

    assert (
        "The last layer `output` has the activation `relu`, which is for hidden layers: "
        'give it `activation="softmax"`, and train again.'
    ) == str(ask(CHECK, rerun=rerun, model=a_model(output)).hint)


def test_a_short_rerun_is_judged_by_all_of_its_steps() -> None:
    """There need not be twenty steps at each end."""
    rerun = a_rerun(loss=(2.3, 2.3), test_accuracy=0.69996)

    assert (
        "In the grader's own training the network reaches 0.69996 on the test images after 2 steps; "
        "the rubric asks for at least 0.7. Its loss does not fall: it goes from 2.3 to 2.3."
    ) == str(ask(CHECK, rerun=rerun).message)
