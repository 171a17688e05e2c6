"""The optimizer's own variables in a model file: its steps, its learning rate, and Adam's moments in short.

Keras 3 stores them in order (`optimizer/vars/0` is the number of steps, `1` the learning rate),
under the wrapped optimizer where the loss is scaled; an `.h5` file stores them by name.

Keras 3 and the `.keras` files of Keras 2 number Adam's variables: the first and the second moment
of each trainable variable in turn, behind the running averages where `use_ema` is set,
before the largest second moments where `amsgrad` is. An `.h5` file names them:

    adam/dense_kernel_momentum    adam/dense_kernel_velocity    Keras 3
    Adam/m/dense/kernel:0         Adam/v/dense/kernel:0         Keras 2.11 to 2.15
    Adam/dense/kernel/m:0         Adam/dense/kernel/v:0         TensorFlow 2.0 to 2.10
    training/Adam/m_0:0           training/Adam/v_0:0           Keras 2.3
    training/Adam/Variable:0 ...  all first moments, then all second ones, then a third list: before that
"""

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.evidence.model import Moments
from grader.evidence.values import LARGEST_BETA, MOST_STEPS, TOO_LARGE
from grader.measure.model.arrays import Array, Path, Totals
from grader.measure.model.hdf5 import Contents

GROUP = "optimizer"
LEGACY_GROUP = "optimizer_weights"
INNER = ("inner_optimizer", "_optimizer")
STEP_NAMES = frozenset({"iterations", "iteration", "iter"})
RATE_NAMES = frozenset({"learning_rate", "current_learning_rate", "_current_learning_rate"})

# Nadam has another step than Adam, and the same moments.
KINDS = frozenset({"Adam", "AdamW", "Nadam"})
BETAS = {"beta_1": 0.9, "beta_2": 0.999}

Pair = tuple[Totals, Totals]

_ENDING = re.compile(r"(?P<key>.*)_(?P<role>momentum|velocity)")
_NUMBERED = re.compile(r"(?P<role>[mv])_(?P<key>\d+)")
_NAMELESS = re.compile(r"Variable(_\d+)?")
_ROLES = {"momentum": "m", "velocity": "v", "m": "m", "v": "v"}


@dataclass(frozen=True)
class Variable:
    """One of the optimizer's variables; `name` is empty where the file only numbers them."""

    name: str
    totals: Totals


@dataclass(frozen=True)
class OptimizerState:
    """What the variables say; None where they do not.

    Attributes:
        iterations: the number of steps.
        learning_rate: as the optimizer last had it.
        variables: the others in the file's order, in short.
        weight_shapes: of the model's weights, which the optimizer's arrays belong to.
    """

    iterations: int | None = None
    learning_rate: float | None = None
    variables: tuple[Variable, ...] = ()
    weight_shapes: tuple[tuple[int, ...], ...] = ()


def from_keras(arrays: Mapping[Path, Array], totals: Mapping[Path, Totals]) -> OptimizerState:
    """The state in a `.keras` file: from its weights and single numbers, and the optimizer's arrays."""
    for inner in (*((name,) for name in INNER), ()):
        variables = (GROUP, *inner, "vars")
        steps = arrays.get((*variables, "0"))
        if steps is not None:
            rate = arrays.get((*variables, "1"))
            # Keras 2 and a schedule have no learning rate, and a variable of the model in its place.
            first = 1 if rate is None or rate.shape != () else 2
            paths = ((*variables, str(number)) for number in itertools.count(first))
            return OptimizerState(
                _steps(steps),
                _rate(rate),
                tuple(Variable("", totals[path]) for path in itertools.takewhile(totals.__contains__, paths)),
                tuple(array.shape for path, array in arrays.items() if path[0] != GROUP),
            )
    return OptimizerState()


def from_h5(contents: Contents, names: Iterable[str], weights: Iterable[Array]) -> OptimizerState:
    """The state in an `.h5` file; of a wrapped optimizer, which stands last, the inner one's."""
    steps = rate = None
    variables: list[Variable] = []
    for name in names:
        path = (LEGACY_GROUP, *name.split("/"))
        last = path[-1].partition(":")[0]
        if path in contents.arrays and last in STEP_NAMES:
            steps = contents.arrays[path]
        elif path in contents.arrays and last in RATE_NAMES:
            rate = contents.arrays[path]
        elif path in contents.totals:
            variables.append(Variable(name, contents.totals[path]))
    shapes = tuple(array.shape for array in weights)
    return OptimizerState(_steps(steps), _rate(rate), tuple(variables), shapes)


def _steps(array: Array | None) -> int | None:
    if array is None or array.dtype.kind not in "iu" or array.size != 1:
        return None
    steps = int(array.item())
    return steps if 0 <= steps <= MOST_STEPS else None


def _rate(array: Array | None) -> float | None:
    return None if array is None or array.dtype.kind != "f" or array.size != 1 else float(array.item())


def read_moments(kind: str, config: dict[str, Any], state: OptimizerState) -> Moments | None:
    """Adam's moments of an optimizer of this class and with these settings, if they are what they should be.

    None for other optimizers, for gradients that are accumulated over several steps,
    where nothing is stored, and where the arrays do not belong to the model's weights.
    A state that was never used has moments of zero; `iterations` tells it from one that was.
    """
    if kind not in KINDS or config.get("gradient_accumulation_steps") is not None:
        return None
    beta_1, beta_2 = _beta(config, "beta_1"), _beta(config, "beta_2")
    if beta_1 is None or beta_2 is None:
        return None
    if any(variable.name for variable in state.variables):
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
    return beta if isinstance(beta, float) and 0 <= beta <= LARGEST_BETA else None


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
        # Of a training that diverged they are NaN or infinite.
        and math.sqrt(first.squares) < TOO_LARGE
        and second.total < TOO_LARGE
        and second.smallest >= 0
        for first, second in pairs
    )
