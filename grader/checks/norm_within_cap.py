"""Compares each logged gradient norm with the largest value that it can have after clipping."""

import math
from collections import defaultdict
from collections.abc import Iterator

from pydantic import Field

from grader.analysis.diagnosis.optimizer import LOG_CLIPPED, clipped_later
from grader.analysis.log_positions import place
from grader.analysis.moments.rows import impossible
from grader.analysis.norms.columns import HOW_TO_LOG, Bound, NormColumn, Series, is_held, over, unusable
from grader.analysis.norms.fabrication import is_running_mean
from grader.analysis.norms.infer import NormColumns
from grader.analysis.norms.loss_scale import loss_scale
from grader.analysis.reference.calibration import STEPS
from grader.analysis.statistics import as_array, units
from grader.analysis.targets import Targets
from grader.checks import Cap, Check, Setting
from grader.evidence.log import Log
from grader.evidence.model import Optimizer
from grader.evidence.values import Scope, Stage
from grader.messages.message import EMPTY, Message, say, say_counted, together
from grader.messages.wording import listed, number
from grader.report import Finding, failed, passed, review

_SAY_WHICH = say(
    "Say which norm it is, in `submission.yaml`: `norm: {scope: global, stage: after}`, or "
    "`variable` and `before`; or log with `grader.student.NormLogger`, whose columns say it."
)
# So little over it is not seen in four digits.
_NOT_SEEN = 2e-5
_EACH: Series = ("variable", "after")
_ALL: Series = ("global", "after")
_COUNT = say("Count the trainable variables of the student's network, and compare.")
_FEWER = say(
    "Ask for a log with at most eight norm columns: `grader.student.NormLogger` writes four, which say "
    "what the homework asks."
)
# As many as a network may have; the error of a norm over so many numbers is a thousandth of it.
_MOST_PARAMETERS = 64_000_000
_MAY_BE_LARGER = say(
    "as the norm of all gradients it may be over the cap, because each variable's norm is within it."
)
_LIKE_UNCLIPPED = say(
    "Its first norms are like those of the grader's own training before clipping, and not like those "
    "after it."
)


