"""Counts the early steps whose logged norm reaches the cap."""

import math
from collections.abc import Sequence

from pydantic import Field

from grader.analysis.diagnosis.optimizer import other_clipping
from grader.analysis.norms.columns import HOW_TO_LOG, NormColumn, no_norm, reaching
from grader.analysis.norms.infer import NormColumns
from grader.analysis.reference.calibration import another_kind
from grader.analysis.targets import Targets
from grader.checks import Cap, Check
from grader.messages.message import EMPTY, Message, say, together
from grader.messages.wording import number, quoted
from grader.report import Finding, failed, not_checked, passed


class CapBindsEarly(Check):
    """Is the cap at work while the model has not converged?

    Among the first logged norms, those are counted that reach the cap: in these steps the gradient was
    clipped. A log that rarely comes near its cap shows either that another norm was logged, such as that of
    one layer or a mean, or that the cap was never put to the test.

    A norm reaches the cap if it is over it (which `norm_within_cap` judges) or within one thousandth of it,
    because a clipped norm comes out as 1.0000001 or 0.9999999 and logs are often rounded. The largest
    norm of a variable is looked at before the norm of all gradients as one vector, and norms from before
    clipping before those from after it. If `clipnorm` clips each variable, the norm of all gradients
    gives an upper limit of the steps that were clipped, and the student has the benefit of it.

    A log that reaches the cap too rarely is not checked where the grader's own training of the same network,
    with its loss, does so as well, where the grader cannot train with its loss, and for another kind of
    network than a dense one: with batch normalisation an honest run at batch size 128 reached the cap in
    0.045 of its first 200 steps, and one at batch size 32 in 0.8.

    Args:
        cap: The clipping threshold.
        first_steps: How many norms from the start of the log are looked at, or all if there are fewer.
        at_least: The share of them that must reach the cap. Larger batches have smaller norms: in honest runs
            of the homework the largest norm of a variable reaches 1.0 in 0.95 of the first 200 steps
            at batch size 32, in 0.7 at 128, in 0.53 at 256 and in 0.36 at 512. Where clipping is never at
            work, it is 0.

    Example:
        cap_binds_early: {cap: 1.0, first_steps: 200, at_least: 0.1}
    """

    cap: Cap = 1.0
    first_steps: int = Field(default=200, ge=1, le=1_000_000)
    at_least: float = Field(default=0.1, ge=0, le=1)

    def targets(self) -> Targets:
        """The cap."""
        return Targets(cap=self.cap)

    def find(self, norms: NormColumns) -> Finding:
        """Count the early norms that reach the cap."""
        if not norms.columns:
            return no_norm(norms.log)
        column = min(norms.columns, key=lambda column: (column.scope != "variable", column.stage != "before"))
        early = self._early(column)
        count, needed = reaching(early, self.cap), self._needed(len(early))
        sentence = say(
            "{count} of the first {early} norms in {name} reach the cap of {cap}; the rubric asks for "
            "at least {needed}",
            count=count,
            early=len(early),
            name=column.name,
            cap=number(self.cap),
            needed=needed,
        )
        if count >= needed:
            return passed(say("{sentence}.", sentence=sentence))
        return self._rarely(norms, column, sentence)

    def _rarely(self, norms: NormColumns, column: NormColumn, sentence: Message) -> Finding:
        """What it means that the cap is reached as rarely as this sentence says."""
        model, rerun = norms.references.model, norms.references.rerun
        early = self._early(column)
        if model and model.loss_form == "unknown":
            return not_checked(
                say(
                    "{sentence}. The grader cannot train with the loss {loss}, whose gradients may be small.",
                    sentence=sentence,
                    loss=quoted(model.loss),
                )
            )
        if rerun is not None:
            own = rerun.norms.series("variable", "before")[: self.first_steps]
            own_count = reaching(own, self.cap)
            sentence = say(
                "{sentence}, and in the grader's own training of this network {own_count} of the first "
                "{count} do",
                sentence=sentence,
                own_count=own_count,
                count=len(own),
            )
            if own and own_count < self._needed(len(own)):
                return not_checked(
                    say("{sentence}, so small gradients may be the network's own.", sentence=sentence)
                )
        stored = model.optimizer.cap if model and model.optimizer else 0.0
        if model and 0 < stored < self.cap and column.stage == "after":
            why = other_clipping(model, self.cap, rerun)
            return failed(
                say(
                    "{sentence}. The stored optimizer clips at {stored}, so that no norm of a variable "
                    "is larger after clipping.",
                    sentence=sentence,
                    stored=number(stored),
                ),
                together(why, say("Train with `clipnorm={cap}`.", cap=number(self.cap))),
            )
        if another := another_kind(model):
            return not_checked(
                say(
                    "{sentence}. The model has {what}, and how often honest runs of such networks reach the "
                    "cap was not measured.",
                    sentence=sentence,
                    what=another,
                )
            )
        finite = [value for value in early if math.isfinite(value)]
        largest = (
            say("The largest of them is {largest}.", largest=number(max(finite), apart_from=self.cap))
            if finite
            else EMPTY
        )
        return failed(
            together(say("{sentence}.", sentence=sentence), largest),
            together(
                say(
                    "Log from the first step on the norm of all trainable variables' gradients in that step, "
                    "not of one layer and not a mean."
                ),
                HOW_TO_LOG,
            ),
        )

    def _early(self, column: NormColumn) -> Sequence[float]:
        """The norms of the first steps, of which a sample has fewer."""
        return column.values[: max(1, self.first_steps // column.every)]

    def _needed(self, steps: int) -> int:
        # 0.55 * 200 is 110.00000000000001.
        return math.ceil(self.at_least * steps - 1e-9)
