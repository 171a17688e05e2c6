"""The optimizer's variables in a file."""

from typing import Any

import numpy as np
import pytest

from grader.measure.model.hdf5 import Contents
from grader.measure.model.optimizer_state import OptimizerState, Variable, from_h5, from_keras, wanted
from grader.measure.model.totals import totals_of

STEPS, RATE = np.array(12), np.array(0.5)
LARGE = totals_of(np.ones((3, 2), "float32"))
WEIGHTS = {("layers", "dense", "vars", "0"): np.zeros((3, 2))}


def numbered(*arrays: Any, group: tuple[str, ...] = ("optimizer", "vars")) -> dict[tuple[str, ...], Any]:
    """Arrays under their numbers."""
    return {(*group, str(number)): array for number, array in enumerate(arrays)}


@pytest.mark.parametrize(
    ("shape", "expected"), [((), True), ((1,), True), ((2,), False), ((1, 1), False), ((0,), False)]
)
def test_single_numbers_are_kept(shape: tuple[int, ...], expected: bool) -> None:
    """Of larger arrays only their sums."""
    assert expected == wanted(shape)


def test_numbered_variables() -> None:
    """Steps, rate, then the others in order, up to the first number that is missing."""
    totals = {("optimizer", "vars", "2"): LARGE, ("optimizer", "vars", "4"): LARGE}

    assert OptimizerState(12, 0.5, (Variable("", LARGE),), ((3, 2),)) == from_keras(
        {**numbered(STEPS, RATE), **WEIGHTS}, totals
    )


def test_a_variable_of_one_number_is_not_the_rate() -> None:
    """A bias of one unit has the shape (1,), the learning rate has none."""
    bias = np.ones(1, "float32")
    state = from_keras({**numbered(STEPS, bias, bias), **WEIGHTS}, {})

    assert 2 == len(state.variables)


@pytest.mark.parametrize("inner", ["inner_optimizer", "_optimizer"])
def test_a_wrapped_optimizer_is_the_inner_one(inner: str) -> None:
    """Whatever Keras calls it."""
    arrays = {**numbered(np.array(99)), **numbered(STEPS, RATE, group=("optimizer", inner, "vars"))}

    assert (12, 0.5) == (from_keras(arrays, {}).iterations, from_keras(arrays, {}).learning_rate)


def test_no_optimizer() -> None:
    """Nothing is known."""
    assert OptimizerState() == from_keras(WEIGHTS, {})


def test_named_variables() -> None:
    """In the order of the list of names; what the list does not name is left out."""
    group = "optimizer_weights"
    names = ("adam/iteration", "adam/learning_rate", "adam/w_momentum", "adam/b_momentum", "adam/none")
    bias = np.ones(1, "float32")
    contents = Contents(
        arrays={
            (group, "adam", "iteration"): STEPS,
            (group, "adam", "learning_rate"): RATE,
            (group, "adam", "b_momentum"): bias,
        },
        groups=frozenset(),
        attributes={(group,): {"weight_names": names}},
        totals={(group, "adam", "w_momentum"): LARGE, (group, "adam", "other"): LARGE},
    )

    assert OptimizerState(
        12,
        0.5,
        (Variable("adam/w_momentum", LARGE), Variable("adam/b_momentum", totals_of(bias))),
        ((3, 2),),
    ) == from_h5(contents, WEIGHTS.values())


@pytest.mark.parametrize("names", ["adam/iteration", ()])
def test_no_list_of_names(names: Any) -> None:
    """Nothing is known then."""
    contents = Contents({}, frozenset(), {("optimizer_weights",): {"weight_names": names}}, {})

    assert OptimizerState() == from_h5(contents, ())
