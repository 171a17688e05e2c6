"""What a worker answers: the evidence, with predictions where only the parent knows the accuracy."""

from collections.abc import Sequence
from typing import TypeVar

from pydantic import Field, ValidationError

from grader.errors import WorkerError
from grader.evidence import Declaration, Evidence, File
from grader.evidence.model import Model
from grader.evidence.part import UNNAMED, Parts, kinds
from grader.evidence.problem import Problem
from grader.evidence.training import Accuracy, Norms, Probe, Rerun
from grader.evidence.values import Classes, Sentence, Series, Text
from grader.frozen import Frozen
from grader.measure.request import Architecture
from grader.messages.message import say

# Longer tracebacks come from recursion; their ends say enough.
LONGEST_TRACEBACK = 20_000
PENDING = Problem(
    who="pending", message=say("Not checked yet: the grader has not yet trained the model again.")
)


class Predictions(Frozen):
    """The class that the submitted model gives to each test image."""

    inputs: Text
    tried: tuple[tuple[Text, float], ...]
    classes: Classes
    tried_images: int = Field(default=2_000, ge=1)
    largest_pixel: float = 255.0


class RerunSteps(Frozen):
    """The rerun's steps, and the class that the network gives to each test image after them."""

    seed: int
    batch_size: int
    trainable_variables: int
    loss: Series
    accuracy: Series
    norms: Norms
    classes: Classes


class Cost(Frozen):
    """What a worker has used so far.

    Attributes:
        processor_seconds: of all its threads, without what was imported before it was forked.
        peak_memory: bytes in memory at most, with what it shares with the process that it was forked from.
    """

    processor_seconds: float
    peak_memory: int


class FilesReply(Frozen):
    """What the files say without TensorFlow; a worker's first reply.

    Attributes:
        parts: what was read of each file, by the part's name.
        notes: what a person should know of how the files were found.
        tracebacks: bugs of the grader, for the operator's log only.
    """

    files: tuple[File, ...]
    declaration: Declaration
    parts: Parts
    notes: tuple[Sentence, ...] = ()
    tracebacks: tuple[str, ...] = ()
    cost: Cost | None = None


class ModelReply(Frozen):
    """What the loaded model does: the second reply; the rerun is another task, with the `architecture`."""

    predictions: Predictions | Problem
    probe: Probe | Problem
    architecture: Architecture | Problem
    tracebacks: tuple[str, ...] = ()
    cost: Cost | None = None


class RerunReply(Frozen):
    """What came of the training from fresh weights."""

    rerun: RerunSteps | Problem
    tracebacks: tuple[str, ...] = ()
    cost: Cost | None = None


Reply = TypeVar("Reply", bound=Frozen)


def parse(kind: type[Reply], content: bytes) -> Reply:
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


def as_evidence(reply: FilesReply) -> Evidence:
    """The evidence of the files; what needs the model is pending, or missing as the model is."""
    model = reply.parts.get(Model.part_name(), PENDING)
    later = model if isinstance(model, Problem) else PENDING
    measured = {name: later for name, kind in kinds().items() if kind.wanted is None}
    own = measured | {name: part for name, part in reply.parts.items() if kinds()[name].per_run}
    once = {name: part for name, part in reply.parts.items() if not kinds()[name].per_run}
    return Evidence(
        files=reply.files, declaration=reply.declaration, parts=once, runs={UNNAMED: own}, notes=reply.notes
    )


def with_model(evidence: Evidence, reply: ModelReply, labels: Sequence[int]) -> Evidence:
    """The evidence with what the model does; the rerun is pending, or missing if there is no architecture.

    The labels, the right class of each test image, never leave the parent; see `share_right`.
    """
    predictions, architecture = reply.predictions, reply.architecture
    accuracy = (
        predictions
        if isinstance(predictions, Problem)
        else Accuracy(
            inputs=predictions.inputs,
            tried=predictions.tried,
            value=share_right(predictions.classes, labels),
            images=len(labels),
            tried_images=predictions.tried_images,
            largest_pixel=predictions.largest_pixel,
        )
    )
    rerun = architecture if isinstance(architecture, Problem) else PENDING
    for name, part in (("accuracy", accuracy), ("probe", reply.probe), ("rerun", rerun)):
        evidence = evidence.having(name, part)
    return evidence


def as_rerun(steps: RerunSteps, labels: Sequence[int]) -> Rerun:
    """The evidence of a rerun; see `share_right`."""
    return Rerun(
        seed=steps.seed,
        batch_size=steps.batch_size,
        trainable_variables=steps.trainable_variables,
        loss=steps.loss,
        accuracy=steps.accuracy,
        norms=steps.norms,
        test_accuracy=share_right(steps.classes, labels),
    )


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
