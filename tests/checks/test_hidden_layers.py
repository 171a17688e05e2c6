"""Tests of the check on the units of the hidden layers."""

from typing import Any

import pytest
from builders_evidence import a_model, ask
from pydantic import ValidationError

from grader.checks.hidden_layers import HiddenLayers
from grader.evidence.model import Layer

CHECK = HiddenLayers(units=(300, 100))


def dense(*units: int) -> tuple[Layer, ...]:
    """Dense layers of these units."""
    return tuple(Layer(kind="Dense", name="dense", units=number) for number in units)


def kinds(*names: str) -> tuple[Layer, ...]:
    """Layers of these kinds, without units."""
    return tuple(Layer(kind=name, name=name.lower()) for name in names)


FIRST, SECOND, OUTPUT = dense(300, 100, 10)
# Scaling, normalising, dropping, activating and a softmax behind the output do not change the answer.
BETWEEN = (
    *kinds("Rescaling", "Flatten", "BatchNormalization"),
    FIRST,
    *kinds("LeakyReLU", "Dropout"),
    SECOND,
    *kinds("Activation"),
    OUTPUT,
    *kinds("Softmax"),
)


@pytest.mark.parametrize(
    ("layers", "status"),
    [
        pytest.param(a_model().layers, "passed", id="as asked"),
        pytest.param(BETWEEN, "passed", id="layers without features of their own"),
        (dense(256, 128, 10), "failed"),
        (dense(100, 300, 10), "failed"),
        (dense(300, 10), "failed"),
        (dense(300, 100, 50, 10), "failed"),
        (dense(10), "failed"),
        (kinds("Flatten"), "failed"),
        ((*kinds("Conv2D", "Conv2D"), *dense(300, 100, 10)), "failed"),
        ((*kinds("LSTM", "MultiHeadAttention"), *dense(300, 100, 10)), "failed"),
    ],
)
def test_the_hidden_layers_are_those_asked_for(layers: tuple[Layer, ...], status: str) -> None:
    """The sentence has the units found and asked for, in order, or the layers that are others."""
    assert status == ask(CHECK, model=a_model(*layers)).status


def test_lists_are_taken_for_tuples() -> None:
    """YAML and JSON have only lists."""
    assert HiddenLayers.model_validate({"units": [300, 100]}) == CHECK


@pytest.mark.parametrize("units", [[], [0], ["300"], [300.0], "300", 300, [True]])
def test_wrong_units_are_a_mistake_in_the_rubric(units: Any) -> None:
    """Nothing but whole numbers is taken."""
    with pytest.raises(ValidationError):
        HiddenLayers.model_validate({"units": units})
