"""Does the real trainings that the submissions of the corpus are made from.

TensorFlow is imported where a training starts, because the table of stories and its tests need none.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, replace
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any

from training import LOG, MODEL, PIXELS, Network, Training
from trainings import TRAININGS

MAKER = Path(__file__).parents[2] / "submissions_example" / "make_submissions.py"
# Written last, so a training that was stopped is done again.
RECORD = "record.json"


def train_all(
    names: Iterable[str], bases: Path, jobs: int, seeds_from: int = 0
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Do the trainings that are not there yet, several at a time, and tell of each what it reached.

    `seeds_from` is added to each seed, for trainings that no rule was written for.
    """
    waiting = []
    for name in names:
        training = _training(name, seeds_from)
        record = _record(name, training, bases)
        if record is None:
            waiting.append(name)
        else:
            yield name, record
    # The long ones first, so that none of them is left alone at the end.
    waiting.sort(key=lambda name: sum(TRAININGS[name].fits) / TRAININGS[name].batch_size, reverse=True)
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_one_thread) as pool:
        begun = {pool.submit(train, name, _training(name, seeds_from), bases): name for name in waiting}
        for done in as_completed(begun):
            yield begun[done], done.result()


def _training(name: str, seeds_from: int) -> Training:
    training = TRAININGS[name]
    return replace(training, seed=training.seed + seeds_from)


def _record(name: str, training: Training, bases: Path) -> dict[str, Any] | None:
    """What a training reached, or None if it was not done, or was done in another way than it now says."""
    file = bases / name / RECORD
    if not file.exists():
        return None
    record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return record if record["training"] == _described(training) else None


def _described(training: Training) -> Any:
    return json.loads(json.dumps(asdict(training)))


def _one_thread() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()