class NormWithinCap(Check):
    """Does every logged gradient norm stay within the cap?

    Each column of norms after clipping is compared with the largest value that such a norm can have: for
    a variable the cap; for all gradients as one vector the cap after `global_clipnorm`, and the cap times the
    square root of the number of variables after `clipnorm`, or where the model file does not say which.
    What a column holds is what its header or `submission.yaml` declares. Beside a column with a stage, one
    without has the other stage. Else the numbers tell: nothing after clipping is over its bound, nothing
    before clipping is held at the cap, and the first and last norms of each series are like those of the
    rerun and the probe, as far as a calibration says that honest runs are. Where the numbers do not tell,
    `scope` and `stage` are assumed; a column over the cap that could be the norm of all gradients is then
    left to a teacher. Only eight columns are worked out, those after clipping first; any other after clipping
    that is over the cap is left to a teacher, too.

    Where the log has the largest norm of a variable after clipping, within the cap, another norm over the cap
    can only be the larger one of all gradients, and nobody has to know how many variables there are. It must
    be possible beside the first in every row: not smaller, and no more than the square root of the number of
    variables times as large, where that is known.

    A log that has only norms from before clipping does not pass, but for PyTorch, whose `clip_grad_norm_`
    returns them, if held at the cap they make exactly the moments of the stored optimizer. Neither does the
    running mean that Keras' metrics keep within an epoch, which is not the norm of a step.

    Keras clips the gradient of an embedding by the squares of each time that a row was looked up, and a log
    has the norm of their sum. By how much that is larger is measured in the rerun and the probe of this
    network; the bound is 1.5 times as much above the cap, because a whole training has more batches.

    Args:
        cap: The clipping threshold.
        tolerance: How far a norm may be over its bound, relative to it, for arithmetic only: a clipped norm
            comes out of float32 as 1.0000001192. Half a unit of the log's last digit is allowed beside it.
            For weights in float16 and bfloat16 it is 0.0015 and 0.012 at least.
        scope: Assumed where none is declared: `variable`, the largest of the variables' norms, or `global`,
            the norm of all gradients as one vector.
        stage: Assumed where none is declared: `after` clipping or `before`.
        accept_global_clipnorm: Whether a global norm that is held at the cap, as `global_clipnorm` and
            `tf.clip_by_global_norm` leave it, does as well; else each variable must be clipped by itself.

    Example:
        norm_within_cap:
          {cap: 1.0, tolerance: 1e-5, scope: variable, stage: after, accept_global_clipnorm: true}
    """

    cap: Cap = 1.0
    tolerance: float = Field(default=1e-5, ge=0, le=0.1)
    scope: Scope = Field(default="variable")
    stage: Stage = Field(default="after")

    accept_global_clipnorm: bool = Field(default=True)

    def targets(self) -> Targets:
        """The cap, and what is assumed of a norm that does not say what it is."""
        return Targets(cap=self.cap, tolerance=self.tolerance, scope=self.scope, stage=self.stage)

    def warnings(self, setting: Setting) -> Iterator[str]:
        """Norms that are not there are over no cap."""
        if not any(check.counts_steps for check in setting.checks):
            yield "passes on a log of one row, because no item is `log_is_complete`."

    def find(self, norms: NormColumns) -> Finding:
        """Compare each norm after clipping with its bound."""
        log, cap, model = norms.log, norms.references.cap_of_each(self.cap), norms.references.model
        if model and self.tolerance < model.inexact:
            return self.model_copy(update={"tolerance": model.inexact}).find(norms)
        if finding := unusable(log) or self._proven(norms) or self._something_else(norms, cap):
            return finding
        clipped = [column for column in norms.columns if column.stage == "after"]
        if not clipped:
            return self._only_before(norms, norms.columns[0])
        outside, within = [], defaultdict[Message, list[NormColumn]](list)
        for column in clipped:
            found = self._compare(norms, column, cap)
            if isinstance(found, Finding):
                outside.append(found)
            else:
                within[found].append(column)
        if outside:
            return min(outside, key=lambda finding: finding.status != "failed")
        return self._not_interpreted(norms) or passed(
            together(*(_norms_within(asked, columns) for asked, columns in within.items()))
        )

    def _something_else(self, norms: NormColumns, cap: Bound) -> Finding | None:
        """The finding on the first column that is no norm of a step's own gradients."""
        for column in norms.columns:
            if is_running_mean(norms.log, column):
                return _is_a_mean(column)
            if scale := loss_scale(column, norms.references.rerun):
                return _is_of_scaled_loss(self._over(norms.log, column, cap), scale)
        return None

    def _proven(self, norms: NormColumns) -> Finding | None:
        """The finding where moments prove that a loop of PyTorch clipped after the norms were taken."""
        model, later = norms.references.model, norms.clipped_later
        if not (model and model.is_of_pytorch and later and later.is_at_cap and later.cap == self.cap):
            return None
        return passed(
            say(
                "{proof} So no norm was over {cap} after clipping, as the rubric asks; {name} holds what "
                "PyTorch's `clip_grad_norm_` returns, the norms of all gradients before clipping.",
                proof=clipped_later(later),
                cap=number(later.cap),
                name=later.column.name,
            )
        )

    def _not_interpreted(self, norms: NormColumns) -> Finding | None:
        """The first column that is over the cap among those of which nobody worked out what they hold."""
        for column in norms.others:
            if column.stage == "after" and not self._within(column, norms.references.cap_of_each(self.cap)):
                return review(
                    say(
                        "{name} has norms up to {largest}; the rubric asks for at most {cap}. The log has "
                        "{count} norm columns, and only {most} of them are interpreted.",
                        name=column.name,
                        largest=number(column.largest, apart_from=self.cap),
                        cap=number(self.cap),
                        count=len(norms.columns) + len(norms.others),
                        most=len(norms.columns),
                    ),
                    _FEWER,
                )
        return None

    def _is_settled(self, norms: NormColumns, column: NormColumn) -> bool:
        """Whether the norms of a variable are within the cap, and those of the column can be of all of them.

        That is so if in each row they are as far apart as two such norms can be. Zeros show nothing.
        """
        references, rows = norms.references, set(column.logged.rows)
        variables = math.inf if references.variables is None else references.variables
        parameters = references.model.parameters if references.model else _MOST_PARAMETERS
        return any(
            one.largest > 0
            and self._within(one, references.cap_of_each(self.cap))
            and rows.issubset(one.logged.rows)
            and not impossible({_EACH: one.logged, _ALL: column.logged}, variables, parameters)
            for one in norms.columns
            if (one.scope, one.stage) == _EACH and one.scope_known and one.stage_known
        )

    def _compare(self, norms: NormColumns, column: NormColumn, cap: Bound) -> Finding | Message:
        """Why the column does not pass, or else what was asked."""
        if self._within(column, cap):
            optimizer = norms.references.optimizer
            # Whoever wrote `clipnorm` in an old Keras did what was asked.
            accepted = self.accept_global_clipnorm or (optimizer and optimizer.clipnorm_is_global)
            if not accepted and column.scope == "global" and is_held(column.values, self.cap):
                return self._clipped_globally(column)
            asked = say("the rubric asks for at most {cap}.", cap=number(self.cap))
            if column.largest > self.cap and cap.reason:
                asked = say("the rubric allows {widest}.", widest=cap.described())
            return self._asked(asked, column, cap)
        found = self._over(norms.log, column, cap)
        widest = norms.references.bound(self.cap, column.scope if column.scope_known else "global")
        if widest is None:
            unknown = say(
                "{over} The norm of all gradients as one vector may reach the cap times the square "
                "root of the number of variables, which is not known here.",
                over=found,
            )
            hint = _COUNT if column.scope_known else _SAY_WHICH
            return _MAY_BE_LARGER if self._is_settled(norms, column) else review(unknown, hint)
        if self._within(column, widest):
            if column.scope != "global" and not self._is_settled(norms, column):
                return review(
                    say(
                        "{over} The log does not say which norm this is: the largest norm of a variable may "
                        "reach {cap}, the norm of all gradients as one vector {widest}.",
                        over=found,
                        cap=number(self.cap),
                        widest=widest.described(),
                    ),
                    _SAY_WHICH,
                )
            shown = column.scope_by in {"moments", "numbers"}
            return together(
                self._asked(say("the rubric allows {widest}.", widest=widest.described()), column, widest),
                say("Its numbers show that it is the global norm.") if shown else EMPTY,
            )
        # Nothing known explains a norm over the widest bound but that it was not clipped, or not yet.
        is_told = column.stage_known and not norms.clipped_later
        reason = EMPTY if is_told else self._cause(widest, norms)
        if column.scope == "global":
            found = self._over(norms.log, column, widest)
        return failed(together(found, reason), self._advice(norms))

    def _asked(self, asked: Message, column: NormColumn, bound: Bound) -> Message:
        """What was asked, and the rounding that was allowed where it was needed."""
        largest, limit = column.largest, bound.value * (1 + self.tolerance)
        if largest <= bound.value * (1 + _NOT_SEEN):
            return asked
        if largest <= limit:
            return say("{asked} Up to {limit} is allowed for rounding.", asked=asked, limit=number(limit))
        return say(
            "{asked} The {largest} is over that by rounding alone: half a unit of the last digit in the log, "
            "{half}, is allowed.",
            asked=asked,
            largest=number(largest, apart_from=bound.value),
            half=number(float(units(column.values)[as_array(column.values).argmax()]) / 2),
        )

    def _within(self, column: NormColumn, bound: Bound) -> bool:
        return not len(over(column.values, bound.value * (1 + self.tolerance)))

    def _over(self, log: Log, column: NormColumn, bound: Bound) -> Message:
        found = over(column.values, bound.value * (1 + self.tolerance))
        largest = number(column.largest, apart_from=bound.value)
        more = say(", and the largest is {largest}", largest=largest) if len(found) > 1 else ""
        return say(
            "{name} is over {bound} in {over} of {norms} norms: the first is {first} at {where}{more}.",
            name=column.name,
            bound=bound.described(),
            over=f"{len(found):,}",
            norms=f"{len(column.values):,}",
            first=number(float(column.values[found[0]]), apart_from=bound.value),
            where=place(log, column.logged.rows[found[0]]),
            more=more,
        )

    def _only_before(self, norms: NormColumns, column: NormColumn) -> Finding:
        if column.stage_by == "numbers":
            bound, reason = Bound(self.cap), _LIKE_UNCLIPPED
            widest = norms.references.bound(self.cap, "global")
            if widest is not None and not self._within(column, widest):
                bound, reason = widest, self._cause(widest, norms)
            return failed(together(self._over(norms.log, column, bound), reason), self._advice(norms))
        row = column.logged.rows[int(as_array(column.values).argmax())]
        says = say("the log or `submission.yaml` says") if column.stage_known else say("the rubric assumes")
        return failed(
            say(
                "{name} holds norms from before clipping, as {says}; the largest is {largest} at {where}. "
                "The rubric asks for norms after clipping, of at most {cap}.",
                name=column.name,
                says=says,
                largest=number(column.largest),
                where=place(norms.log, row),
                cap=number(self.cap),
            ),
            _how_to_log(norms),
        )

    def _clipped_globally(self, column: NormColumn) -> Finding:
        if column.scope_by == "numbers":
            # An honest norm of a variable is held at the cap, too, and runs differ.
            return review(
                say(
                    "{name} is held at the cap of {cap}, and its numbers are like those of the norm of all "
                    "gradients clipped as one vector; the rubric asks for each variable clipped by itself.",
                    name=column.name,
                    cap=number(self.cap),
                ),
                _SAY_WHICH,
            )
        return failed(
            say(
                "{name}, the norm of all gradients, is held at the cap of {cap}: all gradients were "
                "clipped as one vector; the rubric asks for each variable clipped by itself.",
                name=column.name,
                cap=number(self.cap),
            ),
            say(
                "Train with `clipnorm={cap}` in place of `global_clipnorm` or `tf.clip_by_global_norm`.",
                cap=number(self.cap),
            ),
        )

    def _cause(self, widest: Bound, norms: NormColumns) -> Message:
        """Why norms are over all that clipping leaves, and what the grader's own training has over it."""
        later = norms.clipped_later
        proof = clipped_later(later) if later else EMPTY
        if later and later.is_at_cap:
            return proof
        optimizer, rerun = norms.references.optimizer, norms.references.rerun
        if optimizer and self._clips(optimizer):
            cause = say("and the stored optimizer clips, so these were logged before it did")
        elif optimizer and not optimizer.cap and not optimizer.unsaid and not later:
            cause = say("and the stored optimizer has no `clipnorm`, so these are not clipped")
        else:
            cause = say("so these were logged before clipping, or nothing was clipped")
        bound = say(
            "After clipping no norm can be over {value}, {cause}.", value=number(widest.value), cause=cause
        )
        if rerun is None:
            return together(bound, proof)
        own = rerun.norms.global_before[:STEPS], rerun.norms.global_after[:STEPS]
        before, after = (sum(norm > widest.value for norm in series) for series in own)
        seen = say(
            "In the grader's own training of this network {before} of the first {count} global norms "
            "are over it before clipping, and {after} after.",
            before=before,
            count=len(own[0]),
            after=after,
        )
        return together(bound, seen, proof)

    def _advice(self, norms: NormColumns) -> Message:
        if norms.clipped_later and norms.clipped_later.is_at_cap:
            return LOG_CLIPPED
        optimizer = norms.references.optimizer
        if optimizer and self._clips(optimizer):
            return together(
                say("The stored optimizer clips, so log what it leaves of the gradients."), HOW_TO_LOG
            )
        found = EMPTY
        if optimizer and optimizer.clipvalue:
            found = say("`clipvalue` bounds each element of a gradient and not its norm.")
        elif optimizer and optimizer.cap:
            found = say(
                "The stored optimizer clips at {cap}.", cap=number(optimizer.cap, apart_from=self.cap)
            )
        return together(
            found,
            say("Train with `clipnorm={cap}`, and log the norms after clipping.", cap=number(self.cap)),
            _how_to_log(norms),
        )

    def _clips(self, optimizer: Optimizer) -> bool:
        return 0 < optimizer.cap <= self.cap * (1 + self.tolerance)


