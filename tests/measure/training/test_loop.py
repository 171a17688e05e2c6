"""Tests of `grader.measure.training.loop`."""

import builders_training as build
import keras
import numpy as np
import tensorflow as tf

from grader.measure.training.batches import Batches
from grader.measure.training.gradients import loss_for
from grader.measure.training.loop import backward, compiled_loop


def test_each_batch_leaves_a_row() -> None:
    """The rows come in the order of the batches, and have the parts one after the other."""
    order = np.array([[3, 1], [2, 2], [0, 5]], np.int32)

    def row(chosen: tf.Tensor) -> list[tf.Tensor]:
        values = tf.cast(chosen, tf.float32)
        return [values, [tf.reduce_sum(values)]]

    assert [[3, 1, 4], [2, 2, 4], [0, 5, 5]] == compiled_loop(row, 3)(order).tolist()


def test_a_penalty_on_weights_is_part_of_the_loss() -> None:
    """What Keras adds to a model's loss is added, and its gradient too."""
    dataset = build.a_dataset()
    batches = Batches.shuffled(
        tf.constant(dataset.x_train / 255.0, tf.float32),
        tf.constant(dataset.y_train, tf.int32),
        1,
        20,
        seed=5,
    )
    inputs = keras.layers.Input(dataset.x_train.shape[1:])
    penalty = keras.regularizers.L2(0.5)
    flat = keras.layers.Flatten()(inputs)
    model = keras.Model(inputs, keras.layers.Dense(3, kernel_regularizer=penalty, activation="softmax")(flat))
    kernel = model.trainable_variables[0].value
    chosen = tf.constant(batches.order[0])

    found = backward(model, batches, loss_for(True), chosen)
    model.layers[-1].kernel_regularizer = None
    model.layers[-1].kernel.regularizer = None
    plain = backward(model, batches, loss_for(True), chosen)

    added = 0.5 * float(tf.reduce_sum(kernel**2))
    np.testing.assert_allclose(float(found.loss), float(plain.loss) + added, rtol=1e-5)
    np.testing.assert_allclose(found.gradients[0], plain.gradients[0] + kernel, rtol=1e-3, atol=1e-6)
    assert found.hits.shape == (20,)
