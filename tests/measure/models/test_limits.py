"""The caps on a model file."""

import dataclasses

import pytest
from builders_models import a_dense, a_keras_file, a_sequential, an_input

from grader import rubric
from grader.errors import SubmissionError
from grader.measure.models import Limits, read_model
from grader.measure.models.limits import MEBIBYTE


def test_every_cap_is_a_number_above_zero() -> None:
    """None of them is switched off."""
    assert all(value > 0 for value in dataclasses.asdict(Limits()).values())


def test_a_file_is_not_unpacked_beyond_what_its_weights_may_be() -> None:
    """All the weights that are read fit into the largest file, as float32."""
    assert Limits().parameters * 4 <= Limits().file_bytes == 256 * MEBIBYTE


def test_a_rubric_that_says_nothing_leaves_the_defaults() -> None:
    """They stand once, in the rubric; what it raises is raised, and one `Sequential` may have half."""
    raised = Limits.by_rubric(rubric.Limits(model_file=2**30, layers=1000, parameters=8))

    assert Limits() == Limits.by_rubric(rubric.Limits())
    assert Limits(file_bytes=2**30, layers=1000, sequential_layers=500, parameters=8) == raised


def test_limits_do_not_change() -> None:
    """Whoever wants others makes others."""
    limits = Limits()

    with pytest.raises(dataclasses.FrozenInstanceError):
        limits.layers = 1  # type: ignore[misc]


def test_the_limits_can_be_raised() -> None:
    """Whoever grades gives others than the defaults."""
    network = a_sequential(an_input(3), *(a_dense(2, f"d{number}") for number in range(201)))
    found = read_model("m.keras", a_keras_file(network), Limits(sequential_layers=300)).facts

    assert 201 == len(found.layers)


def test_the_limits_can_be_lowered() -> None:
    """A sentence has the number that was given."""
    with pytest.raises(SubmissionError) as caught:
        read_model("m.keras", a_keras_file(), Limits(parameters=7))

    assert "`m.keras` has 8 weights; at most 7 are read." == caught.value.message
