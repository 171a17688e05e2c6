"""What a worker answers: the evidence, with predictions where only the parent knows the accuracy."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from pydantic import Field, ValidationError

from grader.errors import WorkerError
from grader.evidence import Declaration, Evidence, File
from grader.evidence.frozen import Frozen
from grader.evidence.model import Model
from grader.evidence.part import UNNAMED, Part, Parts, kinds
from grader.evidence.problem import Problem
from grader.evidence.training import MISTAKES_OF, Accuracy, Probe, Replay, Rerun, Scaled, Steps
from grader.evidence.values import Classes, Sentence, Text
from grader.measure.request import Architecture
from grader.messages.message import say

# Longer tracebacks come from recursion; their ends say enough.
LONGEST_TRACEBACK = 20_000
PENDING = Problem(
    who="pending", message=say("Not checked yet: the grader has not yet trained the model again.")
)


class Predictions(Scaled):
    """The class that the submitted model gives to each test image."""

    classes: Classes


class RerunSteps(Steps):
    """The rerun's steps, and the class that the network gives to each test image after them."""

    classes: Classes


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


def with_model(evidence: Evidence, reply: ModelReply, labels: Sequence[int]) -> Evidence:
    """The evidence with what a model does; the rerun is pending, or missing if there is no architecture.

    A run that was not asked for does not count.
    """
    if reply.run not in evidence.runs:
        raise WorkerError(say("The worker sent a reply that cannot be understood."))
    accuracy: Accuracy | Problem
    if isinstance(reply.predictions, Problem):
        accuracy = reply.predictions
    else:
        scaled = dict(reply.predictions)
        classes = scaled.pop("classes")
        right, wrong = share_right(classes, labels), mistakes(classes, labels)
        accuracy = Accuracy(**scaled, value=right, images=len(labels), mistakes=wrong)
    rerun = reply.architecture if isinstance(reply.architecture, Problem) else PENDING
    model = evidence.found(Model, reply.run)
    if reply.activation and model:
        evidence = evidence.having("model", model.with_activation(reply.activation), reply.run)
    measured: dict[str, Part | Problem] = {"accuracy": accuracy, "probe": reply.probe, "rerun": rerun}
    if reply.replay is not None:
        measured["replay"] = reply.replay
    for name, part in measured.items():
        evidence = evidence.having(name, part, reply.run)
    return evidence


def mistakes(classes: Sequence[int], labels: Sequence[int]) -> tuple[int, ...]:
    """What evidence keeps of predictions; it tells no label of an image that was classified correctly.

    The classes 254 and 255 count as one, because there are 256 of them and a value is one byte.
    """
    pairs = list(zip(classes, labels, strict=True))[:MISTAKES_OF]
    return tuple(0 if found == right else min(1 + found, 255) for found, right in pairs)


def as_rerun(steps: RerunSteps, labels: Sequence[int]) -> Rerun:
    """The evidence of a rerun."""
    known = dict(steps)
    return Rerun(test_accuracy=share_right(known.pop("classes"), labels), **known)


def share_right(classes: Sequence[int], labels: Sequence[int]) -> float:
    """The share of predictions that equal the label; a WorkerError if there is not one for each label."""
    if len(classes) != len(labels):
        raise WorkerError(
            say(
                "The worker sent {predictions} predictions for {images} test images.",
                predictions=len(classes),
                images=len(labels),
            )
        )
    return sum(found == right for found, right in zip(classes, labels, strict=True)) / len(labels)
