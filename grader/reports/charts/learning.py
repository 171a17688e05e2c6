"""Loss and accuracy over the training, as the log has them."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from grader.analysis.statistics import quantiles
from grader.evidence.log import Column, Log
from grader.messages.message import Message, say, together, verbatim
from grader.messages.wording import accuracy, number, quoted
from grader.reports.charts.chart import (
    Chart,
    Curve,
    Key,
    Look,
    Mark,
    Panel,
    Part,
    StepAxis,
    curve_of,
    diverged,
    divergence_of,
    finite,
)

# The first steps start near chance, and the running mean of an epoch's first batches jumps: neither matters.
_SHOWN_FROM, _SHOWN_TO = 0.1, 0.995
# A loss this many times the first one belongs to a training that diverged, and needs a logarithmic axis.
_DIVERGES = 50.0


def learning_panels(log: Log, axis: StepAxis, asked: float | None, test: float | None) -> Iterator[Panel]:
    """A panel of the losses, and one of the accuracies with those `asked` and had on the `test` images."""
    losses = _logged(log, ("loss", "loss"), ("val_loss", "validation"))
    if losses:
        part, keys, words = _drawn(log, axis, losses, number)
        values = [value for curve in part.curves for value in (*curve.low, *curve.y, *curve.high)]
        explodes = min(values, default=0) > 0 and max(values) > _DIVERGES * part.curves[0].y[0]
        chart = Chart((part,), logarithmic=explodes) if part.curves else None
        yield Panel("loss", say("Loss"), chart, tuple(keys), together(*words))
    accuracies = _logged(log, ("accuracy", "accuracy"), ("val_accuracy", "validation"))
    if accuracies:
        yield _accuracies(*_drawn(log, axis, accuracies, accuracy), asked, test)


def _accuracies(
    part: Part, keys: list[Key], words: list[Message], asked: float | None, test: float | None
) -> Panel:
    name, title = "accuracy", say("Accuracy")
    if not part.curves:
        return Panel(name, title, None, (), together(*words))
    if asked is not None:
        part = replace(part, marks=(Mark("asked", asked),))
        keys.append(Key("asked", "dashes", say("Required: {accuracy}", accuracy=accuracy(asked))))
    if test is not None:
        end = max(curve.x[-1] for curve in part.curves)
        part = replace(part, marks=(*part.marks, Mark("test", test, end)))
        shown = say("Submitted model on the test examples: {accuracy}", accuracy=accuracy(test))
        keys.append(Key("test", "ring", shown))
    low, high = _range_that_matters(part.curves, [one for one in (asked, test) if one is not None])
    if any(min(curve.low or curve.y) < low for curve in part.curves):
        words.append(say("Values below {accuracy} are not shown.", accuracy=accuracy(low)))
    return Panel(name, title, Chart((part,), y_range=(low, high)), tuple(keys), together(*words))


def _logged(log: Log, *names: tuple[str, Look]) -> list[tuple[Look, Column]]:
    found = ((look, log.column(name)) for name, look in names)
    return [(look, column) for look, column in found if column is not None and column.values]


def _drawn(
    log: Log, axis: StepAxis, columns: Sequence[tuple[Look, Column]], write: Callable[[float], Message | str]
) -> tuple[Part, list[Key], list[Message]]:
    """The curves of some columns, with their keys and words."""
    found = [(curve, column) for look, column in columns if (curve := curve_of(look, column, axis))]
    keys = [Key(curve.look, "line", verbatim(quoted(column.header))) for curve, column in found]
    words = [_first_and_last(column, write) for _, column in found]
    broken = divergence_of([column for _, column in columns], axis)
    if not found:
        name = quoted(columns[0][1].header)
        words.append(say("{name} has no finite value, so there is no chart.", name=name))
    elif broken is not None:
        words.append(diverged(broken, log))
    curves = tuple(curve for curve, _ in found)
    return Part(x_name=axis.name, x_range=axis.ends, curves=curves, divergence=broken), keys, words


def _first_and_last(column: Column, write: Callable[[float], Message | str]) -> Message:
    name, shown = quoted(column.header), finite(column.values)
    if len(column.values) == 1:
        return say("{name} has one value, {value}.", name=name, value=write(shown[0]))
    first, last = write(shown[0]), write(shown[-1])
    return say("{name} goes from {first} to {last}.", name=name, first=first, last=last)


def _range_that_matters(curves: Iterable[Curve], compared: Iterable[float]) -> tuple[float, float]:
    """The ends of the axis: without the first steps, but with what the curves are compared with."""
    shown = list(compared)
    for curve in curves:
        shown += quantiles(curve.y, (_SHOWN_FROM, _SHOWN_TO)) if len(curve.y) > 40 else curve.y
    # What is no share is not drawn.
    low, high = max(0.0, min(shown)), min(1.0, max(shown))
    step = 0.05 if high - low > 0.3 else 0.01
    return math.floor(low / step) * step, math.ceil(high / step) * step
