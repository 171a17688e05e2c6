"""Compares what the log has of the training data with what it has of the validation data."""

import math
from typing import Literal, Self

from pydantic import Field, model_validator

from grader.analysis.log_positions import columns
from grader.analysis.two_runs import at_the_end
from grader.checks import Check
from grader.evidence.log import Log
from grader.messages.message import Message, say
from grader.messages.wording import listed, number, quoted
from grader.report import Finding, failed, passed

# Half a unit of the fourth decimal of both values.
_ROUNDING = 1e-4


class GapBetween(Check):
    """Is the network as far ahead on its training data as it should be?

    The gap is how much better the network is on the training data than on the validation data at the end of
    the log: by how much its `accuracy` is above `val_accuracy`, or its `loss` below `val_loss`. For the
    training data the mean over the last epoch counts, or over the last tenth of the steps of a log without
    epochs; for the validation data the last value. A network with dropout or augmentation may be better on
    the validation data, and its gap is below 0. A gap may be beyond its limit by 0.0001, because logs are
    rounded.

    Args:
        of: What is compared, `accuracy` or `loss`.
        at_most: The largest gap, where overfitting is to be avoided.
        at_least: The smallest gap, where overfitting is to be shown.

    Example:
        gap_between: {of: accuracy, at_most: 0.05, at_least: -0.1}
    """

    of: Literal["accuracy", "loss"] = "accuracy"
    at_most: float | None = Field(default=None, gt=-1e6, lt=1e6)
    at_least: float | None = Field(default=None, gt=-1e6, lt=1e6)

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if self.at_most is None and self.at_least is None:
            raise ValueError("must have `at_most` or `at_least`")
        if None not in (self.at_most, self.at_least) and (self.at_least or 0) > (self.at_most or 0):
            raise ValueError("must have an `at_least` that is not above its `at_most`")
        return self

    def find(self, log: Log) -> Finding:
        """Compare the values at the end of the log."""
        trained, validated = at_the_end(log, self.of), log.column(f"val_{self.of}")
        if trained is None or validated is None or not validated.values:
            return failed(
                say(
                    "The log has no {training} or no {validation}; {columns}.",
                    training=quoted(self.of),
                    validation=quoted(f"val_{self.of}"),
                    columns=columns(log),
                ),
                say("Log both: give `fit` a `validation_split` or `validation_data`."),
            )
        last = validated.values[-1]
        gap = trained - last if self.of == "accuracy" else last - trained
        found = say(
            "At the end of the log the {of} is {trained} on the training data and {validated} on the "
            "validation data, a gap of {gap}; the rubric asks for {asked}.",
            of=_OF[self.of],
            trained=number(trained),
            validated=number(last),
            gap=number(gap),
            asked=self._asked(),
        )
        if not math.isfinite(gap):
            return failed(found, say("The training diverged: lower the learning rate, and train again."))
        if self.at_most is not None and gap > self.at_most + _ROUNDING:
            return failed(found, _LESS)
        if self.at_least is not None and gap < self.at_least - _ROUNDING:
            return failed(found, _MORE)
        return passed(found)

    def _asked(self) -> Message:
        most = say("at most {limit}", limit=number(self.at_most or 0.0))
        least = say("at least {limit}", limit=number(self.at_least or 0.0))
        if self.at_most is not None and self.at_least is not None:
            return listed([least, most])
        return least if self.at_most is None else most


_OF = {"accuracy": say("accuracy"), "loss": say("loss")}
_LESS = say(
    "The network fits its training data better than others: train for fewer epochs, or use dropout, weight "
    "decay, augmentation or fewer units."
)
_MORE = say(
    "Train for more epochs, with more units, or on less data, until the training data is fitted better."
)
