"""The titles, keys and words of the charts."""

import math
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Literal

from grader.analysis.log_positions import place
from grader.analysis.norms.columns import Bound, NormColumn
from grader.analysis.reference.calibration import LEVELS
from grader.evidence.log import Column, Log
from grader.evidence.values import Scope
from grader.messages.message import Message, say, say_counted
from grader.messages.wording import number, quoted
from grader.reports.charts.chart import WINDOWS, Divergence, Panel

End = Literal["first", "last"]
EVERY_STEP: dict[Scope, Message] = {
    "variable": say("Largest per-variable norm, every step"),
    "global": say("Global norm, every step"),
}
BOTH_ENDS: dict[Scope, Message] = {
    "variable": say("Largest per-variable norm, first and last steps"),
    "global": say("Global norm, first and last steps"),
}
MEASURED: dict[End, Message] = {
    "first": say("Expected at the start: the grader's own training"),
    "last": say("Expected at the end: measured at the submitted weights"),
}
HONEST = say("Expected: an honest run")
_THINNED = say("Long series show minimum, median and maximum of {windows} windows.", windows=WINDOWS)
_BANDS = say(
    "Shaded bands hold the expected norms, from the {low} % to the {high} % quantile; the line in a band "
    "is their median.",
    low=f"{LEVELS[0] * 100:.0f}",
    high=f"{LEVELS[-1] * 100:.0f}",
)


def how_to_read(panels: Iterable[Panel]) -> list[Message]:
    """What is true of all charts of a page, so that it is said once."""
    parts = [part for panel in panels if panel.chart for part in panel.chart.parts]
    said: list[Message] = []
    if any(curve.low for part in parts for curve in part.curves):
        said.append(_THINNED)
    if any(part.bands for part in parts):
        said.append(_BANDS)
    return said


def named(column: NormColumn) -> Message:
    """The key of a logged column."""
    if column.stage == "after":
        return say("{name}, after clipping", name=column.name)
    return say("{name}, before clipping", name=column.name)


def described(column: NormColumn) -> Message:
    """The largest and the last norm of a column."""
    shown = [value for value in column.values if math.isfinite(value)]
    return say(
        "{name}: largest {largest}, last {last}.",
        name=column.name,
        largest=number(max(shown)),
        last=number(shown[-1]),
    )


def at_most(bound: Bound) -> Message:
    """The key of the line that no clipped norm is over."""
    if bound.reason:
        return say("At most {value} after clipping", value=number(bound.value))
    return say("Cap of {value}", value=number(bound.value))


def none_over(bound: Bound) -> Message:
    """What is said where no norm is over that line."""
    return say("No norm after clipping is over {value}.", value=number(bound.value))


def first_over(bound: Bound, norm: float, log: Log, row: int) -> Message:
    """The key of the first norm over that line."""
    return say(
        "First norm over {bound}: {norm} at {where}",
        bound=number(bound.value),
        norm=number(norm, bound.value),
        where=place(log, row),
    )


def diverged(column: Column, log: Log, where: Divergence) -> Message:
    """What is said of the first value that is not finite."""
    name, start = quoted(column.header), place(log, where.row)
    if where.for_good:
        return say("{name} is not finite from {where} on: the training diverged.", name=name, where=start)
    return say_counted(
        where.count,
        "{number} value of {name} is not finite, at {where}.",
        "{number} values of {name} are not finite, the first at {where}.",
        number=f"{where.count:,}",
        name=name,
        where=start,
    )


def nothing_to_draw(column: Column, *, positive: bool = False) -> Message:
    """What is said instead of a chart."""
    name = quoted(column.header)
    if positive:
        return say("{name} has no finite value over 0, so there is no chart.", name=name)
    return say("{name} has no finite value, so there is no chart.", name=name)


def end_of_log(end: End, steps: int) -> Message:
    """The title of an end."""
    if end == "first":
        return say_counted(steps, "First step", "First {count} steps")
    return say_counted(steps, "Last step", "Last {count} steps")


def compared(end: End, values: Sequence[float], expected: float | None) -> Message:
    """The median of an end, beside the one that is expected there.

    Args:
        end: Which end.
        values: The logged norms.
        expected: The expected median; None where nothing is known of it.
    """
    finite = [value for value in values if math.isfinite(value)]
    count = len(values)
    if not finite:
        if end == "first":
            return say_counted(
                count,
                "The first norm is not finite.",
                "None of the first {count} norms is finite.",
            )
        return say_counted(count, "The last norm is not finite.", "None of the last {count} norms is finite.")
    middle = number(median(finite))
    if expected is None:
        if end == "first":
            return say("Median at the start: {median}.", median=middle)
        return say("Median at the end: {median}.", median=middle)
    if end == "first":
        return say(
            "Median at the start: {median}; expected {expected}.", median=middle, expected=number(expected)
        )
    return say("Median at the end: {median}; expected {expected}.", median=middle, expected=number(expected))
