"""The training of a submission's network from fresh weights, as the rubric's plan says."""

import keras

from grader.measure.architecture import Architecture
from grader.measure.model.architecture import read_architecture
from grader.measure.model.keras_file import built_once
from grader.measure.model.reading import Limits
from grader.measure.reply import RerunSteps
from grader.measure.training.batches import Arrays, batches_of
from grader.measure.training.gradients import loss_for, norms_of
from grader.measure.training.graphs import as_traced
from grader.measure.training.images import fitted_shape
from grader.measure.training.load import build_network
from grader.measure.training.loop import run_steps
from grader.measure.training.optimizer import build_update
from grader.measure.training.predict import Predictor
from grader.rubric import Plan


def rerun(whole: Plan, architecture: Architecture, arrays: Arrays) -> RerunSteps:
    """Train a network from fresh weights; the same arguments give the same numbers on one machine.

    Args:
        whole: of its rerun the optimizer, batch size, steps and seed, and the limits.
        architecture: the network; no submission's weights are needed.
        arrays: the images.

    Raises:
        SubmissionError: the network cannot be built, or its outputs are not finite after the training.
    """
    plan = whole.rerun
    keras.utils.set_random_seed(plan.seed)
    cleaned = read_architecture(architecture.network, Limits.by_rubric(whole.limits))
    network = build_network(built_once(cleaned), architecture.parameters, whole.limits.activations)
    shape = fitted_shape(network, arrays.x_train.shape[1:])
    batches = batches_of(arrays, plan, plan.steps, shape, architecture.inputs)
    variables = network.trainable_variables
    update = build_update(plan.optimizer, variables)
    with as_traced():
        recorded = run_steps(network, batches, loss_for(architecture.probabilities), plan.optimizer, update)
    classes = Predictor(network, shape, arrays.standard).classes(arrays.x_test, architecture.inputs)
    return RerunSteps(
        seed=plan.seed,
        batch_size=batches.order.shape[1],
        trainable_variables=len(variables),
        loss=tuple(recorded[:, 0].tolist()),
        accuracy=tuple(recorded[:, 1].tolist()),
        norms=norms_of(recorded[:, 2:]),
        classes=tuple(classes.tolist()),
    )
