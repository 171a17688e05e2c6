"""The titles, keys and words of the charts of norms."""

import math
from collections.abc import Sequence
from statistics import median
from typing import Literal

from grader.analysis.norms.columns import Bound, NormColumn
from grader.analysis.reference.calibration import LEVELS
from grader.analysis.reference.fit import Fit
from grader.messages.phrase import say, say_counted
from grader.messages.wording import counted, number

End = Literal["first", "last"]
_LOW, _HIGH = f"{LEVELS[0] * 100:.0f}", f"{LEVELS[-1] * 100:.0f}"
_OURS: dict[End, str] = {
    "first": say("The grader's own training"),
    "last": say("What the grader measured at the submitted weights"),
}


def named(column: NormColumn) -> str:
    """The key of a logged series."""
    if column.stage == "after":
        return say("{name}, after clipping", name=column.name)
    return say("{name}, before clipping", name=column.name)


def described(column: NormColumn) -> str:
    """What is to be seen in a logged series."""
    values = column.values
    shown = [value for value in values if math.isfinite(value)]
    norms = counted(len(values), "norm")
    has = (
        say("{name} has {norms} after clipping", name=column.name, norms=norms)
        if column.stage == "after"
        else say("{name} has {norms} before clipping", name=column.name, norms=norms)
    )
    if not shown:
        return say("{has}: none is finite.", has=has)
    largest, last = number(max(shown)), number(shown[-1])
    if len(shown) == len(values):
        return say("{has}: the largest is {largest}, the last {last}.", has=has, largest=largest, last=last)
    return say_counted(
        len(values) - len(shown),
        "{has}: the largest is {largest}, the last {last}, and {count} value is not finite.",
        "{has}: the largest is {largest}, the last {last}, and {count} values are not finite.",
        has=has,
        largest=largest,
        last=last,
    )


def at_most(bound: Bound) -> str:
    """The key of the line that no clipped norm is over."""
    if bound.reason:
        return say("At most {bound}", bound=bound.described())
    return say("The cap of {value}", value=number(bound.value))


def end_of_log(end: End, steps: int) -> str:
    """The title of an end."""
    if end == "first":
        return say_counted(steps, "The first {count} step", "The first {count} steps")
    return say_counted(steps, "The last {count} step", "The last {count} steps")


def expected(end: End, fit: Fit | None) -> str:
    """The key of the band in which norms are expected, of a fit if there is one, else of the grader's own."""
    whose = (
        say("An honest run at batch size {batch_size}", batch_size=fit.batch_size)
        if fit is not None
        else _OURS[end]
    )
    if end == "first":
        return say(
            "{whose}, the first steps: {low} to {high} % of the norms, and their median",
            whose=whose,
            low=_LOW,
            high=_HIGH,
        )
    return say(
        "{whose}, the last steps: {low} to {high} % of the norms, and their median",
        whose=whose,
        low=_LOW,
        high=_HIGH,
    )


def compared(end: End, values: Sequence[float], own: float | None, fit: Fit | None) -> str:
    """The median of an end, beside the one that is expected there.

    Args:
        end: which.
        values: the logged norms.
        own: the median that is expected; None where nothing is known of it.
        fit: where it is from, if not from the grader's own training.
    """
    finite = [value for value in values if math.isfinite(value)]
    shown = number(median(finite)) if finite else say("not known")
    found = (
        say_counted(
            len(values),
            "The median of the first {count} step is {median}",
            "The median of the first {count} steps is {median}",
            median=shown,
        )
        if end == "first"
        else say_counted(
            len(values),
            "The median of the last {count} step is {median}",
            "The median of the last {count} steps is {median}",
            median=shown,
        )
    )
    if own is None:
        return say("{found}.", found=found)
    middle = number(own)
    if fit is not None:
        return say(
            "{found}; an honest run at batch size {batch_size} has {own}.",
            found=found,
            batch_size=fit.batch_size,
            own=middle,
        )
    if end == "first":
        return say("{found}; the grader's own training has {own}.", found=found, own=middle)
    return say(
        "{found}; what the grader measured at the submitted weights has {own}.", found=found, own=middle
    )
