"""Tests of the check on the layers of any network."""

from pathlib import Path
from typing import Any

import pytest
from builders_evidence import a_model, ask
from builders_golden import said
from builders_rubric import an_item
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from grader.checks.layers_are import ANY_NUMBER, LayersAre
from grader.evidence.model import Layer


def layer(kind: str, **settings: Any) -> Layer:
    """A layer with these settings."""
    units = settings.get("units", settings.get("filters"))
    return Layer(
        kind=kind, name=kind.lower(), units=units, activation=settings.get("activation"), settings=settings
    )


CONV = layer("Conv2D", filters=32, kernel_size=(3.0, 3.0), activation="relu", padding="same")
WIDE = layer("Conv2D", filters=64, kernel_size=(5.0, 3.0), activation="linear")
POOL, FLAT = layer("MaxPooling2D", pool_size=(2.0, 2.0)), layer("Flatten")
DROP, OUT = layer("Dropout", rate=0.25), layer("Dense", units=10, activation="softmax")
CNN = (layer("Rescaling", scale=0.0039), CONV, POOL, WIDE, layer("ReLU"), POOL, FLAT, DROP, OUT)
MIDDLE = [
    {"Conv2D": {"filters": 32}},
    "MaxPooling2D",
    ANY_NUMBER,
    "Flatten",
    ANY_NUMBER,
    {"Dense": {"units": 10}},
]


def found(layers: list[Any], *network: Layer, **fields: Any) -> str:
    """The status for a network that is asked for like this."""
    return ask(LayersAre(layers=tuple(layers), **fields), model=a_model(*(network or CNN))).status


@pytest.mark.parametrize(
    "layers",
    [
        pytest.param(MIDDLE, id="any number in between"),
        pytest.param([ANY_NUMBER], id="anything"),
        pytest.param([ANY_NUMBER, ANY_NUMBER, "Dense", ANY_NUMBER], id="any number twice, and of none"),
        pytest.param(
            [{"Conv2D": {"kernel_size": 3, "activation": "RELU", "padding": "same"}}, ANY_NUMBER],
            id="one number for each dimension, and words in any case",
        ),
        pytest.param(
            ["Conv2D", "MaxPool2D", {"Conv2D": {"kernel_size": (5, 3), "activation": "relu"}}, ANY_NUMBER],
            id="an activation of its own, and another name",
        ),
        pytest.param(
            [ANY_NUMBER, "ReLU", "MaxPooling2D", "Flatten", ANY_NUMBER], id="an activation that is asked for"
        ),
        pytest.param(["Rescaling", "Conv2D", ANY_NUMBER], id="what may stand anywhere and is asked for"),
        pytest.param([ANY_NUMBER, "Flatten", {"Dropout": {"rate": 0.25}}, "Dense"], id="a rate"),
    ],
)
def test_layers_as_asked(layers: list[Any]) -> None:
    """What the rubric leaves open may be anything."""
    assert "passed" == found(layers)


@pytest.mark.parametrize(
    "layers",
    [
        pytest.param(["Conv2D", "Conv2D", ANY_NUMBER], id="another kind"),
        pytest.param([{"Conv2D": {"filters": 64}}, ANY_NUMBER], id="other filters"),
        pytest.param([ANY_NUMBER, {"Dense": {"units": 100}}, ANY_NUMBER], id="none after any number"),
        pytest.param(["Conv2D", "MaxPooling2D", ANY_NUMBER, "LSTM"], id="none behind a layer"),
        pytest.param(["Conv2D", "MaxPooling2D"], id="more layers"),
        pytest.param([*MIDDLE, "Dense"], id="fewer layers"),
        pytest.param([{"Conv2D": {"kernel_size": (3, 3, 3)}}, ANY_NUMBER], id="other dimensions"),
        pytest.param([{"Conv2D": {"rate": 0.5}}, ANY_NUMBER], id="a setting that it has not"),
        pytest.param([ANY_NUMBER, {"Dropout": {"rate": 0.5}}, "Dense"], id="another rate"),
    ],
)
def test_the_first_layer_that_differs_is_named(layers: list[Any]) -> None:
    """With what was found there and what was asked."""
    assert "failed" == found(layers)


def test_what_may_stand_anywhere_is_the_rubrics() -> None:
    """By default what prepares the inputs; a dropout is a layer like any other, unless the rubric says so."""
    network = (FLAT, DROP, OUT)

    assert "failed" == found(["Flatten", "Dense"], *network)
    assert "passed" == found(["Flatten", "Dense"], *network, beside=("Drop*",))
    assert "failed" == found(
        ["Flatten"], layer("Dense", units=1, activation="linear"), layer("Activation", activation="relu")
    )


@given(st.lists(st.sampled_from([CONV, POOL, FLAT, DROP, OUT]), min_size=1, max_size=8), st.data())
def test_a_network_is_as_itself_and_as_less(network: list[Layer], data: Any) -> None:
    """Whatever part of its layers is left open; and with one more layer it is not."""
    kinds: list[Any] = [one.kind for one in network]
    start = data.draw(st.integers(0, len(kinds)))
    end = data.draw(st.integers(start, len(kinds)))
    check = LayersAre(layers=(*kinds[:start], ANY_NUMBER, *kinds[end:]))

    assert "passed" == LayersAre(layers=tuple(kinds)).find(a_model(*network)).status
    assert "passed" == check.find(a_model(*network)).status
    assert "failed" == LayersAre(layers=(*kinds, "GRU")).find(a_model(*network)).status


@pytest.mark.parametrize(
    "wrong",
    [
        {"layers": []},
        {"layers": ["Con2D"]},
        {"layers": [{"Conv2D": {"filter": 3}}]},
        {"layers": [{"Conv2D": {}, "Dense": {}}]},
        {"layers": [{"Lambda": {}}]},
        {"layers": [[3]]},
    ],
)
def test_a_mistake_in_the_rubric(wrong: dict[str, Any]) -> None:
    """A layer or a setting that Keras does not have would fail every student."""
    with pytest.raises(ValidationError) as refused:
        LayersAre.model_validate(wrong)
    said("\n".join(error["msg"] for error in refused.value.errors()))


def test_the_dots_are_read_in_yaml(tmp_path: Path) -> None:
    """In brackets and in lines of their own, where they do not end the document."""
    item = "- layers_are: {layers: [Flatten, ..., {Dense: {units: 10}}]}\n  title: Layers\n  points: 1\n"
    lines = "- layers_are:\n    layers:\n      - Flatten\n      - ...\n      - Dense: {units: 10}\n"
    texts = (item, f"{lines}  title: Layers\n  points: 1\n")

    one, other = (an_item(tmp_path, text).check for text in texts)

    assert one == other
    assert isinstance(one, LayersAre)
    assert ("Flatten", ANY_NUMBER, {"Dense": {"units": 10}}) == one.layers
