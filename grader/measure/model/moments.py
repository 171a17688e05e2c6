"""Adam's moments in short, from the optimizer's variables in any of the forms that Keras has written.

Keras 3 and the `.keras` files of Keras 2 number the variables: the first and the second moment
of each trainable variable in turn, behind the running averages where `use_ema` is set,
before the largest second moments where `amsgrad` is. An `.h5` file names them:

    adam/dense_kernel_momentum    adam/dense_kernel_velocity    Keras 3
    Adam/m/dense/kernel:0         Adam/v/dense/kernel:0         Keras 2.11 to 2.15
    Adam/dense/kernel/m:0         Adam/dense/kernel/v:0         TensorFlow 2.0 to 2.10
    training/Adam/m_0:0           training/Adam/v_0:0           Keras 2.3
    training/Adam/Variable:0 ...  all first moments, then all second ones, then a third list: before that
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from grader.evidence.model import Moments
from grader.measure.model.optimizer_state import OptimizerState, Variable
from grader.measure.model.totals import Totals

# Nadam has another step than Adam, and the same moments.
KINDS = frozenset({"Adam", "AdamW", "Nadam"})
BETAS = {"beta_1": 0.9, "beta_2": 0.999}

Pair = tuple[Totals, Totals]

_ENDING = re.compile(r"(?P<key>.*)_(?P<role>momentum|velocity)")
_NUMBERED = re.compile(r"(?P<role>[mv])_(?P<key>\d+)")
_NAMELESS = re.compile(r"Variable(_\d+)?")
_ROLES = {"momentum": "m", "velocity": "v", "m": "m", "v": "v"}


def read_moments(kind: str, config: dict[str, Any], state: OptimizerState) -> Moments | None:
    """The moments, if what is stored is Adam's and is what it should be.

    A state that was never used has moments of zero; `iterations` tells it from one that was.

    Args:
        kind: the class of the optimizer, of a wrapped one the inner.
        config: its settings.
        state: what its variables say.

    Returns:
        None for other optimizers, for gradients that are accumulated over several steps,
        where nothing is stored, and where the arrays do not belong to the model's weights.
    """
    if kind not in KINDS or config.get("gradient_accumulation_steps") is not None:
        return None
    beta_1, beta_2 = _beta(config, "beta_1"), _beta(config, "beta_2")
    if beta_1 is None or beta_2 is None:
        return None
    named = any(variable.name for variable in state.variables)
    if named:
        pairs = _by_name(state.variables) or _by_list(state.variables, amsgrad=bool(config.get("amsgrad")))
    else:
        pairs = _by_place(kind, config, state.variables)
    if not pairs or not _belong(pairs, state):
        return None
    return Moments(
        beta_1=beta_1,
        beta_2=beta_2,
        first=tuple(math.sqrt(first.squares) for first, _ in pairs),
        second=tuple(second.total for _, second in pairs),
    )


def _beta(config: dict[str, Any], name: str) -> float | None:
    # A file that has only the optimizer's name was compiled with its defaults.
    beta = config.get(name) if config else BETAS[name]
    return beta if isinstance(beta, float) and 0 <= beta < 1 else None


def _by_place(kind: str, config: dict[str, Any], variables: Sequence[Variable]) -> list[Pair]:
    arrays = [variable.totals for variable in variables]
    if kind == "Nadam" and arrays and arrays[-1].shape == ():
        # The product of its momentum schedule.
        arrays.pop()
    averages, largest = bool(config.get("use_ema")), bool(config.get("amsgrad"))
    count, rest = divmod(len(arrays), 2 + averages + largest)
    if rest:
        return []
    moments = arrays[count * averages :][: 2 * count]
    return list(zip(moments[::2], moments[1::2], strict=True))


def _by_name(variables: Sequence[Variable]) -> list[Pair]:
    roles: dict[str, dict[str, Totals]] = {"m": {}, "v": {}}
    for variable in variables:
        role, key = _role(variable.name)
        if role:
            roles[role][key] = variable.totals
    if roles["m"].keys() != roles["v"].keys():
        return []
    return [(first, roles["v"][key]) for key, first in roles["m"].items()]


def _role(name: str) -> tuple[str, str]:
    """Which moment a name stands for, and of which variable; twice nothing where it stands for none."""
    *before, last = name.partition(":")[0].split("/")
    if found := _ENDING.fullmatch(last) or _NUMBERED.fullmatch(last):
        return _ROLES[found["role"]], "/".join([*before, found["key"]])
    if last in _ROLES and before:
        return _ROLES[last], "/".join(before)
    if len(before) > 1 and before[1] in _ROLES:
        return _ROLES[before[1]], "/".join([before[0], *before[2:], last])
    return "", ""


def _by_list(variables: Sequence[Variable], *, amsgrad: bool) -> list[Pair]:
    """Names that say nothing: without `amsgrad` the third list has one number for each variable."""
    arrays = [
        variable.totals
        for variable in variables
        if _NAMELESS.fullmatch(variable.name.partition(":")[0].rpartition("/")[2])
    ]
    third = len(arrays) // 3
    has_third = amsgrad or all(array.shape == (1,) for array in arrays[2 * third :])
    count, rest = divmod(len(arrays), 3 if has_third else 2)
    return [] if rest else list(zip(arrays[:count], arrays[count : 2 * count], strict=True))


def _belong(pairs: Sequence[Pair], state: OptimizerState) -> bool:
    """Whether the shapes are those of weights, and the second moments are sums of squares."""
    shapes = Counter(first.shape for first, _ in pairs)
    return shapes <= Counter(state.weight_shapes) and all(
        first.shape == second.shape
        and first.exact
        and second.exact
        and math.isfinite(first.squares)
        and math.isfinite(second.total)
        and second.smallest >= 0
        for first, second in pairs
    )
