"""Compares what a log has of losses, accuracies and norms with one another and with the model."""

from pydantic import Field

from grader.analysis.consistency.contradictions import RULES, compared
from grader.analysis.consistency.whole import Limits
from grader.analysis.norms.infer import NormColumns
from grader.checks import Check
from grader.messages.message import say, together
from grader.report import Finding, not_checked, passed, review


class LogIsConsistent(Check):
    """Do losses, accuracies and norms of the log belong together, and to the model?

    One training makes all columns of a log, so they agree with one another and with the model:

    * A mean cross-entropy is at least (1 - accuracy) * ln(2), because of an image that is taken for another
      class the right one has a probability of at most one half.
    * From step to step, a batch with a larger loss has fewer images right and a larger gradient.
    * The first batches have the accuracy of the rerun's, at the batch size that the accuracies tell.
    * The last batches have the accuracy of the submitted model on training images, given as in training.
    * The loss falls by the same factor as from the rerun's first batches to the submitted model.
    * In each epoch, the validation accuracy is near the accuracy of the batches before and after it, and it
      is not the same in all epochs while that moves.

    A running mean since the epoch began, which is what Keras shows, is taken apart into its batches. A log
    with one row for each epoch is compared as far as that goes. What does not agree is left to a teacher.

    Args:
        training_accuracy_within: How far the accuracy of the first batches may be below the rerun's, and that
            of the last ones from the model's on training images.
        validation_accuracy_within: How far a validation accuracy may be from the batches around it, beside
            chance and what the model has more or less on the test images than on training images.
        loss_within: By which factor the falls of the two losses may differ.
        correlation_at_least: The least correlation from step to step.

    Example:
        log_is_consistent:
          training_accuracy_within: 0.05
          validation_accuracy_within: 0.1
          loss_within: 2.5
          correlation_at_least: 0.1
    """

    training_accuracy_within: float = Field(default=0.05, gt=0, le=1)
    validation_accuracy_within: float = Field(default=0.1, gt=0, le=1)
    loss_within: float = Field(default=2.5, gt=1, le=100)
    correlation_at_least: float = Field(default=0.1, gt=0, lt=1)

    def find(self, norms: NormColumns) -> Finding:
        """Ask each rule."""
        limits = Limits(
            training_accuracy=self.training_accuracy_within,
            validation_accuracy=self.validation_accuracy_within,
            loss=self.loss_within,
            correlation=self.correlation_at_least,
        )
        found = compared(norms, limits)
        if contradictions := [message for message in found.values() if message]:
            return review(
                together(*contradictions),
                say(
                    "Ask to see the notebook. Logs that are edited, invented or from another run look like "
                    "this, and so can trainings on examples, or with weights of classes, that are not usual."
                ),
            )
        if not found:
            return not_checked(say("The log has no loss or accuracy that could be compared with the rest."))
        return passed(
            say(
                "Losses, accuracies and norms of the log agree with one another and with the model, as far "
                "as {compared} of {rules} comparisons can tell.",
                compared=len(found),
                rules=len(RULES),
            )
        )
