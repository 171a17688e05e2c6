"""A log beside everything that was measured, as the rules of consistency take it."""

import math
from dataclasses import dataclass
from functools import cached_property

from grader.analysis.consistency.course import MOMENT, Course, begins_with_the_training
from grader.analysis.log_positions import saved_rows
from grader.analysis.norms.infer import NormColumns
from grader.analysis.reference.references import References, values_up_to
from grader.analysis.statistics import as_array
from grader.evidence.log import Log
from grader.messages.wording import quoted

# A log whose first loss is further than this factor from the rerun's has a loss in another unit.
_SAME_UNIT = 2.0


@dataclass(frozen=True)
class Limits:
    """How far what belongs together may be apart: accuracies, the factor of losses, the least correlation."""

    training_accuracy: float
    validation_accuracy: float
    loss: float
    correlation: float


@dataclass(frozen=True)
class Whole:
    """A log with its course beside everything that was measured."""

    norms: NormColumns
    course: Course
    limits: Limits

    @property
    def log(self) -> Log:
        """The log."""
        return self.norms.log

    @property
    def references(self) -> References:
        """What the grader measured."""
        return self.norms.references

    def header(self, name: str) -> str:
        """The student's name of a column, in backticks."""
        column = self.log.column(name)
        return quoted(column.header if column else name)

    @cached_property
    def begins(self) -> slice | None:
        """The places of the first steps of the training; None where the log does not begin with them."""
        optimizer = self.references.optimizer
        done = optimizer.iterations if optimizer else None
        begun = begins_with_the_training(self.log, self.course, done)
        return slice(min(MOMENT, self.course.epochs[0].stop)) if begun else None

    @cached_property
    def ends(self) -> tuple[slice, ...]:
        """The places of the last steps before the submitted weights, wherever these may have been saved."""
        column = self.log.column("accuracy") or self.log.column("loss")
        if column is None:
            return ()
        rows = dict.fromkeys(saved_rows(self.log, column, self.references.optimizer))
        return tuple(self.course.before(max(1, values_up_to(column, row))) for row in rows)

    @property
    def weights_are_averages(self) -> bool:
        """Whether the submitted weights are averages, which are better than those of any step."""
        optimizer = self.references.optimizer
        return bool(optimizer and optimizer.averages)

    @property
    def first_losses(self) -> tuple[float, float] | None:
        """The mean loss of the first batches in the log and in the rerun; None where one is not known."""
        rerun, loss = self.references.rerun, self.course.loss
        if rerun is None or loss is None or self.begins is None:
            return None
        count = min(self.begins.stop, len(rerun.loss))
        return loss.mean(slice(count)), float(as_array(rerun.loss[:count]).mean())

    @property
    def has_a_usual_loss(self) -> bool:
        """Whether the loss begins as the rerun's cross-entropy of classes does, or has such a name."""
        model = self.references.model
        if self.references.targets.task in {"regression", "multilabel"}:
            return False
        if model and model.loss_form != "usual":
            return False
        if self.first_losses is None:
            return model is not None and "crossentropy" in model.loss.lower().replace("_", "")
        return factor(*self.first_losses) <= _SAME_UNIT


def factor(one: float, other: float) -> float:
    """By which factor, of at least 1, two numbers differ."""
    return max(one / other, other / one) if one > 0 and other > 0 else math.inf
