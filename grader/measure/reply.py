"""What a worker answers: the evidence, with predictions where only the parent knows the accuracy."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar

from pydantic import Field, ValidationError

from grader.errors import WorkerError
from grader.evidence import Declaration, Evidence, File
from grader.evidence.frozen import Frozen
from grader.evidence.model import Model
from grader.evidence.part import UNNAMED, Part, Parts, kinds
from grader.evidence.problem import Problem
from grader.evidence.training import MISTAKES_OF, Accuracy, Metrics, Probe, Replay, Rerun, Scaled, Steps
from grader.evidence.values import Classes, FiniteSeries, Metric, Sentence, Text
from grader.measure.metrics import metrics_of
from grader.measure.request import Architecture
from grader.messages.message import say
from grader.rubric import Plan

# Longer tracebacks come from recursion; their ends say enough.
LONGEST_TRACEBACK = 20_000
NO_ACCURACY = Problem(
    who="operator",
    message=say("A regression has no accuracy."),
    hint=say("Ask for `model_metric` in the rubric in its place."),
    lasts=True,
)
PENDING = Problem(
    who="pending", message=say("Not checked yet: the grader has not yet trained the model again.")
)


class Answers(Frozen):
    """What a network says of the test examples, one after the other.

    The `classes` are empty for a regression, and 0 or 1 for each of several labels. The `values` are the
    numbers of a regression, else probabilities, where the plan's metrics need them.
    """

    classes: Classes
    values: FiniteSeries = ()


class Predictions(Scaled, Answers):
    """What the submitted model says."""


class RerunSteps(Steps, Answers):
    """The rerun's steps, and what the network says after them."""


class Cost(Frozen):
    """What a worker has used since it was forked."""

    processor_seconds: float  # of all its threads
    peak_memory: int  # in bytes, with what it shares with the process that it was forked from


class Reply(Frozen):
    """A worker's reply; tracebacks are bugs of the grader, for the operator's log only."""

    tracebacks: tuple[str, ...] = ()
    cost: Cost | None = None


class FilesReply(Reply):
    """What the files say without TensorFlow; a worker's first reply."""

    files: tuple[File, ...]
    declaration: Declaration
    parts: Parts
    runs: Mapping[Text, Parts] = Field(default_factory=dict)  # of a rubric that names runs
    notes: tuple[Sentence, ...] = ()


class ModelReply(Reply):
    """What the loaded model of a run does: the second reply and, of several runs, those after it.

    The rerun is another task, with the `architecture`.
    """

    run: Text = UNNAMED
    predictions: Predictions | Problem
    probe: Probe | Problem
    architecture: Architecture | Problem
    replay: Replay | Problem | None = None  # where the rubric asks for it
    activation: Text = ""  # of the hidden layers, where it was found by trying


class RerunReply(Reply):
    """What came of the training from fresh weights."""

    rerun: RerunSteps | Problem


Kind = TypeVar("Kind", bound=Frozen)


def parse(kind: type[Kind], content: bytes) -> Kind:
    """A reply out of the bytes that a worker sent; a WorkerError if they are no such reply."""
    try:
        return kind.model_validate_json(content)
    except ValidationError:
        raise WorkerError(say("The worker sent a reply that cannot be understood.")) from None


def total(one: Cost | None, other: Cost | None) -> Cost | None:
    """What two workers, one after the other, have used; None where neither is known."""
    if one is None or other is None:
        return one or other
    return Cost(
        processor_seconds=one.processor_seconds + other.processor_seconds,
        peak_memory=max(one.peak_memory, other.peak_memory),
    )


def as_evidence(reply: FilesReply, runs: Iterable[str] = ()) -> Evidence:
    """The evidence of the files of these runs; what needs the model is pending, or missing as the model is.

    A worker that was taken over may say more than its files: that does not count.
    """
    evidence = Evidence(files=reply.files, declaration=reply.declaration, notes=reply.notes)
    per_run = {name: part for name, part in reply.parts.items() if kinds()[name].per_run}
    for name in reply.parts.keys() - per_run.keys():
        evidence = evidence.having(name, reply.parts[name])
    of_runs = {run: reply.runs.get(run, {}) for run in runs}
    for run, held in (of_runs or {UNNAMED: per_run}).items():
        model = held.get(Model.part_name(), PENDING)
        later = model if isinstance(model, Problem) else PENDING
        measured = {
            name: later
            for name, kind in kinds().items()
            if kind.wanted is None and (not kind.on_request or name in held)
        }
        for name, part in {**held, **measured}.items():
            evidence = evidence.having(name, part, run)
    return evidence


