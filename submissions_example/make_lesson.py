#!/usr/bin/env python
"""Makes the examples of the lesson's other exercises, each by a real training, in a folder for each rubric.

`make_submissions.py` makes those of the homework, `make_rnn.py` those in PyTorch. Five minutes on one core.
"""

import csv
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import keras
import matplotlib as mpl
import numpy as np
import tensorflow as tf
from make_submissions import BATCH_SIZE, SEED, accuracy_on, declare, fit, training_data

mpl.use("Agg")
from matplotlib import pyplot as plt

HERE = Path(__file__).parent
Adam = keras.optimizers.Adam


def fay_explodes_and_is_rescued(folder: Path) -> None:
    """Exercises 1 and 2: `Adam(10.0)`, then the same with `clipnorm=1.0`."""
    declare(folder, "Fay Example", "2026011")
    fit(folder / "unclipped.csv", Adam(10.0), epochs=1)
    fit(folder / "clipped.csv", Adam(10.0, clipnorm=1.0), epochs=1)


def gus_never_explodes(folder: Path) -> None:
    """Has a learning rate at which nothing explodes."""
    declare(folder, "Gus Example", "2026012")
    fit(folder / "unclipped.csv", Adam(1e-3), epochs=1)
    fit(folder / "clipped.csv", Adam(1e-3, clipnorm=1.0), epochs=1)


def hana_compares_both(folder: Path) -> None:
    """Exercise 3: both runs in one log, told apart by its column `run`."""
    declare(folder, "Hana Example", "2026013")
    fit(folder / "norm.csv", Adam(1e-3, clipnorm=1.0), epochs=2)
    fit(folder / "value.csv", Adam(1e-3, clipvalue=0.5), epochs=2)
    join(folder, {"clipnorm": folder / "norm.csv", "clipvalue": folder / "value.csv"})


def ivan_forgets_clipnorm(folder: Path) -> None:
    """Clips by value in both runs."""
    declare(folder, "Ivan Example", "2026014")
    fit(folder / "norm.csv", Adam(1e-3, clipvalue=1.0), epochs=2)
    fit(folder / "value.csv", Adam(1e-3, clipvalue=0.5), epochs=2)
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
    answer(folder, "custom_loop", "2026015", {"step": training_step})


def kai_applies_the_unclipped(folder: Path) -> None:
    """Clips, logs the clipped norm, and then applies the gradients as the tape returned them."""
    declare(folder, "Kai Example", "2026016")
    loop(folder, applies_clipped=False)
    answer(folder, "custom_loop", "2026016", {"step": partial(training_step, clips=False)})


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
    fit(folder / "training_log.csv", Adam(1e-3, clipnorm=1.0), epochs=1)
    plot(folder)


def milo_plots_before_training(folder: Path) -> None:
    """Saves the figure before anything is drawn, and forgets the cap."""
    declare(folder, "Milo Example", "2026018")
    fit(folder / "training_log.csv", Adam(1e-3), epochs=1)
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


Arrays = dict[str, np.ndarray]


def answer(folder: Path, rubric: str, student: str, functions: dict[str, Callable[[Arrays], Arrays]]) -> None:
    """Run one's own functions on the student's numbers, and write what comes out."""
    exercise = folder / "exercise.npz"
    command = [sys.executable, "-m", "grader", "exercise", "make", rubric, "--student", student]
    subprocess.run([*command, "--out", str(exercise)], check=True, capture_output=True)  # noqa: S603  (our own program)
    with np.load(exercise) as file:
        given = dict(file)
    exercise.unlink()
    answers: Arrays = {}
    for case in dict.fromkeys(name.rpartition("/")[0] for name in given):
        own = {name.rpartition("/")[2]: array for name, array in given.items() if name.startswith(f"{case}/")}
        function = functions[case.partition("/")[0]]
        answers |= {f"{case}/{name}": np.asarray(found) for name, found in function(own).items()}
    np.savez_compressed(folder / "answers.npz", **answers)


def gradients_of(given: Arrays) -> Arrays:
    """The gradients among what is given."""
    return {name: array for name, array in given.items() if name.startswith("gradient_")}


def each_variable(given: Arrays) -> Arrays:
    """Clip each gradient by its own norm."""
    return {name: tf.clip_by_norm(one, given["cap"]).numpy() for name, one in gradients_of(given).items()}


def all_together(given: Arrays) -> Arrays:
    """Clip by the norm of all."""
    gradients = gradients_of(given)
    clipped, norm = tf.clip_by_global_norm(list(gradients.values()), given["cap"])
    return {**{name: one.numpy() for name, one in zip(gradients, clipped, strict=True)}, "norm": norm.numpy()}


