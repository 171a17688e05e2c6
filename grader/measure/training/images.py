"""Gives images to a network in the form that it was trained on: shape, and scale of the pixels."""

import math
from collections.abc import Callable
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.errors import SubmissionError
from grader.messages.message import Message, joined, say


class Standard(NamedTuple):
    """The mean and the standard deviation of all training pixels / 255."""

    mean: float
    deviation: float


# Each way of giving pixels that courses teach; the first that does best on training images is taken.
SCALES: dict[str, Callable[[tf.Tensor, Standard], tf.Tensor]] = {
    "pixels / 255": lambda pixels, _: pixels / 255.0,
    "raw pixels": lambda pixels, _: pixels,
    "pixels / 127.5 - 1": lambda pixels, _: pixels / 127.5 - 1.0,
    "standardised pixels": lambda pixels, standard: (pixels / 255.0 - standard.mean) / standard.deviation,
}


def fitted_shape(model: keras.Model, image_shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape in which this model takes one image: as it is, with one channel, or flat.

    Raises:
        SubmissionError: the model has several inputs, or an input of another shape.
    """
    if len(model.inputs) != 1:
        raise SubmissionError(
            say("The model has {count} inputs; one is needed, for the image.", count=len(model.inputs)),
            say("Use a model with a single input."),
        )
    wanted = tuple(model.inputs[0].shape[1:])
    size = math.prod(image_shape)
    for shape in (image_shape, (*image_shape, 1), (size,)):
        if len(shape) == len(wanted) and all(
            have in {want, None} for have, want in zip(wanted, shape, strict=True)
        ):
            return shape
    raise SubmissionError(
        say(
            "The model takes inputs of shape {wanted}; the images fit {images}, {with_channel} or {flat}.",
            wanted=_shown(wanted),
            images=_shown(image_shape),
            with_channel=_shown((*image_shape, 1)),
            flat=_shown((size,)),
        ),
        say("Build the model with one of these input shapes."),
    )


def check_output(model: keras.Model, classes: int) -> None:
    """Check that the model gives one number for each class.

    Raises:
        SubmissionError: it has several outputs, or one of another shape.
    """
    if len(model.outputs) != 1:
        raise SubmissionError(
            say(
                "The model has {count} outputs; one is needed, with a number for each class.",
                count=len(model.outputs),
            ),
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


def as_inputs(
    images: NDArray[np.generic] | tf.Tensor, shape: tuple[int, ...], scale: str, standard: Standard
) -> tf.Tensor:
    """Images as float32 of shape (n, *shape) with scaled pixels."""
    pixels = tf.reshape(tf.cast(images, tf.float32), (-1, *shape))
    return SCALES[scale](pixels, standard)


def _shown(shape: tuple[int | None, ...]) -> Message:
    sizes = joined(", ", (say("any") if dimension is None else str(dimension) for dimension in shape))
    return joined("", ("(", sizes, "," if len(shape) == 1 else "", ")"))
