"""Loss and accuracy over the training, as the log has them."""

from collections.abc import Callable, Iterator

from grader.evidence import Evidence
from grader.evidence.log import Log
from grader.evidence.training import Accuracy
from grader.messages.phrase import say, together
from grader.messages.wording import accuracy, number, quoted
from grader.reports.charts.chart import THINNED, Chart, Curve, Level, Look, Mark, Part, curve
from grader.reports.charts.panel import Panel, panel
from grader.reports.charts.steps import Axis, axis_of, finite
from grader.reports.charts.targets import ChartTargets

_LOSSES: tuple[tuple[str, Look], ...] = (("loss", "loss"), ("val_loss", "validation"))
_ACCURACIES: tuple[tuple[str, Look], ...] = (("accuracy", "accuracy"), ("val_accuracy", "validation"))


def learning_panels(evidence: Evidence, targets: ChartTargets) -> Iterator[Panel]:
    """A panel of the losses and one of the accuracies, where the log has them."""
    log, measured = evidence.found(Log), evidence.found(Accuracy)
    if log is None:
        return
    axis = axis_of(log)
    curves, keys, words = _of(log, axis, _LOSSES, number)
    if curves:
        chart = Chart((Part(x_name=axis.name, curves=tuple(curves)),), y_name=say("Loss"))
        yield panel("loss", say("Loss"), chart, tuple(keys), together(*words))
    curves, keys, words = _of(log, axis, _ACCURACIES, accuracy)
    if curves:
        levels: list[Level] = []
        marks: list[Mark] = []
        if targets.accuracy is not None:
            levels.append(Level("asked", targets.accuracy))
            asked = say("Asked for: {accuracy}", accuracy=accuracy(targets.accuracy))
            keys.append(("asked", "dashes", asked))
        if measured:
            marks.append(Mark("test", max(one.x[-1] for one in curves), measured.value))
            shown = say(
                "The submitted model on the test images: {accuracy}",
                accuracy=accuracy(measured.value),
            )
            keys.append(("test", "ring", shown))
        part = Part(x_name=axis.name, curves=tuple(curves), levels=tuple(levels), marks=tuple(marks))
        chart = Chart((part,), y_name=say("Accuracy"))
        yield panel("accuracy", say("Accuracy"), chart, tuple(keys), together(*words))


def _of(
    log: Log, axis: Axis, names: tuple[tuple[str, Look], ...], write: Callable[[float], str]
) -> tuple[list[Curve], list[tuple[Look, str, str]], list[str]]:
    curves: list[Curve] = []
    keys: list[tuple[Look, str, str]] = []
    words: list[str] = []
    for name, look in names:
        column = log.column(name)
        x, y = finite(column, axis) if column else ([], [])
        if column is None or not y:
            continue
        curves.append(curve(look, x, y))
        keys.append((look, "line", quoted(column.header)))
        words.append(
            say(
                "{name} goes from {first} to {last}.",
                name=quoted(column.header),
                first=write(y[0]),
                last=write(y[-1]),
            )
        )
    if any(drawn.low for drawn in curves):
        words.append(THINNED)
    return curves, keys, words
