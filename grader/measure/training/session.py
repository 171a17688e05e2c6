"""Everything that is done with one loaded model, in this order: predictions, probe, rerun."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.evidence import Probe
from grader.measure.reply import Predictions, RerunSteps
from grader.measure.training.gradients import loss_for
from grader.measure.training.images import as_inputs, check_output, fitted_shape
from grader.measure.training.load import load_clean
from grader.measure.training.optimizer import build_update
from grader.measure.training.predict import (
    IMAGES_TO_CHOOSE_BY,
    Predictor,
    Tried,
    best_scale,
    gives_probabilities,
    try_scales,
)
from grader.measure.training.steps import Batches, norms_of, run_steps
from grader.rubric import Plan


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


def use_one_thread() -> None:
    """Let this process compute on one thread; to be called before the first operation.

    Several workers share the cores, and one thread gives the same numbers from the same seed.
    """
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)


class Session:
    """A loaded model with the data that it is measured on."""

    def __init__(self, content: bytes, suffix: str, parameters: int, plan: Plan, folder: str) -> None:
        """Load the clean copy and check that it fits the data.

        Raises:
            SubmissionError: Keras cannot load it, or its input or output does not fit.
        """
        keras.utils.set_random_seed(plan.rerun.seed)
        self._plan = plan
        self._arrays = Arrays.read(Path(folder))
        self._model = load_clean(content, suffix, parameters)
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
    def _inputs(self) -> tf.Tensor:
        return as_inputs(self._arrays.x_train, self._shape, self._scale)

    @cached_property
    def _labels(self) -> tf.Tensor:
        return tf.constant(self._arrays.y_train, tf.int32)

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
        classes = self._predictor.classes(self._arrays.x_test, self._scale)
        return Predictions(
            inputs=self._scale,
            tried=tuple((one.scale, one.accuracy) for one in self._tried),
            classes=tuple(classes.tolist()),
            tried_images=min(IMAGES_TO_CHOOSE_BY, len(self._arrays.y_train)),
        )

    def probe(self) -> Probe:
        """Gradient norms at the submitted weights, without an update."""
        batches = self._batches(self._plan.probe.batches)
        loss, optimizer = loss_for(self._probabilities), self._plan.rerun.optimizer
        recorded = run_steps(self._model, batches, loss, optimizer, update=None)
        return Probe(norms=norms_of(recorded), batch_size=batches.order.shape[1])

    def rerun(self) -> RerunSteps:
        """The plan's training of the same architecture from fresh weights.

        Raises:
            SubmissionError: the network's outputs are not finite after it.
        """
        plan = self._plan.rerun
        keras.utils.set_random_seed(plan.seed)
        fresh = keras.models.clone_model(self._model)
        variables = fresh.trainable_variables
        batches = self._batches(plan.steps)
        loss, update = loss_for(self._probabilities), build_update(plan.optimizer, variables)
        recorded = run_steps(fresh, batches, loss, plan.optimizer, update)
        classes = Predictor(fresh, self._shape).classes(self._arrays.x_test, self._scale)
        return RerunSteps(
            seed=plan.seed,
            batch_size=batches.order.shape[1],
            trainable_variables=len(variables),
            loss=tuple(recorded[:, 0].tolist()),
            accuracy=tuple(recorded[:, 1].tolist()),
            norms=norms_of(recorded),
            classes=tuple(classes.tolist()),
        )

    def _batches(self, steps: int) -> Batches:
        plan = self._plan.rerun
        return Batches.shuffled(self._inputs, self._labels, steps, plan.batch_size, plan.seed)
