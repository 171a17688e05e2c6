"""What is done with a network: a submitted model predicts and is probed, and its network is trained again."""

from functools import cached_property
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from grader.errors import DoubtError, SubmissionError
from grader.evidence.optimizers import as_python
from grader.evidence.training import Probe, Replay, SeedBy, Steps
from grader.measure.inputs import kind_of
from grader.measure.model.network import built_once, read_architecture, with_activation
from grader.measure.model.pytorch.modules import reordered
from grader.measure.model.read import CleanModel
from grader.measure.model.reading import Limits
from grader.measure.reply import Answers, Predictions, RerunSteps
from grader.measure.request import Architecture
from grader.measure.training.examples import (
    Arrays,
    batches_of,
    check_output,
    fitted_shape,
    ordered,
    replayed_order,
    shuffled_order,
)
from grader.measure.training.gradients import build_update, norms_of
from grader.measure.training.load import build_network, first_words, load_clean, operations
from grader.measure.training.loop import Loop, as_traced, compiled_probe, compiled_steps
from grader.measure.training.predict import (
    EXAMPLES_TO_COMPARE,
    Aim,
    Predictor,
    Tried,
    best_scale,
    gives_probabilities,
    try_scales,
)
from grader.messages.message import say
from grader.rubric import Limits as SizeLimits
from grader.rubric import OptimizerPlan, Plan

# How much more loss the usual activation may have.
_AS_GOOD = 1.06


class Session:
    """A loaded model with the data that it is measured on."""

    def __init__(self, clean: CleanModel, plan: Plan, folder: str) -> None:
        """Load the clean copy, and refuse it if it does not fit the data."""
        keras.utils.set_random_seed(plan.rerun.seed)
        self._plan = plan
        self._clean = clean
        self._arrays = Arrays.read(Path(folder), plan.data)
        self._model = load_clean(clean.content, clean.suffix, clean.facts.parameters, plan.limits.activations)
        self._shape = fitted_shape(self._model, self._arrays.x_train.shape[1:])
        if clean.facts.is_of_pytorch:
            take_channels_last(self._model, self._shape, self._arrays.x_train.shape[1:])
        check_output(self._model, plan.task, self._arrays.outputs)
        self._aim = Aim(plan.task, clean.loss.built)
        self.activation, self._predictor, self._tried = self._best()

    def _best(self) -> tuple[str, Predictor, tuple[Tried, ...]]:
        """The activation of the hidden layers, "" where the file says it, and what each scale gives."""
        found: dict[str, tuple[Predictor, tuple[Tried, ...]]] = {}
        scales = self._arrays.scales(self._plan.inputs)
        for activation in self._clean.activations or ("",):
            if activation:
                activate(self._model, activation)
            predictor = Predictor(self._model, self._shape, scales)
            tried = try_scales(predictor, self._arrays.x_train, self._arrays.y_train, self._aim)
            found[activation] = predictor, tried
        bests = {name: best_scale(tried) for name, (_, tried) in found.items()}
        best = best_scale(list(bests.values()))
        # The first is by far the most usual, and trained networks hardly tell it from those that are like it.
        usual = next(iter(bests))
        is_usual = bests[usual].loss <= _AS_GOOD * best.loss
        activation = usual if is_usual else next(name for name, one in bests.items() if one == best)
        if activation:
            activate(self._model, activation)
        return activation, *found[activation]

    @cached_property
    def _scale(self) -> str:
        return best_scale(self._tried).scale

    @cached_property
    def _compared(self) -> NDArray[np.float32]:
        """What the model says of training examples, with which the test examples are compared."""
        return self._predictor.outputs(self._arrays.x_train[:EXAMPLES_TO_COMPARE], self._scale)

    @cached_property
    def _shares(self) -> bool:
        return gives_probabilities(self._compared)

    @cached_property
    def _probabilities(self) -> bool:
        # The usual loss needs to know it, and is told so by who compiled the model.
        loss = self._clean.loss
        known = loss.form == "usual" and loss.from_logits is not None
        return not loss.from_logits if known else self._shares

    def predictions(self) -> Predictions:
        """The submitted model on the test examples, in the scale that does best on training examples."""
        arrays = self._arrays
        said = answers(self._predictor, arrays, self._scale, self._aim, self._shares, self._plan)
        accuracies = {one.scale: one.accuracy for one in self._tried}
        accuracies[self._scale] = self._aim.accuracy(self._compared, arrays.y_train)
        return Predictions(
            inputs=self._scale,
            tried=tuple((scale, share) for scale, share in accuracies.items() if share is not None),
            classes=said.classes,
            values=said.values,
            tried_images=len(self._compared),
            largest_pixel=arrays.largest,
            kind=kind_of(arrays.x_train),
        )

    def probe(self) -> Probe:
        """Gradient norms at the submitted weights, without an update."""
        plan, scale = self._plan.rerun, self._predictor.scales[self._scale]
        batches = batches_of(self._arrays, plan, self._plan.probe.batches, self._shape, scale)
        loss = self._aim.objective(self._probabilities, self._compared.shape[1])
        with as_traced():
            recorded = run(compiled_probe(self._model, batches, loss, plan.optimizer), batches.order)
        return Probe(
            norms=norms_of(recorded[:, 2:6]),
            batch_size=batches.order.shape[1],
            loss=tuple(recorded[:, 0].tolist()),
            accuracy=_accuracies(recorded, self._plan),
            repeats=_repeats(recorded),
        )

    def architecture(self) -> Architecture:
        """What a rerun needs: the network, and how this model takes examples and gives answers."""
        return Architecture(
            network=with_activation(self._clean.architecture, self.activation),
            parameters=self._clean.facts.parameters,
            inputs=self._scale,
            probabilities=self._probabilities,
            shares=self._shares,
            loss=self._clean.loss.built,
        )

    def replay(self, seed: int, student: str, seed_by: SeedBy) -> Replay:
        """The first steps of the student's own training, as the starter notebook makes them from a seed."""
        asked, training, arrays = self._plan.replay, self._plan.rerun, self._arrays
        if asked is None:
            raise ValueError("A replay must be asked for.")
        order = replayed_order(len(arrays.y_train), asked.steps, training.batch_size, seed)
        plan = self._plan.model_copy(update={"rerun": training.model_copy(update={"seed": seed})})
        steps, _ = _trained(plan, self.architecture(), arrays, order)
        return Replay(**dict(steps), student=student, seed_by=seed_by)


