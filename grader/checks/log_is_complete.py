"""Checks that nothing is missing or broken in the training log."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from grader.analysis.log_positions import epochs, place, sampled_every, steps, values_in_rows
from grader.analysis.norms.columns import HOW_TO_LOG, no_norm, not_finite
from grader.analysis.statistics import as_array, overflowing
from grader.analysis.targets import Targets
from grader.checks import Check
from grader.evidence.log import Column, Log
from grader.evidence.model import Model
from grader.messages.message import EMPTY, Message, say, say_counted, together
from grader.messages.wording import counted, number, quoted
from grader.report import Finding, failed, passed, review

# The rows of a log that numbers neither steps nor epochs are taken for steps from here on:
# 60,000 images in batches of 512 are 118 steps an epoch, and no homework trains for 100 epochs.
_FEWEST_STEPS = 100

_EVERY = {"step": say("step"), "epoch": say("epoch")}
_NOT_SEEN = say("A NaN or a larger norm between them would not be seen.")
_SAMPLE = say(
    "Log every step: a sample hides what happens between. In Hugging Face this is `logging_steps=1`, in "
    "Lightning `log_every_n_steps=1`; TensorBoard keeps 1,000 steps."
)
_PLAIN = say(
    "Write plain numbers, for example `float(norm)`, and leave a cell empty where there is no value."
)
# `19-Jan` was 1.19 or 19.1, as the spreadsheet's language has it.
_DATE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\d{1,2}[-. ][^\W\d]{3,5}\.?|[^\W\d]{3,5}\.?[- ]\d{1,4}")
_OF_A_SPREADSHEET = say(
    "A spreadsheet made a date of this number when it opened and saved the log. Submit the file as the "
    "training wrote it, or train again, and look at a copy."
)


class LogIsComplete(Check):
    """Does the log have a gradient norm for every step, and is every one of them a number?

    The first of these that does not hold is reported: there is a gradient norm; no cell of it or of the loss
    is unreadable, NaN, infinite or, for a norm, negative; there is a norm for every step; the step numbers
    have no gap; enough epochs are covered; the steps of the stored optimizer are there.
    Step numbers may begin at 0 or 1 and may fall back, as they do when a logger counts in each epoch
    or when the training was started again. Of several norm columns, the fullest must be complete.
    One step an epoch may be missing, as Keras counts one too many over data of unknown size. If more are, an
    earlier `fit` was not logged or the log was cut, and a teacher must look.

    Args:
        every: Use `step` for a norm for every optimizer step, a number such as 10 for one for every ten steps
            at least, and `epoch` for at least one for every epoch.
        at_least_epochs: How many epochs the log must cover; one is enough to see a cap at work.

    Example:
        log_is_complete: {every: step, at_least_epochs: 1}
    """

    counts_steps: ClassVar[bool] = True

    every: Literal["step", "epoch"] | Annotated[int, Field(ge=2, le=100_000)] = Field(default="step")
    at_least_epochs: int = Field(default=1, ge=1, le=100_000)

    def targets(self) -> Targets:
        """How long the training is."""
        return Targets(epochs=self.at_least_epochs)

    def find(self, log: Log, model: Model | None) -> Finding:
        """Look for what is missing or broken."""
        loss = log.column("loss")
        numbers = (*log.norms(), *([loss] if loss else []))
        for column in numbers:
            if column.unreadable:
                return _unreadable(log, column)
        if not any(column.values for column in log.norms()):
            return no_norm(log)
        if broken := not_finite(log, numbers) or _negative(log):
            return broken
        norm = max(log.norms(), key=lambda column: len(column.values))
        return (
            self._missing(log, norm)
            or self._short(log)
            or self._cut(log, norm, model)
            or self._complete(log, norm)
        )

    def _missing(self, log: Log, norm: Column) -> Finding | None:
        count, covered = len(norm.values), epochs(log)
        found = say("{header} has {count}", header=quoted(norm.header), count=counted(count, "value"))
        asked = say("the rubric asks for one for every {every}", every=self._every)
        by_epoch = self.every == "epoch"
        if covered and (count < covered if by_epoch else count <= covered):
            hidden = EMPTY if by_epoch else say("A value per epoch hides the steps.")
            epochs_covered = counted(covered, "epoch")
            return failed(
                say("{found} for {covered}; {asked}.", found=found, covered=epochs_covered, asked=asked),
                together(hidden, HOW_TO_LOG),
            )
        if by_epoch:
            return None
        if covered is None and steps(log) is None and count * self._steps < _FEWEST_STEPS:
            return failed(
                say(
                    "{found}, and the log numbers neither steps nor epochs; {asked}.",
                    found=found,
                    asked=asked,
                ),
                together(say("Write a row for every step, with columns `epoch` and `step`."), HOW_TO_LOG),
            )
        loss = log.column("loss")
        # A logger may add a row with the loss of the whole epoch, which has no norm.
        if loss and len(loss.values) > count + (covered or 0):
            sentence = say(
                "{found} and {header} has {count}; {asked}.",
                found=found,
                header=quoted(loss.header),
                count=f"{len(loss.values):,}",
                asked=asked,
            )
            return failed(sentence, together(say("Write the norm on every row that has a loss."), HOW_TO_LOG))
        return self._gap(log, norm)

    def _short(self, log: Log) -> Finding | None:
        covered, asked = epochs(log), self.at_least_epochs
        if covered is None and asked > 1:
            return failed(
                say(
                    "The log does not say which epoch a row belongs to; the rubric asks for at least "
                    "{asked} epochs.",
                    asked=asked,
                ),
                together(say("Add a column `epoch`."), HOW_TO_LOG),
            )
        if covered is not None and covered < asked:
            return failed(
                say(
                    "The log covers {covered}; the rubric asks for at least {asked}.",
                    covered=counted(covered, "epoch"),
                    asked=asked,
                ),
                say(
                    "Train for at least {asked} with one logger, and submit the whole log.",
                    asked=counted(asked, "epoch"),
                ),
            )
        return None

    def _cut(self, log: Log, norm: Column, model: Model | None) -> Finding | None:
        done = model.optimizer.iterations if model and model.optimizer else None
        count = len(norm.values)
        if self.every == "epoch" or done is None or done <= (count + (epochs(log) or 1)) * self._steps:
            return None
        return review(
            say(
                "{header} has {count}, and the stored optimizer has made {done}; the rubric asks for one "
                "for every {every}, and {missing} are missing.",
                header=quoted(norm.header),
                count=counted(count, "value"),
                done=counted(done, "step"),
                every=self._every,
                missing=f"{done // self._steps - count:,}",
            ),
            say(
                "Ask for the log of the whole training. A log that was cut looks like this, and one that "
                "an earlier `fit` is not in, because it was not logged or the file was written anew."
            ),
        )

    def _complete(self, log: Log, norm: Column) -> Finding:
        covered = epochs(log)
        found = counted(len(norm.values), "finite norm")
        if covered:
            epochs_covered = counted(covered, "epoch")
            found = say("{found} over {covered}", found=found, covered=epochs_covered)
        complete = say(
            "The log has {found}; the rubric asks for one for every {every}.", found=found, every=self._every
        )
        is_sample = self.every != "epoch" and sampled_every(log, norm) > 1
        return passed(together(complete, _NOT_SEEN) if is_sample else complete)

    @property
    def _steps(self) -> int:
        """How many steps may lie from one norm to the next."""
        return self.every if isinstance(self.every, int) else 1

    @property
    def _every(self) -> Message:
        return counted(self.every, "step") if isinstance(self.every, int) else _EVERY[self.every]

    @overflowing
    def _gap(self, log: Log, norm: Column) -> Finding | None:
        """The finding on step numbers that are missing, or None where none is or steps have no numbers."""
        column = steps(log)
        if column is None:
            return None
        numbers = values_in_rows(column, norm.rows)
        # Numbers of steps that are further apart than float64 can count are not counted out.
        gaps = (numbers[1:] - numbers[:-1]).clip(max=2.0**53)
        (jumps,) = (gaps > self._steps).nonzero()
        every_step = say("Log from the first step on, and every step.")
        hint = together(_SAMPLE if sampled_every(log, norm) > self._steps else every_step, HOW_TO_LOG)
        asked = say("the rubric asks for one for every {every}", every=self._every)
        if not len(jumps):
            if not len(numbers) or numbers[0] <= self._steps:
                return None
            first = f"{numbers[0]:.0f}"
            return failed(say("The norms begin at step {first}; {asked}.", first=first, asked=asked), hint)
        missing = sum(int((gap - 1) // self._steps) for gap in gaps[jumps].tolist())
        before, after = numbers[jumps[0]], numbers[jumps[0] + 1]
        return failed(
            say_counted(
                missing,
                "The norms go from step {before} to step {after}, and {count} norm is missing; {asked}.",
                "The norms go from step {before} to step {after}, and {count} norms are missing; {asked}.",
                before=f"{before:.0f}",
                after=f"{after:.0f}",
                asked=asked,
            ),
            hint,
        )


def _unreadable(log: Log, column: Column) -> Finding:
    first = column.unreadable[0]
    hint = _OF_A_SPREADSHEET if any(_DATE.fullmatch(cell.text) for cell in column.unreadable) else _PLAIN
    return failed(
        say_counted(
            column.unreadable_count,
            "In {header} {count} cell is not a number, at {where}: {text}; all must be.",
            "In {header} {count} cells are not numbers, the first at {where}: {text}; all must be.",
            header=quoted(column.header),
            where=place(log, first.row),
            text=quoted(first.text),
        ),
        hint,
    )


def _negative(log: Log) -> Finding | None:
    for column in log.norms():
        (places,) = (as_array(column.values) < 0).nonzero()
        if len(places):
            return failed(
                say(
                    "{header} is {value} at {where}; a norm is never below 0.",
                    header=quoted(column.header),
                    value=number(column.values[places[0]]),
                    where=place(log, column.rows[places[0]]),
                ),
                together(
                    say("Log the norm itself, not its logarithm or a part of the gradient."), HOW_TO_LOG
                ),
            )
    return None
