"""Examples in the order in which a network sees them, a batch a step."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.measure.training.images import as_inputs
from grader.rubric import RerunPlan


@dataclass(frozen=True)
class Arrays:
    """What a worker may see of the data: everything but the test labels."""

    x_train: NDArray[np.generic]
    y_train: NDArray[np.int64]
    x_test: NDArray[np.generic]

    @classmethod
    def read(cls, folder: Path) -> "Arrays":
        """Map the arrays that the parent has written."""
        return cls(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in cls.__dataclass_fields__))


@dataclass(frozen=True)
class Batches:
    """Examples, and the order in which they are seen.

    Attributes:
        inputs: shape (n, ...).
        labels: shape (n,), integers.
        order: indices into both, shape (steps, batch size).
        prepare: makes what the network takes, float32, of the inputs of a batch; pixels as they are take a
            quarter of the room.
    """

    inputs: tf.Tensor
    labels: tf.Tensor
    order: NDArray[np.int32]
    prepare: Callable[[tf.Tensor], tf.Tensor] = tf.identity

    @classmethod
    def shuffled(
        cls, inputs: tf.Tensor, labels: tf.Tensor, steps: int, batch_size: int, seed: int
    ) -> "Batches":
        """Full batches, epoch after epoch, each epoch in a new order; the size is at most n."""
        return cls(inputs, labels, shuffled_order(len(labels), steps, batch_size, seed))


def shuffled_order(examples: int, steps: int, batch_size: int, seed: int) -> NDArray[np.int32]:
    """Which examples each batch has, shape (steps, batch size); see `Batches.shuffled`."""
    generator = np.random.default_rng(seed)
    size = min(batch_size, examples)
    per_epoch = examples // size
    epochs = [
        generator.permutation(examples)[: per_epoch * size].reshape(per_epoch, size)
        for _ in range(-(-steps // per_epoch))
    ]
    return np.concatenate(epochs)[:steps].astype(np.int32)


def batches_of(arrays: Arrays, plan: RerunPlan, steps: int, shape: tuple[int, ...], scale: str) -> Batches:
    """The training images in a plan's batch size and order; only those that a batch has are copied.

    Args:
        arrays: the images.
        plan: its batch size and seed decide.
        steps: how many batches.
        shape: in which the network takes one image.
        scale: of the pixels.
    """
    images, labels = arrays.x_train, arrays.y_train
    order = shuffled_order(len(labels), steps, plan.batch_size, plan.seed)
    if order.size < len(labels):
        chosen = order.ravel()
        images, labels = images[chosen], labels[chosen]
        order = np.arange(order.size, dtype=np.int32).reshape(order.shape)
    prepare = partial(as_inputs, shape=shape, scale=scale)
    return Batches(tf.constant(images), tf.constant(labels, tf.int32), order, prepare)
