"""What a worker answers: the evidence, with predictions where only the parent knows the accuracy."""

from collections.abc import Sequence

from pydantic import Field

from grader.errors import WorkerError
from grader.evidence import (
    Accuracy,
    Classes,
    Declaration,
    Evidence,
    File,
    Log,
    Model,
    Norms,
    Probe,
    Problem,
    Rerun,
    Sentence,
    Series,
    Text,
)
from grader.frozen import Frozen


class Predictions(Frozen):
    """The class that the submitted model gives to each test image."""

    inputs: Text
    tried: tuple[tuple[Text, float], ...]
    classes: Classes
    tried_images: int = Field(default=2_000, ge=1)


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


class Reply(Frozen):
    """Everything a worker found out; `tracebacks` are for the operator's log only."""

    files: tuple[File, ...]
    declaration: Declaration
    log: Log | Problem
    model: Model | Problem
    predictions: Predictions | Problem
    probe: Probe | Problem
    rerun: RerunSteps | Problem
    notes: tuple[Sentence, ...] = ()
    tracebacks: tuple[str, ...] = ()
    cost: Cost | None = None


def as_evidence(reply: Reply, labels: Sequence[int]) -> Evidence:
    """The evidence of a reply.

    Args:
        reply: of a worker, validated.
        labels: the right class of each test image; they never leave the parent.

    Raises:
        WorkerError: the reply has another number of predictions than there are test images.
    """
    predictions, rerun = reply.predictions, reply.rerun
    return Evidence(
        files=reply.files,
        declaration=reply.declaration,
        log=reply.log,
        model=reply.model,
        accuracy=predictions
        if isinstance(predictions, Problem)
        else Accuracy(
            inputs=predictions.inputs,
            tried=predictions.tried,
            value=share_right(predictions.classes, labels),
            images=len(labels),
            tried_images=predictions.tried_images,
        ),
        probe=reply.probe,
        rerun=rerun
        if isinstance(rerun, Problem)
        else Rerun(
            seed=rerun.seed,
            batch_size=rerun.batch_size,
            trainable_variables=rerun.trainable_variables,
            loss=rerun.loss,
            accuracy=rerun.accuracy,
            norms=rerun.norms,
            test_accuracy=share_right(rerun.classes, labels),
        ),
        notes=reply.notes,
    )


def share_right(classes: Sequence[int], labels: Sequence[int]) -> float:
    """The share of predictions that equal the label.

    Raises:
        WorkerError: there is not one prediction for each label.
    """
    if len(classes) != len(labels):
        raise WorkerError(f"The worker sent {len(classes)} predictions for {len(labels)} test images.")
    return sum(found == right for found, right in zip(classes, labels, strict=True)) / len(labels)
