"""How often each rule of `log_is_consistent` doubts an honest training, of many kinds.

    python tests/corpus/consistency_runs.py FOLDER     two hours on one core; done trainings are kept

FOLDER lies outside the repository and takes about 300 MB.
"""

import argparse
import csv
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from train import _parts as parts_of
from train import build
from training import PIXELS, Network

from grader.analysis.consistency.contradictions import RULES, compared
from grader.analysis.consistency.whole import Limits
from grader.analysis.norms.infer import NormColumns, norms_of
from grader.datasets import load_dataset
from grader.grading.batch import measure
from grader.grading.engines import FOR_A_FOLDER
from grader.rubric import Rubric
from grader.rubric.loading import load_rubric
from grader.sandbox.worker import warm_up
from grader.submissions.class_folder import find_submissions

RUBRIC = Path(__file__).parents[2] / "rubrics" / "gradient_clipping.yaml"
SHIPPED = Limits(training_accuracy=0.05, validation_accuracy=0.1, loss=2.5, correlation=0.1)
HALF = Limits(training_accuracy=0.025, validation_accuracy=0.05, loss=2.5**0.5, correlation=0.2)
IMAGE = (28, 28, 1)
CONVOLUTION = Network(input_shape=IMAGE, filters=8)
# The batch size and the epochs, with what differs from the homework.
EVERY: list[dict[str, Any]] = [
    *(
        {"batch": batch, "epochs": epochs}
        for batch, epochs in [
            (16, 2),
            (32, 1),
            (32, 2),
            (32, 5),
            (64, 6),
            (128, 8),
            (128, 12),
            (256, 6),
            (256, 12),
            (512, 10),
            (512, 20),
        ]
    ),
    *({"batch": 64, "rate": rate} for rate in (1e-4, 3e-4, 3e-3, 1e-2)),
    {"batch": 16, "epochs": 1, "rate": 1e-2},
    *(
        {"batch": batch, "network": Network(dropout=dropout)}
        for batch, dropout in [(32, 0.1), (64, 0.3), (128, 0.5)]
    ),
    *({"batch": batch, "network": CONVOLUTION} for batch in (64, 256)),
    *(
        {"batch": batch, "network": Network(normalisation="BatchNormalization")}
        for batch in (32, 64, 128, 512)
    ),
    *(
        {"batch": 64, "network": Network(**fields)}
        for fields in [
            {"activation": "elu"},
            {"l2": 1e-4},
            {"l2": 1e-3},
            {"initializer": "he_normal"},
            {"logits": True},
        ]
    ),
    *({"batch": 128, "epochs": 8, "pixels": pixels} for pixels in PIXELS),
    *({"batch": batch, "smoothing": 0.1} for batch in (64, 256)),
    *({"batch": batch, "weight": weight} for batch, weight in [(64, 3.0), (128, 10.0)]),
    *({"batch": batch, "augmented": True} for batch in (64, 256)),
    *({"batch": 64, "epochs": 12, "images": images} for images in (6_000, 12_000)),
    *({"batch": 64, "held": held} for held in (3_000, 6_000, 12_000, 20_000)),
    {"batch": 64, "held": 5_000, "held_first": True},
    *({"batch": batch, "means": False} for batch in (16, 64, 512)),
]


