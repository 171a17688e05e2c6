"""The compiled loops: a training and a probe, against loops written out by hand."""

import subprocess
import sys

import builders_training as build
import keras
import numpy as np
import pytest
import tensorflow as tf

from grader.measure.training.examples import Batches, shuffled_order
from grader.measure.training.gradients import build_update, loss_for
from grader.measure.training.loop import as_traced, backward, compiled_loop, compiled_probe, compiled_steps
from grader.rubric import OptimizerPlan


def test_graphs_are_rewritten_again_after_the_block() -> None:
    """TensorFlow rewrites no graph inside the block, and does again after it, also after an error."""
    options, seen = tf.config.optimizer.get_experimental_options, []

    def fail() -> None:
        with as_traced():
            seen.append(options()["disable_meta_optimizer"])
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()

    assert [True] == seen
    assert options()["disable_meta_optimizer"] is False


def test_a_worker_computes_on_one_thread() -> None:
    """Both of TensorFlow's pools have one, which has to be said before its first operation."""
    program = (
        "import tensorflow as tf\n"
        "from grader.measure.training.loop import use_one_thread\n"
        "use_one_thread()\n"
        "threading = tf.config.threading\n"
        "print(threading.get_intra_op_parallelism_threads(), threading.get_inter_op_parallelism_threads())\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "1 1" == done.stdout.strip()


def test_keras_is_imported_without_what_it_need_not_have() -> None:
    """Neither Matplotlib nor SciPy and scikit-learn come with it; a metric can be imported afterwards."""
    program = (
        "import sys\n"
        "import grader.measure.training\n"
        "print([name for name in ('matplotlib', 'scipy', 'sklearn') if name in sys.modules])\n"
        "import sklearn.metrics\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()


def test_each_batch_leaves_a_row() -> None:
    """The rows come in the order of the batches, and have the parts one after the other."""
    order = np.array([[3, 1], [2, 2], [0, 5]], np.int32)

    def row(chosen: tf.Tensor) -> list[tf.Tensor]:
        values = tf.cast(chosen, tf.float32)
        return [values, [tf.reduce_sum(values)]]

    assert [[3, 1, 4], [2, 2, 4], [0, 5, 5]] == compiled_loop(row, 3)(order).tolist()


def test_a_penalty_on_weights_is_part_of_the_loss() -> None:
    """What Keras adds to a model's loss is added, and its gradient too."""
    batches = some_batches(1)
    inputs = keras.layers.Input(build.a_dataset().x_train.shape[1:])
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


def some_batches(steps: int = 6) -> Batches:
    dataset = build.a_dataset()
    inputs = tf.constant(dataset.x_train / 255.0, tf.float32)
    order = shuffled_order(len(inputs), steps, 20, seed=5)
    return Batches(inputs, tf.constant(dataset.y_train, tf.int32), order)


def by_hand(
    model: keras.Model, batches: Batches, chosen: np.ndarray
) -> tuple[float, float, list[np.ndarray]]:
    """The loss, the accuracy and the gradients of one batch."""
    labels = tf.gather(batches.labels, chosen)
    with tf.GradientTape() as tape:
        outputs = model(tf.gather(batches.inputs, chosen))
        loss = loss_for(True)(labels, outputs)
    gradients = tape.gradient(loss, [one.value for one in model.trainable_variables])
    hits = float(np.mean(np.argmax(outputs, axis=1) == labels.numpy()))
    return float(loss), hits, [gradient.numpy() for gradient in gradients]


def test_records_what_a_plain_loop_finds() -> None:
    """Loss, accuracy and the four norms of each step are those of a loop written out by hand."""
    batches, plan = some_batches(), OptimizerPlan(clipnorm=0.3, learning_rate=0.05)
    model, same = build.a_network(), build.a_network()
    plain = build_update(plan, same.trainable_variables)
    expected = []
    for chosen in batches.order:
        loss, hits, before = by_hand(same, batches, chosen)
        after = [gradient * min(1.0, 0.3 / np.linalg.norm(gradient)) for gradient in before]
        plain([tf.constant(gradient) for gradient in after])
        norms = [[np.linalg.norm(gradient) for gradient in gradients] for gradients in (before, after)]
        row = [max(norms[0]), max(norms[1]), np.linalg.norm(norms[0]), np.linalg.norm(norms[1])]
        expected.append([loss, hits, *row])

    recorded = compiled_steps(
        model, batches, loss_for(True), plan, build_update(plan, model.trainable_variables)
    )(batches.order)

    np.testing.assert_allclose(recorded[:, :6], expected, rtol=2e-4)


@pytest.mark.parametrize("way", [{"clipnorm": 0.3}, {"global_clipnorm": 0.3}, {"clipvalue": 0.01}, {}])
def test_the_probe_finds_what_a_plain_loop_finds(way: dict[str, float]) -> None:
    """What is measured of each batch is that of a loop written out by hand, whatever clips."""
    batches, model = some_batches(), build.a_network()
    expected = []
    for chosen in batches.order:
        loss, hits, before = by_hand(model, batches, chosen)
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
        expected.append([loss, hits, max(largest), max(clipped), whole, np.linalg.norm(clipped)])

    found = compiled_probe(model, batches, loss_for(True), OptimizerPlan(**way))(batches.order)

    np.testing.assert_allclose(found[:, :6], expected, rtol=2e-5)


def test_the_weights_stay() -> None:
    """A probe leaves every weight as it was."""
    model, batches = build.a_network(), some_batches()
    weights = model.get_weights()

    compiled_probe(model, batches, loss_for(True), OptimizerPlan())(batches.order)

    assert all(np.array_equal(old, new) for old, new in zip(weights, model.get_weights(), strict=True))
