"""Tests of `grader.measure.training.steps`."""

import builders_training as build
import numpy as np
import tensorflow as tf

from grader.measure.training.batches import Batches
from grader.measure.training.gradients import loss_for
from grader.measure.training.optimizer import build_update
from grader.measure.training.steps import run_steps
from grader.rubric import OptimizerPlan


def some_batches(steps: int = 6, batch_size: int = 20) -> Batches:
    dataset = build.a_dataset()
    inputs = tf.constant(dataset.x_train / 255.0, tf.float32)
    return Batches.shuffled(inputs, tf.constant(dataset.y_train, tf.int32), steps, batch_size, seed=5)


def test_records_what_a_plain_loop_finds() -> None:
    """Loss, accuracy and the four norms of each step are those of a loop written out by hand."""
    batches, plan = some_batches(), OptimizerPlan(clipnorm=0.3, learning_rate=0.05)
    model, same = build.a_network(), build.a_network()
    plain = build_update(plan, same.trainable_variables)
    expected = []
    for chosen in batches.order:
        labels = tf.gather(batches.labels, chosen)
        with tf.GradientTape() as tape:
            outputs = same(tf.gather(batches.inputs, chosen))
            loss = loss_for(True)(labels, outputs)
        before = [
            gradient.numpy() for gradient in tape.gradient(loss, [v.value for v in same.trainable_variables])
        ]
        after = [gradient * min(1.0, 0.3 / np.linalg.norm(gradient)) for gradient in before]
        plain([tf.constant(gradient) for gradient in after])
        hits = np.mean(np.argmax(outputs, axis=1) == labels.numpy())
        norms = [[np.linalg.norm(gradient) for gradient in gradients] for gradients in (before, after)]
        row = [max(norms[0]), max(norms[1]), np.linalg.norm(norms[0]), np.linalg.norm(norms[1])]
        expected.append([float(loss), hits, *row])

    recorded = run_steps(model, batches, loss_for(True), plan, build_update(plan, model.trainable_variables))

    np.testing.assert_allclose(recorded, expected, rtol=2e-4)


def test_a_batch_is_never_larger_than_the_data() -> None:
    """A batch size over the number of examples takes them all."""
    assert (3, 600) == some_batches(steps=3, batch_size=10_000).order.shape
