"""Small data and small networks for tests that really train."""

from pathlib import Path

import keras
import numpy as np

from grader.datasets import Dataset
from grader.rubric import Plan, ProbePlan, RerunPlan

CLASSES = 3


def a_dataset(seed: int = 0) -> Dataset:
    """Images of 6 x 6 pixels, each class bright in rows of its own, and one label in eight wrong."""
    generator = np.random.default_rng(seed)

    def part(images: int) -> tuple[np.ndarray, np.ndarray]:
        labels = generator.integers(0, CLASSES, images)
        pixels = generator.integers(0, 120, (images, 6, 6))
        for row in (0, 1):
            pixels[np.arange(images), 2 * labels + row] += 100
        wrong = generator.random(images) < 1 / 8
        labels = np.where(wrong, generator.integers(0, CLASSES, images), labels)
        return pixels.astype(np.uint8), labels.astype(np.int64)

    x_train, y_train = part(600)
    x_test, y_test = part(200)
    return Dataset("small", "0" * 64, x_train, y_train, x_test, y_test)


def a_plan(**rerun: object) -> Plan:
    """A plan with few steps."""
    return Plan(rerun=RerunPlan(**{"steps": 40, **rerun}), probe=ProbePlan(batches=5))


def a_network(
    *, shape: tuple[int, ...] = (6, 6), softmax: bool = True, classes: int = CLASSES
) -> keras.Model:
    """An untrained MLP, from the same weights every time."""
    keras.utils.set_random_seed(1)
    return fresh(shape=shape, softmax=softmax, classes=classes)


def fresh(*, shape: tuple[int, ...] = (6, 6), softmax: bool = True, classes: int = CLASSES) -> keras.Model:
    """The same with weights of the seed that holds."""
    return keras.Sequential(
        [
            keras.Input(shape),
            keras.layers.Flatten(),
            keras.layers.Dense(16, activation="relu"),
            keras.layers.Dense(classes, activation="softmax" if softmax else None),
        ]
    )


def trained(
    model: keras.Model, dataset: Dataset, scale: float = 255.0, *, softmax: bool = True
) -> keras.Model:
    """The model after two epochs on pixels / scale."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=not softmax)
    model.compile(keras.optimizers.Adam(1e-2, clipnorm=1.0), loss, metrics=["accuracy"])
    inputs = dataset.x_train.reshape(-1, *model.input_shape[1:]) / scale
    model.fit(inputs, dataset.y_train, epochs=2, verbose=0)
    return model


def saved(model: keras.Model, folder: Path, name: str = "model.keras") -> bytes:
    """The bytes of the saved model."""
    model.save(folder / name)
    return (folder / name).read_bytes()


def arrays_in(folder: Path, dataset: Dataset) -> Path:
    """What the parent writes for its workers."""
    for name in ("x_train", "y_train", "x_test"):
        np.save(folder / f"{name}.npy", getattr(dataset, name))
    return folder
