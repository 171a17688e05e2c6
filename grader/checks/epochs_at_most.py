"""Reads how long the training was from the log, and from the optimizer in the model file."""

from pydantic import Field

from grader.analysis.log_positions import epochs, steps
from grader.analysis.statistics import falls, is_finite
from grader.checks import Check
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.values import MOST_STEPS
from grader.messages.message import say
from grader.messages.wording import counted
from grader.report import Finding, failed, passed, review

# Keras counts a step too many in an epoch over data of unknown size, and a log may lack one.
_PER_EPOCH = 1


class EpochsAtMost(Check):
    """Was the network trained for no more epochs than allowed?

    The epochs are those that the log covers. Where it has a row for every step and the optimizer in the model
    file has made the steps of more epochs than are allowed, a teacher must look: a part of the training is
    not in the log. A log that does not say which epoch a row belongs to fails.

    Args:
        count: The most epochs.

    Example:
        epochs_at_most: {count: 5}
    """

    count: int = Field(ge=1, le=100_000)

    def find(self, log: Log, model: Model | None) -> Finding:
        """Compare the epochs of the log, and the steps of the optimizer with those of the log."""
        covered, asked = epochs(log), counted(self.count, "epoch")
        if covered is None:
            return failed(
                say(
                    "The log does not say which epoch a row belongs to; the rubric allows {asked}.",
                    asked=asked,
                ),
                say("Add a column `epoch`."),
            )
        found = say(
            "The log covers {covered}; the rubric allows {asked}.",
            covered=counted(covered, "epoch"),
            asked=asked,
        )
        if covered > self.count:
            return failed(
                found, say("Train a fresh network for {asked}, and submit its model and log.", asked=asked)
            )
        done, logged = model.optimizer.iterations if model and model.optimizer else None, _logged_steps(log)
        if done is None or logged <= covered or done <= self.count * (logged / covered + _PER_EPOCH):
            return passed(found)
        return review(
            say(
                "{found} It ends at step {logged}, and the stored optimizer has made {done}, as many as in "
                "{epochs} such epochs.",
                found=found,
                logged=f"{logged:,}",
                done=counted(done, "step"),
                epochs=f"{done * covered / logged:.0f}",
            ),
            say("Ask whether the network was trained before, or trained on without the log."),
        )


def _logged_steps(log: Log) -> int:
    """How many steps the log is of, by their numbers; 0 where it numbers none. They may fall back."""
    column = steps(log)
    if column is None or not is_finite(column.values):
        return 0
    ends = [*falls(column.values), len(column.values)]
    first = min(1.0, column.values[0])
    return int(min(sum(max(0.0, column.values[end - 1] + 1 - first) for end in ends), MOST_STEPS))
