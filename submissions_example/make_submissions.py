#!/usr/bin/env python
"""Makes the examples of the homework, in `gradient_clipping/`, each by a real training; about two minutes.

Your own training can start from the functions `train`, `network` and `training_data`.
"""

import csv
import gzip
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from grader.student import NormLogger

HERE = Path(__file__).parent / "gradient_clipping"
SEED = 2026
BATCH_SIZE = 32
EPOCHS = 5

# Where Debian's package `dataset-fashion-mnist` and `keras.datasets` put the four files.
DATA_FOLDERS = (
    Path("/usr/share/datasets/fashion-mnist"),
    Path.home() / ".keras" / "datasets" / "fashion-mnist",
)


class Part(NamedTuple):
    """Images with pixels in [0, 1], float32 of shape (n, 28, 28), and their classes, shape (n,)."""

    images: np.ndarray
    classes: np.ndarray


def train(folder: Path, optimizer: keras.optimizers.Optimizer, epochs: int = EPOCHS) -> keras.Model:
    """The homework: trains, logs every step, saves the model and the log into a folder."""
    model = fit(folder / "training_log.csv", optimizer, epochs)
    model.save(folder / "model.keras")
    return model


def fit(log: Path, optimizer: keras.optimizers.Optimizer, epochs: int) -> keras.Model:
    """Trains the MLP [300, 100], and logs every step."""
    training, validation = training_data()
    model = network()
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(
        training.images,
        training.classes,
        batch_size=BATCH_SIZE,
        epochs=epochs,
        validation_data=(validation.images, validation.classes),
        callbacks=[NormLogger(log)],
        verbose=0,
    )
    return model


def network() -> keras.Model:
    """The MLP [300, 100]."""
    return keras.Sequential(
        [
            keras.layers.Input((28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(300, activation="relu"),
            keras.layers.Dense(100, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )


def training_data() -> tuple[Part, Part]:
    """The official training set: 55,000 images to train on and the last 5,000 for validation."""
    images, classes = read("train")
    return Part(images[:-5000], classes[:-5000]), Part(images[-5000:], classes[-5000:])


def read(name: str) -> Part:
    """Reads the official files, named `train` or `t10k`, from the first folder that has them."""
    folder = next(
        (folder for folder in DATA_FOLDERS if (folder / f"{name}-images-idx3-ubyte.gz").exists()), None
    )
    if folder is None:
        raise SystemExit(
            "The files of Fashion-MNIST are in none of these folders: "
            + ", ".join(map(str, DATA_FOLDERS))
            + ". Install Debian's package `dataset-fashion-mnist`, "
            "or call `keras.datasets.fashion_mnist.load_data()` once."
        )
    images = gzip.decompress((folder / f"{name}-images-idx3-ubyte.gz").read_bytes())
    classes = gzip.decompress((folder / f"{name}-labels-idx1-ubyte.gz").read_bytes())
    pixels = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28)
    return Part(pixels.astype(np.float32) / 255, np.frombuffer(classes, np.uint8, offset=8))


def ana_passes(folder: Path) -> keras.Model:
    """Everything as the homework asks."""
    declare(folder, "Ana Example", "2026001")
    return train(folder, keras.optimizers.Adam(learning_rate=1e-3, clipnorm=1.0))


def bruno_without_clipping(folder: Path) -> keras.Model:
    """Forgets `clipnorm=1.0`."""
    declare(folder, "Bruno Example", "2026002")
    return train(folder, keras.optimizers.Adam(learning_rate=1e-3))


def carla_one_epoch(folder: Path) -> keras.Model:
    """Stops after one epoch."""
    declare(folder, "Carla Example", "2026003")
    return train(folder, keras.optimizers.Adam(learning_rate=1e-3, clipnorm=1.0), epochs=1)


def dan_without_log(folder: Path) -> keras.Model:
    """Hands in a model, saved for prediction only, and nothing else."""
    model = train(folder, keras.optimizers.Adam(learning_rate=1e-3, clipnorm=1.0))
    (folder / "training_log.csv").unlink()
    copy = keras.Sequential.from_config(model.get_config())
    copy.set_weights(model.get_weights())
    copy.save(folder / "model.keras")
    return copy


def eun_global_norm(folder: Path) -> keras.Model:
    """Trains in a loop of her own, logs the global norm of what the tape returns, saves an `.h5`."""
    declare(folder, "Eun Example", "2026005", "norm: {column: global_norm, scope: global, stage: before}")
    training, validation = training_data()
    model = network()
    optimizer = keras.optimizers.Adam(learning_rate=1e-3, clipnorm=1.0)
    loss_function = keras.losses.SparseCategoricalCrossentropy()
    accuracy = keras.metrics.SparseCategoricalAccuracy()
    batches = tf.data.Dataset.from_tensor_slices(training).shuffle(55_000, seed=SEED).batch(BATCH_SIZE)

    @tf.function
    def step(images: tf.Tensor, classes: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            predictions = model(images, training=True)
            loss = loss_function(classes, predictions)
        gradients = tape.gradient(loss, model.trainable_variables)
        # The optimizer clips in the next line, so this is the norm before clipping.
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        accuracy.update_state(classes, predictions)
        return loss, tf.linalg.global_norm(gradients)

    rows: list[list[float | str]] = []
    for epoch in range(EPOCHS):
        accuracy.reset_state()
        for images, classes in batches:
            loss, norm = step(images, classes)
            rows.append([epoch, len(rows) + 1, float(loss), float(accuracy.result()), "", float(norm)])
        rows[-1][4] = accuracy_on(validation, model)
    with (folder / "training_log.csv").open("w", newline="") as file:
        csv.writer(file).writerow(["epoch", "step", "loss", "accuracy", "val_accuracy", "global_norm"])
        csv.writer(file).writerows(
            [f"{cell:.9g}" if isinstance(cell, float) else cell for cell in row] for row in rows
        )
    model.save(folder / "model.h5")
    return model


def declare(folder: Path, name: str, student_id: str, *more: str) -> None:
    """Writes `submission.yaml`."""
    lines = (f"name: {name}", f'id: "{student_id}"', *more)
    (folder / "submission.yaml").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def accuracy_on(part: Part, model: keras.Model) -> float:
    """The share of images classified rightly."""
    return float(np.mean(model.predict(part.images, verbose=0).argmax(axis=1) == part.classes))


STORIES = (ana_passes, bruno_without_clipping, carla_one_epoch, dan_without_log, eun_global_norm)


def main() -> None:
    """Trains one story after the other and prints what each reached."""
    tf.config.experimental.enable_op_determinism()
    test = read("t10k")
    for number, story in enumerate(STORIES):
        # Each student has a seed, so each has other first weights and another order of the batches.
        keras.utils.set_random_seed(SEED + number)
        folder = HERE / story.__name__
        folder.mkdir(exist_ok=True)
        model = story(folder)
        print(f"{folder.name}: {accuracy_on(test, model):.4f} on the test images")  # noqa: T201  (its output)


if __name__ == "__main__":
    main()
