"""The examples, and how a network is given them: in which shape, scale, order and batches."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.errors import SubmissionError
from grader.evidence.values import Task
from grader.measure.inputs import Scale, scales_of
from grader.messages.message import Message, joined, say
from grader.rubric import InputsPlan, RerunPlan, images_to_train_on

_FILES = ("x_train", "y_train", "x_test")


@dataclass(frozen=True)
class Arrays:
    """What a worker may see of the data set `data`: everything but the test labels."""

    data: str
    x_train: NDArray[np.generic]
    y_train: NDArray[np.generic]
    x_test: NDArray[np.generic]

    @classmethod
    def read(cls, folder: Path, data: str) -> "Arrays":
        """Map the arrays that the parent has written."""
        return cls(data, *(np.load(folder / f"{name}.npy", mmap_mode="r") for name in _FILES))

    def scales(self, plan: InputsPlan) -> Mapping[str, Scale]:
        """In which scales examples may be given to a network, by name."""
        return scales_of(self.data, self.x_train, plan)

    @property
    def outputs(self) -> int:
        """How many numbers a label is, or how many classes there are."""
        return self.y_train.shape[1] if self.y_train.ndim > 1 else int(self.y_train.max()) + 1

    @property
    def largest(self) -> float:
        """The largest number of the training examples: 255 in most images, 1 in scaled ones."""
        return float(self.x_train.max())


@dataclass(frozen=True)
class Batches:
    """Examples, shape (n, ...), labels, (n,) or (n, k), and the order of both, (steps, batch size)."""

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


def batches_of(arrays: Arrays, plan: RerunPlan, steps: int, shape: tuple[int, ...], scale: Scale) -> Batches:
    """The training examples in a plan's batch size and order, as the network takes them."""
    order = shuffled_order(len(arrays.y_train), steps, plan.batch_size, plan.seed)
    return ordered(arrays, order, shape, scale)


def ordered(arrays: Arrays, order: NDArray[np.int32], shape: tuple[int, ...], scale: Scale) -> Batches:
    """The training examples in an order of batches, likewise."""
    examples, labels = arrays.x_train, arrays.y_train
    if order.size < len(labels):  # only what a batch has is copied
        chosen = order.ravel()
        examples, labels = examples[chosen], labels[chosen]
        order = np.arange(order.size, dtype=np.int32).reshape(order.shape)
    prepare = partial(as_inputs, shape=shape, scale=scale)
    return Batches(tf.constant(examples), as_labels(labels), order, prepare)


def as_labels(labels: NDArray[np.generic]) -> tf.Tensor:
    """Classes as int32, and what is several numbers as float32."""
    return tf.constant(labels, tf.int32 if labels.ndim == 1 else tf.float32)


def as_inputs(examples: NDArray[np.generic] | tf.Tensor, shape: tuple[int, ...], scale: Scale) -> tf.Tensor:
    """Examples as float32 of shape (n, *shape) in this scale."""
    return tf.reshape(scale.of(tf.cast(examples, tf.float32)), (-1, *shape))


def fitted_shape(model: keras.Model, example: tuple[int, ...]) -> tuple[int, ...]:
    """The shape in which a model takes one example: as it is, with one channel, or flat; else a refusal."""
    if len(model.inputs) != 1:
        raise SubmissionError(
            say("The model has {count} inputs; it needs one, for the example.", count=len(model.inputs)),
            say("Use a model with a single input."),
        )
    wanted = tuple(model.inputs[0].shape[1:])
    shapes = tuple(dict.fromkeys((example, (*example, 1), (math.prod(example),))))
    for shape in shapes:
        if len(shape) == len(wanted) and all(
            have in {want, None} for have, want in zip(wanted, shape, strict=True)
        ):
            return shape
    sentence = say(
        "The model takes inputs of shape {wanted}; an example of the data fits {shapes}.",
        wanted=_shown(wanted),
        shapes=joined(", ", map(_shown, shapes)),
    )
    raise SubmissionError(sentence, say("Build the model with one of these input shapes."))


def check_output(model: keras.Model, task: Task, outputs: int) -> None:
    """Refuse a model whose output does not fit the task and labels of so many `outputs`.

    Two classes may have one output, the probability or the logit of the second.
    """
    if len(model.outputs) != 1:
        count = len(model.outputs)
        raise SubmissionError(
            say("The model has {count} outputs; it needs one, with a number for each class.", count=count),
            say("Use a model with a single output."),
        )
    shape = tuple(model.outputs[0].shape[1:])
    has_classes = task in {"classification", "binary"}
    if shape == (outputs,) or (shape == (1,) and has_classes and outputs == 2):
        return
    found = _shown(shape)
    if task == "classification":
        raise SubmissionError(
            say(
                "The model's output has shape {shape}; the data has {classes} classes, so it must be "
                "({classes},).",
                shape=found,
                classes=outputs,
            ),
            say(
                "End the network with `Dense({classes})` and train it on all {classes} classes.",
                classes=outputs,
            ),
        )
    if task == "binary":
        raise SubmissionError(
            say("The model's output has shape {shape}; a label is 0 or 1, so it must be (1,).", shape=found),
            say('End the network with `Dense(1, activation="sigmoid")`, and train it again.'),
        )
    if task == "multilabel":
        raise SubmissionError(
            say(
                "The model's output has shape {found}; the data has {outputs} labels, so it must be "
                "({outputs},).",
                found=found,
                outputs=outputs,
            ),
            say('End the network with `Dense({outputs}, activation="sigmoid")`.', outputs=outputs),
        )
    raise SubmissionError(
        say(
            "The model's output has shape {found}; it is to give {outputs} numbers, so it must be "
            "({outputs},).",
            found=found,
            outputs=outputs,
        ),
        say("End the network with `Dense({outputs})`, without an activation.", outputs=outputs),
    )


def _shown(shape: tuple[int | None, ...]) -> Message:
    sizes = joined(", ", (say("any") if dimension is None else str(dimension) for dimension in shape))
    return joined("", ("(", sizes, "," if len(shape) == 1 else "", ")"))
