"""The images, and how a network is given them: in which shape, scale of the pixels, order and batches."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.errors import SubmissionError
from grader.messages.message import Message, joined, say
from grader.rubric import RerunPlan, images_to_train_on

_FILES = ("x_train", "y_train", "x_test")
# More images than these change the mean and the deviation of the pixels by little.
_MOST_IMAGES, _AT_ONCE = 10_000, 500


class Standard(NamedTuple):
    """The mean and the standard deviation of all training pixels / 255."""

    mean: float
    deviation: float


# Only 12,000 of Fashion-MNIST's 60,000 training images ship; students standardise by all of them.
_SHIPPED = {"fashion_mnist": Standard(0.2860, 0.3530)}
# Each way of giving pixels that courses teach; the first that does best on training images is taken.
SCALES: dict[str, Callable[[tf.Tensor, Standard], tf.Tensor]] = {
    "pixels / 255": lambda pixels, _: pixels / 255.0,
    "raw pixels": lambda pixels, _: pixels,
    "pixels / 127.5 - 1": lambda pixels, _: pixels / 127.5 - 1.0,
    "standardised pixels": lambda pixels, standard: (pixels / 255.0 - standard.mean) / standard.deviation,
}


@dataclass(frozen=True)
class Arrays:
    """What a worker may see of the data set `data`: everything but the test labels."""

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
        # Nothing is divided by 0, the deviation of pixels that are all alike.
        return Standard(mean, deviation or 1.0)

    @property
    def largest_pixel(self) -> float:
        """The largest pixel of the training images: 255 in images as cameras give them, 1 in scaled ones."""
        return float(self.x_train.max())


@dataclass(frozen=True)
class Batches:
    """Examples, of shape (n, ...) and (n,), and the order in which they are seen, (steps, batch size)."""

    inputs: tf.Tensor
    labels: tf.Tensor
    order: NDArray[np.int32]
    # Makes the float32 that the network takes of a batch; kept as pixels, inputs take a quarter of the room.
    prepare: Callable[[tf.Tensor], tf.Tensor] = tf.identity


def shuffled_order(examples: int, steps: int, batch_size: int, seed: int) -> NDArray[np.int32]:
    """The examples of each batch, all full, shape (steps, min(batch_size, examples)); epochs are shuffled."""
    generator = np.random.default_rng(seed)
    size = min(batch_size, examples)
    per_epoch = examples // size
    epochs = [
        generator.permutation(examples)[: per_epoch * size].reshape(per_epoch, size)
        for _ in range(-(-steps // per_epoch))
    ]
    return np.concatenate(epochs)[:steps].astype(np.int32)


def replayed_order(examples: int, steps: int, batch_size: int, seed: int) -> NDArray[np.int32]:
    """The examples of the first batches as the starter notebook has them, shape (steps, batch size).

    It is of raw numbers of the generator, which are the same in every version of NumPy. Where there are fewer
    images than these steps need, there are fewer steps.
    """
    order = np.random.PCG64(seed).random_raw(images_to_train_on(examples)).argsort()
    size = min(batch_size, len(order))
    steps = min(steps, len(order) // size)
    return order[: steps * size].reshape(steps, size).astype(np.int32)


def batches_of(arrays: Arrays, plan: RerunPlan, steps: int, shape: tuple[int, ...], scale: str) -> Batches:
    """The training images in a plan's batch size and order, in the shape and scale that the network takes."""
    order = shuffled_order(len(arrays.y_train), steps, plan.batch_size, plan.seed)
    return ordered(arrays, order, shape, scale)


def ordered(arrays: Arrays, order: NDArray[np.int32], shape: tuple[int, ...], scale: str) -> Batches:
    """The training images in an order of batches, likewise."""
    images, labels = arrays.x_train, arrays.y_train
    if order.size < len(labels):  # only what a batch has is copied
        chosen = order.ravel()
        images, labels = images[chosen], labels[chosen]
        order = np.arange(order.size, dtype=np.int32).reshape(order.shape)
    prepare = partial(as_inputs, shape=shape, scale=scale, standard=arrays.standard)
    return Batches(tf.constant(images), tf.constant(labels, tf.int32), order, prepare)


def as_inputs(
    images: NDArray[np.generic] | tf.Tensor, shape: tuple[int, ...], scale: str, standard: Standard
) -> tf.Tensor:
    """Images as float32 of shape (n, *shape) with scaled pixels."""
    pixels = tf.reshape(tf.cast(images, tf.float32), (-1, *shape))
    return SCALES[scale](pixels, standard)


def fitted_shape(model: keras.Model, image_shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape in which this model takes one image: as it is, with one channel, or flat; else a refusal."""
    if len(model.inputs) != 1:
        raise SubmissionError(
            say("The model has {count} inputs; it needs one, for the image.", count=len(model.inputs)),
            say("Use a model with a single input."),
        )
    wanted = tuple(model.inputs[0].shape[1:])
    with_channel, flat = (*image_shape, 1), (math.prod(image_shape),)
    for shape in (image_shape, with_channel, flat):
        if len(shape) == len(wanted) and all(
            have in {want, None} for have, want in zip(wanted, shape, strict=True)
        ):
            return shape
    sentence = say(
        "The model takes inputs of shape {wanted}; the images fit {images}, {with_channel} or {flat}.",
        wanted=_shown(wanted),
        images=_shown(image_shape),
        with_channel=_shown(with_channel),
        flat=_shown(flat),
    )
    raise SubmissionError(sentence, say("Build the model with one of these input shapes."))


def check_output(model: keras.Model, classes: int) -> None:
    """Refuse a model that does not give one number for each class."""
    if len(model.outputs) != 1:
        count = len(model.outputs)
        raise SubmissionError(
            say("The model has {count} outputs; it needs one, with a number for each class.", count=count),
            say("Use a model with a single output."),
        )
    shape = tuple(model.outputs[0].shape[1:])
    if shape != (classes,):
        raise SubmissionError(
            say(
                "The model's output has shape {shape}; the data has {classes} classes, so it must be "
                "({classes},).",
                shape=_shown(shape),
                classes=classes,
            ),
            say(
                "End the network with `Dense({classes})` and train it on all {classes} classes.",
                classes=classes,
            ),
        )


def _shown(shape: tuple[int | None, ...]) -> Message:
    sizes = joined(", ", (say("any") if dimension is None else str(dimension) for dimension in shape))
    return joined("", ("(", sizes, "," if len(shape) == 1 else "", ")"))
