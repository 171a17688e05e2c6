"""Looks for the step at which a training explodes."""

import math

from pydantic import Field

from grader.analysis.log_positions import place
from grader.analysis.statistics import as_array, is_finite
from grader.checks import Cap, Check
from grader.evidence.log import Column, Log
from grader.messages.message import Message, say
from grader.messages.wording import number, quoted
from grader.report import Finding, failed, passed


class Explodes(Check):
    """Does the training explode?

    It does where a loss or a norm is not finite, or where a gradient norm is above `beyond` caps, in any
    column of norms, before clipping or after it. What happened counts, and not what a tutorial promises:
    `Adam(10.0)` gives the homework's MLP no NaN, but losses of 10^8 and norms in the millions at the start.

    Of eight trainings each, the largest norm of a variable was more than 4 million for that MLP at learning
    rate 10, and 22 to 706 for a simple recurrent network with SGD at 0.1, both without clipping; at learning
    rate 0.001 the MLP's was 5.8 at most, and that of all gradients 8.9. So with ten caps of 1, all 16 of the
    first two kinds explode, and none of 24 of the last. `python tests/corpus/two_runs.py FOLDER` prints these
    numbers. In a log with norms from before clipping, a run that clips may explode as well.

    Args:
        beyond: So many caps a norm must exceed.
        cap: The clipping threshold that the homework compares with.

    Example:
        explodes: {beyond: 10, cap: 1.0}
    """

    beyond: float = Field(default=10.0, ge=1, le=1e12)
    cap: Cap = 1.0

    def find(self, log: Log) -> Finding:
        """Look for a loss that is not finite, and for the largest norm."""
        norms = [column for column in log.norms() if column.values]
        every = [column for column in (log.column("loss"), *norms) if column is not None]
        for column in every:
            if not is_finite(column.values):
                first = next(at for at, value in enumerate(column.values) if not math.isfinite(value))
                name, where = quoted(column.header), place(log, column.rows[first])
                return passed(
                    say("{name} is not finite at {where}: the training exploded.", name=name, where=where)
                )
        limit = self.beyond * self.cap
        asked = say(
            "the rubric asks for one above {limit}, {beyond} times the cap",
            limit=number(limit),
            beyond=number(self.beyond),
        )
        largest = max(norms, key=_largest, default=None)
        if largest is None:
            return failed(
                say("The loss is finite at every step, and the log has no gradient norm."),
                say("Log the gradient norm of every step, with `grader.student.NormLogger`."),
            )
        found = say(
            "The largest norm in {name} is {largest}, at {where}; {asked}.",
            name=quoted(largest.header),
            largest=number(_largest(largest), apart_from=limit),
            where=place(log, largest.rows[int(as_array(largest.values).argmax())]),
            asked=asked,
        )
        if _largest(largest) > limit:
            return passed(found)
        return failed(found, _HINT)


_HINT: Message = say(
    "This training is stable: check its learning rate and its clipping against what the homework asks for, "
    "and that the log is of this run."
)


def _largest(column: Column) -> float:
    return float(as_array(column.values).max())
