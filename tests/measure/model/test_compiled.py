"""The optimizer and the loss, read as data from every form that Keras has written."""

from typing import Any

import numpy as np
import pytest
from builders_models import (
    a_dense,
    a_keras_file,
    a_sequential,
    an_h5_file,
    an_input,
    compiled,
    hdf5,
    numbers,
    old,
    the_weights,
)

from grader.evidence.model import Model, Optimizer
from grader.measure.model.read import read_model

STEPS = np.int64(17190)
RATE = np.float32(1e-3)
H5_NETWORK = old(a_sequential(old(an_input(3)), old(a_dense(2))))


def from_keras(compile_config: Any, variables: dict[str, Any] | None = None) -> Model:
    """The facts of a `.keras` file with this compile config and these variables of the optimizer."""
    network = {**a_sequential(), "compile_config": compile_config}
    return read_model(
        "model.keras", a_keras_file(network, hdf5({**the_weights(), **(variables or {})}))
    ).facts


def from_h5(training: Any, variables: dict[str, Any] | None = None) -> Model:
    """The same for an `.h5` file."""
    return read_model("model.h5", an_h5_file(H5_NETWORK, training=training, optimizer=variables)).facts


def an_optimizer(kind: str, **config: Any) -> dict[str, Any]:
    """An optimizer as Keras 3 writes it."""
    return {"module": "keras.optimizers", "class_name": kind, "config": config, "registered_name": None}


def test_adam_of_keras_3() -> None:
    """The homework's recipe; the learning rate is the stored float32, and the moments are left aside."""
    variables = {
        "optimizer/vars/0": STEPS,
        "optimizer/vars/1": RATE,
        "optimizer/vars/2": numbers(3, 2),
        "optimizer/vars/3": numbers(3, 2),
    }
    network = compiled(a_sequential())
    model = read_model("model.keras", a_keras_file(network, hdf5({**the_weights(), **variables}))).facts

    assert (
        Optimizer(kind="Adam", learning_rate=0.0010000000474974513, clipnorm=1.0, iterations=17190)
        == model.optimizer
    )
    assert ("sparse_categorical_crossentropy", None) == (model.loss, model.from_logits)
    assert (8, 2) == (model.parameters, model.variables)


def test_the_stored_learning_rate_goes_first() -> None:
    """A callback may have lowered it since compile."""
    model = from_keras(
        {"optimizer": an_optimizer("Adam", learning_rate=0.1)},
        {"optimizer/vars/0": STEPS, "optimizer/vars/1": np.float32(0.025)},
    )

    assert model.optimizer is not None
    assert 0.02500000037252903 == model.optimizer.learning_rate


def test_a_schedule_is_named() -> None:
    """With a schedule there is no one learning rate, and no variable for it."""
    schedule = {"module": "keras.optimizers.schedules", "class_name": "ExponentialDecay", "config": {}}
    model = from_keras(
        {"optimizer": an_optimizer("SGD", learning_rate=schedule, momentum=0.9, global_clipnorm=1.0)},
        {"optimizer/vars/0": STEPS, "optimizer/vars/1": np.float32(0.5)},
    )

    assert (
        Optimizer(kind="SGD", schedule="ExponentialDecay", global_clipnorm=1.0, iterations=17190)
        == model.optimizer
    )


@pytest.mark.parametrize("inner", ["inner_optimizer", "_optimizer"])
def test_under_a_scaled_loss_the_inner_optimizer_counts(inner: str) -> None:
    """Mixed precision wraps the optimizer."""
    wrapped = an_optimizer("LossScaleOptimizer", inner_optimizer=an_optimizer("Adam", clipvalue=0.5))
    model = from_keras(
        {"optimizer": wrapped},
        {
            "optimizer/vars/0": np.int64(3),
            f"optimizer/{inner}/vars/0": STEPS,
            f"optimizer/{inner}/vars/1": RATE,
        },
    )

    assert (
        Optimizer(kind="Adam", learning_rate=0.0010000000474974513, clipvalue=0.5, iterations=17190)
        == model.optimizer
    )


