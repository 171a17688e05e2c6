"""The trainings of a calibration, in as many workers as the machine has cores."""

from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from grader.datasets import Dataset
from grader.errors import WorkerError
from grader.grading.engines import Task
from grader.grading.engines.local import LocalEngine, usable_cores
from grader.measure.calibrate import CalibrationRequest, Job, Run, Versions
from grader.messages.message import say, verbatim
from grader.rubric import Plan, Rubric
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.worker import warm_up

MODULE = "grader.measure.training.calibrate"
# The homework's network; a rubric that asks for other hidden layers has these trained instead.
HIDDEN_LAYERS = (300, 100)
_SECONDS = 3600.0


def reference_layers(rubric: Rubric) -> tuple[int, ...]:
    """The units that the rubric asks for, else the homework's."""
    return rubric.targets.hidden_layers or HIDDEN_LAYERS


def trained(
    plan: Plan, hidden: tuple[int, ...], jobs: Sequence[Job], dataset: Dataset
) -> Iterator[tuple[Versions, Run]]:
    """Train a network with these hidden layers in each of the jobs, and give each run as it ends.

    Raises:
        WorkerError: A worker ended early or sent a reply that is none.
    """
    warm_up([MODULE])
    share = min(usable_cores(), len(jobs))
    engine = LocalEngine(dataset, SandboxLimits(seconds=_SECONDS, memory=plan.limits.memory), share)
    versions: dict[Task, Versions] = {}
    came = 0
    try:
        for first in range(share):
            request = CalibrationRequest(plan=plan, hidden_layers=hidden, jobs=tuple(jobs[first::share]))
            engine.start(Task(f"{MODULE}:work", (request.model_dump_json().encode(),)))
        while engine.room() < share:
            for answer in engine.answers():
                for message in answer.replies:
                    if answer.task not in versions:
                        versions[answer.task] = Versions.model_validate_json(message)
                        continue
                    yield versions[answer.task], Run.model_validate_json(message)
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
