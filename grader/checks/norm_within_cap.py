"""Compares each logged gradient norm with the largest value that it can have after clipping."""

from pydantic import Field

from grader.checks import Check
from grader.evidence import Log, Model, Optimizer, Rerun, Scope, Stage
from grader.norms import HOW_TO_LOG, Bound, Reading, bound_after_clipping, no_norm, not_finite, readings
from grader.places import place
from grader.report import Finding, failed, passed, review
from grader.wording import number

_SAY_WHICH = (
    "Say which norm it is, in `submission.yaml`: `norm: {scope: global, stage: after}`, "
    "or `variable` and `before`; or log with `grader.student.NormLogger`, whose columns say it."
)
_COUNT = "Count the trainable variables of the student's network, and compare."


class NormWithinCap(Check):
    """Does every logged gradient norm stay within the cap?

    Each column of norms after clipping is compared with the largest value that such a norm can have.
    For the largest norm of a variable that is the cap. For the norm of all gradients as one vector
    it is the cap after `global_clipnorm`; after `clipnorm`, which clips each variable, it is the cap times
    the square root of the number of variables. The wider one holds where the model file does not say which.
    What a column holds is what its header or `submission.yaml` declares, else what is assumed here.
    A column without a stage beside one with a stage is taken for the other stage.

    Norms from before clipping are not compared with the cap. If the log has no others, the item does not
    pass, and the sentence says so. A column that does not say which norm it holds, is over the cap, and could
    be the norm of all gradients as one vector, is left to a teacher: the log alone cannot decide it.

    Args:
        cap: the clipping threshold.
        tolerance: how far a norm may be over its bound, relative to it. It is there for arithmetic only:
            a clipped norm comes out of float32 as 1.0000001192.
        scope: assumed where none is declared: `variable`, the largest of the variables' norms, or `global`,
            the norm of all gradients as one vector.
        stage: assumed where none is declared: `after` clipping or `before`.

    Example:
        norm_within_cap: {cap: 1.0, tolerance: 1e-5, scope: variable, stage: after}
    """

    cap: float = Field(default=1.0, gt=0, allow_inf_nan=False, description="The clipping threshold.")
    tolerance: float = Field(
        default=1e-5, ge=0, le=0.1, description="How far a norm may be over its bound, relative to it."
    )
    scope: Scope = Field(default="variable", description="Which norm, where the log does not say.")
    stage: Stage = Field(default="after", description="Before or after clipping, where the log does not say.")

    def find(self, log: Log, model: Model | None, rerun: Rerun | None) -> Finding:
        """Compare each norm after clipping with its bound."""
        found = readings(log, self.scope, self.stage)
        if not found:
            return no_norm(log)
        broken = not_finite(log, [reading.column for reading in found])
        if broken:
            return broken
        clipped = [reading for reading in found if reading.stage == "after"]
        if not clipped:
            return self._only_before(log, found[0])
        findings = [self._compare(log, reading, model, rerun) for reading in clipped]
        for status in ("failed", "review"):
            for finding in findings:
                if finding.status == status:
                    return finding
        return passed(" ".join(finding.message for finding in findings))

    def _compare(self, log: Log, reading: Reading, model: Model | None, rerun: Rerun | None) -> Finding:
        if self._within(reading, Bound(self.cap)):
            return passed(self._largest(reading, f"the rubric asks for at most {number(self.cap)}"))
        scope: Scope = reading.scope if reading.scope_known else "global"
        widest = bound_after_clipping(self.cap, scope, model, rerun)
        if widest is None:
            return review(
                f"{self._over(log, reading, Bound(self.cap))} The norm of all gradients as one vector may "
                "reach the cap times the square root of the number of variables, which is not known here.",
                _COUNT if reading.scope_known else _SAY_WHICH,
            )
        if self._within(reading, widest) and reading.scope == "global":
            return passed(self._largest(reading, f"the rubric allows {widest}"))
        if self._within(reading, widest):
            return review(
                f"{self._over(log, reading, Bound(self.cap))} The log does not say which norm this is: "
                f"the largest norm of a variable may reach {number(self.cap)}, "
                f"the norm of all gradients as one vector {widest}.",
                _SAY_WHICH,
            )
        # Nothing known explains a norm over the widest bound but that it was not clipped, or not yet.
        reason = "" if reading.stage_known else f" {self._cause(widest, model)}"
        bound = widest if reading.scope == "global" else Bound(self.cap)
        return failed(self._over(log, reading, bound) + reason, self._advice(model))

    def _within(self, reading: Reading, bound: Bound) -> bool:
        return max(reading.column.values) <= bound.value * (1 + self.tolerance)

    def _largest(self, reading: Reading, asked: str) -> str:
        values = reading.column.values
        return f"The largest of the {len(values)} norms in {reading.name} is {number(max(values))}; {asked}."

    def _over(self, log: Log, reading: Reading, bound: Bound) -> str:
        limit = bound.value * (1 + self.tolerance)
        over = [
            (row, value)
            for row, value in zip(reading.column.rows, reading.column.values, strict=True)
            if value > limit
        ]
        row, first = over[0]
        largest = max(value for _, value in over)
        more = f", and the largest is {number(largest, apart_from=bound.value)}" if len(over) > 1 else ""
        return (
            f"{reading.name} is over {bound} in {len(over)} of {len(reading.column.values)} norms: "
            f"the first is {number(first, apart_from=bound.value)} at {place(log, row)}{more}."
        )

    def _only_before(self, log: Log, reading: Reading) -> Finding:
        column = reading.column
        largest = max(column.values)
        row = column.rows[column.values.index(largest)]
        says = "its header or `submission.yaml` says" if reading.stage_known else "the rubric assumes"
        return failed(
            f"{reading.name} holds norms from before clipping, as {says}; "
            f"the largest is {number(largest)} at {place(log, row)}. "
            f"The rubric asks for norms after clipping, of at most {number(self.cap)}.",
            HOW_TO_LOG,
        )

    def _cause(self, widest: Bound, model: Model | None) -> str:
        optimizer = model.optimizer if model else None
        if optimizer and self._clips(optimizer):
            cause = "and the stored optimizer clips, so these were logged before it did"
        elif optimizer and not _threshold(optimizer):
            cause = "and the stored optimizer has no `clipnorm`, so these are not clipped"
        else:
            cause = "so these were logged before clipping, or nothing was clipped"
        return f"After clipping no norm can be over {number(widest.value)}, {cause}."

    def _advice(self, model: Model | None) -> str:
        optimizer = model.optimizer if model else None
        if optimizer and self._clips(optimizer):
            return f"The stored optimizer clips, so log what it leaves of the gradients. {HOW_TO_LOG}"
        found = ""
        if optimizer and optimizer.clipvalue:
            found = "`clipvalue` bounds each element of a gradient and not its norm. "
        elif optimizer and _threshold(optimizer):
            found = f"The stored optimizer clips at {number(_threshold(optimizer), apart_from=self.cap)}. "
        return (
            f"{found}Train with `clipnorm={number(self.cap)}`, and log the norms after clipping. {HOW_TO_LOG}"
        )

    def _clips(self, optimizer: Optimizer) -> bool:
        return 0 < _threshold(optimizer) <= self.cap * (1 + self.tolerance)


def _threshold(optimizer: Optimizer) -> float:
    return optimizer.clipnorm or optimizer.global_clipnorm or 0.0
