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
from grader.measure.calibrate import CalibrationRequest, Epochs, Job, Logarithms, Run, Versions
from grader.measure.training.gradients import build_update, loss_for
from grader.measure.training.images import Arrays, Batches, as_inputs, shuffled_order
from grader.measure.training.loop import Loop, compiled_probe, compiled_steps, use_one_thread
from grader.measure.training.predict import Predictor
from grader.rubric import Plan

EPOCHS = 5
FEWEST_STEPS = 600
# At this many moments of a run, evenly spread over it, the tail is compared with a probe.
MOMENTS = 3
# Columns of `compiled_steps`, and those of the norms that are of gradients before clipping.
_LOSS, _NORMS, _BEFORE = 0, slice(2, 6), (0, 2)
_LOSS_FUNCTION = loss_for(probabilities=True)


def work(receive: Callable[[], bytes], send: Callable[[bytes], None]) -> None:
    """Make the runs of a request; the first reply is of the versions, then one follows for each run."""
    request = CalibrationRequest.model_validate_json(receive())
    runs = Runs(request.plan, request.hidden_layers, Arrays.read(Path(receive().decode()), request.plan.data))
    use_one_thread()
    versions = Versions(tensorflow=tf.__version__, keras=keras.__version__)
    send(versions.model_dump_json().encode())
    for job in request.jobs:
        done = runs.epochs(job, request.epochs) if request.epochs else runs.run(job)
        send(done.model_dump_json().encode())


class Runs:
    """Makes runs of one network on one data set."""

    def __init__(self, plan: Plan, hidden_layers: Sequence[int], arrays: Arrays) -> None:
        """Prepare; nothing is computed yet."""
        self._plan = plan
        self._hidden = hidden_layers
        self._arrays = arrays
        self._shape = arrays.x_train.shape[1:]
        self._classes = int(arrays.y_train.max()) + 1
        # Every run sees the same images.
        self._inputs = cache(self._inputs_of)

    def run(self, job: Job) -> Run:
        """Train from fresh weights, and probe the weights at each of the moments."""
        plan = self._plan.rerun
        model, batches, train = self._begun(job, max(EPOCHS * self._steps(job), FEWEST_STEPS))
        probe = compiled_probe(model, batches, _LOSS_FUNCTION, plan.optimizer)
        probes = shuffled_order(len(batches.labels), self._plan.probe.batches, plan.batch_size, plan.seed)
        parts, tails = [], []
        for order in np.array_split(batches.order, MOMENTS):
            parts.append(train(order))
            probed = probe(probes)
            tails.append(_both(_logarithms(parts[-1][-STEPS:, _NORMS]) - _logarithms(probed)))
        recorded = np.concatenate(parts)
        return Run(
            job=job,
            head=_both(_logarithms(recorded[:STEPS, _NORMS])),
            tails=tuple(tails),
            start=math.log(recorded[0, _LOSS] / math.log(self._classes)),
            smoothness=max(smoothness(series.tolist()) or 0.0 for series in recorded[:, _NORMS].T),
        )

    def epochs(self, job: Job, count: int) -> Epochs:
        """Train from fresh weights, and classify the test images after each epoch."""
        model, batches, train = self._begun(job, count * self._steps(job))
        predictor = Predictor(model, self._shape, self._arrays.standard)
        classes = []
        for order in np.split(batches.order, count):
            train(order)
            classes.append(tuple(predictor.classes(self._arrays.x_test, job.inputs).tolist()))
        return Epochs(classes=tuple(classes))

    def _steps(self, job: Job) -> int:
        return len(self._arrays.y_train) // job.batch_size

    def _begun(self, job: Job, steps: int) -> tuple[keras.Model, Batches, Loop]:
        """A network with fresh weights, its batches, and the loop that trains it with them."""
        keras.utils.set_random_seed(job.seed)
        model = reference_network(self._shape, self._hidden, self._classes)
        inputs, labels = self._inputs(job.inputs), tf.constant(self._arrays.y_train, tf.int32)
        order = shuffled_order(len(labels), steps, job.batch_size, job.seed)
        batches = Batches(inputs, labels, order)
        optimizer = self._plan.rerun.optimizer
        update = build_update(optimizer, model.trainable_variables)
        return model, batches, compiled_steps(model, batches, _LOSS_FUNCTION, optimizer, update)

    def _inputs_of(self, scale: str) -> tf.Tensor:
        return as_inputs(self._arrays.x_train, self._shape, scale, self._arrays.standard)


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
    found: NDArray[np.float64] = np.log([(*quantiles(one, LEVELS), variation(one)) for one in series])
    return found


def _both(numbers: NDArray[np.float64]) -> tuple[Logarithms, Logarithms]:
    variable, whole = map(tuple, numbers.tolist())
    return variable, whole
