"""Compares the model's accuracy on the test images with the one on training images."""

from pydantic import Field

from grader.analysis.accuracies import STANDARD_ERRORS, standard_error
from grader.checks import Check
from grader.evidence.training import Accuracy
from grader.messages import wording
from grader.messages.message import say
from grader.report import Finding, passed, review


class NoBetterOnTestImages(Check):
    """Is the model no better on the test images than on training images?

    A model is better on images that it has seen in training. The grader has its accuracy on the first 2,000
    of the data set's training images, by which the scale of the pixels is found, and on all test images.
    An honest model has seen most of the former. Or it has seen none of either, because the student held them
    back for validation or trained on another part of the training set: then both are samples of images that
    it does not know, and differ by chance only. So an honest model is better on the training images, or
    as good but for the sampling error of the difference, sqrt(p * (1 - p) * (1 / n + 1 / m)), which is 0.0082
    for an accuracy of 0.87 on n = 2,000 and m = 10,000 images. A model that is further ahead on the test
    images knows them, and a teacher is asked to look.

    For Fashion-MNIST honest models are far from that limit, because its test images are the harder ones: the
    homework's network was 0.012 better on the first 2,000 training images when it had not seen them. Trained
    on the test images alone it is 0.009 better on these after five epochs, and 0.031 after ten.
    What cannot be seen here is a model that has learned little by heart, or both kinds of images alike.

    Args:
        standard_errors: How many standard errors the model may be ahead on the test images; three happen
            by chance to one honest model in 740.

    Example:
        no_better_on_test_images: {standard_errors: 3.0}
    """

    standard_errors: float = Field(default=float(STANDARD_ERRORS), ge=1, le=10)

    def find(self, accuracy: Accuracy) -> Finding:
        """Compare the two accuracies."""
        training = accuracy.on_training_images
        if training is None:
            return passed(
                say("The accuracy on training images is not known, so there is nothing to compare with.")
            )
        allowed = self.standard_errors * standard_error(
            accuracy.value, accuracy.images, training, accuracy.tried_images
        )
        ahead = accuracy.value - training
        found = say(
            "The submitted model has an accuracy of {value} on the {images} test images and of "
            "{training} on the first {tried_images} training images",
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
        if ahead <= allowed:
            if ahead <= 0:
                return passed(
                    say("{found}, so it is not ahead on the test images; {asked}.", found=found, asked=asked)
                )
            return passed(
                say(
                    "{found}, so it is {ahead} ahead on the test images; {asked}.",
                    found=found,
                    ahead=wording.accuracy(ahead),
                    asked=asked,
                )
            )
        return review(
            say(
                "{found}, so it is {ahead} ahead on images that it should not have seen; {asked}.",
                found=found,
                ahead=wording.accuracy(ahead, apart_from=allowed),
                asked=asked,
            ),
            say(
                "Ask the student which images the model was trained on: the test images are for "
                "`evaluate`, and not for `fit` to train on."
            ),
        )
