"""Which part of a file is the network's weights, and which the optimizer: a state dict or a checkpoint."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader.evidence.model import Precision
from grader.measure.model.arrays import Array
from grader.measure.model.pytorch.archive import Tensors
from grader.measure.model.pytorch.walker import LeftOut, Tensor
from grader.measure.model.reading import SAVE_STATE, Reading, check_weights, refusal, shown
from grader.messages.message import say
from grader.messages.wording import listed

# How people name them in a checkpoint, the most usual first; Lightning's come last.
_WEIGHTS = (
    *("model_state_dict", "state_dict", "model_state", "model", "net", "network", "weights", "params"),
    *("model_weights", "net_state_dict", "state"),
)
_OPTIMIZERS = ("optimizer_state_dict", "optimizer", "optim", "optimizer_state", "opt", "opt_state_dict")
_OF_LIGHTNING = "optimizer_states"
# What `DataParallel`, averaged weights and `torch.compile` put into each name.
_WRAPPERS = ("module", "_orig_mod")
# A counter of `BatchNorm`, which computes nothing where its momentum is given.
_COUNTER = "num_batches_tracked"
_MOST_AXES = 5
# Of a checkpoint.
_MOST_KEYS = 100


@dataclass(frozen=True)
class Module:
    """The arrays of one module by their names in it, in the order of the file."""

    name: str
    arrays: Mapping[str, Array]


@dataclass(frozen=True)
class Checkpoint:
    """The modules that have weights, in the order of the file, and the optimizer's state if there is one."""

    modules: tuple[Module, ...]
    optimizer: Mapping[str, Any]  # empty where there is none
    precision: Precision

    @property
    def trained(self) -> Iterator[Array]:
        """The arrays that an optimizer may have trained, each once, in its order."""
        for module in self.modules:
            for name, array in module.arrays.items():
                if not name.startswith("running_"):
                    yield array


def read_checkpoint(reading: Reading, root: Any, tensors: Tensors) -> Checkpoint:
    """The weights and the optimizer; refused if there are no weights, or more than one set of them."""
    weights = root if _is_state(root) else _chosen(reading, root)
    optimizer = {} if weights is root else _optimizer(root)
    named: dict[str, Tensor] = {}
    for name, tensor in weights.items():
        if isinstance(tensor, Tensor) and not name.endswith(_COUNTER):
            plain = ".".join(part for part in name.split(".") if part not in _WRAPPERS)
            if plain in named or len(tensor.shape) > _MOST_AXES:
                raise refusal(
                    say(
                        "`{file}` has weights `{name}` that cannot be read.",
                        file=reading.name,
                        name=shown(name),
                    ),
                    SAVE_STATE,
                )
            named[plain] = tensor
    check_weights(reading, sum(tensor.size for tensor in named.values()))
    modules: dict[str, dict[str, Array]] = {}
    for name, tensor in named.items():
        array = tensors.array(tensor)
        # Counts of a metric, masks and positions are no weights.
        if array.dtype.kind == "f":
            module, _, own = name.rpartition(".")
            modules.setdefault(module, {})[own] = array.astype("f4", copy=False)
    kept = {tensor.storage.dtype for tensor in named.values()}
    precision: Precision = "bfloat16" if "bfloat16" in kept else "float16" if "f2" in kept else "float32"
    return Checkpoint(tuple(Module(*module) for module in modules.items()), optimizer, precision)


def _is_state(value: Any) -> bool:
    """Whether it is a state dict: names with tensors."""
    return (
        isinstance(value, dict)
        and all(isinstance(name, str) for name in value)
        and all(isinstance(one, Tensor | LeftOut) for one in value.values())
        and any(isinstance(one, Tensor) for one in value.values())
    )


def _chosen(reading: Reading, root: Any) -> dict[str, Any]:
    held: dict[Any, Any] = root if isinstance(root, dict) else {}
    few = itertools.islice(held.items(), _MOST_KEYS)
    states: dict[str, dict[str, Any]] = {str(key): value for key, value in few if _is_state(value)}
    for name in _WEIGHTS:
        if name in states:
            return states[name]
    if len(states) == 1:
        return next(iter(states.values()))
    if states:
        sentence = say(
            "`{file}` holds the weights of several networks: {names}.",
            file=reading.name,
            names=listed([f"`{shown(name)}`" for name in list(states)[:6]]),
        )
    else:
        sentence = say("`{file}` holds no weights of a network.", file=reading.name)
    raise refusal(sentence, SAVE_STATE)


def _optimizer(root: Mapping[str, Any]) -> Mapping[str, Any]:
    several = root.get(_OF_LIGHTNING)
    listed_ones = several if isinstance(several, list) and len(several) == 1 else []
    for found in (*(root.get(name) for name in _OPTIMIZERS), *listed_ones):
        if isinstance(found, dict) and {"state", "param_groups"} <= found.keys():
            return found
    return {}
