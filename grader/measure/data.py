"""The data set of a plan, for the parent alone: a worker never sees the labels of the test examples."""

from grader.datasets import DataFile, Dataset, read_data, unpacked
from grader.errors import RubricError
from grader.rubric import Plan


def dataset_for(plan: Plan, file: DataFile | None = None) -> Dataset:
    """The data set of a plan; raises `RubricError` where its task or its inputs do not fit."""
    dataset = unpacked(file or read_data(plan.data), plan.task)
    last = dataset.x_train.shape[-1]
    for key in ("mean", "deviation"):
        if len(given := getattr(plan.inputs, key)) not in {0, 1, last}:
            raise RubricError(
                f"`{key}` of `inputs` has {len(given)} numbers; an example of `{dataset.name}` has the shape "
                f"{dataset.x_train.shape[1:]}, so it must have 1 or {last}."
            )
    return dataset
