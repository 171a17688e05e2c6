"""Compares the model's accuracy on the test images with the one on training images, and with honest runs."""

import math
from typing import ClassVar

from pydantic import Field

from grader.analysis.accuracies import STANDARD_ERRORS, standard_error
from grader.analysis.log_positions import epochs
from grader.analysis.norms.infer import NormColumns
from grader.analysis.reference.calibration import SPREADS, Accuracies, Calibration
from grader.checks import Check
from grader.evidence.training import Accuracy
from grader.messages import wording
from grader.messages.message import say
from grader.report import Finding, not_checked, passed, review

_ASK = say(
    "Ask the student which examples the model was trained on: the test examples are for "
    "`evaluate`, and not for `fit` to train on."
)


class NoBetterOnTestImages(Check):
    """Is the model no better on the test images than on training images?

    The accuracy on all test images is compared with that on the first 2,000 of the data set's training
    images. An honest model has seen most of these and is better on them; or it has seen none, because the
    student trained on others, and the two differ by chance only, with a standard error of
    sqrt(p * (1 - p) * (1 / n + 1 / m)), which is 0.0082 for 0.87 on n = 2,000 and m = 10,000 images. A model
    that is further ahead than `standard_errors` of these knows the test images, and a teacher must look.

    For Fashion-MNIST honest models are far from that limit, because its test images are the harder ones: the
    homework's network was 0.012 better on the first 2,000 training images when it had not seen them. Trained
    on the test images alone it is 0.009 better on these after five epochs, and 0.031 after ten.

    A model that has learned from both kinds of images is only too good. `grader rubric calibrate` measures
    how accurate honest runs become, each at the best of 20 epochs. A model of the same dense layers that was
    trained as the rubric asks, and for no more epochs, may be four standard deviations above their mean, and
    three standard errors of its accuracy above that (0.009 on 10,000 images), because a regulariser or
    another batch size may help. Other networks, and those trained for more epochs, are not compared.

    Args:
        standard_errors: How many standard errors the model may be ahead on the test images; three happen
            by chance to one honest model in 740.

    Example:
        no_better_on_test_images: {standard_errors: 3.0}
    """

    needs_accuracy: ClassVar[bool] = True

    standard_errors: float = Field(default=float(STANDARD_ERRORS), ge=1, le=10)

    def find(self, accuracy: Accuracy, norms: NormColumns | None) -> Finding:
        """Compare the accuracy with the one on training images, and with those of honest runs."""
        finding = self._beside_training_images(accuracy)
        if finding.status == "review" or norms is None:
            return finding
        return self._beyond_honest_runs(accuracy, norms) or finding

    def _beside_training_images(self, accuracy: Accuracy) -> Finding:
        training = accuracy.on_training_images
        if training is None:
            return not_checked(
                say("The accuracy on training examples is not known, so there is nothing to compare with.")
            )
        allowed = self.standard_errors * standard_error(
            accuracy.value, accuracy.images, training, accuracy.tried_images
        )
        ahead = accuracy.value - training
        found = say(
            "The submitted model has an accuracy of {value} on the {images} test examples and of "
            "{training} on the first {tried_images} training examples",
            value=wording.accuracy(accuracy.value),
            images=f"{accuracy.images:,}",
            training=wording.accuracy(training),
            tried_images=f"{accuracy.tried_images:,}",
        )
        asked = say(
            "the rubric allows {allowed}, which is {standard_errors} standard errors",
            allowed=wording.accuracy(allowed),
            standard_errors=wording.number(self.standard_errors),
        )
        if ahead <= 0:
            return passed(
                say("{found}, so it is not ahead on the test examples; {asked}.", found=found, asked=asked)
            )
        if ahead <= allowed:
            shown = wording.accuracy(ahead)
            return passed(
                say(
                    "{found}, so it is {ahead} ahead on the test examples; {asked}.",
                    found=found,
                    ahead=shown,
                    asked=asked,
                )
            )
        return review(
            say(
                "{found}, so it is {ahead} ahead on examples that it should not have seen; {asked}.",
                found=found,
                ahead=wording.accuracy(ahead, apart_from=allowed),
                asked=asked,
            ),
            _ASK,
        )

    def _beyond_honest_runs(self, accuracy: Accuracy, norms: NormColumns) -> Finding | None:
        """A review of a model that is more accurate than honest runs become; None of any other."""
        calibration = norms.references.calibration
        honest = calibration.accuracies if calibration else None
        if calibration is None or honest is None or not _covers(calibration, honest, norms):
            return None
        expected = max(honest.mean + SPREADS * honest.spread, honest.highest)
        chance = math.sqrt(expected * (1 - expected) / honest.test_images)
        limit = min(1.0, expected + self.standard_errors * chance)
        if accuracy.images != honest.test_images or accuracy.value <= limit:
            return None
        return review(
            say(
                "The submitted model has an accuracy of {value} on the {images} test images. {runs} honest "
                "runs of this network, each at the best of its {epochs} epochs, have {mean} in the mean and "
                "{highest} at most; up to {limit} is expected.",
                value=wording.accuracy(accuracy.value, apart_from=limit),
                images=f"{accuracy.images:,}",
                runs=honest.runs,
                epochs=honest.epochs,
                mean=wording.accuracy(honest.mean),
                highest=wording.accuracy(honest.highest),
                limit=wording.accuracy(limit),
            ),
            _ASK,
        )


def _covers(calibration: Calibration, honest: Accuracies, norms: NormColumns) -> bool:
    """Whether a submission has the network and the recipe of the calibrated runs, and trained no longer."""
    trained_on = norms.references.targets.training_images or honest.training_images
    covered = epochs(norms.log)
    return (
        trained_on <= honest.training_images
        and covered is not None
        and covered <= honest.epochs
        and norms.references.model is not None
        and calibration.is_of(norms.references.model)
    )
