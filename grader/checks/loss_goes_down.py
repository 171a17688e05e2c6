"""Compares the loss at the end of the log with that at its beginning."""

import math
from typing import Literal

from pydantic import Field

from grader.analysis.log_positions import columns, place
from grader.analysis.statistics import Array, as_array, is_finite, overflowing
from grader.analysis.two_runs import batch_losses
from grader.checks import Check
from grader.evidence.log import Log
from grader.messages.message import say
from grader.messages.wording import counted, number, quoted
from grader.report import Finding, failed, passed

# Fewer numbers may look like running means by chance.
_FEWEST = 20
_HINT = say(
    "Check the learning rate, the scale of the inputs, and that examples and labels are in the same order; "
    "train again, and submit the log of the whole training."
)


class LossGoesDown(Check):
    """Does the loss go down?

    The mean of the first part of the log's losses is compared with that of the last part, so that single
    batches do not decide. Of a running mean, as Keras logs it within an epoch, the losses of the batches are
    worked out first. A loss that is NaN or infinite anywhere does not go down.

    Args:
        column: The column of the log: `loss`, or `val_loss` on the validation data.
        by: The last mean must be lower than the first one by this share of it; 0.1 for a tenth.
        part: The share of the values in each of the two parts, at least one value.

    Example:
        loss_goes_down: {column: loss, by: 0.1, part: 0.1}
    """

    column: Literal["loss", "val_loss"] = "loss"
    by: float = Field(default=0.1, ge=0, lt=1)
    part: float = Field(default=0.1, gt=0, le=0.5)

    def find(self, log: Log) -> Finding:
        """Compare the means of the first and the last part."""
        column = log.column(self.column)
        if column is None or not column.values:
            return failed(
                say(
                    "The log has no values of {name}; {columns}.",
                    name=quoted(self.column),
                    columns=columns(log),
                ),
                say("Log what `fit` reports, and submit the log of the whole training."),
            )
        name = quoted(column.header)
        if not is_finite(column.values):
            first = next(at for at, value in enumerate(column.values) if not math.isfinite(value))
            where = place(log, column.rows[first])
            return failed(say("{name} is not finite at {where}.", name=name, where=where), _HINT)
        of_batches = self.column == "loss" and len(column.values) >= _FEWEST
        values = batch_losses(log) if of_batches else as_array(column.values)
        if len(values) < 2:
            return failed(
                say("{name} has one value, so nothing tells whether it goes down.", name=name), _HINT
            )
        count = max(1, int(self.part * len(values)))
        begin, end = _mean(values[:count]), _mean(values[-count:])
        goes_down = end < begin and end <= begin - self.by * abs(begin)
        found = say(
            "The mean of {name} is {begin} over the first {values} and {end} over as many at the end; the "
            "rubric asks for a mean that is lower by {asked} %.",
            name=name,
            begin=number(begin),
            values=counted(count, "value"),
            end=number(end, apart_from=begin),
            asked=f"{100 * self.by:g}",
        )
        return passed(found) if goes_down else failed(found, _HINT)


@overflowing
def _mean(values: Array) -> float:
    return float(values.mean())
