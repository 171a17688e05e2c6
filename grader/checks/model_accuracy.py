"""Compares the accuracy of the submitted model on the test examples with the one asked for."""

from pydantic import Field

from grader.analysis.diagnosis.training import why_so_low
from grader.analysis.targets import Targets
from grader.checks import AsksForAccuracy
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.training import Accuracy, Rerun
from grader.messages import wording
from grader.messages.message import EMPTY, say, together
from grader.report import Finding, failed, passed

# 0.87 - 0.01 need not be exactly 0.86.
_ROUNDING = 1e-9


class ModelAccuracy(AsksForAccuracy):
    """Does the submitted model reach the accuracy on the test examples?

    The grader computes the accuracy itself, from the model's predictions. The pixels are given as the model
    was trained on them: each way is tried on training images, and of those that are as accurate as the best,
    but for chance, the one with the smallest loss is taken.
    The test images are a sample, so an accuracy p on n of them has a standard error of sqrt(p * (1 - p) / n):
    0.0034 for 0.87 on 10,000. Where `at_least` is a validation accuracy, the tolerance has to cover three
    standard errors of the difference (0.0175 for 5,000 validation images) and how much easier validation
    images are, as `log_matches_model` says (0.013 for Fashion-MNIST): 0.03 in all.

    Args:
        at_least: The accuracy asked for, as a share: 0.87 for 87 %.
        partial_from: The accuracy from which on a part of the points is given, in proportion to how near it
            is to `at_least`; without it, all or none.
        tolerance: How far below it a model may be and still pass; three standard errors by default,
            because a student chooses a model on other images than these.

    Example:
        model_accuracy: {at_least: 0.87, partial_from: 0.75, tolerance: 0.03}
    """

    tolerance: float = Field(default=0.01, ge=0, le=1)

    def targets(self) -> Targets:
        """The accuracy asked for on the test examples, less the tolerance."""
        return Targets(test_accuracy=self.at_least - self.tolerance)

    def find(self, accuracy: Accuracy, model: Model | None, log: Log | None, rerun: Rerun | None) -> Finding:
        """Compare the accuracy with the threshold."""
        threshold = self.at_least - self.tolerance
        reached = accuracy.value >= threshold - _ROUNDING
        found = wording.accuracy(accuracy.value, apart_from=None if reached else threshold)
        sentence = say(
            "The submitted model has an accuracy of {found} on the {images} test examples, which it "
            "was given as {inputs}; the rubric asks for at least {at_least}, with a tolerance of "
            "{tolerance}.",
            found=found,
            images=f"{accuracy.images:,}",
            inputs=wording.pixels(accuracy.inputs),
            at_least=wording.accuracy(self.at_least),
            tolerance=wording.accuracy(self.tolerance),
        )
        if reached:
            return passed(sentence)
        tried = wording.listed(
            [
                say("{value} with {inputs}", value=wording.accuracy(value), inputs=wording.pixels(inputs))
                for inputs, value in accuracy.tried
            ]
        )
        on_training = say("On training examples it reaches {tried}.", tried=tried) if tried else EMPTY
        advice = why_so_low(accuracy.value, model, log, accuracy, rerun) or say(
            "Train for more epochs, or save the model of the epoch with the best validation "
            "accuracy, and submit the model together with the log of its training."
        )
        told = together(sentence, self._part, on_training)
        return failed(told, advice, self.share(accuracy.value))