def rerun(plan: Plan, architecture: Architecture, arrays: Arrays) -> RerunSteps:
    """Train a network from fresh weights; the same arguments give the same numbers on one machine.

    Refused if the network cannot be built, or its outputs are not finite after the training.
    """
    training = plan.rerun
    order = shuffled_order(len(arrays.y_train), training.steps, training.batch_size, training.seed)
    steps, predictor = _trained(plan, architecture, arrays, order)
    aim = Aim(plan.task, architecture.loss)
    said = answers(predictor, arrays, architecture.inputs, aim, architecture.shares, plan)
    return RerunSteps(**dict(steps), classes=said.classes, values=said.values)


def answers(  # noqa: PLR0913, PLR0917  (of which network, on what, how)
    predictor: Predictor, arrays: Arrays, scale: str, aim: Aim, shares: bool, plan: Plan
) -> Answers:
    """What a network says of the test examples: their classes, and numbers where the plan needs them."""
    outputs = predictor.finite_outputs(arrays.x_test, scale)
    classes = () if aim.task == "regression" else aim.classes(outputs, shares).ravel().tolist()
    values = aim.values(outputs, shares).ravel().tolist() if plan.measures else ()
    return Answers(classes=tuple(classes), values=tuple(values))


def _accuracies(recorded: NDArray[np.float32], plan: Plan) -> tuple[float, ...]:
    """The share of each batch that is right; a regression has none."""
    return () if plan.task == "regression" else tuple(recorded[:, 1].tolist())


def _repeats(recorded: NDArray[np.float32]) -> float:
    return max(1.0, float(recorded[:, 6].max(initial=1.0)))


