"""Tests of `grader.measure.models.sequential`."""

from typing import Any

import builders_models as build
import pytest

from grader.measure.models.sequential import built_once


def test_a_plain_input_is_said_by_its_shape() -> None:
    """The input layer goes, and Keras finds the shape where it looks for it."""
    network = build.a_sequential(build.an_input(28, 28), build.a_layer("Flatten"), build.a_dense(10))

    found = built_once(network)

    assert ["Flatten", "Dense"] == [layer["class_name"] for layer in found["config"]["layers"]]
    assert [None, 28, 28] == list(found["config"]["build_input_shape"])
    assert "InputLayer" == network["config"]["layers"][0]["class_name"]


def an_input(**said: Any) -> dict[str, Any]:
    """An input that says this, too."""
    plain = build.an_input(None, 4)
    return {**plain, "config": {**plain["config"], **said}}


HALF = {"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}


@pytest.mark.parametrize(
    "network",
    [
        build.a_sequential(build.an_input(None, 4)),
        build.a_sequential(an_input(dtype="int32"), build.a_dense(3)),
        build.a_sequential(an_input(sparse=True), build.a_dense(3)),
        build.a_sequential(build.an_input(None, 4), build.a_dense(3, dtype=HALF)),
        build.a_sequential(an_input(optional=True), build.a_dense(3)),
        build.a_sequential(build.a_dense(3), build.a_dense(3, name="dense_1")),
    ],
)
def test_any_other_network_stays_as_it_is(network: dict[str, Any]) -> None:
    """An input that says more than its shape is kept."""
    assert network is built_once(network)
