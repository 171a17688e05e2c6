"""Compares the accuracy that the log claims with the one that the submitted model has."""

import math

from pydantic import Field

from grader import wording
from grader.accuracies import FLOAT32, AccuracyColumn, no_accuracy
from grader.checks import Check
from grader.evidence import Accuracy, Column, Log
from grader.places import epoch_of
from grader.report import Finding, passed, review


class LogMatchesModel(Check):
    """Do the log and the submitted model agree on the accuracy?

    The last value of the column is compared with the accuracy of the submitted model on the test images.
    If it does not agree, the best epoch is compared, by this accuracy or by the validation loss:
    `ModelCheckpoint` and `EarlyStopping(restore_best_weights=True)` submit the weights of that epoch.
    If neither agrees, log and model contradict each other, in whichever direction, and a teacher decides;
    the item never fails a student.

    Args:
        column: `val_accuracy`, or `accuracy` on the training images.
        within: how far the two may be apart. Both are measured on different samples of images:
            for 0.87 on 10,000 and on 5,000 images their difference has a standard error of 0.0058,
            and 0.02 is more than three of these.

    Example:
        log_matches_model: {column: val_accuracy, within: 0.02}
    """

    column: AccuracyColumn = Field(
        default="val_accuracy", description="On validation images, or on training images."
    )
    within: float = Field(default=0.02, gt=0, le=1, description="How far log and model may be apart.")

    def find(self, log: Log, accuracy: Accuracy) -> Finding:
        """Compare the logged accuracy with the model's."""
        column = log.column(self.column)
        if column is None or not column.values:
            return no_accuracy(log, self.column)
        value = accuracy.value
        model = f"the submitted model has {wording.accuracy(value)} on the {accuracy.images} test images"
        asked = f"the rubric asks for a difference of at most {wording.accuracy(self.within)}"
        last = f"{wording.quoted(column.header)} ends at {wording.accuracy(column.values[-1])}"
        if self._agrees(column.values[-1], value):
            return passed(f"{last}, and {model}; {asked}.")
        for position in _best(log, column):
            if self._agrees(column.values[position], value):
                best = (
                    f"{wording.accuracy(column.values[position])} in {epoch_of(log, column.rows[position])}"
                )
                return passed(
                    f"{last} but is {best}, and {model}; {asked}.",
                    "The model seems to be that of the best epoch, which is right.",
                )
        finite = [logged for logged in column.values if math.isfinite(logged)]
        best = f" and is {wording.accuracy(max(finite))} at best" if finite else ""
        return review(
            f"{last}{best}, but {model}, which it was given as {accuracy.inputs}; {asked}.",
            "Ask the student whether the log and the model come from the same training.",
        )

    def _agrees(self, logged: float, measured: float) -> bool:
        return abs(logged - measured) <= self.within + FLOAT32


def _best(log: Log, column: Column) -> list[int]:
    """The positions in the column of the epochs that a checkpoint would have kept."""
    finite = [position for position, value in enumerate(column.values) if math.isfinite(value)]
    best = [max(finite, key=column.values.__getitem__)] if finite else []
    loss = log.column("val_loss")
    if loss and loss.rows == column.rows:
        positions = [position for position in finite if math.isfinite(loss.values[position])]
        best += [min(positions, key=loss.values.__getitem__)] if positions else []
    return best
