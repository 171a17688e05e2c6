"""Checks that a training did not diverge."""

from typing import Literal

from pydantic import Field

from grader.analysis.log_positions import columns
from grader.analysis.norms.columns import not_finite
from grader.checks import Check
from grader.evidence.log import Log
from grader.messages.message import say
from grader.messages.wording import counted, listed, quoted
from grader.report import Finding, failed, passed

Measured = Literal["loss", "accuracy", "val_loss", "val_accuracy", "gradient_norm"]


class StaysFinite(Check):
    """Are all values of the loss and of the gradient norms finite?

    Each value of the `columns` must be a finite number. All 56 trainings of which
    `python tests/corpus/two_runs.py FOLDER` prints the numbers pass, those at learning rate 10 too: their
    losses are as large as 10^8, but no NaN.
    Whether a training learned is another question, which `logged_accuracy` asks.

    Args:
        columns: What must be in the log and finite: `loss`, `accuracy`, `val_loss`, `val_accuracy` or
            `gradient_norm`, which stands for every column of norms.

    Example:
        stays_finite: {columns: [loss, gradient_norm]}
    """

    columns: tuple[Measured, ...] = Field(
        default=("loss", "gradient_norm"), strict=False, min_length=1, max_length=5
    )

    def find(self, log: Log) -> Finding:
        """Look for the first value that is not finite."""
        found = [column for column in log.columns if column.name in self.columns and column.values]
        missing = [name for name in self.columns if all(column.name != name for column in found)]
        if missing:
            return failed(
                say(
                    "The log has no {missing}; {columns}.",
                    missing=listed([quoted(name) for name in missing]),
                    columns=columns(log),
                ),
                say("Log it at every step, with `grader.student.NormLogger`."),
            )
        if finding := not_finite(log, found):
            return finding
        values = sum(len(column.values) for column in found)
        return passed(
            say(
                "All {values} of {names} are finite, as the rubric asks.",
                values=counted(values, "value"),
                names=listed([quoted(column.header) for column in found]),
            )
        )