def with_model(evidence: Evidence, reply: ModelReply, labels: Sequence[Any], plan: Plan) -> Evidence:
    """The evidence with what a model does; the rerun is pending, or missing if there is no architecture.

    A run that was not asked for does not count.
    """
    if reply.run not in evidence.runs:
        raise WorkerError(say("The worker sent a reply that cannot be understood."))
    accuracy: Accuracy | Problem
    measured: dict[str, Part | Problem] = {}
    said = reply.predictions
    if isinstance(said, Problem):
        accuracy = said
        metrics: Metrics | Problem = said
    else:
        scaled = {name: getattr(said, name) for name in Scaled.model_fields}
        right = _share_right(said, labels, plan)
        metrics = Metrics(values=_metrics(said, labels, plan), examples=len(labels), inputs=said.inputs)
        accuracy = NO_ACCURACY
        if right is not None:
            # Independent models of one table, or of two classes, are wrong where its labels are.
            tells = plan.task == "classification" and said.kind == "images" and max(labels) > 1
            wrong = mistakes(said.classes, labels) if tells else ()
            accuracy = Accuracy(**scaled, value=right, images=len(labels), task=plan.task, mistakes=wrong)
    if plan.measures:
        measured["metrics"] = metrics
    rerun = reply.architecture if isinstance(reply.architecture, Problem) else PENDING
    model = evidence.found(Model, reply.run)
    if reply.activation and model:
        evidence = evidence.having("model", model.with_activation(reply.activation), reply.run)
    measured |= {"accuracy": accuracy, "probe": reply.probe, "rerun": rerun}
    if reply.replay is not None:
        measured["replay"] = reply.replay
    for name, part in measured.items():
        evidence = evidence.having(name, part, reply.run)
    return evidence


def mistakes(classes: Sequence[int], labels: Sequence[int]) -> tuple[int, ...]:
    """What evidence keeps of predictions; it tells no label of an image that was classified correctly.

    The classes 254 and 255 count as one, because there are 256 of them and a value is one byte.
    """
    import numpy as np

    found, right = (np.asarray(every)[:MISTAKES_OF] for every in (classes, labels))
    return tuple(np.where(found == right, 0, np.minimum(found.astype(np.int64) + 1, 255)).tolist())


def as_rerun(steps: RerunSteps, labels: Sequence[Any], plan: Plan) -> Rerun:
    """The evidence of a rerun."""
    known = {name: getattr(steps, name) for name in Steps.model_fields}
    right = _share_right(steps, labels, plan)
    return Rerun(test_accuracy=right, metrics=_metrics(steps, labels, plan), **known)


def _share_right(answers: Answers, labels: Sequence[Any], plan: Plan) -> float | None:
    """The share of classes that are right, of several labels that of all of them; a regression has none."""
    if plan.task == "regression":
        return None
    flat = list(chain.from_iterable(labels)) if plan.task == "multilabel" else labels
    return share_right(answers.classes, flat)


def _metrics(answers: Answers, labels: Sequence[Any], plan: Plan) -> dict[Metric, float]:
    if not plan.measures:
        return {}
    outputs, rest = divmod(len(answers.values), len(labels))
    if isinstance(labels[0], list):
        fits = outputs == len(labels[0])
    else:
        fits = max(labels) < max(outputs, 2 * (outputs == 1))
    if rest or not fits:
        raise _other_number(len(answers.values), len(labels))
    return metrics_of(plan.task, plan.measures, answers.values, labels)


def share_right(classes: Sequence[int], labels: Sequence[int]) -> float:
    """The share of predictions that equal the label; a WorkerError if there is not one for each label."""
    if len(classes) != len(labels):
        raise _other_number(len(classes), len(labels))
    import numpy as np

    return float(np.mean(np.asarray(classes) == np.asarray(labels)))


def _other_number(found: int, examples: int) -> WorkerError:
    return WorkerError(
        say(
            "The worker sent {predictions} predictions for {examples} test examples.",
            predictions=found,
            examples=examples,
        )
    )