def _how_to_log(norms: NormColumns) -> Message:
    later = norms.clipped_later
    if later and later.is_at_cap:
        return LOG_CLIPPED
    return together(HOW_TO_LOG, LOG_CLIPPED) if later else HOW_TO_LOG


def _norms_within(asked: Message, columns: list[NormColumn]) -> Message:
    return say_counted(
        len(columns),
        "{names} has norms up to {largest}; {asked}",
        "{names} have norms up to {largest}; {asked}",
        names=listed([column.name for column in columns]),
        largest=number(max(column.largest for column in columns)),
        asked=asked,
    )


def _is_of_scaled_loss(found: Message, scale: int) -> Finding:
    return failed(
        together(
            found,
            say(
                "Its first norms are about {scale} times those of the grader's own training: the loss was "
                "scaled for half precision, as `LossScaleOptimizer` and `GradScaler` do, and these gradients "
                "were not divided by the scale.",
                scale=f"{scale:,}",
            ),
        ),
        together(
            say("Take the norm of gradients that are unscaled, as `scaler.unscale_(optimizer)` leaves them."),
            HOW_TO_LOG,
        ),
    )


def _is_a_mean(column: NormColumn) -> Finding:
    return failed(
        say(
            "{name} is a running mean: each value is the mean of the epoch so far, as Keras' `Mean` "
            "metric gives it, and it begins again with each epoch. The rubric asks for the norm of each "
            "step.",
            name=column.name,
        ),
        together(say("Log the norm of the step itself in place of the metric's `result()`."), HOW_TO_LOG),
    )
