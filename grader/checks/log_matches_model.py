"""Compares the accuracy that the log claims with the one that the submitted model has."""

import math
from typing import ClassVar

from pydantic import Field

from grader.analysis.accuracies import (
    FLOAT32,
    STANDARD_ERRORS,
    USUAL_VALIDATION_IMAGES,
    AccuracyColumn,
    best_position,
    no_accuracy,
    printed_within,
    standard_error,
    validation_images,
)
from grader.analysis.log_positions import epoch_of
from grader.checks import Check
from grader.evidence.log import Column, Log
from grader.evidence.model import Model
from grader.evidence.training import Accuracy
from grader.messages import wording
from grader.messages.message import EMPTY, Message, say
from grader.report import Finding, not_checked, passed, review


class LogMatchesModel(Check):
    """Do the log and the submitted model agree on the accuracy?

    The last value of the column is compared with the accuracy of the submitted model on the test examples.
    If it does not agree, the best epoch is compared, by this accuracy or by the validation loss:
    `ModelCheckpoint` and `EarlyStopping(restore_best_weights=True)` submit the weights of that epoch.
    If neither agrees, log and model contradict each other, in whichever direction, and a teacher decides.
    Only a log without the column fails.

    Accuracies on other images differ by chance. Allowed are three standard errors of the difference,
    sqrt(p * (1 - p) * (1 / n + 1 / m)), for n validation and m test images, and half a unit of the last digit
    in the log; n is read from the fractions in the log, which are multiples of 1/n, or else 5,000 is assumed.
    The log may be above the model by `test_images_harder_by` more. For 5,000 and 10,000 images and an
    accuracy of 0.87 it may be 0.0175 below it, and with 0.013 as in the example 0.0305 above. It is never
    more than `within`, and for `accuracy`, on training images, `within` alone holds: how much better a model
    is on what it learned from is no matter of sampling.

    Args:
        column: `val_accuracy`, or `accuracy` on the training images.
        within: How far the two may be apart at most, however few validation images there were.
        test_images_harder_by: How much lower an accuracy is on the test examples than on training images that
            were held back. For Fashion-MNIST it is 0.013: three trainings of the homework's network, each on
            two thirds of the training images, had 0.880 on the other third and 0.867 on the test examples.

    Example:
        log_matches_model: {column: val_accuracy, within: 0.04, test_images_harder_by: 0.013}
    """

    needs_accuracy: ClassVar[bool] = True

    column: AccuracyColumn = Field(default="val_accuracy")
    within: float = Field(default=0.04, gt=0, le=1)
    test_images_harder_by: float = Field(default=0.0, ge=0, le=1)

    def find(self, log: Log, accuracy: Accuracy, model: Model | None) -> Finding:
        """Compare the logged accuracy with the model's."""
        finding = self._compare(log, accuracy)
        if finding.status == "review" and (why := _counted_otherwise(model, accuracy)):
            return not_checked(why)
        return finding

    def _compare(self, log: Log, accuracy: Accuracy) -> Finding:
        column = log.column(self.column)
        if column is None or not column.values:
            return no_accuracy(log, self.column)
        told = validation_images(column.values) if self.column == "val_accuracy" else None
        value, last, rounding = accuracy.value, column.values[-1], printed_within(column.values)
        model = say(
            "the submitted model has {value} on the {images} test examples",
            value=wording.accuracy(value),
            images=f"{accuracy.images:,}",
        )
        found = say(
            "{header} ends at {last}", header=wording.quoted(column.header), last=wording.accuracy(last)
        )
        apart, agrees = self._compared(last, told, accuracy, rounding)
        if agrees:
            return passed(say("{found}, and {model}: {apart}.", found=found, model=model, apart=apart))
        for position in _best(log, column):
            best_apart, agrees = self._compared(column.values[position], told, accuracy, rounding)
            if agrees:
                return passed(
                    say(
                        "{found} but is {logged} in {where}, and {model}: {apart}.",
                        found=found,
                        logged=wording.accuracy(column.values[position]),
                        where=epoch_of(log, column.rows[position]),
                        model=model,
                        apart=best_apart,
                    ),
                    say("The model seems to be that of the best epoch, which is right."),
                )
        if (best_at := best_position(column)) is not None:
            best = wording.accuracy(column.values[best_at])
            found = say("{found} and is {best} at best", found=found, best=best)
        return review(
            say(
                "{found}, but {model}, given as {inputs}{on_training}: {apart}.",
                found=found,
                model=model,
                inputs=wording.pixels(accuracy.inputs),
                on_training=_on_training(accuracy),
                apart=apart,
            ),
            say(
                "Ask the student whether the log and the model come from the same training, and on which "
                "examples the accuracy was measured."
            ),
        )

    def _compared(
        self, logged: float, told: int | None, accuracy: Accuracy, rounding: float
    ) -> tuple[Message, bool]:
        """How far the log is from the model, beside what is allowed on that side, and whether they agree."""
        difference, images = abs(logged - accuracy.value), told or USUAL_VALIDATION_IMAGES
        if self.column == "accuracy" or not math.isfinite(logged):
            most = self.within
        else:
            chance = STANDARD_ERRORS * standard_error(logged, images, accuracy.value, accuracy.images)
            harder = self.test_images_harder_by if logged > accuracy.value else 0.0
            most = min(chance + harder + rounding, self.within)
        apart, allowed = wording.accuracy(difference, apart_from=most), wording.accuracy(most)
        sentence = say("{apart} apart; up to {allowed} is allowed", apart=apart, allowed=allowed)
        if self.column == "val_accuracy":
            # The fractions tell a divisor: all of 5,000 that are multiples of 4 are multiples of 1/1,250.
            many = say("{images} or more", images=f"{images:,}") if told else f"{images:,}"
            sentence = say("{sentence} with {images} validation examples", sentence=sentence, images=many)
        return sentence, difference <= most + FLOAT32


def _counted_otherwise(model: Model | None, accuracy: Accuracy) -> Message | None:
    """Why an honest log may have another accuracy than the model, by how Keras counts."""
    if accuracy.task == "multilabel":
        return say(
            "Keras' `accuracy` of several labels counts only the largest output, so the log and the model "
            "were not compared; `binary_accuracy` counts each label."
        )
    if model and model.gives_a_logit:
        return say(
            "The model gives a logit, and Keras' `accuracy` counts those above 0.5 in place of those above "
            "0, so the log and the model were not compared."
        )
    return None


def _on_training(accuracy: Accuracy) -> Message:
    share = accuracy.on_training_images
    if share is None:
        return EMPTY
    return say(
        ", and {share} on {tried_images} training examples",
        share=wording.accuracy(share),
        tried_images=f"{accuracy.tried_images:,}",
    )


def _best(log: Log, column: Column) -> list[int]:
    """The positions in the column of the epochs that a checkpoint would have kept."""
    best, loss = [best_position(column)], log.column("val_loss")
    if loss and loss.rows == column.rows:
        both = enumerate(zip(column.values, loss.values, strict=True))
        finite = [position for position, pair in both if all(map(math.isfinite, pair))]
        best.append(min(finite, key=loss.values.__getitem__, default=None))
    return [position for position in best if position is not None]
