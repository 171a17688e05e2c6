"""`NormLogger`, compared with norms that are computed in another way from the same weights and batches."""

import gc
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from grader.student import NormLogger
from grader.student.log_file import COLUMNS, NORMS

IMAGES = np.random.default_rng(1).normal(size=(20, 6)).astype(np.float32)
CLASSES = np.random.default_rng(2).integers(0, 3, 20)
BATCH_SIZE = 4
STEPS = 5


def a_network(**layer: Any) -> keras.Model:
    """Two dense layers, from the same weights every time."""
    keras.utils.set_random_seed(3)
    return keras.Sequential(
        [
            keras.layers.Input((6,)),
            keras.layers.Dense(5, activation="relu", **layer),
            keras.layers.Dense(3, activation="softmax", **layer),
        ]
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
    return model.fit(
        IMAGES,
        CLASSES,
        BATCH_SIZE,
        epochs=epochs,
        shuffle=False,
        verbose=0,
        callbacks=list(callbacks),
        **more,
    )


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
    """The log has these norms."""
    np.testing.assert_allclose(pd.read_csv(path)[list(NORMS)], expected, rtol=1e-5)


CLIPPINGS = [
    pytest.param({"clipnorm": 0.3}, id="clipnorm"),
    pytest.param({"global_clipnorm": 0.3}, id="global_clipnorm"),
    pytest.param({"clipvalue": 0.05}, id="clipvalue"),
    pytest.param({"clipnorm": 0}, id="clipnorm is 0"),
    pytest.param({}, id="none"),
    pytest.param({"clipnorm": 0.3, "loss_scale_factor": 8.0}, id="loss_scale_factor"),
]


@pytest.mark.parametrize("clipping", CLIPPINGS)
def test_norms_are_those_of_a_loop(tmp_path: Path, clipping: dict[str, float]) -> None:
    """Whatever the optimizer clips by, the norms are of the tape's and of the really clipped gradients."""
    path = tmp_path / "log.csv"
    fit(a_model(keras.optimizers.SGD(0.1, **clipping)), NormLogger(path))
    clipping.pop("loss_scale_factor", None)
    expected = a_loop(keras.optimizers.SGD(0.1, **clipping))

    assert_norms(expected, path)


@pytest.mark.parametrize(
    "compiling",
    [
        pytest.param({"jit_compile": True}, id="jit_compile"),
        pytest.param({"run_eagerly": True}, id="run_eagerly"),
        pytest.param({"steps_per_execution": 2}, id="steps_per_execution"),
        pytest.param({"steps_per_execution": 9, "jit_compile": True}, id="more steps than an epoch has"),
    ],
)
def test_norms_hold_for_every_way_to_run(tmp_path: Path, compiling: dict[str, Any]) -> None:
    """The homework's optimizer, compiled, eager, or with several steps in one execution."""
    path = tmp_path / "log.csv"
    fit(a_model(keras.optimizers.Adam(0.01, clipnorm=0.3), **compiling), NormLogger(path), epochs=2)
    expected = a_loop(keras.optimizers.Adam(0.01, clipnorm=0.3), epochs=2)

    assert_norms(expected, path)
    assert list(range(1, 11)) == pd.read_csv(path)["step"].tolist()


def test_the_columns(tmp_path: Path) -> None:
    """Loss and accuracy are Keras' own at each step, validation is in the last row of each epoch."""
    path = tmp_path / "log.csv"
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
def test_a_data_set_of_unknown_size(tmp_path: Path) -> None:
    """What ends an epoch is not counted as a step, though without the logger TensorFlow counts it."""
    path = tmp_path / "log.csv"
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
    assert list(range(1, 11)) == pd.read_csv(path)["step"].tolist()
    assert 10 == int(model.optimizer.iterations.numpy())


def test_loss_is_where_keras_reports_it(tmp_path: Path) -> None:
    """With several steps in one execution, only the last of them has a loss."""
    path = tmp_path / "log.csv"
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
def test_accuracy_is_found_under_its_names(tmp_path: Path, metrics: list[Any], found: bool) -> None:
    """Whatever it is called, but the accuracy of the best k is none."""
    path = tmp_path / "log.csv"
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


def test_accuracy_of_a_train_step_of_ones_own(tmp_path: Path) -> None:
    """What a `train_step` returns is found as Keras reports it, also without a loss."""

    class Stepping(keras.Sequential):
        def train_step(self, data: Any) -> dict[str, Any]:
            super().train_step(data)
            return {metric.name: metric.result() for metric in self.metrics if metric.name != "loss"}

    path = tmp_path / "log.csv"
    fit(a_model(keras.optimizers.SGD(0.1), Stepping(a_network().layers)), NormLogger(path))
    log = pd.read_csv(path)

    assert log["accuracy"].notna().all()
    assert log["loss"].isna().all()


def test_a_second_fit_goes_on(tmp_path: Path) -> None:
    """Steps and epochs count on, with the same logger or a new one, from whatever epoch Keras counts."""
    path = tmp_path / "log.csv"
    model = a_model(keras.optimizers.SGD(0.1, clipnorm=0.3))
    logger = NormLogger(path)
    fit(model, logger)
    fit(model, logger)
    fit(model, NormLogger(path), epochs=3, initial_epoch=2)
    expected = a_loop(keras.optimizers.SGD(0.1, clipnorm=0.3), epochs=3)

    assert_norms(expected, path)
    assert list(range(1, 16)) == pd.read_csv(path)["step"].tolist()
    assert [0] * STEPS + [1] * STEPS + [2] * STEPS == pd.read_csv(path)["epoch"].tolist()


def test_a_new_model_starts_anew(tmp_path: Path) -> None:
    """A log of an earlier model is replaced."""
    path = tmp_path / "log.csv"
    logger = NormLogger(path)
    fit(a_model(keras.optimizers.SGD(0.1), run_eagerly=True), logger, epochs=2)
    fit(a_model(keras.optimizers.SGD(0.1), run_eagerly=True), logger)

    assert [1, 2, 3, 4, 5] == pd.read_csv(path)["step"].tolist()


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


def test_a_model_that_is_traced_already(tmp_path: Path) -> None:
    """Of three calls of `fit`, the one with the logger is logged, from the step where it starts."""
    path = tmp_path / "log.csv"
    model = a_model(keras.optimizers.SGD(0.1, clipnorm=0.3))
    fit(model)
    fit(model, NormLogger(path))
    fit(model)
    expected = a_loop(keras.optimizers.SGD(0.1, clipnorm=0.3), epochs=2)[STEPS:]

    assert_norms(expected, path)
    assert [6, 7, 8, 9, 10] == pd.read_csv(path)["step"].tolist()


def test_training_is_the_same_with_it(tmp_path: Path) -> None:
    """The logger changes neither the weights nor the optimizer."""
    models = []
    for _ in range(2):
        # So that both have layers and variables of the same names.
        keras.utils.clear_session()
        models.append(a_model(keras.optimizers.Adam(0.01, clipnorm=0.3)))
    logged, plain = models
    fit(logged, NormLogger(tmp_path / "log.csv"))
    fit(plain)

    assert "apply" not in vars(logged.optimizer)
    names = [variable.path for variable in plain.optimizer.variables]
    assert names == [variable.path for variable in logged.optimizer.variables]
    for expected, actual in zip(
        [*plain.get_weights(), *plain.optimizer.variables],
        [*logged.get_weights(), *logged.optimizer.variables],
        strict=True,
    ):
        np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-9)


