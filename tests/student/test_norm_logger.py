"""`NormLogger`, compared with norms that are computed in another way from the same weights and batches."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from builders_golden import said

from grader.student import NormLogger
from grader.student.log_file import COLUMNS, NORMS
from grader.student.measuring import start_measuring

IMAGES = np.random.default_rng(1).normal(size=(20, 6)).astype(np.float32)
CLASSES = np.random.default_rng(2).integers(0, 3, 20)
BATCH_SIZE = 4
STEPS = 5


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the log is written."""
    return tmp_path / "log.csv"


def steps_of(path: Path) -> list[int]:
    """The steps of a log."""
    return pd.read_csv(path)["step"].tolist()


def a_network(**layer: Any) -> keras.Model:
    """Two dense layers, from the same weights every time."""
    keras.utils.set_random_seed(3)
    hidden = keras.layers.Dense(5, activation="relu", **layer)
    return keras.Sequential(
        [keras.layers.Input((6,)), hidden, keras.layers.Dense(3, activation="softmax", **layer)]
    )


def a_model(
    optimizer: keras.optimizers.Optimizer, network: keras.Model | None = None, **compiling: Any
) -> keras.Model:
    """A small network, compiled."""
    model = a_network() if network is None else network
    model.compile(optimizer, "sparse_categorical_crossentropy", **{"metrics": ["accuracy"], **compiling})
    return model


def fit(
    model: keras.Model, *callbacks: keras.callbacks.Callback, epochs: int = 1, **more: Any
) -> keras.callbacks.History:
    """Five batches an epoch, always in the same order."""
    more = {"epochs": epochs, "shuffle": False, "verbose": 0, "callbacks": list(callbacks), **more}
    return model.fit(IMAGES, CLASSES, BATCH_SIZE, **more)


