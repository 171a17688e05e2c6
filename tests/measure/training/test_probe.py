"""Tests of `grader.measure.training.probe`: real networks."""

import builders_training as build
import numpy as np
import pytest
import tensorflow as tf

from grader.measure.training.batches import Batches
from grader.measure.training.gradients import loss_for
from grader.measure.training.probe import compiled_probe
from grader.rubric import OptimizerPlan


def some_batches() -> Batches:
    dataset = build.a_dataset()
    inputs = tf.constant(dataset.x_train / 255.0, tf.float32)
    return Batches.shuffled(inputs, tf.constant(dataset.y_train, tf.int32), steps=4, batch_size=20, seed=5)


@pytest.mark.parametrize("way", [{"clipnorm": 0.3}, {"global_clipnorm": 0.3}, {"clipvalue": 0.01}, {}])
def test_finds_what_a_plain_loop_finds(way: dict[str, float]) -> None:
    """The four norms of each batch are those of a loop written out by hand, whatever clips."""
    batches, model = some_batches(), build.a_network()
    expected = []
    for chosen in batches.order:
        with tf.GradientTape() as tape:
            outputs = model(tf.gather(batches.inputs, chosen))
            loss = loss_for(True)(tf.gather(batches.labels, chosen), outputs)
        before = [
            each.numpy() for each in tape.gradient(loss, [one.value for one in model.trainable_variables])
        ]
        largest = [np.linalg.norm(each) for each in before]
        whole = np.linalg.norm(largest)
        after = [
            np.clip(each, -way["clipvalue"], way["clipvalue"])
            if "clipvalue" in way
            else each
            * min(1.0, way.get("clipnorm", np.inf) / norm, way.get("global_clipnorm", np.inf) / whole)
            for each, norm in zip(before, largest, strict=True)
        ]
        clipped = [np.linalg.norm(each) for each in after]
        expected.append([max(largest), max(clipped), whole, np.linalg.norm(clipped)])

    found = compiled_probe(model, batches, loss_for(True), OptimizerPlan(**way))(batches.order)

    np.testing.assert_allclose(found, expected, rtol=2e-5)


def test_the_weights_stay() -> None:
    """A probe leaves every weight as it was."""
    model, batches = build.a_network(), some_batches()
    weights = model.get_weights()

    compiled_probe(model, batches, loss_for(True), OptimizerPlan())(batches.order)

    assert all(np.array_equal(old, new) for old, new in zip(weights, model.get_weights(), strict=True))
