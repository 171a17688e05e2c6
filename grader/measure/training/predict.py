"""What a network says of examples, without knowing what is right."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.errors import SubmissionError
from grader.evidence.values import Task
from grader.measure.inputs import Scale
from grader.measure.loss import Loss
from grader.measure.training.examples import as_labels
from grader.measure.training.gradients import SMALLER_RATE, Objective, loss_for
from grader.measure.training.load import first_words, largest_activation
from grader.messages.message import say

# On so many examples, chance makes two accuracies near 0.87 differ by less than this: 3 standard errors.
EXAMPLES_TO_CHOOSE_BY = 500
BY_CHANCE = 0.064
# The scale that was chosen is tried on more, because its accuracy is compared with that on the test examples.
EXAMPLES_TO_COMPARE = 2_000
BATCH = 1_000
# The most numbers that a layer may make from one batch, 256 MiB; a wide network gets smaller batches.
BATCH_NUMBERS = 64 << 20


class Predictor:
    """A network, traced once, that answers batches of any size."""

    def __init__(self, model: keras.Model, shape: tuple[int, ...], scales: Mapping[str, Scale]) -> None:
        """Prepare to predict with inputs of `shape` in one of these scales."""
        signature = tf.TensorSpec((None, *shape), tf.float32)
        self._shape = shape
        self.scales = scales
        self.batch = batch_for(model)
        self._outputs = tf.function(
            lambda inputs: tf.cast(model(inputs, training=False), tf.float32),
            input_signature=[signature],
            # Keras' layers need no translation, and it takes longer than the tracing.
            autograph=False,
        )

    def outputs(self, examples: NDArray[np.generic], scale: str) -> NDArray[np.float32]:
        """The raw outputs, shape (n, outputs); a SubmissionError if Keras cannot compute them."""
        parts = [examples[start : start + self.batch] for start in range(0, len(examples), self.batch)]
        # NumPy prepares them in a third of the time that TensorFlow takes, to the last bit the same.
        inputs = (self.scales[scale].of(part.astype(np.float32)).reshape(-1, *self._shape) for part in parts)
        return np.concatenate([self._answer(batch) for batch in inputs])

    def finite_outputs(self, examples: NDArray[np.generic], scale: str) -> NDArray[np.float32]:
        """The same; a SubmissionError if some are NaN or infinite."""
        outputs = self.outputs(examples, scale)
        finite = np.isfinite(outputs).all(axis=1)
        if not finite.all():
            sentence = say(
                "The model's outputs are NaN or infinite for {broken} of {examples} examples.",
                broken=f"{int((~finite).sum()):,}",
                examples=f"{len(examples):,}",
            )
            raise SubmissionError(sentence, SMALLER_RATE)
        return outputs

    def _answer(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        try:
            answer: NDArray[np.float32] = self._outputs(batch).numpy()
        except (ValueError, TypeError, tf.errors.InvalidArgumentError) as error:
            raise SubmissionError(
                say("Keras cannot compute this network on the examples: {error}", error=first_words(error)),
                say(
                    "Load your file with `keras.saving.load_model`, call `model.predict` on some examples, "
                    "and fix the layer that fails."
                ),
            ) from None
        return answer


def batch_for(model: keras.Model) -> int:
    """How many examples a network is given at a time."""
    return max(1, min(BATCH, BATCH_NUMBERS // max(1, largest_activation(model))))


@dataclass(frozen=True)
class Tried:
    """A scale, and how a network does on training examples with it; a regression has no accuracy."""

    scale: str
    accuracy: float | None
    loss: float


@dataclass(frozen=True)
class Aim:
    """What a network is to learn, with the loss that its file stores, else the usual one of the task."""

    task: Task = "classification"
    loss: Loss | None = None

    def classes(self, outputs: NDArray[np.float32], probabilities: bool) -> NDArray[np.uint8]:
        """The class of each example, shape (n,), or for each of several labels whether it holds, (n, k)."""
        above: NDArray[np.bool_] = outputs > (0.5 if probabilities else 0.0)
        if self.task == "multilabel":
            return above.astype(np.uint8)
        found = above[:, 0] if outputs.shape[1] == 1 else outputs.argmax(axis=1)
        return found.astype(np.uint8)

    def values(self, outputs: NDArray[np.float32], probabilities: bool) -> NDArray[np.float64]:
        """Outputs as numbers whatever the network gives: those of a regression, else probabilities.

        Of several classes they sum to 1.
        """
        exact = outputs.astype(np.float64)
        if self.task == "regression":
            return exact
        if self.task == "multilabel" or outputs.shape[1] == 1:
            return (
                np.clip(exact, 0.0, 1.0)
                if probabilities
                else 1.0 / (1.0 + np.exp(-np.clip(exact, -700, 700)))
            )
        shares = (
            np.clip(exact, 1e-12, 1.0) if probabilities else np.exp(exact - exact.max(axis=1, keepdims=True))
        )
        normalised: NDArray[np.float64] = shares / shares.sum(axis=1, keepdims=True)
        return normalised

    def accuracy(self, outputs: NDArray[np.float32], labels: NDArray[np.generic]) -> float | None:
        """The share of outputs that are right, of n or more labels; None for a regression."""
        if self.task == "regression":
            return None
        found = self.classes(outputs, gives_probabilities(outputs))
        return float(np.mean(found == labels[: len(outputs)]))

    def objective(self, probabilities: bool, outputs: int) -> Objective:
        """The loss of a network with so many outputs."""
        return loss_for(probabilities, self.loss, self.task, outputs)

    def mean_loss(self, outputs: NDArray[np.float32], labels: NDArray[np.generic]) -> float:
        """The mean loss; infinite where it is not a number."""
        loss = self.objective(gives_probabilities(outputs), outputs.shape[1])
        value = float(loss(as_labels(labels), tf.constant(outputs)))
        return value if math.isfinite(value) else math.inf


def gives_probabilities(outputs: NDArray[np.float32]) -> bool:
    """Whether outputs are probabilities (softmax or sigmoid) and not logits: all of them are in [0, 1].

    A file may call them logits although they are not: Keras finds the softmax, and trains all the same.
    """
    return bool(((outputs >= 0) & (outputs <= 1 + 1e-6)).all())


def try_scales(
    predictor: Predictor, examples: NDArray[np.generic], labels: NDArray[np.generic], aim: Aim
) -> tuple[Tried, ...]:
    """Try each scale on a few training examples; one with which Keras cannot compute is left out."""
    few, right = examples[:EXAMPLES_TO_CHOOSE_BY], labels[:EXAMPLES_TO_CHOOSE_BY]
    outputs, refusals = dict[str, NDArray[np.float32]](), list[SubmissionError]()
    for scale in predictor.scales:
        try:
            outputs[scale] = predictor.outputs(few, scale)
        except SubmissionError as error:
            # An embedding looks nothing up that is below 0.
            refusals.append(error)
    if not outputs:
        raise refusals[0]
    return tuple(
        Tried(scale, aim.accuracy(given, right), aim.mean_loss(given, right))
        for scale, given in outputs.items()
    )


def best_scale(tried: Sequence[Tried]) -> Tried:
    """The scale that the network was trained on, as far as its answers can tell.

    A network of ReLU layers is nearly as accurate on pixels that are 255 times too large, but far too sure.
    So among the scales that are as accurate as the best, but for chance, the smallest loss decides.
    """
    best = max(one.accuracy or 0.0 for one in tried)
    return min((one for one in tried if (one.accuracy or 0.0) >= best - BY_CHANCE), key=lambda one: one.loss)
