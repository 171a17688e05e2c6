"""The facts of a report: what was measured beside the items, in words."""

import math
from collections.abc import Iterator, Mapping

from grader.analysis.norms.infer import NormColumns
from grader.evidence import Evidence
from grader.evidence.log import Log
from grader.evidence.model import Model, Optimizer
from grader.evidence.optimizers import settings_of
from grader.evidence.part import UNNAMED
from grader.evidence.predictions import Predictions
from grader.evidence.problem import Problem
from grader.evidence.training import Accuracy, Metrics, Norms, Probe, Replay, Rerun
from grader.messages.message import Message, joined, say, verbatim
from grader.messages.wording import accuracy, listed, metric, number, of_run, pixels, quoted
from grader.report import Fact
from grader.reports.charts.norms import largest_norm
from grader.reports.charts.runs import median_norm

# More layers than this are counted only.
_MOST_LAYERS = 20
_SETTINGS: Mapping[str, Message | str] = {
    "learning_rate": say("learning rate"),
    "clipnorm": "clipnorm",
    "global_clipnorm": "global clipnorm",
    "clipvalue": "clipvalue",
}


def facts_of(evidence: Evidence) -> tuple[Fact, ...]:
    """What was measured, in the order in which a reader wants it, of one run after another."""
    return tuple(
        Fact(name=of_run(name, run), value=value)
        for run in evidence.runs
        for name, value in _named(evidence, run)
    ) + tuple(_once(evidence))


def _once(evidence: Evidence) -> Iterator[Fact]:
    """What belongs to no training."""
    if predictions := evidence.found(Predictions):
        rows = f"{len(predictions.ids):,}"
        read = say("{rows} rows, of the column {name}", rows=rows, name=quoted(predictions.header))
        yield Fact(name=say("Predictions"), value=read)


def _named(evidence: Evidence, run: str) -> Iterator[tuple[Message, Message]]:
    if model := evidence.found(Model, run):
        yield say("Model"), _network(model)
        yield say("Stored optimizer"), _stored(model.optimizer) if model.optimizer else say("none")
    if measured := evidence.found(Accuracy, run):
        tried = [
            say("{value} with {scale}", value=accuracy(value), scale=pixels(scale))
            for scale, value in measured.tried
        ]
        scale, all_tried = pixels(measured.inputs), joined(", ", tried)
        inputs = say("{inputs} (accuracy on training examples: {tried})", inputs=scale, tried=all_tried)
        if max((value for _, value in measured.tried), default=0.0) > (measured.on_training_images or 1.0):
            inputs = say(
                "{inputs}. Within chance these are equally accurate; the one with the smallest loss is taken",
                inputs=inputs,
            )
        yield say("Accuracy on the test examples"), verbatim(accuracy(measured.value))
        yield say("Scale of the inputs"), inputs
    if metrics := evidence.found(Metrics, run):
        yield from _metrics(metrics)
    if log := evidence.found(Log, run):
        columns, rows = ", ".join(column.header for column in log.columns), f"{log.rows:,}"
        read = say("{form}, {rows} rows; columns: {columns}", form=log.form, rows=rows, columns=columns)
        yield say("Log"), read
    if probe := evidence.found(Probe, run):
        yield say("Norms at the submitted weights"), _norms(probe.norms)
    if rerun := evidence.found(Rerun, run):
        trained = say(
            "{steps} steps with batch size {batch_size} and seed {seed}, once for all equal networks: "
            "{reached}; {norms}",
            steps=len(rerun.loss),
            batch_size=rerun.batch_size,
            seed=rerun.seed,
            reached=_reached(rerun),
            norms=_norms(rerun.norms),
        )
        yield say("The grader's own training"), trained
    if replay := evidence.found(Replay, run):
        again = say(
            "{steps} steps with batch size {batch_size} and seed {seed}",
            steps=len(replay.loss),
            batch_size=replay.batch_size,
            seed=replay.seed,
        )
        yield say("The first steps, made again"), again


