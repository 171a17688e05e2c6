"""Honest runs of the reference network, measured as the grader measures a student's."""

import math
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.analysis.reference.calibration import LEVELS, STEPS
from grader.analysis.statistics import quantiles, smoothness, variation
from grader.errors import SubmissionError
from grader.evidence.problem import Problem
from grader.measure.calibrate import (
    CalibrationRequest,
    Epochs,
    Example,
    Job,
    Logarithms,
    Network,
    Run,
    Versions,
    steps_of,
)
from grader.measure.training.examples import Arrays, Batches, as_inputs, fitted_shape, shuffled_order
from grader.measure.training.gradients import SMALLER_RATE, build_update, loss_for
from grader.measure.training.loop import Loop, compiled_probe, compiled_steps, use_one_thread
from grader.measure.training.predict import Predictor, batch_for
from grader.measure.training.session import adapt, fresh_network
from grader.messages.message import say
from grader.rubric import Plan

# At this many moments of a run, evenly spread over it, the tail is compared with a probe.
MOMENTS = 3
# Columns of `compiled_steps`, and those of the norms that are of gradients before clipping.
_LOSS, _NORMS, _BEFORE = 0, slice(2, 6), (0, 2)
# Of a number that may be 0 the logarithm is taken.
_TINY = 1e-30


def work(receive: Callable[[], bytes], send: Callable[[bytes], None]) -> None:
    """Make the runs of a request; the first reply is of the versions, then one follows for each run.

    Where the network cannot be trained, the last one is a `Problem`.
    """
    request = CalibrationRequest.model_validate_json(receive())
    runs = Runs(request.plan, request.network, Arrays.read(Path(receive().decode()), request.plan.data))
    use_one_thread()
    versions = Versions(tensorflow=tf.__version__, keras=keras.__version__)
    send(versions.model_dump_json().encode())
    try:
        for job in request.jobs:
            done = runs.epochs(job, request.epochs) if request.epochs else runs.run(job)
            send(done.model_dump_json().encode())
    except SubmissionError as error:
        problem = Problem(who="student", message=error.message, hint=error.hint)
        send(problem.model_dump_json().encode())


class Runs:
    """Makes runs of one network on one data set."""

    def __init__(self, plan: Plan, network: Network, arrays: Arrays) -> None:
        """Prepare; nothing is computed yet."""
        self._plan = plan
        self._network = network
        self._arrays = arrays
        self._images = arrays.x_train.shape[1:]
        self._classes = int(arrays.y_train.max()) + 1
        self._scales = arrays.scales(plan.inputs)
        example = network.architecture if isinstance(network, Example) else None
        self._loss = (
            loss_for(example.probabilities, example.loss) if example else loss_for(probabilities=True)
        )
        # Every run sees the same images.
        self._inputs = cache(self._inputs_of)

    def run(self, job: Job) -> Run:
        """Train from fresh weights, and probe the weights at each of the moments."""
        plan = self._plan.rerun
        model, batches, train = self._begun(job, steps_of(job, len(self._arrays.y_train)))
        probe = compiled_probe(model, batches, self._loss, plan.optimizer)
        probes = shuffled_order(len(batches.labels), self._plan.probe.batches, plan.batch_size, plan.seed)
        parts, tails = [], []
        for order in np.array_split(batches.order, MOMENTS):
            parts.append(train(order))
            probed = probe(probes)
            tails.append(_both(_logarithms(parts[-1][-STEPS:, _NORMS]) - _logarithms(probed[:, _NORMS])))
        recorded = np.concatenate(parts)
        if not np.isfinite(recorded).all():
            sentence = say(
                "A training of this network on {inputs} at batch size {batch_size} diverged.",
                inputs=job.inputs,
                batch_size=job.batch_size,
            )
            raise SubmissionError(sentence, SMALLER_RATE)
        return Run(
            job=job,
            head=_both(_logarithms(recorded[:STEPS, _NORMS])),
            tails=tuple(tails),
            start=math.log(max(recorded[0, _LOSS], _TINY) / math.log(self._classes)),
            smoothness=max(smoothness(series.tolist()) or 0.0 for series in recorded[:, _NORMS].T),
        )

    def epochs(self, job: Job, count: int) -> Epochs:
        """Train from fresh weights, and classify the test images after each epoch."""
        model, batches, train = self._begun(job, steps_of(job, len(self._arrays.y_train), count))
        predictor = Predictor(model, fitted_shape(model, self._images), self._scales)
        classes = []
        for order in np.split(batches.order, count):
            train(order)
            outputs = predictor.finite_outputs(self._arrays.x_test, job.inputs)
            classes.append(tuple(outputs.argmax(axis=1).tolist()))
        return Epochs(classes=tuple(classes))

    def _begun(self, job: Job, steps: int) -> tuple[keras.Model, Batches, Loop]:
        """A network with fresh weights, its batches, and the loop that trains it with them."""
        keras.utils.set_random_seed(job.seed)
        model, inputs = self._fresh(job.inputs)
        labels = tf.constant(self._arrays.y_train, tf.int32)
        order = shuffled_order(len(labels), steps, job.batch_size, job.seed)
        batches = Batches(inputs, labels, order)
        optimizer = self._plan.rerun.optimizer
        update = build_update(optimizer, model.trainable_variables)
        return model, batches, compiled_steps(model, batches, self._loss, optimizer, update)

    def _fresh(self, scale: str) -> tuple[keras.Model, tf.Tensor]:
        """The network with fresh weights, and all training images as it takes them."""
        if not isinstance(self._network, Example):
            model = reference_network(self._images, self._network, self._classes)
            return model, self._inputs(scale, self._images)
        model = fresh_network(self._network.architecture, self._plan.limits)
        inputs = self._inputs(scale, fitted_shape(model, self._images))
        adapt(model, inputs[: batch_for(model)])
        return model, inputs

    def _inputs_of(self, scale: str, shape: tuple[int, ...]) -> tf.Tensor:
        return as_inputs(self._arrays.x_train, shape, self._scales[scale])


def reference_network(shape: tuple[int, ...], hidden_layers: Sequence[int], classes: int) -> keras.Model:
    """The MLP that a rubric asks for, with ReLU and softmax."""
    return keras.Sequential(
        [
            keras.layers.Input(shape),
            keras.layers.Flatten(),
            *(keras.layers.Dense(units, activation="relu") for units in hidden_layers),
            keras.layers.Dense(classes, activation="softmax"),
        ]
    )


def _logarithms(norms: NDArray[np.float32]) -> NDArray[np.float64]:
    """Those of the quantiles and the variation of the two series before clipping, shape (2, numbers)."""
    series = norms[:, _BEFORE].T.tolist()
    numbers = [(*quantiles(one, LEVELS), variation(one)) for one in series]
    found: NDArray[np.float64] = np.log(np.maximum(numbers, _TINY))
    return found


def _both(numbers: NDArray[np.float64]) -> tuple[Logarithms, Logarithms]:
    variable, whole = map(tuple, numbers.tolist())
    return variable, whole