def train(folder: Path, number: int, way: dict[str, Any]) -> None:
    """Do one training, and leave its model and its log as a submission."""
    import keras
    import tensorflow as tf

    keras.backend.clear_session()
    keras.utils.set_random_seed(5000 + number)
    network, size = way.get("network", Network()), way.get("batch", 32)
    scale = PIXELS[way.get("pixels", "from 0 to 1")]
    both, held = parts_of("whole")[0], way.get("held", 5_000)
    order = np.roll(np.arange(len(both.images)), -held if way.get("held_first") else 0)
    fitted, validated = order[:-held][: way.get("images")], order[-held:]

    def given(images: Any) -> Any:
        return scale(images).reshape(-1, *network.input_shape)

    model = build(network)
    smoothing = way.get("smoothing", 0.0)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=network.logits)
    if smoothing:
        loss = keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)
    weights = tf.constant([way.get("weight", 1.0) if one == 6 else 1.0 for one in range(10)])
    model.compile(keras.optimizers.Adam(way.get("rate", 1e-3), clipnorm=1.0), loss, metrics=["accuracy"])
    model.optimizer.build(model.trainable_variables)

    def step(images: Any, classes: Any) -> list[Any]:
        wanted = tf.one_hot(classes, 10) if smoothing else classes
        with tf.GradientTape() as tape:
            outputs = model(images, training=True)
            value = loss(wanted, outputs, sample_weight=tf.gather(weights, classes)) + sum(model.losses)
        gradients = tape.gradient(value, model.trainable_variables)
        model.optimizer.apply(gradients, model.trainable_variables)
        right = tf.equal(tf.argmax(outputs, 1, output_type=tf.int32), classes)
        return [value, tf.reduce_mean(tf.cast(right, tf.float32)), *(tf.norm(one) for one in gradients)]

    step = tf.function(step, reduce_retracing=True)
    generator = np.random.default_rng(number)
    rows: list[list[Any]] = []
    for epoch in range(way.get("epochs", 3)):
        found, sizes = [], []
        for chosen in np.array_split(
            shuffled := generator.permutation(fitted), range(size, len(shuffled), size)
        ):
            images = both.images[chosen]
            if way.get("augmented"):
                images = np.roll(
                    images[:, :, :: generator.choice([-1, 1])], generator.integers(-2, 3, 2), (1, 2)
                )
            found.append([float(one) for one in step(given(images), both.classes[chosen].astype(np.int32))])
            sizes.append(len(chosen))
        table, counts = np.array(found), np.array(sizes)[:, None]
        shown = (
            np.cumsum(table[:, :2] * counts, 0) / np.cumsum(counts)[:, None]
            if way.get("means", True)
            else table
        )
        outputs = model.predict(given(both.images[validated]), batch_size=1000, verbose=0)
        right = float(np.mean(outputs.argmax(1) == both.classes[validated]))
        for place, (means, norms) in enumerate(zip(shown, table[:, 2:], strict=True)):
            last = right if place == len(table) - 1 else ""
            rows.append([epoch, len(rows) + 1, *means, last, norms.max(), min(norms.max(), 1.0)])
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "training_log.csv").open("w", newline="", encoding="utf-8") as file:
        names = [
            "epoch",
            "step",
            "loss",
            "accuracy",
            "val_accuracy",
            "variable_norm_before",
            "variable_norm_after",
        ]
        csv.writer(file).writerows([names, *rows])
    model.save(folder / "model.keras")


def measured(folder: Path, rubric: Rubric) -> Iterator[NormColumns]:
    """The norm columns of each submission beside what the grader measured."""
    warm_up(FOR_A_FOLDER)
    for event in measure(find_submissions(folder), rubric.plan, load_dataset(rubric.plan.data), 1):
        if event.kind == "measured" and event.evidence is not None:
            norms = norms_of(event.evidence, rubric.targets)
            assert isinstance(norms, NormColumns)
            yield norms


def main() -> None:
    """Do the trainings that are missing, and count the false alarms of each rule."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--first", type=int, default=len(EVERY), help="do only so many trainings")
    arguments = parser.parse_args()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    for number, way in enumerate(EVERY[: arguments.first]):
        folder = arguments.folder / f"training_{number}"
        if not (folder / "model.keras").exists():
            print(f"Training: {way}", flush=True)  # noqa: T201  (its output)
            train(folder, number, way)
    every = list(measured(arguments.folder, load_rubric(RUBRIC)))
    for limits, words in ((SHIPPED, "the limits that ship"), (HALF, "half of them")):
        found = [compared(norms, limits) for norms in every]
        asked = Counter(rule for one in found for rule in one)
        alarms = Counter(rule for one in found for rule, message in one.items() if message)
        print(f"false alarms of {len(every)} honest trainings, with {words}:")  # noqa: T201  (its output)
        for rule in RULES:
            print(f"  {rule.__name__:30}{alarms[rule]:4} of {asked[rule]}")  # noqa: T201  (its output)


if __name__ == "__main__":
    main()
