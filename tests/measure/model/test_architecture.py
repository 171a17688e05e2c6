"""Tests of networks without their weights."""

import json
from typing import Any

import builders_models as build
import pytest

from grader import rubric
from grader.errors import SubmissionError
from grader.measure.model.architecture import architecture, read_architecture
from grader.measure.model.network import clean_network
from grader.measure.model.reading import Limits, start


def of(network: dict[str, Any]) -> str:
    return architecture(clean_network(start("model.keras", Limits()), network))


def a_functional(shared: str, last: str) -> dict[str, Any]:
    """An input, a layer that is called on it and on its own output, and another one."""
    twice = build.called(build.a_dense(3, shared), build.a_tensor("input", 0, 3))
    twice["inbound_nodes"].append({"args": [build.a_tensor(shared, 0, 3)], "kwargs": {}})
    return build.a_functional(
        twice, build.called(build.a_dense(2, last), build.a_tensor(shared, 1, 3)), output=last
    )


def test_names_do_not_count() -> None:
    """Keras counts them through a whole notebook."""
    first = build.a_sequential(
        build.an_input(None, 4), build.a_dense(3, "dense"), build.a_dense(2, "dense_1")
    )
    again = build.a_sequential(
        build.an_input(None, 4, name="input_7"), build.a_dense(3, "dense_12"), build.a_dense(2, "last")
    )

    assert of(first) == of(again)
    assert of(a_functional("dense", "dense_1")) == of(a_functional("b", "c"))


def test_everything_else_counts() -> None:
    """Units, activations and the way from the inputs to the outputs."""
    network = of(build.a_sequential(build.an_input(None, 4), build.a_dense(3)))

    assert network != of(build.a_sequential(build.an_input(None, 4), build.a_dense(4)))
    assert network != of(build.a_sequential(build.an_input(None, 4), build.a_dense(3, activation="elu")))
    assert network != of(build.a_sequential(build.an_input(None, 5), build.a_dense(3)))


@pytest.mark.parametrize(
    "network",
    [
        build.a_sequential(build.an_input(None, 4), build.a_dense(3)),
        a_functional("y", "z"),
        build.a_sequential(
            build.an_input(None, 4), build.a_sequential(build.an_input(None, 4), build.a_dense(3))
        ),
    ],
)
def test_a_network_is_read_as_it_was_written(network: dict[str, Any]) -> None:
    """Written again, its text is the same."""
    text = of(network)

    assert text == architecture(read_architecture(text, Limits()))


def test_marks_of_shared_objects_do_not_count() -> None:
    """Keras takes them from where the object was in memory."""

    def marked(number: int) -> dict[str, Any]:
        return build.a_sequential(build.an_input(None, 4), {**build.a_dense(3), "shared_object_id": number})

    assert of(marked(139_000_000_001)) == of(marked(7))


def test_a_forged_network_is_refused() -> None:
    """It is walked against the allow-list like a submitted one."""
    network = build.a_sequential(build.an_input(None, 4), build.a_layer("Lambda", function="f"))

    with pytest.raises(SubmissionError):
        read_architecture(json.dumps(network), Limits())


def test_a_network_that_a_rubric_allows_is_read() -> None:
    """A rubric that raises the limit on layers raises it for the rerun, too."""
    raised = Limits.by_rubric(rubric.Limits(layers=1000))
    network = build.a_sequential(
        build.an_input(None, 4), *(build.a_dense(4, name=f"dense_{at}") for at in range(250))
    )
    text = json.dumps(network)

    assert len(network["config"]["layers"]) == len(read_architecture(text, raised)["config"]["layers"])
    with pytest.raises(SubmissionError):
        read_architecture(text, Limits())
