#!/usr/bin/env python
"""Makes the examples of the lesson's other exercises, each by a real training, in a folder for each rubric.

`make_submissions.py` makes those of the homework, `make_rnn.py` those in PyTorch. Five minutes on one core.
"""

import csv
from collections.abc import Callable
from pathlib import Path

import keras
import matplotlib as mpl
import numpy as np
import tensorflow as tf
from make_submissions import BATCH_SIZE, SEED, accuracy_on, declare, network, training_data

from grader.student import NormLogger

mpl.use("Agg")
from matplotlib import pyplot as plt

HERE = Path(__file__).parent
Adam = keras.optimizers.Adam


def train(log: Path, optimizer: keras.optimizers.Optimizer, epochs: int = 1) -> keras.Model:
    """Train the MLP [300, 100], and log every step."""
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


def fay_explodes_and_is_rescued(folder: Path) -> None:
    """Exercises 1 and 2: `Adam(10.0)`, then the same with `clipnorm=1.0`."""
    declare(folder, "Fay Example", "2026011")
    train(folder / "unclipped.csv", Adam(10.0))
    train(folder / "clipped.csv", Adam(10.0, clipnorm=1.0))


def gus_never_explodes(folder: Path) -> None:
    """Has a learning rate at which nothing explodes."""
    declare(folder, "Gus Example", "2026012")
    train(folder / "unclipped.csv", Adam(1e-3))
    train(folder / "clipped.csv", Adam(1e-3, clipnorm=1.0))


def hana_compares_both(folder: Path) -> None:
    """Exercise 3: both runs in one log, told apart by its column `run`."""
    declare(folder, "Hana Example", "2026013")
    train(folder / "norm.csv", Adam(1e-3, clipnorm=1.0), epochs=2)
    train(folder / "value.csv", Adam(1e-3, clipvalue=0.5), epochs=2)
    join(folder, {"clipnorm": folder / "norm.csv", "clipvalue": folder / "value.csv"})


def ivan_forgets_clipnorm(folder: Path) -> None:
    """Clips by value in both runs."""
    declare(folder, "Ivan Example", "2026014")
    train(folder / "norm.csv", Adam(1e-3, clipvalue=1.0), epochs=2)
    train(folder / "value.csv", Adam(1e-3, clipvalue=0.5), epochs=2)
    join(folder, {"clipnorm": folder / "norm.csv", "clipvalue": folder / "value.csv"})


def join(folder: Path, logs: dict[str, Path]) -> None:
    """Write several logs into one, with a first column `run`."""
    rows: list[list[str]] = []
    for run, log in logs.items():
        header, *body = csv.reader(log.read_text().splitlines())
        rows += [[run, *row] for row in body]
        log.unlink()
    with (folder / "runs.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([["run", *header], *rows])


def jo_writes_the_loop(folder: Path) -> None:
    """Exercise 4: a loop with `tf.clip_by_global_norm`."""
    declare(folder, "Jo Example", "2026015")
    loop(folder, applies_clipped=True)


def kai_applies_the_unclipped(folder: Path) -> None:
    """Clips, logs the clipped norm, and then applies the gradients as the tape returned them."""
    declare(folder, "Kai Example", "2026016")
    loop(folder, applies_clipped=False)


def loop(folder: Path, *, applies_clipped: bool) -> None:
    """One epoch in a loop of one's own; a smaller network keeps the file small."""
    training, validation = training_data()
    model = keras.Sequential(
        [
            keras.layers.Input((28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(100, activation="relu"),
            keras.layers.Dense(50, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    optimizer = Adam(1e-3)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    loss_function = keras.losses.SparseCategoricalCrossentropy()
    batches = tf.data.Dataset.from_tensor_slices(training).shuffle(55_000, seed=SEED).batch(BATCH_SIZE)

    @tf.function
    def step(images: tf.Tensor, classes: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            loss = loss_function(classes, model(images, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        clipped, norm = tf.clip_by_global_norm(gradients, 1.0)
        chosen = clipped if applies_clipped else gradients
        optimizer.apply_gradients(zip(chosen, model.trainable_variables, strict=True))
        return loss, norm, tf.linalg.global_norm(clipped)

    rows = [[float(value) for value in step(*batch)] for batch in batches]
    accuracy = accuracy_on(validation, model)
    with (folder / "training_log.csv").open("w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["epoch", "step", "loss", "val_accuracy", "global_norm_before", "global_norm_after"])
        for number, (loss, before, after) in enumerate(rows, start=1):
            end = f"{accuracy:.9g}" if number == len(rows) else ""
            table.writerow([0, number, f"{loss:.9g}", end, f"{before:.9g}", f"{after:.9g}"])
    model.save(folder / "model.keras")


def lena_watches_the_norm(folder: Path) -> None:
    """Exercise 5: the norm of every step, in a log and as a figure."""
    declare(folder, "Lena Example", "2026017")
    train(folder / "training_log.csv", Adam(1e-3, clipnorm=1.0))
    plot(folder)


def milo_plots_before_training(folder: Path) -> None:
    """Saves the figure before anything is drawn, and forgets the cap."""
    declare(folder, "Milo Example", "2026018")
    train(folder / "training_log.csv", Adam(1e-3))
    plt.figure(figsize=(8, 4.5), dpi=80)
    plt.savefig(folder / "norms.png")
    plt.close()


def plot(folder: Path) -> None:
    """Plot the largest norm of a variable against the steps."""
    with (folder / "training_log.csv").open(newline="") as file:
        norms = [float(row["variable_norm_after"]) for row in csv.DictReader(file)]
    plt.figure(figsize=(8, 4.5), dpi=80)
    plt.plot(np.arange(1, len(norms) + 1), norms, linewidth=0.5)
    plt.axhline(1.0, color="black", linestyle="--")
    plt.xlabel("step")
    plt.ylabel("largest norm of a variable's gradient")
    plt.savefig(folder / "norms.png")
    plt.close()


STORIES: dict[str, tuple[Callable[[Path], None], ...]] = {
    "exploding_and_rescue": (fay_explodes_and_is_rescued, gus_never_explodes),
    "clipnorm_or_clipvalue": (hana_compares_both, ivan_forgets_clipnorm),
    "custom_loop": (jo_writes_the_loop, kai_applies_the_unclipped),
    "monitoring": (lena_watches_the_norm, milo_plots_before_training),
}


def main() -> None:
    """Train one story after the other."""
    tf.config.experimental.enable_op_determinism()
    for rubric, stories in STORIES.items():
        for number, story in enumerate(stories):
            keras.utils.set_random_seed(SEED + number)
            folder = HERE / rubric / story.__name__
            folder.mkdir(parents=True, exist_ok=True)
            story(folder)


if __name__ == "__main__":
    main()
