"""Compares the accuracy at the end of the log with the one asked for."""

import math

from pydantic import Field

from grader.accuracies import FLOAT32, AccuracyColumn, no_accuracy
from grader.checks import Check
from grader.evidence import Column, Log
from grader.places import epoch_of
from grader.report import Finding, failed, passed
from grader.wording import accuracy, quoted


class LoggedAccuracy(Check):
    """Does the logged accuracy reach the threshold?

    The last value of the column is compared with `at_least`: the end of the training counts,
    not its best epoch. No tolerance is given but that of float32, in which 0.87 may be logged as
    0.8699999452. The value is a number in the student's file;
    `log_matches_model` compares it with what the model does.

    Args:
        column: `val_accuracy`, or `accuracy` on the training images.
        at_least: the accuracy asked for, as a share: 0.87 for 87 %.

    Example:
        logged_accuracy: {column: val_accuracy, at_least: 0.87}
    """

    column: AccuracyColumn = Field(
        default="val_accuracy", description="On validation images, or on training images."
    )
    at_least: float = Field(default=0.87, ge=0, le=1, description="The accuracy asked for, as a share.")

    def find(self, log: Log) -> Finding:
        """Compare the last value with the threshold."""
        column = log.column(self.column)
        if column is None or not column.values:
            return no_accuracy(log, self.column)
        last = column.values[-1]
        where = epoch_of(log, column.rows[-1])
        asked = f"the rubric asks for at least {accuracy(self.at_least)}"
        if last >= self.at_least - FLOAT32:
            return passed(f"{quoted(column.header)} ends at {accuracy(last)} ({where}); {asked}.")
        found = accuracy(last, apart_from=self.at_least)
        return failed(f"{quoted(column.header)} ends at {found} ({where}); {asked}.", _advice(log, column))


def _advice(log: Log, column: Column) -> str:
    last = column.values[-1]
    if not math.isfinite(last):
        return (
            "The training diverged: lower the learning rate, check the scale of the inputs, and train again."
        )
    best = max(value for value in column.values if math.isfinite(value))
    if best == last:
        return "The last value is the best so far: train for more epochs, and submit the log of all of them."
    return (
        f"The best value is {accuracy(best)} ({epoch_of(log, column.rows[column.values.index(best)])}), "
        "but the last one counts: end the training there, or train on with a lower learning rate."
    )
