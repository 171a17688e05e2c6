"""Makes a class of submissions by real short trainings: `python tests/benchmarks/a_class.py FOLDER COUNT`.

Each trains 600 steps with Adam(1e-3, clipnorm=1.0) on the images that ship with the program, from a seed of
its own, and leaves `model.keras` and a log with the norms of each step. `--kind` says which architectures
there are.
"""

import argparse
import csv
from pathlib import Path
from typing import Literal

STEPS, BATCH_SIZE = 600, 32
HOMEWORK, SMALL = (300, 100), (30, 10)
# What others in a class hand in beside the homework's network.
OTHERS = ((256, 128), (300, 100, 50), (128,), (400, 100), (300, 50), (200, 200), (512, 64), (320, 100))
Kind = Literal["usual", "mixed", "distinct", "small"]
KINDS: dict[Kind, str] = {
    "usual": "nine in ten have the homework's architecture",
    "mixed": "two in three have the homework's architecture",
    "distinct": "each has an architecture of its own",
    "small": "as usual, with hardly any units, which is enough where only the count matters",
}


def units_of(number: int, kind: Kind) -> tuple[int, ...]:
    """The hidden layers of a submission of a class."""
    if kind == "distinct":
        return (HOMEWORK[0] + number, HOMEWORK[1])
    one_in = 3 if kind == "mixed" else 10
    other, turn = number // one_in, number % one_in
    if turn != one_in - 1:
        return SMALL if kind == "small" else HOMEWORK
    return (SMALL[0] + 1 + other % 8, SMALL[1]) if kind == "small" else OTHERS[other % len(OTHERS)]


def make_class(folder: Path, count: int, kind: Kind = "usual") -> None:
    """Train and save the submissions; those that are there stay."""
    import keras
    import tensorflow as tf

    from grader.datasets import load_dataset
    from grader.measure.training.examples import Batches, shuffled_order
    from grader.measure.training.gradients import build_update, loss_for
    from grader.measure.training.loop import compiled_steps
    from grader.rubric.loading import load_rubric
    from grader.rubric.lookup import DEFAULT, find_rubric

    data = load_dataset("fashion_mnist")
    inputs, labels = tf.constant(data.x_train / 255, tf.float32), tf.constant(data.y_train, tf.int32)
    plan = load_rubric(find_rubric(DEFAULT)).plan.rerun.optimizer
    for number in range(count):
        place = folder / f"student_{number:04}"
        if (place / "training_log.csv").exists():
            continue
        place.mkdir(parents=True, exist_ok=True)
        keras.utils.set_random_seed(number)
        model = keras.Sequential(
            [
                keras.layers.Input(data.x_train.shape[1:]),
                keras.layers.Flatten(),
                *(keras.layers.Dense(width, activation="relu") for width in units_of(number, kind)),
                keras.layers.Dense(10, activation="softmax"),
            ]
        )
        batches = Batches(inputs, labels, shuffled_order(len(labels), STEPS, BATCH_SIZE, number))
        update = build_update(plan, model.trainable_variables)
        recorded = compiled_steps(model, batches, loss_for(probabilities=True), plan, update)(batches.order)
        optimizer = keras.optimizers.Adam(plan.learning_rate, clipnorm=plan.clipnorm)
        model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy")
        model.save(place / "model.keras")
        with (place / "training_log.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            names = ("variable_norm_before", "variable_norm_after", "global_norm_before", "global_norm_after")
            writer.writerow(["epoch", "step", "loss", "accuracy", "val_accuracy", *names])
            for step, row in enumerate(recorded.tolist()):
                loss, accuracy, *norms = (f"{value:.9g}" for value in row[: 2 + len(names)])
                last = accuracy if step == STEPS - 1 else ""
                writer.writerow([step // 375, step + 1, loss, accuracy, last, *norms])
        keras.backend.clear_session()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--kind", choices=list(KINDS), default="usual", help=str(KINDS))
    given = parser.parse_args()
    make_class(given.folder, given.count, given.kind)
