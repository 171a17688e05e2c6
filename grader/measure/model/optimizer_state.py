"""The optimizer's own variables in a model file: where its steps, its learning rate and the rest stand.

Keras 3 stores them in order (`optimizer/vars/0` is the number of steps, `1` the learning rate),
under the wrapped optimizer where the loss is scaled; an `.h5` file stores them by name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from grader.measure.model.hdf5 import Array, Contents, Path
from grader.measure.model.totals import Totals, totals_of

GROUP = "optimizer"
LEGACY_GROUP = "optimizer_weights"
INNER = ("inner_optimizer", "_optimizer")
STEP_NAMES = frozenset({"iterations", "iteration", "iter"})
RATE_NAMES = frozenset({"learning_rate", "current_learning_rate", "_current_learning_rate"})


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


def wanted(shape: tuple[int, ...]) -> bool:
    """Whether a variable of the optimizer is read: single numbers are."""
    return shape in ((), (1,))


def from_keras(arrays: Mapping[Path, Array], totals: Mapping[Path, Totals]) -> OptimizerState:
    """The state in a `.keras` file.

    Args:
        arrays: the weights and the single numbers of the optimizer by path.
        totals: the optimizer's other arrays in short, by path.
    """
    for inner in (*((name,) for name in INNER), ()):
        variables = (GROUP, *inner, "vars")
        steps = arrays.get((*variables, "0"))
        if steps is not None:
            return OptimizerState(
                _steps(steps),
                _rate(arrays.get((*variables, "1"))),
                tuple(_numbered(variables, arrays, totals)),
                tuple(array.shape for path, array in arrays.items() if path[0] != GROUP),
            )
    return OptimizerState()


def from_h5(contents: Contents, weights: Iterable[Array]) -> OptimizerState:
    """The state in an `.h5` file; of a wrapped optimizer, which stands last, the inner one's."""
    steps = rate = None
    variables: list[Variable] = []
    names = contents.attributes.get((LEGACY_GROUP,), {}).get("weight_names", ())
    for name in names if isinstance(names, tuple) else ():
        path = (LEGACY_GROUP, *name.split("/"))
        last = path[-1].partition(":")[0]
        array = contents.arrays.get(path)
        if array is not None and last in STEP_NAMES:
            steps = array
        elif array is not None and last in RATE_NAMES:
            rate = array
        elif path in contents.totals:
            variables.append(Variable(name, contents.totals[path]))
        elif array is not None:
            variables.append(Variable(name, totals_of(array)))
    shapes = tuple(array.shape for array in weights)
    return OptimizerState(_steps(steps), _rate(rate), tuple(variables), shapes)


def _numbered(group: Path, arrays: Mapping[Path, Array], totals: Mapping[Path, Totals]) -> Iterator[Variable]:
    """The variables behind the steps and the learning rate, which Keras 2 and a schedule do not have."""
    rate = arrays.get((*group, "1"))
    number = 1 if rate is None or rate.shape != () else 2
    while True:
        path = (*group, str(number))
        if path in arrays:
            yield Variable("", totals_of(arrays[path]))
        elif path in totals:
            yield Variable("", totals[path])
        else:
            return
        number += 1


def _steps(array: Array | None) -> int | None:
    if array is None or array.dtype.kind not in "iu" or array.size != 1:
        return None
    return int(array.item())


def _rate(array: Array | None) -> float | None:
    if array is None or array.dtype.kind != "f" or array.size != 1:
        return None
    return float(array.item())