def test_skipped_steps_have_no_row(tmp_path: Path) -> None:
    """A `LossScaleOptimizer` applies nothing while its scale is too large for float16; that is no step."""
    path = tmp_path / "log.csv"
    inner = keras.optimizers.SGD(0.1, clipnorm=0.3)
    optimizer = keras.optimizers.LossScaleOptimizer(inner, initial_scale=2.0**24)
    fit(a_model(optimizer, a_network(dtype="mixed_float16")), NormLogger(path), epochs=4)
    log = pd.read_csv(path)

    assert 0 < len(log) < 4 * STEPS
    assert list(range(1, int(inner.iterations.numpy()) + 1)) == log["step"].tolist()
    assert log[list(NORMS)].notna().all(axis=None)


def test_mixed_precision(tmp_path: Path) -> None:
    """The norms in the log are those of the gradients that the inner optimizer receives."""
    path = tmp_path / "log.csv"
    inner = keras.optimizers.SGD(0.1, clipnorm=0.3)
    received = receiving(inner)
    model = a_model(
        keras.optimizers.LossScaleOptimizer(inner), a_network(dtype="mixed_float16"), run_eagerly=True
    )
    fit(model, NormLogger(path))
    steps = [received[start : start + 4] for start in range(0, len(received), 4)]
    expected = pd.DataFrame([numpy_norms(step) for step in steps])

    np.testing.assert_allclose(
        pd.read_csv(path)[["variable_norm_after", "global_norm_after"]], expected, rtol=1e-5
    )