def train(name: str, training: Training, bases: Path) -> dict[str, Any]:
    """Do one training and leave the model, the log and what was reached in `bases/name`."""
    import keras

    folder = bases / name
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.iterdir():
        left.unlink()
    keras.backend.clear_session()
    keras.utils.set_random_seed(training.seed)
    model = build(training.network)
    fitted, validation, test = (_given(part, training) for part in _parts(training.images))
    if training.images == "ordered":
        fitted = type(fitted)(*(each[_order(training)] for each in fitted))
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.adapt(fitted.images)
    logits = {"from_logits": True} if training.network.logits else {}
    model.compile(
        optimizer=getattr(keras.optimizers, training.optimizer)(**training.settings),
        loss=getattr(keras.losses, training.loss)(reduction=training.reduction, **logits),
        metrics=["accuracy"],
    )
    if training.global_norm is None:
        _fit(model, training, fitted, validation, folder)
    else:
        _loop(model, training, fitted, validation, folder)
    model.save(folder / MODEL)
    record = {
        "training": _described(training),
        "validation_accuracy": _maker().accuracy_on(validation, model),
        "test_accuracy": _maker().accuracy_on(test, model),
    }
    (folder / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
    return record


def build(network: Network) -> Any:
    """The Keras model of a network."""
    from keras import Sequential, layers, regularizers

    stack = [layers.Input(network.input_shape), *_before_the_hidden_layers(network)]
    own = {"kernel_initializer": network.initializer}
    if network.l2:
        own["kernel_regularizer"] = regularizers.L2(network.l2)
    for units in network.units:
        if network.normalisation:
            stack += [layers.Dense(units, **own), getattr(layers, network.normalisation)()]
            stack.append(layers.Activation(network.activation))
        else:
            stack.append(layers.Dense(units, activation=network.activation, **own))
        if network.dropout:
            stack.append(layers.Dropout(network.dropout))
    stack.append(layers.Dense(10, activation=None if network.logits else "softmax"))
    return Sequential(stack)


def _before_the_hidden_layers(network: Network) -> Iterator[Any]:
    from keras import layers

    if network.rescaling:
        yield layers.Rescaling(1 / 255)
    if network.adapted:
        yield layers.Normalization(axis=None)
    if network.augmented:
        yield layers.RandomTranslation(0.05, 0.05)
    if network.filters:
        strides = 1 if network.pooling else 3
        yield layers.Conv2D(network.filters, 3, strides=strides, activation=network.activation)
    if network.pooling:
        yield getattr(layers, network.pooling)()
    if network.recurrent:
        yield getattr(layers, network.recurrent)(64)
    elif len(network.input_shape) > 1:
        yield layers.Flatten()


def _fit(model: Any, training: Training, fitted: Any, validation: Any, folder: Path) -> None:
    import keras

    from grader.student import NormLogger

    classes, validated = (_labels(part.classes, training) for part in (fitted, validation))
    callbacks = [NormLogger(folder / LOG)]
    if training.every_epoch:
        callbacks.append(keras.callbacks.ModelCheckpoint(folder / "epoch_{epoch}.keras"))
    for epochs in training.fits:
        model.fit(
            fitted.images,
            classes,
            batch_size=training.batch_size,
            epochs=epochs,
            validation_data=(validation.images, validated),
            callbacks=callbacks,
            shuffle=training.images != "ordered",
            verbose=0,
        )


def _order(training: Training) -> Any:
    """The images as the starter notebook orders them: those of the first steps, then the others."""
    import numpy as np

    from grader.measure.training.examples import replayed_order

    first = replayed_order(12_000, 200, training.batch_size, training.seed).ravel()
    return np.concatenate([first, np.setdiff1d(np.arange(12_000), first)])


def _labels(classes: Any, training: Training) -> Any:
    """The classes as the loss takes them: as numbers, or each as a vector with a one in it."""
    import numpy as np

    return classes if training.loss.startswith("Sparse") else np.eye(10, dtype=np.float32)[classes]


def _loop(model: Any, training: Training, fitted: Any, validation: Any, folder: Path) -> None:
    import tensorflow as tf

    from grader.student import NormLogger

    batches = tf.data.Dataset.from_tensor_slices(tuple(fitted))
    batches = batches.shuffle(len(fitted.images), seed=training.seed).batch(training.batch_size)

    @tf.function
    def step(images: Any, classes: Any) -> Any:
        with tf.GradientTape() as tape:
            predictions = model(images, training=True)
            loss = model.loss(classes, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        clipped, _ = tf.clip_by_global_norm(gradients, training.global_norm)
        model.optimizer.apply_gradients(zip(clipped, model.trainable_variables, strict=True))
        right = tf.equal(tf.argmax(predictions, axis=1), tf.cast(classes, tf.int64))
        return loss, tf.reduce_mean(tf.cast(right, tf.float32)), gradients, clipped

    with NormLogger(folder / LOG) as logger:
        for epoch in range(sum(training.fits)):
            for images, classes in batches:
                loss, accuracy, gradients, clipped = step(images, classes)
                logger.record(
                    gradients, model.optimizer, epoch=epoch, clipped=clipped, loss=loss, accuracy=accuracy
                )
            logger.record_validation(accuracy=_maker().accuracy_on(validation, model))


@cache
def _maker() -> ModuleType:
    """The script that makes the example submissions, where the homework's data and network are."""
    spec = spec_from_file_location(MAKER.stem, MAKER)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[MAKER.stem] = module
    spec.loader.exec_module(module)
    return module


@cache
def _official() -> tuple[Any, Any, Any]:
    """The images to train on, those to validate on, and the test images."""
    training, validation = _maker().training_data()
    return training, validation, _maker().read("t10k")


def _parts(images: str) -> tuple[Any, Any, Any]:
    training, validation, test = _official()
    if images in {"whole", "four_fifths"}:
        whole = _maker().read("train")
        if images == "whole":
            return whole, test, test
        first, rest = slice(48_000), slice(48_000, None)
        return (
            type(whole)(*(each[first] for each in whole)),
            type(whole)(*(each[rest] for each in whole)),
            test,
        )
    if images in {"few", "ordered"}:
        training = type(training)(*(each[:12_000] for each in training))
    return (test, test, test) if images == "test" else (training, validation, test)


def _given(part: Any, training: Training) -> Any:
    """The images in the shape and the range in which the student gives them."""
    pixels = PIXELS[training.pixels](part.images)
    return part._replace(images=pixels.reshape(-1, *training.network.input_shape))