@pytest.mark.parametrize(("name", "kind"), [("adam", "Adam"), ("RMSprop", "RMSprop"), ("mine", "mine")])
def test_an_optimizer_by_name(name: str, kind: str) -> None:
    """Keras 2 kept the text that compile was given."""
    assert Optimizer(kind=kind) == from_keras({"optimizer": name, "loss": "mse"}).optimizer


@pytest.mark.parametrize("config", [None, {}, [], {"optimizer": None}, {"optimizer": 7}])
def test_no_optimizer_is_none(config: Any) -> None:
    """An uncompiled model says nothing about it."""
    assert from_keras(config).optimizer is None
    assert "" == from_keras(config).loss


@pytest.mark.parametrize("value", [True, "1.0", None, [1.0], 10**399])
def test_what_is_no_number_is_none(value: Any) -> None:
    """A cap is a number or nothing."""
    assert Optimizer(kind="Adam") == from_keras({"optimizer": an_optimizer("Adam", clipnorm=value)}).optimizer


def test_adam_of_keras_2() -> None:
    """The learning rate is called `lr`, the steps stand by name."""
    model = from_h5(
        {
            "optimizer_config": {"class_name": "Adam", "config": {"lr": 0.001}},
            "loss": "categorical_crossentropy",
        },
        {"Adam/iterations:0": STEPS, "training/Adam/Variable:0": numbers(3, 2)},
    )

    assert Optimizer(kind="Adam", learning_rate=0.001, iterations=17190) == model.optimizer
    assert "categorical_crossentropy" == model.loss


@pytest.mark.parametrize("name", ["Adam/iter:0", "iteration:0", "adam/iteration", "loss_scale/iteration"])
def test_steps_by_their_names(name: str) -> None:
    """Every version of Keras has had another one."""
    model = from_h5({"optimizer_config": {"class_name": "Custom>Adam", "config": {}}}, {name: STEPS})

    assert Optimizer(kind="Adam", iterations=17190) == model.optimizer


def test_a_wrapped_optimizer_in_h5() -> None:
    """The inner one stands last."""
    wrapped = {
        "class_name": "LossScaleOptimizerV3",
        "config": {"inner_optimizer": an_optimizer("Adam", learning_rate=0.5)},
    }
    model = from_h5(
        {"optimizer_config": wrapped},
        {"outer/iteration": np.int64(3), "adam/iteration": STEPS, "adam/learning_rate": RATE},
    )

    assert Optimizer(kind="Adam", learning_rate=0.0010000000474974513, iterations=17190) == model.optimizer


@pytest.mark.parametrize("steps", [np.float32(3), np.zeros(3, "int64"), np.zeros((1, 1), "int64")])
def test_steps_that_are_none_are_left_out(steps: Any) -> None:
    """A number of steps is one whole number."""
    model = from_keras({"optimizer": an_optimizer("Adam")}, {"optimizer/vars/0": steps})

    assert Optimizer(kind="Adam") == model.optimizer


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        ("sparse_categorical_crossentropy", ("sparse_categorical_crossentropy", None)),
        ("SparseCategoricalCrossentropy", ("sparse_categorical_crossentropy", None)),
        (["mse"], ("mse", None)),
        (
            {"class_name": "SparseCategoricalCrossentropy", "config": {"from_logits": True}},
            ("sparse_categorical_crossentropy", True),
        ),
        ({"class_name": "function", "config": "mean_squared_error"}, ("mean_squared_error", None)),
        ({"class_name": "Mine", "config": {"from_logits": "yes"}}, ("mine", None)),
        ({"output": "mse"}, ("", None)),
        (None, ("", None)),
    ],
)
def test_the_loss_has_one_name(loss: Any, expected: tuple[str, bool | None]) -> None:
    """As text, as class, as function: the same name."""
    model = from_keras({"loss": loss})

    assert expected == (model.loss, model.from_logits)
