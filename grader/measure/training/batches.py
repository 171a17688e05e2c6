"""Examples in the order in which a network sees them, a batch a step."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.measure.training.images import Standard, as_inputs
from grader.rubric import RerunPlan

_FILES = ("x_train", "y_train", "x_test")
# More images than these change the mean and the deviation of the pixels by little.
_MOST_IMAGES, _AT_ONCE = 10_000, 500
# Only 12,000 of Fashion-MNIST's 60,000 training images ship; students standardise by all of them.
_SHIPPED = {"fashion_mnist": Standard(0.2860, 0.3530)}


@dataclass(frozen=True)
class Arrays:
    """What a worker may see of the data: everything but the test labels.

    Attributes:
        data: The data set as the plan names it.
    """

    data: str
    x_train: NDArray[np.generic]
    y_train: NDArray[np.int64]
    x_test: NDArray[np.generic]

    @classmethod
    def read(cls, folder: Path, data: str) -> "Arrays":
        """Map the arrays that the parent has written."""
        return cls(data, *(np.load(folder / f"{name}.npy", mmap_mode="r") for name in _FILES))

    @cached_property
    def standard(self) -> Standard:
        """The numbers by which students standardise the pixels of this data set."""
        if self.data in _SHIPPED:
            return _SHIPPED[self.data]
        images = self.x_train[:_MOST_IMAGES]
        total, squares = 0.0, 0.0
        for start in range(0, len(images), _AT_ONCE):
            pixels = images[start : start + _AT_ONCE].astype(np.float64) / 255.0
            total += float(pixels.sum())
            squares += float(np.square(pixels).sum())
        mean = total / images.size
        deviation = max(0.0, squares / images.size - mean * mean) ** 0.5
        # A deviation of 0 is that of images that are all alike; nothing is divided by it.
        return Standard(mean, deviation or 1.0)

    @property
    def largest_pixel(self) -> float:
        """The largest pixel of the training images: 255 in images as cameras give them, 1 in scaled ones."""
        return float(self.x_train.max())


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
    prepare = partial(as_inputs, shape=shape, scale=scale, standard=arrays.standard)
    return Batches(tf.constant(images), tf.constant(labels, tf.int32), order, prepare)