def in_pytorch(given: Arrays) -> Arrays:
    """What `clip_grad_norm_` does, by its documentation."""
    gradients = gradients_of(given)
    norm = np.linalg.norm(np.array([np.linalg.norm(one) for one in gradients.values()]))
    scale = np.minimum(given["cap"] / (norm + np.float32(1e-6)), np.float32(1))
    return {**{name: one * scale for name, one in gradients.items()}, "norm": norm}


def by_value(given: Arrays) -> Arrays:
    """Clip each element."""
    return {name: np.clip(one, -given["cap"], given["cap"]) for name, one in gradients_of(given).items()}


def adaptive(given: Arrays) -> Arrays:
    """Clip each unit, which is a column; a bias is one."""
    clipped = {}
    for name, gradient in gradients_of(given).items():
        weight = given[name.replace("gradient", "weight")]
        axes = None if gradient.ndim == 1 else tuple(range(gradient.ndim - 1))
        size, length = (np.sqrt(np.sum(one**2, axis=axes, keepdims=True)) for one in (weight, gradient))
        most = given["clipping"] * np.maximum(size, given["eps"])
        clipped[name] = np.where(length > most, gradient * (most / np.maximum(length, 1e-6)), gradient)
    return clipped


def target_network(given: Arrays, *, stops: bool = True) -> Arrays:
    """The gradients of a DQN's loss, with its target as a constant, or by mistake not."""
    online, target = (
        {name: tf.Variable(one) for name, one in given.items() if name.startswith(whose)}
        for whose in ("online_", "target_")
    )

    def values(states: np.ndarray, weights: dict[str, tf.Variable], whose: str) -> tf.Tensor:
        hidden = tf.tanh(states @ weights[f"{whose}kernel_0"] + weights[f"{whose}bias_0"])
        return hidden @ weights[f"{whose}kernel_1"] + weights[f"{whose}bias_1"]

    with tf.GradientTape() as tape:
        chosen = tf.gather(values(given["states"], online, "online_"), given["actions"], batch_dims=1)
        following = values(given["next_states"], target or online, "target_" if target else "online_")
        aim = given["rewards"] + given["gamma"] * tf.reduce_max(following, axis=1)
        aim = tf.stop_gradient(aim) if stops else aim
        loss = tf.reduce_mean((chosen - aim) ** 2)
    weights = {**online, **target}
    found = tape.gradient(loss, list(weights.values()))
    gradients = {name: one.numpy() for name, one in zip(weights, found, strict=True) if one is not None}
    return {"loss": loss.numpy(), **gradients}


def training_step(given: Arrays, *, clips: bool = True) -> Arrays:
    """Steps of Adam in a loop of one's own."""
    names = [name for name in given if name not in {"x", "y", "learning_rate", "cap"}]
    weights = {name: tf.Variable(given[name]) for name in names}
    optimizer, losses, norms = Adam(float(given["learning_rate"])), [], []
    for inputs, aims in zip(given["x"], given["y"], strict=True):
        with tf.GradientTape() as tape:
            hidden = tf.tanh(inputs @ weights["kernel_0"] + weights["bias_0"])
            loss = tf.reduce_mean((hidden @ weights["kernel_1"] + weights["bias_1"] - aims) ** 2)
        gradients = tape.gradient(loss, list(weights.values()))
        clipped, norm = tf.clip_by_global_norm(gradients, 1.0)
        chosen = clipped if clips else gradients
        optimizer.apply_gradients(zip(chosen, weights.values(), strict=True))
        losses.append(loss.numpy())
        norms.append(norm.numpy())
    return {**{name: one.numpy() for name, one in weights.items()}, "loss": losses, "norm": norms}


FUNCTIONS = {
    "each_variable": each_variable,
    "all_together": all_together,
    "in_pytorch": in_pytorch,
    "by_value": by_value,
    "adaptive": adaptive,
    "target_network": target_network,
}


def nora_clips_by_hand(folder: Path) -> None:
    """All as asked, with TensorFlow and NumPy."""
    declare(folder, "Nora Example", "2026019")
    answer(folder, "clip_by_hand", "2026019", FUNCTIONS)


def omar_clips_each_variable(folder: Path) -> None:
    """Clips each variable instead of all together, and forgets to stop the target's gradient."""

    def together(given: Arrays) -> Arrays:
        return {**each_variable(given), "norm": all_together(given)["norm"]}

    declare(folder, "Omar Example", "2026020")
    wrong = {"all_together": together, "target_network": partial(target_network, stops=False)}
    answer(folder, "clip_by_hand", "2026020", {**FUNCTIONS, **wrong})


STORIES: dict[str, tuple[Callable[[Path], None], ...]] = {
    "exploding_and_rescue": (fay_explodes_and_is_rescued, gus_never_explodes),
    "clipnorm_or_clipvalue": (hana_compares_both, ivan_forgets_clipnorm),
    "custom_loop": (jo_writes_the_loop, kai_applies_the_unclipped),
    "clip_by_hand": (nora_clips_by_hand, omar_clips_each_variable),
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
