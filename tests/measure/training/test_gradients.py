"""Gradients clipped as Keras clips, and the optimizer's step with them."""

import inspect
from typing import Any, get_args

import keras
import numpy as np
import pytest
import tensorflow as tf
from builders_golden import refusal_of

from grader.evidence.optimizers import INITIAL, OWN, SCHEDULES, settings_of
from grader.measure.training.gradients import (
    build_update,
    clip,
    clipped_norms,
    each_half_square,
    four_norms,
    loss_for,
    norms_of,
    norms_of_half_squares,
)
from grader.rubric import OptimizerPlan

GRADIENTS = [np.array([[3.0, -4.0], [0.0, 12.0]]), np.array([0.1, -0.2]), np.zeros(3)]


def as_tensors() -> list[tf.Tensor]:
    return [tf.constant(gradient, tf.float32) for gradient in GRADIENTS]


def each_norm(gradients: list[tf.Tensor]) -> tf.Tensor:
    return tf.sqrt(2.0 * each_half_square(gradients))


@pytest.mark.parametrize(
    "way", [{"clipnorm": 1.0}, {"global_clipnorm": 1.0}, {"clipvalue": 0.5}, {}, {"clipnorm": 50.0}]
)
def test_clips_as_keras_does(way: dict[str, float]) -> None:
    """The clipped gradients are what Keras' own optimizer subtracts from the weights at learning rate 1."""
    gradients = as_tensors()
    variables = [keras.Variable(np.zeros(gradient.shape)) for gradient in GRADIENTS]
    keras.optimizers.SGD(learning_rate=1.0, **way).apply(gradients, variables)

    clipped = clip(gradients, each_norm(gradients), OptimizerPlan(**way))

    for ours, variable in zip(clipped, variables, strict=True):
        np.testing.assert_allclose(ours, -variable.numpy(), rtol=1e-6)


def test_clipped_norm_exceeds_the_cap_by_one_ulp_at_most() -> None:
    """A clipped gradient has the cap as its norm, but for the last bit of a float32."""
    generator = np.random.default_rng(0)
    gradients = [tf.constant(generator.normal(size=(300, 100)), tf.float32) for _ in range(4)]

    after = each_norm(clip(gradients, each_norm(gradients), OptimizerPlan(clipnorm=1.0)))

    np.testing.assert_allclose(after, 1.0, rtol=2e-7)


@pytest.mark.parametrize("probabilities", [True, False])
def test_loss_of_an_undecided_network_is_the_logarithm_of_the_classes(probabilities: bool) -> None:
    """Equal outputs cost ln(classes), as probabilities and as logits."""
    outputs = tf.fill((5, 10), 0.1 if probabilities else 0.0)

    loss = loss_for(probabilities)(tf.zeros(5, tf.int32), outputs)

    assert float(loss) == pytest.approx(np.log(10), rel=1e-5)


def test_four_norms_are_the_largest_and_the_whole() -> None:
    """`variable` is the largest of the norms, `global` the norm of all gradients as one vector."""
    norms = np.array([[np.linalg.norm(gradient) for gradient in GRADIENTS]], np.float32)
    whole = np.linalg.norm(np.concatenate([gradient.ravel() for gradient in GRADIENTS]))

    found = four_norms(norms, norms / 2)

    np.testing.assert_allclose(found, [[13.0, 6.5, whole, whole / 2]], rtol=1e-6)


@pytest.mark.parametrize("way", [{"clipnorm": 1.0}, {"global_clipnorm": 1.0}, {}, {"clipnorm": 50.0}])
def test_norms_of_clipped_gradients_follow_from_those_before(way: dict[str, float]) -> None:
    """They are those of gradients that were really clipped."""
    plan, gradients = OptimizerPlan(**way), as_tensors()
    before = norms_of_half_squares(each_half_square(gradients).numpy())
    measured = norms_of_half_squares(each_half_square(clip(gradients, tf.constant(before), plan)).numpy())

    found = clipped_norms(before[np.newaxis], plan)

    np.testing.assert_allclose(found, measured[np.newaxis], rtol=3e-7)


def test_an_infinite_norm_is_no_number_afterwards() -> None:
    """As in Keras, which divides infinity by infinity, and without a warning."""
    found = clipped_norms(np.array([[np.inf, 0.5]], np.float32), OptimizerPlan(clipnorm=1.0))

    assert "[[nan, 0.5]]" == str(found.tolist())


