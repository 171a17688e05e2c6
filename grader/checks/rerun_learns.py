"""Checks that the student's architecture learns in the grader's own training."""

import math
from collections.abc import Iterator, Sequence
from statistics import median

from pydantic import Field

from grader.analysis.diagnosis.training import odd_output
from grader.analysis.targets import Targets
from grader.checks import AsksForMetric, Cap, Setting
from grader.evidence.model import Model
from grader.evidence.training import Rerun
from grader.messages import wording
from grader.messages.message import Message, say, together, verbatim
from grader.report import Finding, failed, not_checked, passed, review

# The loss of one batch is noisy, that of twenty is not.
_AT_AN_END = 20
# A loss that falls by less than a tenth is still that of guessing, which is ln(10) = 2.30 for ten classes.
_FALLS = 0.9


class RerunLearns(AsksForMetric):
    """Does the architecture learn when the grader trains it?

    The grader trains the student's architecture briefly, from fresh weights, with the rubric's optimizer and
    the loss that the model file stores. Asked for: each loss is a finite number, the largest norm of a
    variable after clipping stays within the cap, and the accuracy on the test examples is high enough, or
    another `metric` good enough. Of a regression without a `metric`, the loss must not rise; it passes if it
    falls by a tenth, and is not checked in between.
    A norm over the cap is left to a teacher: the grader clips in this training as the rubric says,
    so the rubric's `rerun` and this item contradict each other. A network with another loss than the usual
    cross-entropy that stays below the accuracy is not checked, because it may need more steps.

    Args:
        cap: The clipping threshold.
        tolerance: How far a norm may be over the cap, relative to it, because float32 rounds. For weights in
            float16 and bfloat16 it is 0.0015 and 0.012 at least.
        at_least: The accuracy asked for, as a share. The homework's network has about 0.8 after 600 steps
            of 32 images, and one that does not learn has 0.1. For the metric `auc`, that metric.
        metric: `auc`, `cross_entropy`, `perplexity`, `mae` or `rmse` in place of the accuracy.
        at_most: The largest value that passes of a metric of which less is better.

    Example:
        rerun_learns: {cap: 1.0, tolerance: 1e-5, at_least: 0.7}
    """

    cap: Cap = 1.0
    tolerance: float = Field(default=1e-5, ge=0, le=0.1)
    at_least: float | None = Field(default=0.7, ge=0, le=1)

    def targets(self) -> Targets:
        """The cap."""
        return Targets(cap=self.cap)

    def warnings(self, setting: Setting) -> Iterator[str]:
        """A cap below the rerun's own clipping is never met."""
        used = setting.optimizer.get("clipnorm") or setting.optimizer.get("global_clipnorm")
        if used is None or used > self.cap:
            clips = f"clips at {used:g}" if used is not None else "does not clip norms"
            yield f"may never pass: its `cap` is {self.cap:g}, but the rerun {clips}."

    def _named(self, value: Message | str) -> Message:
        """A value, with the name of the metric if it is not the accuracy."""
        if self.metric is None:
            return verbatim(value)
        return say("{value} ({metric})", value=value, metric=wording.metric(self.metric))

    def find(self, rerun: Rerun, model: Model | None) -> Finding:
        """Look at the losses, the norms and the accuracy of the rerun."""
        if diverged := _diverged(rerun.loss):
            return diverged
        norms = rerun.norms.variable_after
        largest = max(norms, default=0.0)
        # Logs and these norms have sums of an embedding's rows, by which Keras does not clip.
        bound = self.cap * (1 + max(self.tolerance, model.inexact if model else 0.0)) * rerun.repeats
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
        value = rerun.test_accuracy if self.metric is None else rerun.metrics.get(self.metric)
        if value is None:
            return _by_loss(rerun, model)
        reached = self.is_reached(value)
        shown = wording.accuracy if self.metric is None else wording.number
        sentence = say(
            "In the grader's own training the network reaches {found} on the test examples after {steps}; "
            "the rubric asks for {asked}.",
            found=self._named(shown(value, apart_from=None if reached else self.bound)),
            steps=wording.counted(len(rerun.loss), "step"),
            asked=self.asked,
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


def _by_loss(rerun: Rerun, model: Model | None) -> Finding:
    """Whether the loss falls, where nothing else tells that the network learns.

    Labels in thousands need more steps than these, so a loss that falls slowly is not held against anybody.
    """
    start, end = _ends(rerun)
    found = say(
        "In the grader's own training the loss goes from {start} to {end} in {steps}.",
        start=wording.number(start),
        end=wording.number(end),
        steps=wording.counted(len(rerun.loss), "step"),
    )
    if end <= _FALLS * start:
        return passed(found)
    if not any(rerun.norms.global_before[-_AT_AN_END:]):
        happened, hint = _diagnosis(rerun, model)
        return failed(together(found, happened), hint)
    if end * _FALLS > start:
        return failed(found, say("Check the activations, and end the network with a layer without one."))
    return not_checked(found)


def _ends(rerun: Rerun) -> tuple[float, float]:
    """The loss at the start and at the end."""
    return median(rerun.loss[:_AT_AN_END]), median(rerun.loss[-_AT_AN_END:])


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
    last = min(_AT_AN_END, len(rerun.loss))
    if not any(rerun.norms.global_before[-last:]):
        happened = say("The gradient is 0 in its last {steps}.", steps=wording.counted(last, "step"))
        stopped = say(
            "No gradient reaches the weights: look for ReLU units that are 0 for every example, an "
            "activation that is flat, or a layer that stops the gradient."
        )
        return happened, stopped
    start, end = _ends(rerun)
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