def at_each_batch(act: Callable[[int, dict[str, float]], object]) -> keras.callbacks.Callback:
    """A callback that is given the number of each batch and what Keras reports."""

    class Acting(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            act(batch, logs)

    return Acting()


def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The batches of `fit`."""
    for start in range(0, len(IMAGES), BATCH_SIZE):
        yield IMAGES[start : start + BATCH_SIZE], CLASSES[start : start + BATCH_SIZE]


def a_loop(
    optimizer: keras.optimizers.Optimizer, network: keras.Model | None = None, epochs: int = 1
) -> pd.DataFrame:
    """The norms of a loop from equal weights: of the tape's gradients, and of what reaches `update_step`."""
    network = a_network() if network is None else network
    loss_function = keras.losses.SparseCategoricalCrossentropy()
    received = receiving(optimizer)
    rows = []
    for _ in range(epochs):
        for images, classes in batches():
            with tf.GradientTape() as tape:
                loss = loss_function(classes, network(images, training=True))
            gradients = tape.gradient(loss, network.trainable_variables)
            received.clear()
            optimizer.apply_gradients(zip(gradients, network.trainable_variables, strict=True))
            rows.append([*numpy_norms(gradients), *numpy_norms(received)])
    return pd.DataFrame(rows, columns=[NORMS[0], NORMS[2], NORMS[1], NORMS[3]])[list(NORMS)]


def receiving(optimizer: keras.optimizers.Optimizer) -> list[Any]:
    """A list of the clipped gradients that the optimizer's `update_step` receives from now on."""
    received: list[Any] = []
    update_step = optimizer.update_step

    def receive(gradient: Any, variable: Any, learning_rate: Any) -> None:
        received.append(gradient)
        update_step(gradient, variable, learning_rate)

    optimizer.update_step = receive
    return received


def numpy_norms(gradients: list[Any]) -> tuple[float, float]:
    """The largest norm and the global norm, in float64."""
    vectors = [np.asarray(tf.convert_to_tensor(gradient), np.float64).ravel() for gradient in gradients]
    return max(np.linalg.norm(vector) for vector in vectors), float(np.linalg.norm(np.concatenate(vectors)))


def assert_norms(expected: pd.DataFrame, path: Path) -> None:
    """The log has these norms, in steps that count from the first of them."""
    log = pd.read_csv(path)
    np.testing.assert_allclose(log[list(NORMS)], expected, rtol=1e-5)
    assert (expected.index + 1).tolist() == log["step"].tolist()


def assert_received(received: list[Any], size: int, path: Path) -> None:
    """The log has the norms after clipping of these gradients, so many a step."""
    steps = [received[start : start + size] for start in range(0, len(received), size)]
    norms = pd.read_csv(path)[[NORMS[1], NORMS[3]]]
    np.testing.assert_allclose(norms, pd.DataFrame(map(numpy_norms, steps)), rtol=1e-5)


CLIPPINGS = [
    pytest.param({"clipnorm": 0.3}, id="clipnorm"),
    pytest.param({"global_clipnorm": 0.3}, id="global_clipnorm"),
    pytest.param({"clipvalue": 0.05}, id="clipvalue"),
    pytest.param({"clipnorm": 0}, id="clipnorm is 0"),
    pytest.param({}, id="none"),
    pytest.param({"clipnorm": 0.3, "loss_scale_factor": 8.0}, id="loss_scale_factor"),
]


@pytest.mark.parametrize("clipping", CLIPPINGS)
def test_norms_are_those_of_a_loop(path: Path, clipping: dict[str, float]) -> None:
    """Whatever the optimizer clips by, the norms are of the tape's and of the really clipped gradients."""
    fit(a_model(keras.optimizers.SGD(0.1, **clipping)), NormLogger(path))
    clipping.pop("loss_scale_factor", None)

    assert_norms(a_loop(keras.optimizers.SGD(0.1, **clipping)), path)


@pytest.mark.parametrize(
    "compiling",
    [
        pytest.param({"jit_compile": True}, id="jit_compile"),
        pytest.param({"run_eagerly": True}, id="run_eagerly"),
        pytest.param({"steps_per_execution": 2}, id="steps_per_execution"),
        pytest.param({"steps_per_execution": 9, "jit_compile": True}, id="more steps than an epoch has"),
    ],
)
def test_norms_hold_for_every_way_to_run(path: Path, compiling: dict[str, Any]) -> None:
    """The homework's optimizer, compiled, eager, or with several steps in one execution."""
    fit(a_model(keras.optimizers.Adam(0.01, clipnorm=0.3), **compiling), NormLogger(path), epochs=2)

    assert_norms(a_loop(keras.optimizers.Adam(0.01, clipnorm=0.3), epochs=2), path)


def test_the_columns(path: Path) -> None:
    """Loss and accuracy are Keras' own at each step, validation is in the last row of each epoch."""
    seen: list[tuple[float, float]] = []
    watch = at_each_batch(lambda _, logs: seen.append((logs["loss"], logs["accuracy"])))
    validation = (IMAGES[:8], CLASSES[:8])
    history = fit(
        a_model(keras.optimizers.SGD(0.1), run_eagerly=True),
        NormLogger(path),
        watch,
        epochs=2,
        validation_data=validation,
    )
    log = pd.read_csv(path)

    assert list(COLUMNS) == log.columns.tolist()
    assert [0] * STEPS + [1] * STEPS == log["epoch"].tolist()
    assert list(range(1, 2 * STEPS + 1)) == log["step"].tolist()
    np.testing.assert_array_equal(np.float32(seen), log[["loss", "accuracy"]].to_numpy(np.float32))
    for name in ("val_loss", "val_accuracy"):
        assert [STEPS, 2 * STEPS] == log["step"][log[name].notna()].tolist()
        np.testing.assert_array_equal(
            np.float32(history.history[name]), log[name].dropna().to_numpy(np.float32)
        )


@pytest.mark.filterwarnings("ignore:Your input ran out of data", "ignore:`shuffle=True` was passed")
def test_a_data_set_of_unknown_size(path: Path) -> None:
    """What ends an epoch is not counted as a step, though without the logger TensorFlow counts it."""
    signature = (tf.TensorSpec((None, 6)), tf.TensorSpec((None,), tf.int64))
    model = a_model(keras.optimizers.SGD(0.1, clipnorm=0.3))
    model.fit(
        tf.data.Dataset.from_generator(batches, output_signature=signature),
        epochs=2,
        verbose=0,
        callbacks=[NormLogger(path)],
    )
    expected = a_loop(keras.optimizers.SGD(0.1, clipnorm=0.3), epochs=2)

    assert_norms(expected, path)
    assert 10 == int(model.optimizer.iterations.numpy())


def test_loss_is_where_keras_reports_it(path: Path) -> None:
    """With several steps in one execution, only the last of them has a loss."""
    fit(a_model(keras.optimizers.SGD(0.1), steps_per_execution=2), NormLogger(path))
    log = pd.read_csv(path)

    assert [2, 4, 5] == log["step"][log["loss"].notna()].tolist()
    assert [2, 4, 5] == log["step"][log["accuracy"].notna()].tolist()


@pytest.mark.parametrize(
    ("metrics", "found"),
    [
        (["acc"], True),
        (["sparse_categorical_accuracy"], True),
        ([keras.metrics.SparseCategoricalAccuracy(name="train_acc")], True),
        ([keras.metrics.SparseTopKCategoricalAccuracy(k=2), "accuracy"], True),
        ([keras.metrics.SparseTopKCategoricalAccuracy(k=2)], False),
        ([], False),
    ],
)
def test_accuracy_is_found_under_its_names(path: Path, metrics: list[Any], found: bool) -> None:
    """Whatever it is called, but the accuracy of the best k is none."""
    history = fit(
        a_model(keras.optimizers.SGD(0.1), metrics=metrics, run_eagerly=True),
        NormLogger(path),
        validation_data=(IMAGES, CLASSES),
    )
    log = pd.read_csv(path)
    name = next(iter([name for name in history.history if "acc" in name and "top_k" not in name]), "")

    assert found == log["accuracy"].notna().all()
    assert found == (log["val_accuracy"].count() == 1)
    if found:
        assert np.float32(history.history[name][-1]) == np.float32(log["accuracy"].iloc[-1])


def test_accuracy_of_a_train_step_of_ones_own(path: Path) -> None:
    """What a `train_step` returns is found as Keras reports it, also without a loss."""

    class Stepping(keras.Sequential):
        def train_step(self, data: Any) -> dict[str, Any]:
            super().train_step(data)
            return {metric.name: metric.result() for metric in self.metrics if metric.name != "loss"}

    fit(a_model(keras.optimizers.SGD(0.1), Stepping(a_network().layers)), NormLogger(path))
    log = pd.read_csv(path)

    assert log["accuracy"].notna().all()
    assert log["loss"].isna().all()


def test_a_second_fit_goes_on(path: Path) -> None:
    """Steps and epochs count on, with the same logger or a new one, from whatever epoch Keras counts."""
    model = a_model(keras.optimizers.SGD(0.1, clipnorm=0.3))
    logger = NormLogger(path)
    fit(model, logger)
    fit(model, logger)
    fit(model, NormLogger(path), epochs=3, initial_epoch=2)
    expected = a_loop(keras.optimizers.SGD(0.1, clipnorm=0.3), epochs=3)

    assert_norms(expected, path)
    assert [0] * STEPS + [1] * STEPS + [2] * STEPS == pd.read_csv(path)["epoch"].tolist()


def test_a_new_model_starts_anew(path: Path) -> None:
    """A log of an earlier model is replaced."""
    logger = NormLogger(path)
    fit(a_model(keras.optimizers.SGD(0.1), run_eagerly=True), logger, epochs=2)
    fit(a_model(keras.optimizers.SGD(0.1), run_eagerly=True), logger)

    assert [1, 2, 3, 4, 5] == steps_of(path)


def test_a_checkpoint_in_the_middle(tmp_path: Path) -> None:
    """A model that was saved while it trained is sound, and the log goes on from its step."""
    path, saved = tmp_path / "log.csv", tmp_path / "{batch}.keras"
    checkpoint = keras.callbacks.ModelCheckpoint(saved, save_freq=3)
    model = a_model(keras.optimizers.Adam(0.01, clipnorm=0.3))
    fit(model, NormLogger(path), checkpoint)
    model = keras.models.load_model(tmp_path / "3.keras")
    fit(model, NormLogger(path))
    log = pd.read_csv(path)

    assert [1, 2, 3, 4, 5, 6, 7, 8] == log["step"].tolist()
    assert [0, 0, 0, 1, 1, 1, 1, 1] == log["epoch"].tolist()


def test_a_model_that_is_traced_already(path: Path) -> None:
    """Of three calls of `fit`, the one with the logger is logged, from the step where it starts."""
    model = a_model(keras.optimizers.SGD(0.1, clipnorm=0.3))
    fit(model)
    fit(model, NormLogger(path))
    fit(model)
    expected = a_loop(keras.optimizers.SGD(0.1, clipnorm=0.3), epochs=2)[STEPS:]

    assert_norms(expected, path)


def test_training_is_the_same_with_it(path: Path) -> None:
    """The logger changes neither the weights nor the optimizer."""
    models = []
    for _ in range(2):
        # So that both have layers and variables of the same names.
        keras.utils.clear_session()
        models.append(a_model(keras.optimizers.Adam(0.01, clipnorm=0.3)))
    logged, plain = models
    fit(logged, NormLogger(path))
    fit(plain)

    assert "apply" not in vars(logged.optimizer)
    names = [variable.path for variable in plain.optimizer.variables]
    assert names == [variable.path for variable in logged.optimizer.variables]
    expected, found = ([*one.get_weights(), *one.optimizer.variables] for one in (plain, logged))
    for own, actual in zip(expected, found, strict=True):
        np.testing.assert_allclose(actual, own, rtol=1e-6, atol=1e-9)


def test_skipped_steps_have_no_row(path: Path) -> None:
    """A `LossScaleOptimizer` applies nothing while its scale is too large for float16; that is no step."""
    inner = keras.optimizers.SGD(0.1, clipnorm=0.3)
    optimizer = keras.optimizers.LossScaleOptimizer(inner, initial_scale=2.0**24)
    fit(a_model(optimizer, a_network(dtype="mixed_float16")), NormLogger(path), epochs=4)
    log = pd.read_csv(path)

    assert 0 < len(log) < 4 * STEPS
    assert list(range(1, int(inner.iterations.numpy()) + 1)) == log["step"].tolist()
    assert log[list(NORMS)].notna().all(axis=None)


def test_mixed_precision(path: Path) -> None:
    """The norms in the log are those of the gradients that the inner optimizer receives."""
    inner = keras.optimizers.SGD(0.1, clipnorm=0.3)
    received = receiving(inner)
    model = a_model(
        keras.optimizers.LossScaleOptimizer(inner), a_network(dtype="mixed_float16"), run_eagerly=True
    )
    fit(model, NormLogger(path))

    assert_received(received, 4, path)


def test_embeddings(path: Path) -> None:
    """A gradient that is `IndexedSlices`, with rows that occur twice, is clipped as Keras clips it."""
    optimizer = keras.optimizers.SGD(0.1, clipnorm=0.2)
    received = receiving(optimizer)
    keras.utils.set_random_seed(3)
    network = keras.Sequential(
        [keras.layers.Embedding(4, 3), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")]
    )
    model = a_model(optimizer, network, run_eagerly=True)
    words = np.random.default_rng(4).integers(0, 4, (20, 6))
    model.fit(words, CLASSES, BATCH_SIZE, verbose=0, callbacks=[NormLogger(path)])

    assert_received(received, 3, path)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_nan_is_logged(path: Path, jit_compile: bool) -> None:
    """A training that breaks shows as `nan` in every norm."""
    images = IMAGES.copy()
    images[4] = np.nan
    model = a_model(keras.optimizers.SGD(0.1, clipnorm=0.3), jit_compile=jit_compile)
    model.fit(images, CLASSES, BATCH_SIZE, shuffle=False, verbose=0, callbacks=[NormLogger(path)])
    rows = path.read_text().splitlines()

    assert "nan" not in rows[1]
    assert ",nan,nan,nan,nan" == rows[2][-16:]


def test_two_loggers_in_one_fit(tmp_path: Path) -> None:
    """Both write the same."""
    model = a_model(keras.optimizers.SGD(0.1, clipnorm=0.3), run_eagerly=True)
    fit(model, NormLogger(tmp_path / "one.csv"), NormLogger(tmp_path / "two.csv"))

    assert (tmp_path / "one.csv").read_text() == (tmp_path / "two.csv").read_text()
    assert "apply" not in vars(model.optimizer)


class StoppedError(Exception):
    """What a student's interrupt looks like to `fit`."""


def stop_at(step: int) -> keras.callbacks.Callback:
    """A callback that ends `fit` in the middle."""

    def stop(batch: int, _: dict[str, float]) -> None:
        if batch + 1 == step:
            raise StoppedError

    return at_each_batch(stop)


def test_an_exception_in_fit(path: Path) -> None:
    """The log keeps what was done; `with` makes the optimizer what it was."""
    model = a_model(keras.optimizers.SGD(0.1), run_eagerly=True)
    with pytest.raises(StoppedError), NormLogger(path) as logger:
        fit(model, logger, stop_at(3))

    assert [1, 2, 3] == steps_of(path)
    assert "apply" not in vars(model.optimizer)


def test_fit_again_after_an_exception(path: Path) -> None:
    """The log goes on with a new logger, and nothing is left on the optimizer in the end."""
    model = a_model(keras.optimizers.SGD(0.1, clipnorm=0.3), run_eagerly=True)
    with pytest.raises(StoppedError):
        fit(model, NormLogger(path), stop_at(5))
    fit(model, NormLogger(path))
    gc.collect()
    expected = a_loop(keras.optimizers.SGD(0.1, clipnorm=0.3), epochs=2)

    assert_norms(expected, path)
    assert "apply" not in vars(model.optimizer)


def a_recorded_loop(
    logger: NormLogger, clipped: Callable[[list[Any]], list[Any]] | None, **clipping: float
) -> None:
    """Two epochs of a custom loop that records every step."""
    network, optimizer = a_network(), keras.optimizers.SGD(0.1, **clipping)
    loss_function = keras.losses.SparseCategoricalCrossentropy()

    @tf.function
    def step(images: tf.Tensor, classes: tf.Tensor) -> tuple[tf.Tensor, list[tf.Tensor], list[tf.Tensor]]:
        with tf.GradientTape() as tape:
            loss = loss_function(classes, network(images, training=True))
        gradients = tape.gradient(loss, network.trainable_variables)
        applied = gradients if clipped is None else clipped(gradients)
        optimizer.apply_gradients(zip(applied, network.trainable_variables, strict=True))
        return loss, gradients, applied

    for epoch in range(2):
        for images, classes in batches():
            loss, gradients, applied = step(images, classes)
            more = {} if clipped is None else {"clipped": applied}
            logger.record([*gradients, None], optimizer, epoch=epoch, loss=loss, accuracy=0.5, **more)
        logger.record_validation(loss=0.25, accuracy=tf.constant(0.75))


@pytest.mark.parametrize("clipping", CLIPPINGS[:-1])
def test_record_is_what_fit_logs(path: Path, clipping: dict[str, float]) -> None:
    """A custom loop that records its gradients has the norms of `fit`."""
    with NormLogger(path) as logger:
        a_recorded_loop(logger, None, **clipping)
    log = pd.read_csv(path)
    expected = a_loop(keras.optimizers.SGD(0.1, **clipping), epochs=2)

    assert_norms(expected, path)
    assert [0] * STEPS + [1] * STEPS == log["epoch"].tolist()
    assert [0.5] * 10 == log["accuracy"].tolist()
    assert log["loss"].between(0.1, 3.0).all()
    assert [0.25, 0.25] == log["val_loss"].dropna().tolist()
    assert [5, 10] == log["step"][log["val_accuracy"] == 0.75].tolist()


def test_record_with_a_clipping_by_hand(path: Path) -> None:
    """The norms after clipping are those of what was clipped by hand."""
    with NormLogger(path) as logger:
        a_recorded_loop(logger, lambda gradients: tf.clip_by_global_norm(gradients, 0.3)[0])

    assert_norms(a_loop(keras.optimizers.SGD(0.1, global_clipnorm=0.3), epochs=2), path)


def test_record_goes_on_where_the_optimizer_is(path: Path) -> None:
    """A recorded log goes on after it was closed, and a new optimizer starts it anew."""
    gradient, variable = tf.constant([3.0, 4.0]), keras.Variable([1.0, 2.0])
    logger, logs = NormLogger(path), []
    for optimizer, epochs in ((keras.optimizers.SGD(0.1), 3), (keras.optimizers.SGD(0.1), 1)):
        for epoch in range(epochs):
            optimizer.apply_gradients([(gradient, variable)])
            logger.record([gradient], optimizer, epoch=epoch)
            logger.close()
        logs.append(path.read_text().splitlines()[1:])

    first, *more = ("0,1,,,,,5,5,5,5", "1,2,,,,,5,5,5,5", "2,3,,,,,5,5,5,5")
    assert [[first, *more], [first]] == logs


def a_network_of(train_step: Callable[[Any, Any], dict[str, Any]]) -> keras.Model:
    """A network with a `train_step` of its own."""
    return type("Own", (keras.Sequential,), {"train_step": train_step})(a_network().layers)


def twice(self: Any, data: Any) -> dict[str, Any]:
    keras.Sequential.train_step(self, data)
    return keras.Sequential.train_step(self, data)


def a_model_without_loss() -> keras.Model:
    model = a_model(keras.optimizers.SGD(0.1), run_eagerly=True)
    model.compute_loss = lambda *_, **__: tf.constant(1.0)
    return model


def record(logger: NormLogger, optimizer: Any) -> None:
    logger.record([tf.constant([3.0])], optimizer, epoch=0)


def trained(logger: NormLogger, network: keras.Model | None = None, **setting: int) -> None:
    fit(a_model(keras.optimizers.SGD(0.1, **setting), network, run_eagerly=True), logger)


def two_devices() -> SimpleNamespace:
    strategy = SimpleNamespace(num_replicas_in_sync=2)
    return SimpleNamespace(optimizer=keras.optimizers.SGD(0.1), distribute_strategy=strategy)


WRONG: dict[str, Callable[[NormLogger], object]] = {
    "no step": lambda logger: trained(logger, a_network_of(keras.Sequential.test_step)),
    "no gradient": lambda logger: fit(a_model_without_loss(), logger),
    "two updates": lambda logger: trained(logger, a_network_of(twice)),
    "accumulation": lambda logger: trained(logger, gradient_accumulation_steps=4),
    "two devices": lambda _: start_measuring(two_devices()),
    "record in a function": lambda logger: tf.function(lambda: record(logger, keras.optimizers.SGD(0.1)))(),
    "record before a step": lambda logger: record(logger, keras.optimizers.SGD(0.1)),
    "record of scaled gradients": lambda logger: record(
        logger, keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1))
    ),
    "record with another optimizer": lambda logger: record(logger, "adam"),
    "no folder": lambda _: NormLogger("missing/log.csv"),
}


@pytest.mark.filterwarnings("error")
def test_what_cannot_be_logged(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What must be, what was received, and what to do; all of it is in `sentences.txt`."""
    monkeypatch.chdir(path.parent)
    for name, act in WRONG.items():
        with pytest.raises((ValueError, TypeError, OSError, UserWarning)) as caught:
            act(NormLogger(path))
        # TensorFlow hands an error on with the name of its class, on some versions of Python.
        last = str(caught.value).strip().splitlines()[-1].strip().removeprefix("TypeError: ")
        said(name, last)
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(ValueError, match="TensorFlow backend") as caught:
        NormLogger(path)
    said("another backend", caught.value)


def test_a_refused_model_is_as_it_was(path: Path) -> None:
    """Nothing is left on its optimizer."""
    model = a_model(keras.optimizers.SGD(0.1, gradient_accumulation_steps=4))
    with pytest.raises(ValueError, match="gradient_accumulation_steps"):
        fit(model, NormLogger(path))

    assert "apply" not in vars(model.optimizer)
