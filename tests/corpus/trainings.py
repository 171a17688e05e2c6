"""The real trainings that the submissions of the corpus are made from, and how they are done.

TensorFlow is imported where a training starts, because the table of stories and its tests need none.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

MAKER = Path(__file__).parents[2] / "submissions_example" / "make_submissions.py"
LOG = "training_log.csv"
MODEL = "model.keras"
# From pixels in [0, 1] to what the network is given.
PIXELS: Mapping[str, Callable[[Any], Any]] = {
    "from 0 to 1": lambda pixels: pixels,
    "from 0 to 255": lambda pixels: pixels * 255,
    "from -1 to 1": lambda pixels: pixels * 2 - 1,
    # The mean and the standard deviation of the pixels of the training images.
    "standardised": lambda pixels: (pixels - 0.2860) / 0.3530,
}
# Written last, so a training that was stopped is done again.
RECORD = "record.json"


@dataclass(frozen=True)
class Network:
    """A student's network; the defaults are those of the homework."""

    units: tuple[int, ...] = (300, 100)
    input_shape: tuple[int, ...] = (28, 28)
    activation: str = "relu"
    rescaling: bool = False
    filters: int = 0
    dropout: float = 0.0
    batch_normalisation: bool = False
    initializer: str = "glorot_uniform"
    l2: float = 0.0
    logits: bool = False


@dataclass(frozen=True)
class Training:
    """One real training; the defaults are those of the homework.

    Of the `images`, `split` trains on 55,000 and validates on 5,000 others; `four_fifths` on 48,000 and
    12,000; `whole` on all 60,000 and the test images; `test` does both with the test images. `fits` are the
    epochs of each call of `fit`. With a `global_norm`, a loop of the student's own clips to it. With
    `every_epoch` the model is kept as it was after each, as `epoch_1.keras` and so on.
    """

    seed: int
    network: Network = Network()
    optimizer: str = "Adam"
    settings: Mapping[str, float] = field(default_factory=lambda: {"learning_rate": 1e-3, "clipnorm": 1.0})
    batch_size: int = 32
    fits: tuple[int, ...] = (5,)
    images: Literal["split", "four_fifths", "whole", "test"] = "split"
    pixels: str = "from 0 to 1"
    global_norm: float | None = None
    every_epoch: bool = False


_ADAM = {"learning_rate": 1e-3}

# Trainings that do what the homework asks.
HONEST = {
    "first": Training(seed=1, every_epoch=True),
    "second": Training(seed=2),
    "third": Training(seed=3),
    "batch_64": Training(seed=4, batch_size=64, fits=(6,)),
    "batch_128": Training(seed=5, batch_size=128, fits=(8,)),
    "batch_256": Training(seed=6, batch_size=256, fits=(12,)),
    "flat_logits": Training(seed=7, network=Network(input_shape=(784,), logits=True)),
    "rescaling": Training(
        seed=8, network=Network(input_shape=(28, 28, 1), rescaling=True), pixels="from 0 to 255"
    ),
    # On raw pixels ReLU needs luck to reach 0.87; ELU does.
    "raw_pixels": Training(
        seed=9, network=Network(activation="elu"), pixels="from 0 to 255", batch_size=128, fits=(15,)
    ),
    "centred": Training(seed=18, pixels="from -1 to 1", batch_size=64, fits=(6,)),
    "standardised": Training(seed=19, pixels="standardised", batch_size=64, fits=(6,)),
    "regularised": Training(
        seed=20, network=Network(initializer="he_normal", l2=1e-5), images="four_fifths", fits=(6,)
    ),
    "dropout": Training(seed=10, network=Network(dropout=0.1), fits=(7,)),
    "elu": Training(seed=11, network=Network(activation="elu")),
    "batch_normalisation": Training(
        seed=12, network=Network(batch_normalisation=True), batch_size=64, fits=(6,)
    ),
    "global_clipnorm": Training(seed=13, settings={**_ADAM, "global_clipnorm": 1.0}),
    "own_loop": Training(seed=14, settings=_ADAM, global_norm=1.0),
    "whole_set": Training(seed=15, images="whole"),
    "two_fits": Training(seed=16, fits=(3, 2)),
    "long": Training(seed=17, batch_size=64, fits=(10,), every_epoch=True),
}

# Trainings that do something else.
OTHER = {
    "unclipped": Training(seed=21, settings=_ADAM),
    "clipvalue": Training(seed=22, settings={**_ADAM, "clipvalue": 1.0}),
    "sgd": Training(seed=23, optimizer="SGD", settings={"learning_rate": 0.1, "clipnorm": 1.0}, fits=(8,)),
    "one_hidden_layer": Training(seed=24, network=Network(units=(128,))),
    "convolution": Training(
        seed=25, network=Network(input_shape=(28, 28, 1), filters=8), batch_size=64, fits=(5,)
    ),
    "learning_rate_10": Training(seed=26, settings={"learning_rate": 10.0, "clipnorm": 1.0}, fits=(3,)),
    "clipnorm_5": Training(seed=27, settings={**_ADAM, "clipnorm": 5.0}),
    "clipnorm_0_01": Training(seed=28, settings={**_ADAM, "clipnorm": 0.01}),
    "test_images": Training(seed=29, images="test", fits=(16,)),
    "diverged": Training(
        seed=30,
        network=Network(logits=True),
        optimizer="SGD",
        settings={"learning_rate": 3.0},
        pixels="from 0 to 255",
        fits=(1,),
    ),
}

TRAININGS = {**HONEST, **OTHER}


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
    model.compile(
        optimizer=getattr(keras.optimizers, training.optimizer)(**training.settings),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=training.network.logits),
        metrics=["accuracy"],
    )
    fitted, validation, test = (_given(part, training) for part in _parts(training.images))
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

    stack: list[Any] = [layers.Input(network.input_shape)]
    if network.rescaling:
        stack.append(layers.Rescaling(1 / 255))
    if network.filters:
        stack.append(layers.Conv2D(network.filters, 3, strides=3, activation=network.activation))
    if len(network.input_shape) > 1:
        stack.append(layers.Flatten())
    own = {"kernel_initializer": network.initializer}
    if network.l2:
        own["kernel_regularizer"] = regularizers.L2(network.l2)
    for units in network.units:
        if network.batch_normalisation:
            stack += [layers.Dense(units, **own), layers.BatchNormalization()]
            stack.append(layers.Activation(network.activation))
        else:
            stack.append(layers.Dense(units, activation=network.activation, **own))
        if network.dropout:
            stack.append(layers.Dropout(network.dropout))
    stack.append(layers.Dense(10, activation=None if network.logits else "softmax"))
    return Sequential(stack)


def _fit(model: Any, training: Training, fitted: Any, validation: Any, folder: Path) -> None:
    import keras

    from grader.student import NormLogger

    callbacks = [NormLogger(folder / LOG)]
    if training.every_epoch:
        callbacks.append(keras.callbacks.ModelCheckpoint(folder / "epoch_{epoch}.keras"))
    for epochs in training.fits:
        model.fit(
            fitted.images,
            fitted.classes,
            batch_size=training.batch_size,
            epochs=epochs,
            validation_data=(validation.images, validation.classes),
            callbacks=callbacks,
            verbose=0,
        )


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
    return (test, test, test) if images == "test" else (training, validation, test)


def _given(part: Any, training: Training) -> Any:
    """The images in the shape and the range in which the student gives them."""
    pixels = PIXELS[training.pixels](part.images)
    return part._replace(images=pixels.reshape(-1, *training.network.input_shape))
