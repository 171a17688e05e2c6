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


def test_the_layers_asked_for_pass() -> None:
    """The last Dense layer is the output and is not compared."""
    assert "passed" == ask(CHECK, model=a_model()).status


def test_layers_without_features_of_their_own_may_stand_anywhere() -> None:
    """Scaling, normalising, dropping, activating and a softmax behind the output do not change the answer."""
    first, second, output = dense(300, 100, 10)
    model = a_model(
        *kinds("Rescaling", "Flatten", "BatchNormalization"),
        first,
        *kinds("LeakyReLU", "Dropout"),
        second,
        *kinds("Activation"),
        output,
        *kinds("Softmax"),
    )

    assert "passed" == ask(CHECK, model=model).status


@pytest.mark.parametrize(
    "layers",
    [
        dense(256, 128, 10),
        dense(100, 300, 10),
        dense(300, 10),
        dense(300, 100, 50, 10),
        dense(10),
        kinds("Flatten"),
        (*kinds("Conv2D", "Conv2D"), *dense(300, 100, 10)),
        (*kinds("LSTM", "MultiHeadAttention"), *dense(300, 100, 10)),
    ],
)
def test_other_layers_fail(layers: tuple[Layer, ...]) -> None:
    """The sentence has the units found and asked for, in order, or the layers that are others."""
    assert "failed" == ask(CHECK, model=a_model(*layers)).status


def test_lists_are_taken_for_tuples() -> None:
    """YAML and JSON have only lists."""
    assert HiddenLayers.model_validate({"units": [300, 100]}) == CHECK


@pytest.mark.parametrize("units", [[], [0], ["300"], [300.0], "300", 300, [True]])
def test_wrong_units_are_a_mistake_in_the_rubric(units: Any) -> None:
    """Nothing but whole numbers is taken."""
    with pytest.raises(ValidationError):
        HiddenLayers.model_validate({"units": units})
