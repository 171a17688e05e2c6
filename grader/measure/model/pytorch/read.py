"""A file of PyTorch or of safetensors, read as what a Keras file would store of the same network."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from grader.errors import DoubtError
from grader.evidence.model import Model, Optimizer, Precision
from grader.measure.model.compiled import OptimizerState
from grader.measure.model.pytorch.archive import read_archive
from grader.measure.model.pytorch.modules import convert, kind_of
from grader.measure.model.pytorch.optimizer import read_optimizer
from grader.measure.model.pytorch.safetensors import read_safetensors
from grader.measure.model.pytorch.state_dict import Module, read_checkpoint
from grader.measure.model.reading import Reading
from grader.measure.model.stored import Stored
from grader.messages.message import say
from grader.rubric import SHIPPED_DATA, Plan
from grader.rubric.network import LayerPlan, LinearPlan

ENDINGS = (".pt", ".pth", ".safetensors", ".ckpt", ".tar", ".bin")
# What is tried in a chain of linear layers, whose file does not say; the first that does best is taken.
ACTIVATIONS = ("relu", "tanh", "sigmoid", "gelu", "elu", "silu", "selu")
# Of the images that ship.
_IMAGE = (28, 28, 1)
_HIDDEN = LayerPlan(linear=LinearPlan(activation="relu"))
_MOST_SORTED = 7
_RECURRENT = ("lstm", "gru", "rnn")


@dataclass(frozen=True)
class FromPyTorch:
    """The model as Keras would store it, its optimizer, and how many `arrays` its file has of the network.

    The activation of its hidden layers may be in no file, and is then to be tried.
    """

    stored: Stored
    optimizer: Optimizer | None
    precision: Precision
    arrays: int
    activation_is_open: bool


def is_asked_for(plan: Plan) -> bool:
    """Whether a rubric takes models of PyTorch: it declares a network, or has a pattern for such files."""
    part = Model.part_name()
    patterns = [
        pattern
        for files in (plan.files, *(run.files for run in plan.runs.values()))
        for pattern in getattr(files, part)
    ]
    return bool(plan.network) or any(pattern.lower().endswith(ENDINGS) for pattern in patterns)


def read_pytorch(
    reading: Reading, content: bytes, form: Literal["pytorch", "safetensors"], plan: Plan
) -> FromPyTorch:
    """Read the weights, and find the network that they are of.

    Raises:
        DoubtError: The rubric has no `network`, and the weights are no chain of linear layers.
        SubmissionError: The file is damaged, holds no state dict, or its weights do not fit the network.
    """
    root, tensors = (read_archive if form == "pytorch" else read_safetensors)(reading, content)
    checkpoint = read_checkpoint(reading, root, tensors)
    modules = checkpoint.modules if plan.network else _chain(reading, checkpoint.modules)
    layers = plan.network or [*(_HIDDEN for _ in modules[1:]), LayerPlan(linear=LinearPlan())]
    shape = _shape(layers, modules, plan)
    if not shape:
        raise DoubtError(
            say("The rubric's `network` does not say what the network is given."),
            say(
                "Begin `network` in the rubric with `input: {shape}`, and grade again.",
                shape="{shape: [28, 28]}",
            ),
        )
    made = convert(reading, modules, layers, shape)
    entry = {"class_name": "InputLayer", "config": {"batch_shape": [None, *shape], "dtype": "float32"}}
    config: dict[str, Any] = {"name": "network", "layers": [entry, *made.layers]}
    return FromPyTorch(
        stored=Stored(
            config={"class_name": "Sequential", "config": config},
            compiled={},
            version="",
            weights=made.weights,
            state=OptimizerState(),
        ),
        optimizer=read_optimizer(checkpoint.optimizer, tensors, list(checkpoint.trained)),
        precision=checkpoint.precision,
        arrays=sum(len(module.arrays) for module in modules),
        activation_is_open=not plan.network and len(modules) > 1,
    )


def _chain(reading: Reading, modules: Sequence[Module]) -> Sequence[Module]:
    """The modules as a chain of linear layers, each of which takes what the one before gives."""
    if all(kind_of(module) == "linear" for module in modules):
        # In a file of safetensors they have the order of their names.
        orders = itertools.permutations(modules) if len(modules) <= _MOST_SORTED else iter((tuple(modules),))
        found = next(filter(_fits, orders), None)
        if found is not None:
            return found
    raise DoubtError(
        say(
            "`{file}` holds the weights of a network that is no chain of linear layers, and no file of "
            "PyTorch says which network it is.",
            file=reading.name,
        ),
        say("Declare the layers of the homework's network as `network` in the rubric, and grade again."),
    )


def _fits(modules: Sequence[Module]) -> bool:
    weights = [module.arrays["weight"] for module in modules]
    return all(before.shape[0] == after.shape[1] for before, after in itertools.pairwise(weights))


def _shape(layers: Sequence[LayerPlan], modules: Sequence[Module], plan: Plan) -> tuple[int | None, ...]:
    """The shape of one input: declared, or that of the images that ship, or as the first weights have it."""
    kinds = [layer.kind for layer in layers]
    sees_images = any(kind == "conv" or kind.endswith("_pool") for kind in kinds)
    if layers[0].input is not None:
        shape = layers[0].input.shape
        return (*shape, 1) if len(shape) == 2 and "conv" in kinds else shape
    first = next((kind for kind in kinds if kind in {"linear", "conv", "embedding", *_RECURRENT}), "")
    if first == "embedding":
        return (None,)
    if first in _RECURRENT:
        rows = _IMAGE[0] if plan.data in SHIPPED_DATA else None
        return (
            rows,
            *(module.arrays["weight_ih_l0"].shape[1] for module in modules if kind_of(module) == "recurrent"),
        )[:2]
    if sees_images:
        return _IMAGE
    # Where the file has none of the layers that the network begins with, that is what is wrong.
    return _widths(modules, "linear", "weight") or ((1,) if first else ())


def _widths(modules: Sequence[Module], kind: str, name: str) -> tuple[int, ...]:
    """How many numbers the first layer of a kind takes, alone in a tuple."""
    return tuple(module.arrays[name].shape[1] for module in modules if kind_of(module) == kind)[:1]
