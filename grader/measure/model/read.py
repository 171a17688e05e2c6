"""A submitted model file read as data: its facts, and a clean copy that Keras may load."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from grader.evidence import Declaration
from grader.evidence.layers import SETTINGS
from grader.evidence.model import Layer, LayerSetting, Model, Precision
from grader.evidence.values import TOO_LARGE, Task
from grader.measure.loss import StoredLoss, read_loss
from grader.measure.model.allowlist import ACTIVATION_LAYERS
from grader.measure.model.arrays import are_fresh, sketch
from grader.measure.model.compiled import read_optimizer
from grader.measure.model.filetype import Form, recognise
from grader.measure.model.layer import Node
from grader.measure.model.network import architecture, clean_network, is_network, layers_of
from grader.measure.model.pytorch.read import ACTIVATIONS, is_asked_for, read_pytorch
from grader.measure.model.reading import Limits, Reading, shown, start
from grader.measure.model.stored import SEEDS, Stored, read_h5, read_keras, write_h5, write_keras
from grader.measure.model.values import whole
from grader.messages.message import say
from grader.rubric import Plan

# Of a list among a layer's settings.
_MOST_NUMBERS = 8


@dataclass(frozen=True)
class CleanModel:
    """What the grader keeps of a model file."""

    facts: Model
    content: bytes  # a model file made anew from allowed parts and plain numbers, without the optimizer
    suffix: Literal[".keras", ".h5"]  # under which Keras loads it
    architecture: str  # the network without its weights, equal for equal networks
    loss: StoredLoss
    activations: tuple[str, ...] = ()  # to try in the hidden layers, where no file says which it is


def read(name: str, content: bytes, _declaration: Declaration, plan: Plan) -> CleanModel:
    """Read a model file as the rubric asks."""
    return read_model(name, content, Limits(plan.limits), plan)


def read_model(
    name: str, content: bytes, limits: Limits | None = None, plan: Plan | None = None
) -> CleanModel:
    """Read a model file without running anything in it; its name is for sentences alone.

    Refused if it is not a model of Keras' own layers, is damaged, or larger than the limits; so is one of
    PyTorch unless the plan takes it.
    """
    reading = start(name, limits or Limits())
    task = plan.task if plan else "classification"
    form = recognise(reading, content, pytorch=plan is not None and is_asked_for(plan))
    if form == "keras":
        return _clean(reading, form, read_keras(reading, content), task)
    if form == "h5" or plan is None:
        return _clean(reading, form, read_h5(reading, content), task)
    found = read_pytorch(reading, content, form, plan)
    clean = _clean(reading, form, found.stored, task)
    known = {"optimizer": found.optimizer, "precision": found.precision, "variables": found.arrays}
    facts = clean.facts.model_copy(update=known)
    return replace(clean, facts=facts, activations=ACTIVATIONS if found.activation_is_open else ())


def _clean(reading: Reading, form: Form, stored: Stored, task: Task) -> CleanModel:
    """The facts of a model, which is to learn this task, and its clean copy."""
    network = clean_network(reading, stored.config)
    version = shown(stored.version)
    if form == "keras":
        clean = write_keras(network, version, stored.weights)
    else:
        clean = write_h5(reading, network, version, stored.weights)
    weights = {path: array for path, array in stored.weights.items() if not SEEDS & set(path)}
    if version.startswith(("1.", "2.")) and any(map(_is_hard_sigmoid, layers_of(network))):
        reading.note(
            say("`hard_sigmoid` differs between Keras 3 and Keras 2, so predictions may differ a little.")
        )
    optimizer, loss = (
        read_optimizer(reading, stored.compiled, stored.state, version),
        read_loss(stored.compiled.get("loss"), task),
    )
    return CleanModel(
        facts=Model(
            form=form,
            keras_version=version,
            network=network["class_name"],
            input_shape=input_shape(network),
            layers=tuple(layers(network)),
            parameters=sum(array.size for array in weights.values()),
            variables=len(weights),
            optimizer=optimizer,
            loss=loss.name,
            loss_form=loss.form,
            from_logits=loss.from_logits,
            rescued=tuple(reading.notes),
            sketch=sketch(weights),
            precision=_precision(network),
            fresh=not (optimizer and optimizer.iterations) and are_fresh(weights.values()),
        ),
        content=clean,
        suffix=".keras" if form == "keras" else ".h5",
        architecture=architecture(network),
        loss=loss,
    )


def _precision(network: Node) -> Precision:
    """The coarsest type that a layer keeps weights in; mixed policies keep them in float32."""
    kept = {layer["config"].get("dtype") for layer in layers_of(network)}
    return "bfloat16" if "bfloat16" in kept else "float16" if "float16" in kept else "float32"


def _is_hard_sigmoid(layer: Node) -> bool:
    config = layer["config"]
    return "hard_sigmoid" in (config.get("activation"), config.get("recurrent_activation"))


def layers(network: Node) -> Iterator[Layer]:
    """The layers in order, nested networks opened, without `InputLayer`."""
    for node in network["config"]["layers"]:
        if is_network(node):
            yield from layers(node)
        elif node["class_name"] != "InputLayer":
            yield _layer(node)


def input_shape(network: Node) -> tuple[int | None, ...] | None:
    """The shape of the only input without the batch dimension, None where there are several."""
    inputs = [node for node in network["config"]["layers"] if node["class_name"] == "InputLayer"]
    return tuple(inputs[0]["config"]["batch_shape"][1:]) if len(inputs) == 1 else None


def _layer(node: Node) -> Layer:
    kind, config = node["class_name"], node["config"]
    own = dict(config)
    # Of a wrapper such as `Bidirectional`, the layer inside has the units.
    while isinstance(inner := config.get("layer", config.get("cell")), dict) and not is_network(inner):
        # Only scales the weights of the layer inside, which computes what it computes without it.
        kind = inner["class_name"] if kind == "SpectralNormalization" else kind
        config = inner["config"]
        own |= {**config, "layer": inner["class_name"]}
    units, activation = config.get("units", config.get("filters")), config.get("activation")
    if isinstance(activation, dict):
        activation = ACTIVATION_LAYERS[activation["class_name"]]
    return Layer(
        kind=kind,
        name=shown(node["config"]["name"], longest=100),
        units=units if whole(units) else None,
        activation=activation if isinstance(activation, str) else None,
        settings=_settings({**own, "activation": activation}),
    )


def _settings(config: Node) -> dict[str, LayerSetting]:
    found = ((name, config[name]) for name in sorted(SETTINGS & config.keys()))
    return {name: kept for name, value in found if (kept := _setting(value)) is not None}


def _setting(value: object) -> LayerSetting | None:
    """A setting as evidence keeps it, or None where it is no number, word or short list of numbers."""
    if isinstance(value, list):
        numbers = [one for one in map(_setting, value) if isinstance(one, int | float)]
        return tuple(map(float, numbers)) if len(numbers) == len(value) <= _MOST_NUMBERS else None
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, int | float) and math.isfinite(value) and abs(value) < TOO_LARGE:
        return value
    return None
