"""Everything that is done with one loaded model: its predictions, and the probe."""

from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

import keras
import tensorflow as tf

from grader.evidence import Probe
from grader.measure.architecture import Architecture
from grader.measure.reply import Predictions
from grader.measure.training.arrays import Arrays
from grader.measure.training.gradients import loss_for
from grader.measure.training.images import as_inputs, check_output, fitted_shape
from grader.measure.training.load import load_clean
from grader.measure.training.predict import (
    IMAGES_TO_CHOOSE_BY,
    IMAGES_TO_COMPARE,
    Predictor,
    Tried,
    best_scale,
    gives_probabilities,
    try_scale,
    try_scales,
)
from grader.measure.training.steps import Batches, norms_of, run_steps
from grader.rubric import Plan


class Session:
    """A loaded model with the data that it is measured on."""

    def __init__(self, content: bytes, suffix: str, parameters: int, plan: Plan, folder: str) -> None:
        """Load the clean copy and check that it fits the data.

        Raises:
            SubmissionError: Keras cannot load it, or its input or output does not fit.
        """
        keras.utils.set_random_seed(plan.rerun.seed)
        self._plan = plan
        self._parameters = parameters
        self._arrays = Arrays.read(Path(folder))
        self._model = load_clean(content, suffix, parameters, plan.limits.activations)
        self._shape = fitted_shape(self._model, self._arrays.x_train.shape[1:])
        check_output(self._model, int(self._arrays.y_train.max()) + 1)
        self._predictor = Predictor(self._model, self._shape)

    @cached_property
    def _tried(self) -> tuple[Tried, ...]:
        return try_scales(self._predictor, self._arrays.x_train, self._arrays.y_train)

    @cached_property
    def _scale(self) -> str:
        return best_scale(self._tried).scale

    @cached_property
    def _probabilities(self) -> bool:
        return gives_probabilities(
            self._predictor.outputs(self._arrays.x_train[:IMAGES_TO_CHOOSE_BY], self._scale)
        )

    def predictions(self) -> Predictions:
        """The submitted model on the test images, in the scale that does best on training images.

        Raises:
            SubmissionError: its outputs are not finite.
        """
        arrays = self._arrays
        classes = self._predictor.classes(arrays.x_test, self._scale)
        best = try_scale(self._predictor, arrays.x_train, arrays.y_train, self._scale, IMAGES_TO_COMPARE)
        tried = (best if one.scale == self._scale else one for one in self._tried)
        return Predictions(
            inputs=self._scale,
            tried=tuple((one.scale, one.accuracy) for one in tried),
            classes=tuple(classes.tolist()),
            tried_images=min(IMAGES_TO_COMPARE, len(arrays.y_train)),
        )

    def probe(self) -> Probe:
        """Gradient norms at the submitted weights, without an update."""
        batches = self._batches(self._plan.probe.batches)
        loss, optimizer = loss_for(self._probabilities), self._plan.rerun.optimizer
        recorded = run_steps(self._model, batches, loss, optimizer, update=None)
        return Probe(norms=norms_of(recorded), batch_size=batches.order.shape[1])

    def architecture(self, network: str) -> Architecture:
        """What a rerun needs: the network, and how this model takes pixels and gives classes."""
        return Architecture(
            network=network,
            parameters=self._parameters,
            inputs=self._scale,
            probabilities=self._probabilities,
        )

    def _batches(self, steps: int) -> Batches:
        plan, arrays = self._plan.rerun, self._arrays
        labels = tf.constant(arrays.y_train, tf.int32)
        batches = Batches.shuffled(tf.constant(arrays.x_train), labels, steps, plan.batch_size, plan.seed)
        return replace(batches, prepare=partial(as_inputs, shape=self._shape, scale=self._scale))
