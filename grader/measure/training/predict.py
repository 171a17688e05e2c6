"""What a network says of images: the class of each, without knowing the right one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.errors import SubmissionError
from grader.measure.loss import Loss
from grader.measure.training.gradients import SMALLER_RATE, loss_for
from grader.measure.training.images import SCALES, Standard, as_inputs
from grader.measure.training.load import first_words, largest_activation
from grader.messages.message import say

# On this many images, chance makes two accuracies near 0.87 differ by less than this (three standard errors).
IMAGES_TO_CHOOSE_BY = 500
BY_CHANCE = 0.064
# The scale that was chosen is tried on more, because its accuracy is compared with that on the test images.
IMAGES_TO_COMPARE = 2_000
BATCH = 1_000
# The most numbers that a layer may make from one batch, 256 MiB; a wide network gets smaller batches.
BATCH_NUMBERS = 64 << 20


class Predictor:
    """A network, traced once, that answers batches of any size."""

    def __init__(self, model: keras.Model, shape: tuple[int, ...], standard: Standard) -> None:
        """Prepare to predict with inputs of `shape`."""
        signature = tf.TensorSpec((None, *shape), tf.float32)
        self._shape = shape
        self._standard = standard
        self.batch = batch_for(model)
        self._outputs = tf.function(
            lambda inputs: tf.cast(model(inputs, training=False), tf.float32),
            input_signature=[signature],
            # Keras' layers need no translation, and it takes longer than the tracing.
            autograph=False,
        )

    def outputs(self, images: NDArray[np.generic], scale: str) -> NDArray[np.float32]:
        """The raw outputs, shape (n, classes); a SubmissionError if Keras cannot compute them."""
        parts = [images[start : start + self.batch] for start in range(0, len(images), self.batch)]
        inputs = (as_inputs(part, self._shape, scale, self._standard) for part in parts)
        return np.concatenate([self._answer(batch) for batch in inputs])

    def _answer(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            answer: NDArray[np.float32] = self._outputs(batch).numpy()
        except (ValueError, TypeError, tf.errors.InvalidArgumentError) as error:
            raise SubmissionError(
                say("Keras cannot compute this network on the images: {error}", error=first_words(error)),
                say(
                    "Load your file with `keras.saving.load_model`, call `model.predict` on some images, "
                    "and fix the layer that fails."
                ),
            ) from None
        return answer

    def classes(self, images: NDArray[np.generic], scale: str) -> NDArray[np.uint8]:
        """The class of each image, shape (n,); a SubmissionError if some outputs are NaN or infinite."""
        outputs = self.outputs(images, scale)
        finite = np.isfinite(outputs).all(axis=1)
        if not finite.all():
            sentence = say(
                "The model's outputs are NaN or infinite for {broken} of {images} images.",
                broken=f"{int((~finite).sum()):,}",
                images=f"{len(images):,}",
            )
            raise SubmissionError(sentence, SMALLER_RATE)
        classes: NDArray[np.uint8] = outputs.argmax(axis=1).astype(np.uint8)
        return classes


def batch_for(model: keras.Model) -> int:
    """How many images a network is given at a time."""
    return max(1, min(BATCH, BATCH_NUMBERS // max(1, largest_activation(model))))


@dataclass(frozen=True)
class Tried:
    """A scale of the pixels, and how a network does on training images with it."""

    scale: str
    accuracy: float
    loss: float


def try_scales(
    predictor: Predictor, images: NDArray[np.generic], labels: NDArray[np.int64], loss: Loss | None = None
) -> tuple[Tried, ...]:
    """Try each scale of the pixels on a few training images, in the order of `SCALES`.

    The `loss` is the network's own, else cross-entropy.
    """
    few, right = images[:IMAGES_TO_CHOOSE_BY], labels[:IMAGES_TO_CHOOSE_BY]
    outputs = {scale: predictor.outputs(few, scale) for scale in SCALES}
    return tuple(
        Tried(scale, accuracy(given, right), _loss(given, right, loss)) for scale, given in outputs.items()
    )


def accuracy(outputs: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """The share of outputs, shape (n, classes), that are largest at the label; of n or more labels."""
    return float(np.mean(outputs.argmax(axis=1) == labels[: len(outputs)]))


def best_scale(tried: Sequence[Tried]) -> Tried:
    """The scale that the network was trained on, as far as its answers can tell.

    A network of ReLU layers is nearly as accurate on pixels that are 255 times too large, but far too sure.
    So among the scales that are as accurate as the best, but for chance, the smallest loss decides.
    """
    best = max(one.accuracy for one in tried)
    return min((one for one in tried if one.accuracy >= best - BY_CHANCE), key=lambda one: one.loss)


def _loss(outputs: NDArray[np.float32], labels: NDArray[np.int64], stored: Loss | None) -> float:
    """The mean of the stored loss or else of cross-entropy; infinite where it is not a number."""
    loss = loss_for(gives_probabilities(outputs), stored)
    value = float(loss(tf.constant(labels), tf.constant(outputs)))
    return value if math.isfinite(value) else math.inf


def gives_probabilities(outputs: NDArray[np.float32]) -> bool:
    """Whether outputs are probabilities (softmax or sigmoid) and not logits: all of them are in [0, 1]."""
    return bool(((outputs >= 0) & (outputs <= 1 + 1e-6)).all())
