"""Compares the accuracy that the log claims with the one asked for."""

import math
from typing import Literal

from pydantic import Field

from grader.analysis.accuracies import FLOAT32, AccuracyColumn, best_position, no_accuracy, printed_within
from grader.analysis.diagnosis.training import still_rising, why_so_low
from grader.analysis.log_positions import epoch_of
from grader.analysis.targets import Targets
from grader.checks import AsksForAccuracy
from grader.evidence.log import Column, Log
from grader.evidence.model import Model
from grader.evidence.training import Accuracy, Rerun
from grader.messages import wording
from grader.messages.message import Message, say, together
from grader.report import Finding, failed, passed, review

_NO_SHARE = say("No accuracy is above 1.")
_WHAT_COLUMN = say("Ask the student what this column holds, and by what code it was written.")
_ROUNDED = say("The log is rounded, so the two cannot be told apart.")


class LoggedAccuracy(AsksForAccuracy):
    """Does the logged accuracy reach the threshold?

    The only tolerance is half a unit of the last printed digit, two decimals or more, and that of float32, in
    which 0.87 may be logged as 0.8699999452.
    The value is a number in the student's file; `log_matches_model` compares it with what the model does.

    Args:
        column: The column of the log: `val_accuracy`, or `accuracy` on the training images.
        at_least: The accuracy asked for, as a share: 0.87 for 87 %.
        partial_from: The accuracy from which on a part of the points is given, in proportion to how near it
            is to `at_least`; without it, all or none.
        epoch: The epoch that counts: `last`, where the end of the training counts, or `best`, where
            `ModelCheckpoint` or `EarlyStopping(restore_best_weights=True)` may have kept an earlier epoch.

    Example:
        logged_accuracy: {column: val_accuracy, at_least: 0.87, partial_from: 0.8, epoch: last}
    """

    column: AccuracyColumn = Field(default="val_accuracy")
    epoch: Literal["last", "best"] = Field(default="last")

    def targets(self) -> Targets:
        """The accuracy asked for in the log."""
        return Targets(accuracy=self.at_least)

    def find(self, log: Log, model: Model | None, accuracy: Accuracy | None, rerun: Rerun | None) -> Finding:
        """Compare the value that counts with the threshold."""
        column = log.column(self.column)
        if column is None or not column.values:
            return no_accuracy(log, self.column)
        last, best = len(column.values) - 1, best_position(column)
        best = last if best is None else best
        counts = last if self.epoch == "last" else best
        value = column.values[counts]
        found, reached = self._sentence(log, column, counts), self.at_least - printed_within(column.values)
        if value > 1 + FLOAT32:
            return review(together(found, _NO_SHARE), _WHAT_COLUMN)
        if value >= reached:
            rounded = value < self.at_least - FLOAT32
            return passed(together(found, _ROUNDED) if rounded else found)
        found, share = together(found, self._part), self.share(value)
        if not math.isfinite(value):
            return failed(
                found,
                say(
                    "The training diverged: lower the learning rate, check the scale of the inputs, and "
                    "train again."
                ),
            )
        if counts == last and column.values[best] >= reached:
            return failed(
                found,
                say(
                    "The best value is {best} ({where}), but the last one counts: end the training "
                    "there, or train on with a lower learning rate.",
                    best=wording.accuracy(column.values[best]),
                    where=epoch_of(log, column.rows[best]),
                ),
                share,
            )
        hint = why_so_low(value, model, log, accuracy, rerun) or still_rising(log, column)
        return failed(found, hint or _advice(log, column, best), share)

    def _sentence(self, log: Log, column: Column, counts: int) -> Message:
        value, last = column.values[counts], column.values[-1]
        asked = say("the rubric asks for at least {at_least}", at_least=wording.accuracy(self.at_least))
        shown = wording.accuracy(value, apart_from=self.at_least if value < self.at_least - FLOAT32 else None)
        where, name = epoch_of(log, column.rows[counts]), wording.quoted(column.header)
        if self.epoch == "last":
            return say(
                "{name} ends at {shown} ({where}); {asked}.", name=name, shown=shown, where=where, asked=asked
            )
        return say(
            "{name} is {shown} at best ({where}) and ends at {last}; {asked}.",
            name=name,
            shown=shown,
            where=where,
            last=wording.accuracy(last),
            asked=asked,
        )


def _advice(log: Log, column: Column, best: int) -> Message:
    where = say(
        "{best} ({where})", best=wording.accuracy(column.values[best]), where=epoch_of(log, column.rows[best])
    )
    return (
        say(
            "The best value is {best}, and the accuracy did not rise after it: try a lower learning "
            "rate, larger or smaller batches, or other initial weights, and train again.",
            best=where,
        )
        if best < len(column.values) - 1
        else say(
            "The last value is the best so far: train for more epochs, and submit the log of all of them."
        )
    )
