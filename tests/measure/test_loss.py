"""The loss that a model file stores: read as data, and built as Keras builds it."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from pydantic import ValidationError

from grader.measure.loss import Loss, read_loss
from grader.measure.training.gradients import loss_for

LABELS = np.array([2, 0, 1, 2])
SCORES = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
SHARES = tf.nn.softmax(SCORES)
OTHER: list[Any] = [
    *("mse", "MAE", "msle", "log_cosh", "kld", "poisson", "bce", "hinge", "squared_hinge"),
    "categorical_hinge",
    keras.losses.mean_squared_error,
    keras.losses.MeanSquaredError(name="mine"),
    keras.losses.BinaryCrossentropy(label_smoothing=0.1),
    keras.losses.BinaryFocalCrossentropy(gamma=3, apply_class_balancing=True),
    keras.losses.CategoricalFocalCrossentropy(alpha=0.5, gamma=1.5),
    keras.losses.CategoricalCrossentropy(reduction="sum"),
    keras.losses.SparseCategoricalCrossentropy(reduction="sum"),
    # Their gradients are those of the sum.
    keras.losses.CategoricalCrossentropy(reduction=None, name="no_reduction"),
    keras.losses.MeanSquaredError(reduction="none", name="none"),
    keras.losses.MeanAbsoluteError(reduction="mean_with_sample_weight", name="weighted"),
]


def stored(loss: Any) -> Any:
    """What Keras writes of a loss into a model file."""
    return loss if isinstance(loss, str) else keras.losses.serialize(loss)


@pytest.mark.parametrize(
    "loss",
    OTHER,
    ids=[
        one if isinstance(one, str) else one.name if hasattr(one, "name") else one.__name__ for one in OTHER
    ],
)
def test_another_loss_is_built_with_its_settings(loss: Any) -> None:
    """For the same outputs it is what Keras says."""
    read = read_loss(stored(loss))
    sparse = "sparse" in read.name
    theirs = keras.losses.get(loss)(LABELS if sparse else tf.one_hot(LABELS, 3), SHARES)
    if read.built and read.built.total:
        theirs = tf.reduce_sum(theirs)

    found = loss_for(True, read.built)(tf.constant(LABELS), SHARES)

    assert ("summed" if read.built and read.built.total else "other") == read.form
    assert float(found) == pytest.approx(float(tf.reduce_mean(theirs)), rel=1e-5)


def test_smoothed_labels_are_cross_entropy() -> None:
    """They are learned as the file says, and compared with honest runs."""
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.2)
    read = read_loss(stored(loss))

    found = loss_for(False, read.built)(tf.constant(LABELS), tf.constant(SCORES))

    assert "usual" == read.form
    assert float(found) == pytest.approx(float(loss(tf.one_hot(LABELS, 3), SCORES)), rel=1e-5)


USUAL: list[Any] = [
    *(None, "sparse_categorical_crossentropy", ["categorical_crossentropy"]),
    {"output": "SparseCategoricalCrossentropy"},
    stored(keras.losses.SparseCategoricalCrossentropy(from_logits=True)),
    stored(keras.losses.CategoricalCrossentropy()),
    {"class_name": "CategoricalCrossentropy", "config": {"reduction": "auto", "axis": -1, "fn": None}},
]
# A student's own, and settings that the grader does not know.
UNKNOWN: list[Any] = [
    *("my_loss", {"class_name": "function", "config": "my_loss"}, {"class_name": "MyLoss", "config": {}}),
    stored(keras.losses.Huber(delta=0.5)),
    *(
        {"class_name": "CategoricalFocalCrossentropy", "config": {"alpha": alpha}}
        for alpha in ("1.0", float("nan"), -1.0, [0.1, 0.2, 0.3])
    ),
    *(
        {"class_name": "MeanSquaredError", "config": config}
        for config in ({"gamma": 2.0}, {"reduction": "median"})
    ),
    {"class_name": "SparseCategoricalCrossentropy", "config": {"ignore_class": 1}},
    {"class_name": "deserialize", "config": {}},
    {"class_name": "Custom>MeanSquaredError", "config": {}},
    {"class_name": "MeanSquaredError", "config": {}, "registered_name": "Mine>MeanSquaredError"},
]


@pytest.mark.parametrize(
    ("loss", "form"), [*((loss, "usual") for loss in USUAL), *((loss, "unknown") for loss in UNKNOWN)]
)
def test_what_is_not_built(loss: Any, form: str) -> None:
    """Cross-entropy, however it is stored, for such submissions share a rerun; and what is in no table."""
    read = read_loss(loss)

    assert (form, None) == (read.form, read.built)


@pytest.mark.parametrize("known", [{"name": "get"}, {"name": "hinge", "settings": (("fn", 1.0),)}])
def test_a_worker_cannot_name_another_function(known: Any) -> None:
    """What it sends is checked against the table once more."""
    with pytest.raises(ValidationError):
        Loss(**known)
