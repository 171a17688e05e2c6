"""Checks that the student's architecture learns in the grader's own training."""

import math
from collections.abc import Iterator, Sequence
from statistics import median

from pydantic import Field

from grader.analysis.diagnosis.training import odd_output
from grader.analysis.targets import Targets
from grader.checks import Cap, Check, Setting
from grader.evidence.model import Model
from grader.evidence.training import Rerun
from grader.messages import wording
from grader.messages.message import Message, say, together
from grader.report import Finding, failed, not_checked, passed, review

# The loss of one batch is noisy, that of twenty is not.
_ENDS = 20
# A loss that falls by less than a tenth is still that of guessing, which is ln(10) = 2.30 for ten classes.
_FALLS = 0.9


class RerunLearns(Check):
    """Does the architecture learn when the grader trains it?

    The grader trains the student's architecture briefly, from fresh weights, with the rubric's optimizer and
    the loss that the model file stores. Asked for: each loss is a finite number, the largest norm of a
    variable after clipping stays within the cap, and the accuracy on the test images is high enough.
    A norm over the cap is left to a teacher: the grader clips in this training as the rubric says,
    so the rubric's `rerun` and this item contradict each other. A network with another loss than the usual
    cross-entropy that stays below the accuracy is not checked, because it may need more steps.

    Args:
        cap: The clipping threshold.
        tolerance: How far a norm may be over the cap, relative to it, because float32 rounds. For weights in
            float16 and bfloat16 it is 0.0015 and 0.012 at least.
        at_least: The accuracy asked for, as a share. The homework's network has about 0.8 after 600 steps
            of 32 images, and one that does not learn has 0.1.

    Example:
        rerun_learns: {cap: 1.0, tolerance: 1e-5, at_least: 0.7}
    """

    cap: Cap = 1.0
    tolerance: float = Field(default=1e-5, ge=0, le=0.1)
    at_least: float = Field(default=0.7, ge=0, le=1)

    def targets(self) -> Targets:
        """The cap."""
        return Targets(cap=self.cap)

    def warnings(self, setting: Setting) -> Iterator[str]:
        """A cap below the rerun's own clipping is never met."""
        used = setting.optimizer.get("clipnorm") or setting.optimizer.get("global_clipnorm")
        if used is None or used > self.cap:
            clips = f"clips at {used:g}" if used is not None else "does not clip norms"
            yield f"may never pass: its `cap` is {self.cap:g}, but the rerun {clips}."

    def find(self, rerun: Rerun, model: Model | None) -> Finding:
        """Look at the losses, the norms and the accuracy of the rerun."""
        if diverged := _diverged(rerun.loss):
            return diverged
        norms = rerun.norms.variable_after
        largest = max(norms, default=0.0)
        bound = self.cap * (1 + max(self.tolerance, model.inexact if model else 0.0))
        if largest > bound:
            over = sum(norm > bound for norm in norms)
            return review(
                say(
                    "In the grader's own training the largest norm of a variable after clipping is "
                    "{largest}, and {over} of {norms} norms are over the cap {cap}.",
                    largest=wording.number(largest, apart_from=self.cap),
                    over=over,
                    norms=len(norms),
                    cap=wording.number(self.cap),
                ),
                say("Compare the clipping in the rubric's `rerun` with the `cap` of this item."),
            )
        reached = rerun.test_accuracy >= self.at_least
        found = wording.accuracy(rerun.test_accuracy, apart_from=None if reached else self.at_least)
        sentence = say(
            "In the grader's own training the network reaches {found} on the test images after "
            "{steps}; the rubric asks for at least {at_least}.",
            found=found,
            steps=wording.counted(len(rerun.loss), "step"),
            at_least=wording.accuracy(self.at_least),
        )
        if reached:
            return passed(
                say(
                    "{sentence} Its largest clipped norm is {largest}.",
                    sentence=sentence,
                    largest=wording.number(largest),
                )
            )
        happened, hint = _diagnosis(rerun, model)
        if model and model.loss_form != "usual":
            # `at_least` is what cross-entropy reaches in so few steps.
            return not_checked(together(sentence, happened))
        return failed(together(sentence, happened), hint)


def _diverged(losses: Sequence[float]) -> Finding | None:
    position = next((place for place, loss in enumerate(losses) if not math.isfinite(loss)), None)
    if position is None:
        return None
    return failed(
        say(
            "In the grader's own training the loss is {value} at step {step} of {steps}; the "
            "rubric asks for finite numbers.",
            value=wording.number(losses[position]),
            step=position + 1,
            steps=len(losses),
        ),
        say(
            "Check the activations, that the last layer fits the loss, and that no layer divides by what "
            "can be 0 or takes a logarithm of it."
        ),
    )


def _diagnosis(rerun: Rerun, model: Model | None) -> tuple[Message, Message]:
    """What happened in a training that did not reach its accuracy, and what to do."""
    last = min(_ENDS, len(rerun.loss))
    if not any(rerun.norms.global_before[-last:]):
        happened = say("The gradient is 0 in its last {steps}.", steps=wording.counted(last, "step"))
        stopped = say(
            "No gradient reaches the weights: look for ReLU units that are 0 for every image, an "
            "activation that is flat, or a layer that stops the gradient."
        )
        return happened, stopped
    start, end = median(rerun.loss[:_ENDS]), median(rerun.loss[-_ENDS:])
    course = say("from {start} to {end}", start=wording.number(start), end=wording.number(end))
    if end > _FALLS * start:
        hint = odd_output(model) or say(
            "Check the activations, that the last layer is softmax or gives logits, and that the "
            "inputs are scaled as the network expects."
        )
        return say("Its loss does not fall: it goes {course}.", course=course), hint
    slow = say(
        "Compare the layers with those that the homework asks for: too few units, much dropout or a "
        "very deep network learn slowly."
    )
    return say("Its loss falls {course}: it learns, but slowly.", course=course), slow
