"""The facts of a cleaned network."""

import pytest
from builders_models import a_dense, a_layer, a_sequential, an_input

from grader.evidence.model import Layer
from grader.measure.models.facts import input_shape, layers


def test_layers_in_order_without_the_input() -> None:
    """Units of dense layers, filters of convolutions, and the activation."""
    network = a_sequential(
        an_input(28, 28, 1),
        a_layer("Conv2D", "conv", filters=8, activation="relu"),
        a_layer("Flatten"),
        a_dense(10, "out", activation={"class_name": "Softmax", "config": {}}),
    )

    assert (
        Layer(kind="Conv2D", name="conv", units=8, activation="relu"),
        Layer(kind="Flatten", name="flatten"),
        Layer(kind="Dense", name="out", units=10, activation="softmax"),
    ) == tuple(layers(network))


def test_nested_networks_are_opened() -> None:
    """Their layers stand where they do."""
    inner = a_sequential(an_input(3), a_dense(5, "inner"))

    assert ["inner", "dense"] == [
        layer.name for layer in layers(a_sequential(an_input(3), inner, a_dense(2)))
    ]


def test_a_wrapper_has_the_units_of_what_is_inside() -> None:
    """Two levels deep, too."""
    wrapped = a_layer("TimeDistributed", "each", layer=a_layer("RNN", cell=a_layer("LSTMCell", units=4)))

    assert [4] == [layer.units for layer in layers(a_sequential(an_input(3, 2), wrapped))]


@pytest.mark.parametrize("units", [True, 2.0, "2", None])
def test_units_are_a_whole_number(units: object) -> None:
    """Anything else is none."""
    assert [None] == [layer.units for layer in layers(a_sequential(an_input(3), a_dense(units)))]


def test_the_shape_of_the_only_input() -> None:
    """Without the batch dimension; open sizes stay open."""
    assert (28, None) == input_shape(a_sequential(an_input(28, None), a_dense(2)))


def test_several_inputs_have_no_one_shape() -> None:
    """Nobody could say which of them takes the images."""
    assert input_shape(a_sequential(an_input(3, name="a"), an_input(3, name="b"), a_dense(2))) is None