def test_embeddings(tmp_path: Path) -> None:
    """A gradient that is `IndexedSlices`, with rows that occur twice, is clipped as Keras clips it."""
    path = tmp_path / "log.csv"
    optimizer = keras.optimizers.SGD(0.1, clipnorm=0.2)
    received = receiving(optimizer)
    keras.utils.set_random_seed(3)
    network = keras.Sequential(
        [keras.layers.Embedding(4, 3), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")]
    )
    model = a_model(optimizer, network, run_eagerly=True)
    words = np.random.default_rng(4).integers(0, 4, (20, 6))
    model.fit(words, CLASSES, BATCH_SIZE, verbose=0, callbacks=[NormLogger(path)])
    expected = pd.DataFrame(
        [numpy_norms(received[start : start + 3]) for start in range(0, len(received), 3)]
    )

    np.testing.assert_allclose(
        pd.read_csv(path)[["variable_norm_after", "global_norm_after"]], expected, rtol=1e-5
    )


@pytest.mark.parametrize("jit_compile", [False, True])
def test_nan_is_logged(tmp_path: Path, jit_compile: bool) -> None:
    """A training that breaks shows as `nan` in every norm."""
    path = tmp_path / "log.csv"
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


def test_without_any_gradient(tmp_path: Path) -> None:
    """Keras' own error is what the student sees."""
    model = a_model(keras.optimizers.SGD(0.1), run_eagerly=True)
    model.compute_loss = lambda *_, **__: tf.constant(1.0)
    with pytest.raises(ValueError, match=r"^No gradients provided for any variable\.$"):
        fit(model, NormLogger(tmp_path / "log.csv"))


def test_an_exception_in_fit(tmp_path: Path) -> None:
    """The log keeps what was done; `with` makes the optimizer what it was."""
    path = tmp_path / "log.csv"
    model = a_model(keras.optimizers.SGD(0.1), run_eagerly=True)
    with pytest.raises(StoppedError), NormLogger(path) as logger:
        fit(model, logger, stop_at(3))

    assert [1, 2, 3] == pd.read_csv(path)["step"].tolist()
    assert "apply" not in vars(model.optimizer)


def test_fit_again_after_an_exception(tmp_path: Path) -> None:
    """The log goes on with a new logger, and nothing is left on the optimizer in the end."""
    path = tmp_path / "log.csv"
    model = a_model(keras.optimizers.SGD(0.1, clipnorm=0.3), run_eagerly=True)
    with pytest.raises(StoppedError):
        fit(model, NormLogger(path), stop_at(5))
    fit(model, NormLogger(path))
    gc.collect()
    expected = a_loop(keras.optimizers.SGD(0.1, clipnorm=0.3), epochs=2)

    assert_norms(expected, path)
    assert "apply" not in vars(model.optimizer)


def test_a_model_without_gradients(tmp_path: Path) -> None:
    """Where `model.optimizer` is not the one that trains, the student is told."""

    class Idle(keras.Sequential):
        def train_step(self, data: Any) -> dict[str, Any]:
            return self.test_step(data)

    model = a_model(keras.optimizers.SGD(0.1), Idle(a_network().layers), run_eagerly=True)
    expected = (
        "`NormLogger` saw no step, because `model.optimizer` applied no gradients. "
        "Pass the optimizer that applies them to `model.compile`, or use `record`."
    )
    with pytest.warns(UserWarning, match=f"^{re.escape(expected)}$"):
        fit(model, NormLogger(tmp_path / "log.csv"))

    assert 1 == len((tmp_path / "log.csv").read_text().splitlines())


def test_gradients_applied_twice(tmp_path: Path) -> None:
    """A `train_step` with two updates cannot be logged step by step."""

    class Twice(keras.Sequential):
        def train_step(self, data: Any) -> dict[str, Any]:
            super().train_step(data)
            return super().train_step(data)

    with pytest.raises(ValueError) as error:  # noqa: PT011  (the whole sentence is compared)
        fit(
            a_model(keras.optimizers.SGD(0.1), Twice(a_network().layers), run_eagerly=True),
            NormLogger(tmp_path / "log.csv"),
        )

    expected = (
        "`train_step` must apply gradients at most once for each batch. "
        "Received: 2 times in 1. Use `record` in a loop of your own instead."
    )
    assert str(expected) == str(error.value)


def test_gradient_accumulation_is_refused(tmp_path: Path) -> None:
    """The sentence names the setting and its value."""
    model = a_model(keras.optimizers.SGD(0.1, gradient_accumulation_steps=4))
    with pytest.raises(ValueError) as error:  # noqa: PT011  (the whole sentence is compared)
        fit(model, NormLogger(tmp_path / "log.csv"))

    expected = (
        "`gradient_accumulation_steps` must not be set, because the gradients of most steps are "
        "neither clipped nor applied. Received: gradient_accumulation_steps=4."
    )
    assert str(expected) == str(error.value)
    assert "apply" not in vars(model.optimizer)


def test_another_backend_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names the backend that was found."""
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(ValueError) as error:  # noqa: PT011  (the whole sentence is compared)
        NormLogger(tmp_path / "log.csv")

    assert "`NormLogger` must run on Keras' TensorFlow backend. Received: backend='jax'." == str(error.value)


def test_a_path_is_refused_at_construction(tmp_path: Path) -> None:
    """Before any training, with the reason."""
    with pytest.raises(
        OSError, match=r"^`path` must be a file that can be written: No such file or directory\. "
    ):
        NormLogger(tmp_path / "missing" / "log.csv")


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
def test_record_is_what_fit_logs(tmp_path: Path, clipping: dict[str, float]) -> None:
    """A custom loop that records its gradients has the norms of `fit`."""
    with NormLogger(tmp_path / "recorded.csv") as logger:
        a_recorded_loop(logger, None, **clipping)
    log = pd.read_csv(tmp_path / "recorded.csv")
    expected = a_loop(keras.optimizers.SGD(0.1, **clipping), epochs=2)

    assert_norms(expected, tmp_path / "recorded.csv")
    assert list(range(1, 11)) == log["step"].tolist()
    assert [0] * STEPS + [1] * STEPS == log["epoch"].tolist()
    assert [0.5] * 10 == log["accuracy"].tolist()
    assert log["loss"].between(0.1, 3.0).all()
    assert [0.25, 0.25] == log["val_loss"].dropna().tolist()
    assert [5, 10] == log["step"][log["val_accuracy"] == 0.75].tolist()


def test_record_with_a_clipping_by_hand(tmp_path: Path) -> None:
    """The norms after clipping are those of what was clipped by hand."""
    with NormLogger(tmp_path / "log.csv") as logger:
        a_recorded_loop(logger, lambda gradients: tf.clip_by_global_norm(gradients, 0.3)[0])
    expected = a_loop(keras.optimizers.SGD(0.1, global_clipnorm=0.3), epochs=2)

    assert_norms(expected, tmp_path / "log.csv")


def test_record_goes_on_where_the_optimizer_is(tmp_path: Path) -> None:
    """A recorded log goes on after it was closed, and a new optimizer starts it anew."""
    path = tmp_path / "log.csv"
    optimizer = keras.optimizers.SGD(0.1)
    variable = keras.Variable([1.0, 2.0])
    logger = NormLogger(path)
    for epoch in range(3):
        optimizer.apply_gradients([(tf.constant([3.0, 4.0]), variable)])
        logger.record([tf.constant([3.0, 4.0])], optimizer, epoch=epoch)
        logger.close()
    three = path.read_text().splitlines()
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.apply_gradients([(tf.constant([3.0, 4.0]), variable)])
    logger.record([tf.constant([3.0, 4.0])], optimizer, epoch=0)
    logger.close()

    assert ["0,1,,,,,5,5,5,5", "1,2,,,,,5,5,5,5", "2,3,,,,,5,5,5,5"] == three[1:]
    assert ["0,1,,,,,5,5,5,5"] == path.read_text().splitlines()[1:]


def test_record_inside_a_function(tmp_path: Path) -> None:
    """A tensor without a value is not recorded, and the sentence says where to record."""
    logger = NormLogger(tmp_path / "log.csv")

    @tf.function
    def step() -> None:
        logger.record([tf.constant([3.0, 4.0])], keras.optimizers.SGD(0.1), epoch=0)

    with pytest.raises(TypeError) as error:
        step()

    expected = (
        "`record` must be called outside `@tf.function`, because tensors have no values inside it. "
        "Return the gradients and the loss from the function and record them there."
    )
    assert str(expected) in str(error.value)


def test_record_before_the_first_step(tmp_path: Path) -> None:
    """The sentence says to call it after `apply_gradients`."""
    with pytest.raises(ValueError) as error:  # noqa: PT011  (the whole sentence is compared)
        NormLogger(tmp_path / "log.csv").record([tf.constant([3.0])], keras.optimizers.SGD(0.1), epoch=0)

    assert "`record` must be called after `apply_gradients`. Received: iterations=0." == str(error.value)


def test_record_of_scaled_gradients(tmp_path: Path) -> None:
    """A `LossScaleOptimizer` is refused, with what to pass instead."""
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1))
    with pytest.raises(ValueError) as error:  # noqa: PT011  (the whole sentence is compared)
        NormLogger(tmp_path / "log.csv").record([tf.constant([3.0])], optimizer, epoch=0)

    expected = (
        "`optimizer` must not be a `LossScaleOptimizer`, because its gradients are scaled. "
        "Pass its `inner_optimizer`, and gradients divided by the `dynamic_scale` of their step."
    )
    assert str(expected) == str(error.value)


def test_record_with_another_optimizer(tmp_path: Path) -> None:
    """What is no optimizer of Keras 3 is named."""
    with pytest.raises(TypeError) as error:
        NormLogger(tmp_path / "log.csv").record([tf.constant([3.0])], "adam", epoch=0)

    assert "`optimizer` must be an optimizer of Keras 3. Received: str." == str(error.value)
