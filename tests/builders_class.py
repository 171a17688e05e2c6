"""A class of submissions for the tests of likeness: weights and logs from chance, and copies of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from builders_evidence import a_log, a_model, a_norm, an_accuracy, some_evidence

from grader.analysis.similarity.features import Features, features_of
from grader.analysis.similarity.tables import Table
from grader.evidence import Evidence, File
from grader.evidence.log import Column
from grader.evidence.problem import Problem
from grader.measure.model.arrays import sketch

Array = npt.NDArray[np.float64]
Weights = dict[tuple[str, ...], npt.NDArray[np.float32]]

NOTHING = Problem(who="student", message="There is no file.")


def some_weights(seed: int, units: int = 30) -> Weights:
    """The weights of a network with one hidden layer, as chance makes them."""
    random = np.random.default_rng(seed)
    shapes = {("dense", "0"): (50, units), ("dense", "1"): (units,), ("dense_1", "0"): (units, 10)}
    return {path: random.standard_normal(shape).astype(np.float32) for path, shape in shapes.items()}


def with_noise(weights: Mapping[tuple[str, ...], npt.NDArray[np.float32]], share: float) -> Weights:
    """The weights with noise of this share of their scale."""
    random = np.random.default_rng(9)
    return {
        path: (array + share * random.standard_normal(array.shape)).astype(np.float32)
        for path, array in weights.items()
    }


def a_series(seed: int, steps: int = 400) -> Array:
    """A positive series that falls and jumps from step to step, as a loss does."""
    random = np.random.default_rng(seed)
    return np.exp(0.3 * random.standard_normal(steps)) * (0.3 + np.exp(-np.arange(steps) / 100))


def a_loss(values: Array) -> Column:
    """A column `loss` with these values."""
    return Column(name="loss", header="loss", rows=tuple(range(len(values))), values=tuple(values.tolist()))


def in_another_order(weights: Weights) -> Weights:
    """The same network as `some_weights` makes it, with its hidden units in another order."""
    kernel, bias, output = weights.values()
    order = np.random.default_rng(3).permutation(len(bias))
    return dict(zip(weights, (kernel[:, order], bias[order], output[order]), strict=True))


def work(
    *columns: Column, weights: Weights | None = None, file: str = "", mistakes: tuple[int, ...] = ()
) -> Evidence:
    """The evidence of a submission with these columns in its log, these weights and these mistakes."""
    files = (File(role="model", name="model.keras", bytes=1, sha256=file),) if file else ()
    model = NOTHING if weights is None else a_model(sketch=sketch(weights), parameters=_size(weights))
    log, accuracy = a_log(*columns) if columns else NOTHING, an_accuracy(0.8765, mistakes=mistakes)
    return some_evidence(log=log, model=model, accuracy=accuracy, files=files)


def _size(weights: Weights) -> int:
    return sum(array.size for array in weights.values())


def a_student(id: str, *columns: Column, **work_of: Any) -> Features:  # noqa: A002  (its name in the report)
    """The features of a submission; see `work`."""
    return features_of(id, work(*columns, **work_of))


def a_norm_series(values: Array, header: str = "grad_norm") -> Column:
    """A column of gradient norms with these values."""
    return a_norm(values.tolist(), header)


def marked(table: Table, count: int) -> list[tuple[int, int]]:
    """The pairs of positions that a table marks for a class of so many; each is marked both ways."""
    marks = table(slice(0, count))
    assert (marks == marks.T).all()
    return [(first, second) for first, second in np.argwhere(marks).tolist() if first < second]


def alike(like: Callable[[Sequence[Features]], Table], *students: Features) -> list[tuple[int, int]]:
    """The pairs of a class by one way of comparing; see `marked`."""
    return marked(like(students), len(students))
