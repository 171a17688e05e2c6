"""The accuracies that a log can have, and what to say where one is missing."""

from typing import Literal

from grader.evidence import Log
from grader.places import columns
from grader.report import Finding, failed
from grader.wording import quoted

AccuracyColumn = Literal["val_accuracy", "accuracy"]

# A step of float32 near 1 is 6e-8: 0.87 may be logged as 0.8699999452. One image in 60,000 is 170 times this.
FLOAT32 = 1e-7

_HOW_TO_LOG = {
    "accuracy": 'Compile with `metrics=["accuracy"]`, and log what `fit` reports.',
    "val_accuracy": (
        'Compile with `metrics=["accuracy"]`, give `fit` a `validation_split` or `validation_data`, '
        "and log what it reports."
    ),
}


def no_accuracy(log: Log, name: AccuracyColumn) -> Finding:
    """The finding on a log without values in this column."""
    return failed(f"The log has no values of {quoted(name)}; {columns(log)}.", _HOW_TO_LOG[name])