def numbers_of(
    evidence: Evidence, norms: NormColumns | Problem | None, run: str = UNNAMED
) -> dict[str, float]:
    """What was measured, for programs: `accuracy` on the test examples, and the `largest_norm` in the log.

    Of several runs each number's name begins with that of its run, as in `clipped/accuracy`, and there is the
    `median_norm` as well, which the page of a class compares.
    """
    measured = evidence.found(Accuracy, run)
    largest = largest_norm(norms) if isinstance(norms, NormColumns) else None
    metrics = evidence.found(Metrics, run)
    found: dict[str, float | None] = {"accuracy": measured.value if measured else None}
    found |= {"largest_norm": largest} | dict(metrics.values if metrics else {})
    if run and isinstance(norms, NormColumns):
        found["median_norm"] = median_norm(norms)
    return {f"{run}/{name}" if run else name: value for name, value in found.items() if value is not None}


def _metrics(metrics: Metrics) -> Iterator[tuple[Message, Message]]:
    for name, value in metrics.values.items():
        yield say("Test examples: {metric}", metric=metric(name)), verbatim(number(value))
    yield say("Inputs"), pixels(metrics.inputs)


def _reached(rerun: Rerun) -> Message:
    """What the rerun came to on the test examples."""
    values = [
        say("{metric} {value}", metric=metric(name), value=number(v)) for name, v in rerun.metrics.items()
    ]
    if rerun.test_accuracy is not None:
        values.insert(0, say("accuracy {accuracy}", accuracy=accuracy(rerun.test_accuracy)))
    return say("{values} on the test examples", values=listed(values))


def _network(model: Model) -> Message:
    layers: Message | str = ", ".join(
        f"{layer.kind} {layer.units}" if layer.units else layer.kind for layer in model.layers[:_MOST_LAYERS]
    )
    if len(model.layers) > _MOST_LAYERS:
        left_out = len(model.layers) - _MOST_LAYERS
        layers = say("{layers} and {left_out} more", layers=layers, left_out=left_out)
    return say(
        "{layers}; {parameters} parameters; saved by {version}",
        layers=layers,
        parameters=f"{model.parameters:,}",
        version=_version(model),
    )


def _version(model: Model) -> Message | str:
    if model.is_of_pytorch:
        return "PyTorch"
    return f"Keras {model.keras_version}" if model.keras_version else say("an unknown version of Keras")


def _stored(optimizer: Optimizer) -> Message:
    settings: list[Message] = [
        say("{setting} {value}", setting=word, value=f"{value:.7g}")
        for name, word in _SETTINGS.items()
        if (value := getattr(optimizer, name)) is not None
    ]
    settings += [
        verbatim(f"{name} {value if isinstance(value, bool) else format(value, '.7g')}")
        for name, value in optimizer.settings.items()
        if not isinstance(value, tuple) and _is_another(optimizer.kind, name, value)
    ]
    if optimizer.schedule:
        settings.insert(0, say("the schedule {schedule}", schedule=optimizer.schedule))
    if optimizer.iterations is not None:
        settings.append(say("{iterations} steps", iterations=f"{optimizer.iterations:,}"))
    return joined(", ", [optimizer.kind, *settings])


def _is_another(kind: str, name: str, value: float) -> bool:
    """Whether a setting is one of Keras' and not its default, which older versions store as float32."""
    defaults = settings_of(kind)
    return name in defaults and not math.isclose(value, defaults[name] or 0, rel_tol=1e-6)


def _norms(norms: Norms) -> Message:
    return say(
        "largest norm before clipping {variable_before} per variable and {global_before} global, "
        "after clipping {variable_after} and {global_after}",
        variable_before=number(max(norms.variable_before)),
        global_before=number(max(norms.global_before)),
        variable_after=number(max(norms.variable_after)),
        global_after=number(max(norms.global_after)),
    )
