"""The optimizer in a checkpoint of PyTorch: its kind, settings, steps and moments."""

from typing import Any

import numpy as np
import pytest
from builders_pytorch import a_file, made, read, text
from builders_pytorch import a_tensor as opcodes
from hypothesis import given
from hypothesis import strategies as st

from grader.evidence.model import Optimizer
from grader.measure.model.pytorch.archive import Tensors
from grader.measure.model.pytorch.optimizer import read_optimizer
from grader.measure.model.pytorch.walker import Storage, Tensor
from grader.measure.model.reading import Limits, start

WEIGHTS = [np.ones((2, 3), "f4"), np.ones(2, "f4")]
BETAS = {"lr": 0.01, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0}
ADAM = {**BETAS, "amsgrad": False}


def a_tensor(*shape: int, value: str = "ones") -> Tensor:
    """A tensor of ones, or of other numbers by their name."""
    size = int(np.prod(shape))
    strides = tuple(int(np.prod(shape[axis + 1 :])) for axis in range(len(shape)))
    return Tensor(Storage(value, "f4", size), 0, shape, strides)


def numbers(key: str, size: int) -> bytes:
    """The storages of these tensors."""
    return np.full(size // 4, {"ones": 1.0, "nan": np.nan, "minus": -1.0, "step": 7.0}[key], "f4").tobytes()


def found(group: dict[str, Any], **state: Any) -> Optimizer:
    """What is read of one group of parameters."""
    tensors = Tensors(start("model.pt", Limits()), numbers, big_endian=False)
    whole = {"param_groups": [group], "state": {int(key[1:]): value for key, value in state.items()}}
    optimizer = read_optimizer(whole, tensors, WEIGHTS)
    assert optimizer is not None
    return optimizer


def of_one(*shape: int, **changed: Any) -> dict[str, Any]:
    """The state of one parameter."""
    moments = {"exp_avg": a_tensor(*shape), "exp_avg_sq": a_tensor(*shape)}
    return {"step": a_tensor(value="step"), **moments, **changed}


@pytest.mark.parametrize(
    ("name", "kind", "steps", "moments"),
    [
        ("checkpoint_adam.pt", "Adam", 5, 6),
        ("checkpoint_adamw.pt", "AdamW", 5, 6),
        ("checkpoint_sgd.pt", "SGD", None, 0),
        ("lightning.ckpt", "SGD", None, 0),
    ],
)
def test_real_checkpoints(name: str, kind: str, steps: int | None, moments: int) -> None:
    """The learning rate is exact, and each parameter has its moments."""
    optimizer = made(name).facts.optimizer

    assert optimizer is not None
    assert (kind, 0.01, steps) == (optimizer.kind, optimizer.learning_rate, optimizer.iterations)
    assert moments == len(optimizer.moments.second if optimizer.moments else ())
    assert "clipnorm" in optimizer.unsaid


@pytest.mark.parametrize(
    ("group", "kind", "settings"),
    [
        (ADAM, "Adam", {"beta_1": 0.9, "epsilon": 1e-8}),
        ({**ADAM, "decoupled_weight_decay": True, "weight_decay": 0.01}, "AdamW", {"weight_decay": 0.01}),
        ({**ADAM, "decoupled_weight_decay": False, "weight_decay": 0.01}, "Adam", {"weight_decay": 0.01}),
        ({**BETAS, "momentum_decay": 0.004, "decoupled_weight_decay": False}, "Nadam", {"beta_2": 0.999}),
        ({**BETAS, "decoupled_weight_decay": False}, "RAdam", {}),
        (BETAS, "Adamax", {}),
        ({"lr": 0.1, "momentum": 0.9, "dampening": 0, "nesterov": True}, "SGD", {"nesterov": True}),
        ({"lr": 0.1, "alpha": 0.99, "momentum": 0, "centered": False}, "RMSprop", {"rho": 0.99}),
        ({"lr": 0.1, "lr_decay": 0, "initial_accumulator_value": 0}, "Adagrad", {}),
        ({"lr": 0.1, "rho": 0.9}, "Adadelta", {"rho": 0.9}),
        ({"lr": 0.1}, "unknown", {}),
    ],
)
def test_settings_tell_which_optimizer_it_is(
    group: dict[str, Any], kind: str, settings: dict[str, Any]
) -> None:
    """They have the names that Keras gives them."""
    optimizer = found(group)

    assert kind == optimizer.kind
    assert settings.items() <= optimizer.settings.items()


def test_moments_and_steps() -> None:
    """Norms of the first moments and sums of the second ones, in the order of the parameters."""
    optimizer = found(ADAM, p0=of_one(2, 3), p1=of_one(2))

    assert optimizer.moments is not None
    assert 7 == optimizer.iterations
    assert (6.0, 2.0) == optimizer.moments.second
    assert (pytest.approx(6**0.5), pytest.approx(2**0.5)) == optimizer.moments.first
    assert 7 == found(ADAM, p0=of_one(2, 3, step=7)).iterations
    assert 0 == found(ADAM).iterations


@pytest.mark.parametrize(
    ("group", "state"),
    [
        ({**ADAM, "weight_decay": 0.01}, of_one(2, 3)),
        ({**ADAM, "betas": (0.9, 1.0)}, of_one(2, 3)),
        ({**ADAM, "betas": [0.9]}, of_one(2, 3)),
        ({**ADAM, "betas": (0.9, float("nan"))}, of_one(2, 3)),
        (ADAM, of_one(3, 2)),
        (ADAM, of_one(2, 3, exp_avg=a_tensor(2, 3, value="nan"))),
        (ADAM, of_one(2, 3, exp_avg_sq=a_tensor(2, 3, value="minus"))),
        (ADAM, of_one(2, 3, exp_avg=None)),
        (ADAM, of_one(2, 3, exp_avg=a_tensor(3, 2))),
        (ADAM, of_one(2**12, 2**12)),
        (BETAS, of_one(2, 3)),
    ],
)
def test_moments_that_are_no_sums_over_the_gradients(group: dict[str, Any], state: dict[str, Any]) -> None:
    """Of a decay that is added to the gradients, of other weights, not finite, or not of Adam."""
    assert found(group, p0=state).moments is None


def test_a_learning_rate_that_changes() -> None:
    """A scheduler keeps the first one beside it; groups with different ones have none in common."""
    changed = found({**ADAM, "lr": 0.001, "initial_lr": 0.01})

    assert ("lr_scheduler", 0.01) == (changed.schedule, changed.learning_rate)
    assert found({**ADAM, "initial_lr": 0.01}).schedule is None


def test_decay_without_a_word_on_how() -> None:
    """Before 2.6 PyTorch wrote the same of Adam and AdamW."""
    assert "name" in found({**ADAM, "weight_decay": 0.01}).unsaid
    assert "name" not in found(ADAM).unsaid


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=3) | st.just(a_tensor(2)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["lr", "betas", "amsgrad", "weight_decay", "eps", "step", "exp_avg", "exp_avg_sq", "params"]
)
GROUPS = st.lists(VALUES | st.dictionaries(KEYS, VALUES), max_size=2)


@given(
    st.fixed_dictionaries(
        {
            "param_groups": GROUPS | VALUES,
            "state": st.dictionaries(st.integers(), VALUES | st.dictionaries(KEYS, VALUES), max_size=3)
            | VALUES,
        }
    )
)
def test_whatever_stands_there_nothing_is_raised(state: dict[str, Any]) -> None:
    """An optimizer of another form is none, or has no moments."""
    tensors = Tensors(start("model.pt", Limits()), numbers, big_endian=False)
    optimizer = read_optimizer(state, tensors, WEIGHTS)

    assert optimizer is None or optimizer.moments is None or len(optimizer.moments.second) > 0


def test_a_checkpoint_whose_optimizer_is_none_is_read() -> None:
    """Text in its place says nothing."""
    state = b"ccollections\nOrderedDict\n)R(" + text("weight") + opcodes() + b"u"
    content = b"\x80\x02}(" + text("model") + state + text("optimizer") + text("Adam") + b"u."

    assert read(a_file(content)).facts.optimizer is None
