"""The trainings of a calibration, in as many workers as the machine has cores."""

from collections.abc import Iterator
from typing import TypeVar

from pydantic import ValidationError

from grader.datasets import Dataset
from grader.errors import UsageError, WorkerError
from grader.evidence.model import Model
from grader.evidence.part import Part
from grader.evidence.problem import Problem
from grader.grading.budget import sandbox_limits_of
from grader.grading.engines import FOR_A_FOLDER, WORK, Task, usable_cores
from grader.grading.engines.local import LocalEngine
from grader.measure.calibrate import CalibrationRequest, Epochs, Example, Run, Versions
from grader.measure.reply import FilesReply, ModelReply, parse
from grader.measure.request import Architecture, pack
from grader.messages.message import verbatim
from grader.rubric import Plan
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.worker import warm_up
from grader.submissions.submission import Submission

MODULE = "grader.measure.training.calibrate"
# The homework's network; a rubric that asks for other hidden layers has these trained instead.
HIDDEN_LAYERS = (300, 100)
_SECONDS = 3600.0

Done = TypeVar("Done", Run, Epochs)


def example_of(submission: Submission, plan: Plan, dataset: Dataset) -> Example:
    """The network of a submission; its files are read by a worker, as those of any student.

    Raises:
        UsageError: It has no model that can be trained again.
    """
    warm_up(FOR_A_FOLDER)
    engine = LocalEngine(dataset, sandbox_limits_of(plan), 1)
    replies: list[bytes] = []
    try:
        engine.start(Task(WORK), pack(submission, plan))
        while engine.room() < 1:
            for answer in engine.answers():
                replies += answer.replies
                if answer.failure:
                    raise answer.failure
    finally:
        engine.close()
    model = parse(FilesReply, replies[0]).parts.get(Model.part_name())
    if not isinstance(model, Model):
        raise _no_example(model)
    architecture = parse(ModelReply, replies[1]).architecture
    if not isinstance(architecture, Architecture):
        raise _no_example(architecture)
    if model.loss_form == "unknown":
        raise UsageError(
            f"The example was compiled with the loss `{model.loss}`, which the grader cannot train with.",
            "Name a submission with a loss of Keras, or leave `--like` out.",
        )
    if model.optimizer and model.optimizer.averages:
        raise UsageError(
            "The weights of the example are averages (`use_ema`), which the grader does not make.",
            "Name a submission without `use_ema`, or leave `--like` out.",
        )
    return Example(model=model, architecture=architecture)


def _no_example(part: Part | Problem | None) -> UsageError:
    if not isinstance(part, Problem):
        return UsageError("The example has no model.", "Name a submission with a model file.")
    hint = str(part.hint) or "Name a submission whose model can be graded."
    return UsageError(f"The example cannot be trained. {part.message}", hint)


def trained(
    request: CalibrationRequest, dataset: Dataset, kind: type[Done]
) -> Iterator[tuple[Versions, Done]]:
    """Do the jobs of a request, and give what comes of each, which is of this kind, as it ends.

    Raises:
        UsageError: The network cannot be trained.
        WorkerError: A worker ended early or sent a reply that is none.
    """
    warm_up([MODULE])
    jobs = request.jobs
    share = min(usable_cores(), len(jobs))
    engine = LocalEngine(dataset, SandboxLimits(seconds=_SECONDS, memory=request.plan.limits.memory), share)
    versions: dict[Task, Versions] = {}
    came = 0
    try:
        for first in range(share):
            own = request.model_copy(update={"jobs": jobs[first::share]})
            engine.start(Task(f"{MODULE}:work"), [own.model_dump_json().encode()])
        while engine.room() < share:
            for answer in engine.answers():
                for message in answer.replies:
                    if answer.task not in versions:
                        versions[answer.task] = parse(Versions, message)
                        continue
                    yield versions[answer.task], _done(kind, message)
                    came += 1
    finally:
        engine.close()
    if came < len(jobs):
        raise WorkerError(
            verbatim(f"Only {came} of {len(jobs)} trainings ended, because a worker ended early."),
            verbatim("Raise `limits: memory` in the rubric, or use a machine with less load."),
        )


def _done(kind: type[Done], message: bytes) -> Done:
    """What came of a job; a worker's last words may be why the network cannot be trained."""
    try:
        problem = Problem.model_validate_json(message)
    except ValidationError:
        return parse(kind, message)
    raise _no_example(problem)
