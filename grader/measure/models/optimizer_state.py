"""The optimizer's own variables in a model file: where its steps and its learning rate stand.

Keras 3 stores them in order (`optimizer/vars/0` is the number of steps, `1` the learning rate),
under the wrapped optimizer where the loss is scaled; an `.h5` file stores them by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from grader.measure.models.hdf5 import Array, Contents, Path

GROUP = "optimizer"
LEGACY_GROUP = "optimizer_weights"
INNER = ("inner_optimizer", "_optimizer")
STEP_NAMES = frozenset({"iterations", "iteration", "iter"})
RATE_NAMES = frozenset({"learning_rate", "current_learning_rate", "_current_learning_rate"})


@dataclass(frozen=True)
class OptimizerState:
    """What the variables say; None where they do not."""

    iterations: int | None = None
    learning_rate: float | None = None


def wanted(shape: tuple[int, ...]) -> bool:
    """Whether a variable of the optimizer is read: single numbers are."""
    return shape in ((), (1,))


def from_keras(arrays: Mapping[Path, Array]) -> OptimizerState:
    """The state in a `.keras` file, from the arrays of its weights by path."""
    for inner in (*((name,) for name in INNER), ()):
        variables = (GROUP, *inner, "vars")
        steps = arrays.get((*variables, "0"))
        if steps is not None:
            return OptimizerState(_steps(steps), _rate(arrays.get((*variables, "1"))))
    return OptimizerState()


def from_h5(contents: Contents) -> OptimizerState:
    """The state in an `.h5` file; of a wrapped optimizer, which stands last, the inner one's."""
    steps = rate = None
    names = contents.attributes.get((LEGACY_GROUP,), {}).get("weight_names", ())
    for name in names if isinstance(names, tuple) else ():
        path = tuple(name.split("/"))
        array = contents.arrays.get((LEGACY_GROUP, *path))
        last = path[-1].partition(":")[0]
        if array is not None and last in STEP_NAMES:
            steps = array
        if array is not None and last in RATE_NAMES:
            rate = array
    return OptimizerState(_steps(steps), _rate(rate))


def _steps(array: Array | None) -> int | None:
    if array is None or array.dtype.kind not in "iu" or array.size != 1:
        return None
    return int(array.item())


def _rate(array: Array | None) -> float | None:
    if array is None or array.dtype.kind != "f" or array.size != 1:
        return None
    return float(array.item())
