"""Compares the accuracies of two runs."""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from grader.analysis.two_runs import last_accuracy, one_training
from grader.checks import ComparesRuns, Setting
from grader.evidence.log import Log
from grader.evidence.training import Accuracy
from grader.messages import wording
from grader.messages.message import Message, say
from grader.messages.wording import number, quoted
from grader.report import Finding, failed, passed

# Accuracies are shares of whole images, and differences of floats.
_ROUNDING = 1e-9


class AccuracyDiffers(ComparesRuns):
    """Is the accuracy as far from that of another run as it should be?

    Compared are the accuracies on the test images, where both runs have a model that was measured; else what
    both logs end with: the last validation accuracy, or the mean training accuracy of the last epoch.

    Of 64 pairs of trainings of the homework's MLP for 1,875 steps, with clipnorm and without, the accuracies
    on the test images differed by 0.033 at most and those of the last epoch by 0.006; with clipvalue in place
    of clipnorm, by 0.031 and 0.006: `at_most: 0.04` has no false alarm. A simple recurrent network with SGD
    at 0.1 was 0.11 to 0.45 better with clipping than without: `at_least: 0.05` has no false alarm in 64
    pairs, and passes in 21 of 56 pairs of two trainings without clipping, which differ by 0.29 at most.
    `python tests/corpus/two_runs.py FOLDER` prints these numbers.

    Args:
        than: The other run.
        at_least: How much higher this run's accuracy must be, as a share: 0.05 for 5 points.
        at_most: How far apart the two may be, either way.

    Example:
        accuracy_differs: {than: unclipped, at_least: null, at_most: 0.04}
    """

    needs_accuracy: ClassVar[bool] = True

    at_least: float | None = Field(default=None, ge=-1, le=1)
    at_most: float | None = Field(default=None, ge=0, le=1)

    def warnings(self, setting: Setting) -> Iterator[str]:  # noqa: ARG002  (it does not depend on others)
        """A check that asks for nothing passes always."""
        if self.at_least is None and self.at_most is None:
            yield "asks for nothing, because it has neither `at_least` nor `at_most`."

    def find(
        self,
        log: Log,
        other_log: Log,
        accuracy: Accuracy | None,
        other_accuracy: Accuracy | None,
    ) -> Finding:
        """Compare the accuracies of the models, or else those of the logs."""
        if finding := one_training(log, other_log, self.than):
            return finding
        mine, theirs, where = last_accuracy(log), last_accuracy(other_log), say("at the end of the log")
        if accuracy and other_accuracy:
            mine, theirs, where = accuracy.value, other_accuracy.value, say("on the test examples")
        if mine is None or theirs is None:
            return failed(
                say("There is no accuracy of both runs, this one and {run}.", run=quoted(self.than)),
                say("Log `val_accuracy` or `accuracy` in both runs."),
            )
        found = say(
            "The accuracy is {mine} {where}, and {theirs} in the run {run}; the rubric asks for {asked}.",
            mine=wording.accuracy(mine),
            where=where,
            theirs=wording.accuracy(theirs),
            run=quoted(self.than),
            asked=self._asked(),
        )
        difference = mine - theirs
        is_higher = self.at_least is None or difference >= self.at_least - _ROUNDING
        is_near = self.at_most is None or abs(difference) <= self.at_most + _ROUNDING
        if is_higher and is_near:
            return passed(found)
        return failed(
            found,
            say(
                "Check that the two runs differ in nothing but what the homework says, train both again, and "
                "hand in the log of each."
            ),
        )

    def _asked(self) -> Message | str:
        least = say("at least {share} more", share=number(self.at_least or 0.0))
        most = say("a difference of at most {share}", share=number(self.at_most or 0.0))
        if self.at_least is not None and self.at_most is not None:
            return say("{least} and {most}", least=least, most=most)
        return least if self.at_least is not None else most
