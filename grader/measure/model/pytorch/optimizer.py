"""The optimizer in a checkpoint: its `state_dict()` has no name, so its settings tell which one it is.

{"state": {0: {"step": 5, "exp_avg": tensor, "exp_avg_sq": tensor}, ...},
 "param_groups": [{"lr": 0.001, "betas": (0.9, 0.999), "eps": 1e-8, "amsgrad": False, "params": [0, ...]}]}
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.evidence.model import Moments, Optimizer
from grader.evidence.optimizers import Value
from grader.evidence.values import LARGEST_BETA, MOST_STEPS, TOO_LARGE
from grader.measure.model.arrays import Array, totals_of
from grader.measure.model.compiled import CLIPPING, KINDS, moments_of
from grader.measure.model.hdf5 import MOST_SUMMED
from grader.measure.model.pytorch.archive import Tensors
from grader.measure.model.pytorch.walker import Tensor

# The settings that only one optimizer has, or that those above it lack; with its name in Keras if it has one.
_TELLING = (
    ("amsgrad", "Adam"),
    ("momentum_decay", "Nadam"),
    ("nesterov", "SGD"),
    ("centered", "RMSprop"),
    ("lr_decay", "Adagrad"),
    ("rho", "Adadelta"),
    ("decoupled_weight_decay", "RAdam"),
    ("etas", "Rprop"),
    ("lambd", "ASGD"),
    ("betas", "Adamax"),
)
# What Keras calls otherwise.
_NAMES = {"eps": "epsilon", "alpha": "rho"}
_COMPARED = (
    "momentum",
    "nesterov",
    "alpha",
    "centered",
    "rho",
    "amsgrad",
    "eps",
    "initial_accumulator_value",
)


def read_optimizer(state: Mapping[str, Any], tensors: Tensors, weights: Sequence[Array]) -> Optimizer | None:
    """The optimizer of a network with these weights; None where there is none of the form of PyTorch.

    Clipping is in no such file, for it is a function that the training loop calls.
    """
    groups, held = state.get("param_groups"), state.get("state")
    if not (isinstance(groups, list) and groups and isinstance(groups[0], dict) and isinstance(held, dict)):
        return None
    group = groups[0]
    kind, unsaid = _kind(group)
    rates = {_number(one.get("lr")) for one in groups if isinstance(one, dict)}
    first = _number(group.get("initial_lr"))
    rate = rates.pop() if len(rates) == 1 else None
    changes = first is not None and rate != first
    parts = [part for part in held.values() if isinstance(part, dict)]
    return Optimizer(
        kind=kind,
        learning_rate=first if changes else rate,
        schedule="lr_scheduler" if changes else None,
        settings=dict(_settings(group)),
        iterations=_steps(parts, tensors) if parts or kind in KINDS else None,
        moments=_moments(kind, group, parts, tensors, weights),
        unsaid=unsaid,
    )


def _kind(group: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The name of the optimizer, and what its file cannot say."""
    kind = next((name for setting, name in _TELLING if setting in group), "unknown")
    decay = _number(group.get("weight_decay"))
    if kind != "Adam":
        return kind, CLIPPING
    if "decoupled_weight_decay" in group:
        return "AdamW" if group["decoupled_weight_decay"] is True else "Adam", CLIPPING
    # Older versions do not say how the weights decay; without a decay both are one.
    return kind, (*CLIPPING, "name") if decay else CLIPPING


def _settings(group: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    for name in _COMPARED:
        value = group.get(name)
        if isinstance(value, bool):
            yield _NAMES.get(name, name), value
        elif (number := _number(value)) is not None:
            yield _NAMES.get(name, name), number
    if decay := _number(group.get("weight_decay")):
        yield "weight_decay", decay
    for place, beta in enumerate(_betas(group) or (), start=1):
        yield f"beta_{place}", beta


def _betas(group: Mapping[str, Any]) -> tuple[float, float] | None:
    match group.get("betas"):
        case (float(first), float(second)) if all(0 <= one <= LARGEST_BETA for one in (first, second)):
            return first, second
    return None


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and abs(value) < TOO_LARGE else None


def _steps(parts: Sequence[Mapping[str, Any]], tensors: Tensors) -> int | None:
    """How many steps were made: of each parameter a number, or a tensor of one."""
    found = [part.get("step") for part in parts]
    steps = {
        float(tensors.array(one).ravel()[0]) if isinstance(one, Tensor) and one.size == 1 else _number(one)
        for one in found
    }
    known = [one for one in steps if one is not None]
    if not parts:
        return 0
    return int(max(known)) if known and 0 <= max(known) <= MOST_STEPS else None


def _moments(
    kind: str,
    group: Mapping[str, Any],
    parts: Sequence[Mapping[str, Any]],
    tensors: Tensors,
    weights: Sequence[Array],
) -> Moments | None:
    """The moments of Adam, AdamW or Nadam, if they are sums over the gradients alone.

    With a weight decay that is not decoupled, Adam adds the weights to the gradients.
    """
    betas = _betas(group)
    decays = bool(_number(group.get("weight_decay"))) and group.get("decoupled_weight_decay") is not True
    pairs = [(part.get("exp_avg"), part.get("exp_avg_sq")) for part in parts]
    moments = [one for pair in pairs for one in pair if isinstance(one, Tensor)]
    size = sum(one.size for one in moments)
    if (
        kind not in KINDS
        or betas is None
        or decays
        or len(moments) != 2 * len(pairs)
        or not pairs
        or size > MOST_SUMMED * sum(array.size for array in weights)
    ):
        return None
    totals = [totals_of(tensors.array(one)) for one in moments]
    found = list(zip(totals[::2], totals[1::2], strict=True))
    return moments_of(*betas, found, (array.shape for array in weights))