def run(loop: Loop, order: NDArray[np.int32]) -> NDArray[np.float32]:
    """The numbers of each step; a SubmissionError where the network cannot compute one of the examples."""
    try:
        return loop(order)
    except tf.errors.InvalidArgumentError as error:
        raise SubmissionError(
            say("Keras cannot compute this network on the examples: {error}", error=first_words(error)),
            say("Give an embedding an `input_dim` above the largest token id of the data."),
        ) from None


def _trained(
    plan: Plan, architecture: Architecture, arrays: Arrays, order: NDArray[np.int32]
) -> tuple[Steps, Predictor]:
    """The steps of a training from fresh weights, with the examples in an order, and what it has trained."""
    training = plan.rerun
    keras.utils.set_random_seed(training.seed)
    network = fresh_network(architecture, plan.limits)
    shape = fitted_shape(network, arrays.x_train.shape[1:])
    scales = arrays.scales(plan.inputs)
    batches = ordered(arrays, order, shape, scales[architecture.inputs])
    predictor = Predictor(network, shape, scales)
    adapt(network, batches.prepare(batches.inputs[: predictor.batch]))
    variables = network.trainable_variables
    aim = Aim(plan.task, architecture.loss)
    loss = aim.objective(architecture.probabilities, network.outputs[0].shape[-1])
    update = build_update(training.optimizer, variables)
    with as_traced():
        recorded = run(compiled_steps(network, batches, loss, training.optimizer, update), batches.order)
    _check_finite(recorded, training.optimizer)
    steps = Steps(
        seed=training.seed,
        batch_size=batches.order.shape[1],
        trainable_variables=len(variables),
        loss=tuple(recorded[:, 0].tolist()),
        accuracy=_accuracies(recorded, plan),
        norms=norms_of(recorded[:, 2:6]),
        repeats=_repeats(recorded),
    )
    return steps, predictor


def _check_finite(recorded: NDArray[np.float32], optimizer: OptimizerPlan) -> None:
    """Ask a teacher where the training that the rubric chose diverges: it need not be the student's fault."""
    (broken,) = np.nonzero(~np.isfinite(recorded).all(axis=1))
    if len(broken):
        given = optimizer.model_dump(exclude_none=True)
        sentence = say(
            "In the grader's own training with {optimizer} this network has a loss or gradients that are NaN "
            "or infinite from step {step} on.",
            optimizer=f"`{as_python(given)}`",
            step=f"{broken[0] + 1:,}",
        )
        raise DoubtError(
            sentence,
            say("See whether the rubric's `rerun` suits this network: a lower learning rate, or clipping."),
        )


def fresh_network(architecture: Architecture, limits: SizeLimits) -> keras.Model:
    """A network of this architecture with fresh weights; refused if Keras cannot build it."""
    cleaned = read_architecture(architecture.network, Limits(limits))
    return build_network(built_once(cleaned), architecture.parameters, limits.activations)


def take_channels_last(model: keras.Model, shape: tuple[int, ...], example: tuple[int, ...]) -> None:
    """Turn the first kernel of a network that takes flat images: PyTorch's have their channels in front."""
    first = next((layer for layer in model.layers if layer.weights), None)
    if len(example) == 3 and example[-1] > 1 and len(shape) == 1 and isinstance(first, keras.layers.Dense):
        kernel, *bias = first.get_weights()
        first.set_weights([reordered(kernel, example), *bias])


def activate(model: keras.Model, activation: str) -> None:
    """Give each dense layer but the last this activation."""
    dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    for layer in dense[:-1]:
        layer.activation = keras.activations.get(activation)


def adapt(network: keras.Model, inputs: tf.Tensor) -> None:
    """Give `Normalization` layers, nested ones too, the mean and variance of what first reaches them."""
    if not any(isinstance(one, keras.layers.Normalization) for one in operations(network)):
        return
    original, reached = keras.layers.Normalization.call, set[int]()

    def call(layer: keras.layers.Normalization, given: tf.Tensor) -> tf.Tensor:
        if layer.input_mean is None and id(layer) not in reached:
            reached.add(id(layer))
            layer.adapt(given)
        return original(layer, given)

    keras.layers.Normalization.call = call
    try:
        network(inputs, training=False)
    finally:
        keras.layers.Normalization.call = original
