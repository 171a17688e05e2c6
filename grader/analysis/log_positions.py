"""What stands where in a log: the step and epoch of a row, the epochs it covers, the columns it has."""

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from grader.analysis.statistics import Array, Numbers, as_array, changes, falls, overflowing
from grader.evidence.log import Column, Log
from grader.evidence.model import Optimizer
from grader.messages.message import Message, say
from grader.messages.wording import listed, number, quoted

_MOST_COLUMNS = 12
_FEWEST_GAPS = 3


def place(log: Log, row: int) -> Message:
    """A row of the log, numbered from 0, in the student's own counting: `step 312 (epoch 1)`.

    Where steps have no number it is `row 313`, counted from 1; where epochs have none they are left out.
    """
    step, epoch = _value(steps(log), row), _value(log.column("epoch"), row)
    where = say("row {row}", row=row + 1) if step is None else say("step {step}", step=_whole(step))
    return where if epoch is None else say("{where} (epoch {epoch})", where=where, epoch=_whole(epoch))


def epoch_of(log: Log, row: int) -> Message:
    """The epoch of a row, `epoch 3`, or its place where epochs have no number."""
    epoch = _value(log.column("epoch"), row)
    return place(log, row) if epoch is None else say("epoch {epoch}", epoch=_whole(epoch))


def steps(log: Log) -> Column | None:
    """The column that numbers the steps, in the whole training or in each epoch."""
    return log.column("step") or log.column("batch")


def epochs(log: Log) -> int | None:
    """How many epochs the log covers, or None where nothing in it tells.

    Each change in the epoch column begins one; a fractional epoch (2.31) belongs to its whole number. Where
    there is none, or it never changes (`fit` called for each epoch), changes in validation values count.
    """
    import numpy as np

    column = log.column("epoch")
    numbers = as_array(column.values if column else ())
    numbered = _runs(np.floor(numbers[np.isfinite(numbers)]))
    if numbered > 1:
        return numbered
    validation = log.column("val_accuracy") or log.column("val_loss")
    return max(numbered, _runs(validation.values) if validation else 0) or None


def restarts(log: Log) -> tuple[int, ...]:
    """The rows, from 0, at which a second `fit` or an appended run begins: epochs fall back, or else steps.

    Steps fall back in each epoch, too, where they are counted in it.
    """
    column = log.column("epoch") or steps(log)
    return tuple(column.rows[place] for place in falls(column.values)) if column else ()


def columns(log: Log) -> Message:
    """The rest of a sentence on a missing column: which ones there are, as the student wrote them."""
    headers = [*(column.header for column in log.columns), *log.ignored]
    shown: list[Message | str] = [quoted(header) for header in headers[:_MOST_COLUMNS]]
    if len(headers) > _MOST_COLUMNS:
        shown.append(say("{left_out} more", left_out=len(headers) - _MOST_COLUMNS))
    return say("it has {shown}", shown=listed(shown)) if shown else say("it has no columns")


@overflowing
def sampled_every(log: Log, column: Column) -> int:
    """How many steps lie from one value to the next, as their median; 1 where steps have no numbers."""
    import numpy as np

    numbered = steps(log)
    numbers = values_in_rows(numbered, column.rows) if numbered else as_array(())
    gaps = (numbers[1:] - numbers[:-1]).clip(max=2.0**53)
    # Where steps are counted in each epoch, they fall back.
    gaps = gaps[gaps > 0]
    return max(1, int(np.median(gaps))) if len(gaps) >= _FEWEST_GAPS else 1


def _runs(values: Numbers) -> int:
    """How many runs of equal values there are."""
    return len(changes(values)) + bool(len(values))


def values_in_rows(column: Column, rows: Sequence[int]) -> Array:
    """The finite values of a column in these rows, as far as there are some."""
    import numpy as np

    values = as_array(column.values)
    if column.rows != rows:
        values = values[np.isin(as_array(column.rows), as_array(rows))]
    return values[np.isfinite(values)]


def saved_rows(log: Log, column: Column, optimizer: Optimizer | None) -> Iterator[int]:
    """The rows of a column at which the submitted weights may have been saved, the likeliest first."""
    done = optimizer.iterations if optimizer else None
    yield _saved_at(log, column, done or len(column.values))
    for name, best in (("val_accuracy", max), ("val_loss", min)):
        validated = log.column(name)
        # A training that diverged logs NaN, which no epoch is better or worse than.
        finite = [value for value in validated.values if math.isfinite(value)] if validated else []
        if validated and finite:
            (places,) = (as_array(validated.values) == best(finite)).nonzero()
            yield validated.rows[places[-1]]


def _saved_at(log: Log, column: Column, done: int) -> int:
    """The row of the step that the optimizer has counted to, else the last one."""
    counted_steps = steps(log)
    last = column.rows[-1]
    if counted_steps and counted_steps.values and counted_steps.values[-1] >= len(column.values) - 1:
        # Steps are counted through the whole training, from 0 or from 1.
        wanted = done - 1 + min(1.0, counted_steps.values[0])
        (places,) = (as_array(counted_steps.values) == wanted).nonzero()
        return counted_steps.rows[places[0]] if len(places) else last
    return column.rows[done - 1] if done <= len(column.values) else last


def _value(column: Column | None, row: int) -> float | None:
    if column is None:
        return None
    position = bisect_left(column.rows, row)
    if position == len(column.rows) or column.rows[position] != row:
        return None
    value = column.values[position]
    return value if math.isfinite(value) else None


def _whole(value: float) -> Message | str:
    return str(int(value)) if value.is_integer() else number(value)