def test_columns_become_series() -> None:
    """The rows of a run become the four series."""
    norms = norms_of(np.arange(8, dtype=np.float32).reshape(2, 4))

    assert [(0.0, 4.0), (1.0, 5.0), (2.0, 6.0), (3.0, 7.0)] == [
        norms.series(scope, stage) for scope in ("variable", "global") for stage in ("before", "after")
    ]


@pytest.mark.hostile_row(91)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_norms_that_are_not_finite_are_refused(value: float) -> None:
    """With how many there are; nothing can be compared with them."""
    recorded = np.ones((5, 4), np.float32)
    recorded[3:, 2] = value

    message, _ = refusal_of(lambda: norms_of(recorded))

    assert "The gradients of this network are NaN or infinite in 2 of 5 batches." == message


NAMES = get_args(OptimizerPlan.model_fields["name"].annotation)


def some_gradients(steps: int, dtype: str) -> list[list[tf.Tensor]]:
    generator = np.random.default_rng(3)
    return [
        [tf.constant(generator.normal(size=shape), dtype) for shape in ((4, 3), (3,))] for _ in range(steps)
    ]


def some_variables(dtype: str) -> list[keras.Variable]:
    return [
        keras.Variable(np.linspace(-1, 1, 12).reshape(4, 3), dtype=dtype),
        keras.Variable(np.ones(3), dtype=dtype),
    ]


def test_the_names_are_known_to_keras() -> None:
    """Every optimizer that a rubric may name exists in Keras."""
    assert [] == [name for name in NAMES if not hasattr(keras.optimizers, name)]


def defaults(kind: Any) -> dict[str, Any]:
    """The arguments of a class of Keras."""
    return {name: one.default for name, one in inspect.signature(kind).parameters.items()}


@pytest.mark.parametrize("name", OWN)
def test_the_settings_are_those_of_keras(name: str) -> None:
    """With their defaults; beside them there are names, lists of names and what has a key of its own."""
    keras_has = defaults(getattr(keras.optimizers, name))
    beside = {"learning_rate", "clipnorm", "name", "kwargs", "exclude_layers"}

    assert dict(settings_of(name)) == {key: value for key, value in keras_has.items() if key not in beside}


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_schedules_are_those_of_keras(name: str) -> None:
    """With their defaults; one that is needed has none."""
    keras_has = defaults(getattr(keras.optimizers.schedules, name))
    beside = {INITIAL, "name"}

    assert SCHEDULES[name] == {
        key: None if value is inspect.Parameter.empty else value
        for key, value in keras_has.items()
        if key not in beside
    }


SCHEDULED = {
    "CosineDecay": {"decay_steps": 20, "alpha": 0.1},
    "PiecewiseConstantDecay": {"boundaries": (10, 20), "values": (0.1, 0.01, 0.001)},
}


@pytest.mark.parametrize("schedule", SCHEDULED)
@pytest.mark.parametrize(
    ("name", "settings"), [("SGD", {"momentum": 0.9, "weight_decay": 0.01}), ("Adam", {"beta_1": 0.5})]
)
def test_updates_with_settings_as_keras_does(name: str, settings: dict[str, float], schedule: str) -> None:
    """Thirty steps with a schedule, momentum and weight decay."""
    ours, theirs = some_variables("float32"), some_variables("float32")
    how = SCHEDULED[schedule]
    plan = OptimizerPlan(name=name, learning_rate=0.01, settings=settings, schedule={schedule: how})
    update = tf.function(build_update(plan, ours))
    first = {INITIAL: 0.01} if schedule == "CosineDecay" else {}
    rate = getattr(keras.optimizers.schedules, schedule)(**first, **how)
    optimizer = getattr(keras.optimizers, name)(learning_rate=rate, **settings)

    for gradients in some_gradients(30, "float32"):
        update(gradients)
        optimizer.apply(gradients, theirs)

    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our.numpy(), their.numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("name", "dtype"), [*((name, "float32") for name in NAMES), ("Adam", "float64")])
def test_updates_as_keras_does(name: str, dtype: str) -> None:
    """Thirty steps of the update give the weights that Keras' own optimizer gives."""
    ours, theirs = some_variables(dtype), some_variables(dtype)
    update = tf.function(build_update(OptimizerPlan(name=name, learning_rate=0.01), ours))
    optimizer = getattr(keras.optimizers, name)(learning_rate=0.01)

    for gradients in some_gradients(30, dtype):
        update(gradients)
        optimizer.apply(gradients, theirs)

    for our, their in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(our.numpy(), their.numpy(), rtol=1e-5, atol=1e-6)
