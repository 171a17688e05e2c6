"""The trainings of a calibration, in as many workers as the machine has cores."""

from collections.abc import Iterator
from typing import TypeVar

from pydantic import ValidationError

from grader.datasets import Dataset
from grader.errors import WorkerError
from grader.grading.engines import Task
from grader.grading.engines.local import LocalEngine, usable_cores
from grader.measure.calibrate import CalibrationRequest, Epochs, Run, Versions
from grader.messages.message import say, verbatim
from grader.rubric import Rubric
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.worker import warm_up

MODULE = "grader.measure.training.calibrate"
# The homework's network; a rubric that asks for other hidden layers has these trained instead.
HIDDEN_LAYERS = (300, 100)
_SECONDS = 3600.0

Done = TypeVar("Done", Run, Epochs)


def reference_layers(rubric: Rubric) -> tuple[int, ...]:
    """The units that the rubric asks for, else the homework's."""
    return rubric.targets.hidden_layers or HIDDEN_LAYERS


def trained(
    request: CalibrationRequest, dataset: Dataset, kind: type[Done]
) -> Iterator[tuple[Versions, Done]]:
    """Do the jobs of a request, and give what comes of each, which is of this kind, as it ends.

    Raises:
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
            engine.start(Task(f"{MODULE}:work", (own.model_dump_json().encode(),)))
        while engine.room() < share:
            for answer in engine.answers():
                for message in answer.replies:
                    if answer.task not in versions:
                        versions[answer.task] = Versions.model_validate_json(message)
                        continue
                    yield versions[answer.task], kind.model_validate_json(message)
                    came += 1
    except ValidationError:
        raise WorkerError(say("The worker sent a reply that cannot be understood.")) from None
    finally:
        engine.close()
    if came < len(jobs):
        raise WorkerError(
            verbatim(f"Only {came} of {len(jobs)} trainings ended, because a worker ended early."),
            verbatim("Raise `limits: memory` in the rubric, or use a machine with less load."),
        )
