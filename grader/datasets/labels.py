"""The labels of a data set in the form that its task has, or what is wrong with them."""

from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from grader.errors import RubricError
from grader.evidence.values import Task

# A class is a byte in what a worker answers, and so is the number of outputs.
MOST_CLASSES = 256


@dataclass(frozen=True)
class Labels:
    """The array of labels with this name in a file."""

    file: str
    array: str
    values: NDArray[np.generic]

    @property
    def found(self) -> str:
        """What it is, in words."""
        y = self.values
        numbers = y.dtype.kind in "uifb" and y.size > 0 and bool(np.isfinite(y).all())
        ends = f", with values from {y.min():g} to {y.max():g}" if numbers else ""
        return f"It has shape {y.shape} and type {y.dtype}{ends}."

    def refuse(self, wanted: str, remedy: str = "") -> NoReturn:
        """Say what the labels must be, and what to do."""
        raise RubricError(f"In `{self.file}`, `{self.array}` must be {wanted}. {self.found}", remedy)

    def check_count(self, examples: int) -> None:
        """Refuse labels that are not one for each of so many examples, or no finite numbers."""
        y = self.values
        if y.dtype.kind not in "uifb" or y.ndim not in {1, 2} or len(y) != examples or y.size == 0:
            self.refuse(f"numbers, one label for each of the {examples:,} examples")
        if not np.isfinite(y).all():
            self.refuse("finite numbers", "Leave the examples without a label out.")

    @property
    def columns(self) -> NDArray[np.generic]:
        """The labels as columns, shape (n, k)."""
        return self.values.reshape(len(self.values), -1)

    @property
    def are_whole(self) -> bool:
        """Whether all are whole numbers."""
        return bool((np.mod(self.values, 1) == 0).all()) if self.values.dtype.kind == "f" else True

    @property
    def are_zeros_and_ones(self) -> bool:
        """Whether all are 0 or 1."""
        return bool(np.isin(self.values, (0, 1)).all())

    @property
    def are_one_hot(self) -> bool:
        """Whether each is a row with a single 1 and else 0."""
        several = self.columns.shape[1] > 1
        return several and self.are_zeros_and_ones and bool((self.columns.sum(axis=1) == 1).all())


def as_asked(task: Task, y_train: Labels, y_test: Labels) -> dict[str, NDArray[np.generic]]:
    """The labels of both parts as the task has them; raises `RubricError` where they are those of another."""
    both = (y_train, y_test)
    columns = y_train.columns.shape[1]
    if task in {"regression", "multilabel"} and y_test.columns.shape[1] != columns:
        y_test.refuse(f"labels with {columns} columns, as many as `{y_train.array}` has")
    if task == "regression":
        return {labels.array: _numbers(labels) for labels in both}
    if task == "multilabel":
        return {labels.array: _several(labels) for labels in both}
    classes = {labels.array: _classes(labels) for labels in both}
    least = min(int(y.min()) for y in classes.values())
    most = max(int(y.max()) for y in classes.values())
    if task == "binary" and most > 1:
        y_train.refuse(
            "0 or 1 for `task: binary`", _from_one(least) if most == 2 else "Write `task: classification`."
        )
    if least > 0 and most > 1:
        y_train.refuse("classes from 0 on", _from_one(least))
    return dict(classes)


def _from_one(least: int) -> str:
    return (
        f"Subtract {least} from all labels, and tell your students."
        if least
        else "Write `task: classification`."
    )


def _classes(labels: Labels) -> NDArray[np.int64]:
    """Integer classes, shape (n,), from a column of them or from one-hot rows."""
    y = labels.columns
    if labels.are_one_hot:
        classes: NDArray[np.int64] = y.argmax(axis=1).astype(np.int64)
        return classes
    wanted = f"whole numbers from 0 to {MOST_CLASSES - 1}, one for each example, or one-hot"
    if y.shape[1] > 1:
        is_multilabel = labels.are_zeros_and_ones
        labels.refuse(wanted, f"Write `task: {'multilabel' if is_multilabel else 'regression'}`.")
    if not labels.are_whole:
        labels.refuse(wanted, "Write `task: regression`.")
    if set(np.unique(y).tolist()) == {-1, 1}:
        labels.refuse(wanted, f"Save `({labels.array} > 0).astype(int)` instead, and tell your students.")
    if not (int(y.min()) >= 0 and int(y.max()) < MOST_CLASSES):
        labels.refuse(wanted)
    return y[:, 0].astype(np.int64)


def _numbers(labels: Labels) -> NDArray[np.float64]:
    y = labels.columns
    if labels.are_one_hot or labels.values.dtype.kind == "b":
        labels.refuse("numbers for `task: regression`, not classes", "Write `task: classification`.")
    if y.shape[1] > MOST_CLASSES:
        labels.refuse(f"at most {MOST_CLASSES} numbers for each example")
    return y.astype(np.float64)


def _several(labels: Labels) -> NDArray[np.uint8]:
    y = labels.columns
    if not 1 < y.shape[1] <= MOST_CLASSES or not labels.are_zeros_and_ones:
        other = "binary" if labels.are_zeros_and_ones and y.shape[1] == 1 else ""
        other = other or ("classification" if y.shape[1] == 1 and labels.are_whole else "")
        labels.refuse(
            "0 or 1 for each of several labels, shape (examples, labels), for `task: multilabel`",
            f"Write `task: {other}`." if other else "",
        )
    return y.astype(np.uint8)
