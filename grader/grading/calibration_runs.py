"""The trainings of a calibration, in as many workers as the machine has cores."""

import tempfile
from collections.abc import Iterator, Sequence
from multiprocessing.connection import wait
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from grader.datasets import Dataset
from grader.errors import WorkerError
from grader.grading.engines.local import usable_cores
from grader.measure.calibrate import CalibrationRequest, Job, Run, Versions
from grader.messages.message import say, verbatim
from grader.rubric import Plan, Rubric
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.worker import Worker, open_to_workers, warm_up

WORK = "grader.measure.training.calibrate:work"
# The homework's network; a rubric that asks for other hidden layers has these trained instead.
HIDDEN_LAYERS = (300, 100)
_SECONDS = 3600.0


def reference_layers(rubric: Rubric) -> tuple[int, ...]:
    """The units that the rubric asks for, else the homework's."""
    return rubric.targets.hidden_layers or HIDDEN_LAYERS


def trained(
    plan: Plan, hidden: tuple[int, ...], jobs: Sequence[Job], dataset: Dataset
) -> Iterator[tuple[Versions, Run]]:
    """Train the rubric's reference, and give each run as it ends.

    Args:
        plan: The rubric's.
        hidden: The units of the hidden layers.
        jobs: The runs to make.
        dataset: The images to train on.

    Raises:
        WorkerError: A worker ended early or sent what is no reply.
    """
    warm_up(["grader.measure.training.calibrate"])
    share = min(usable_cores(), len(jobs))
    with tempfile.TemporaryDirectory(prefix="grader-data-") as folder:
        for array in ("x_train", "y_train", "x_test"):
            np.save(Path(folder) / f"{array}.npy", getattr(dataset, array))
        open_to_workers(folder)
        sandbox = SandboxLimits(seconds=_SECONDS, memory=plan.limits.memory, reads=(folder,))
        requests = (
            CalibrationRequest(plan=plan, hidden_layers=hidden, jobs=tuple(jobs[first::share]))
            for first in range(share)
        )
        workers = [
            Worker(WORK, [request.model_dump_json().encode(), folder.encode()], sandbox)
            for request in requests
        ]
        try:
            yield from _replies(workers, len(jobs))
        finally:
            for worker in workers:
                worker.end()


def _replies(workers: Sequence[Worker], expected: int) -> Iterator[tuple[Versions, Run]]:
    versions: dict[Worker, Versions] = {}
    came = 0
    while at_work := [worker for worker in workers if not worker.done]:
        soonest = min(worker.seconds_left for worker in at_work)
        wait([worker.connection for worker in at_work], timeout=max(0.0, soonest) + 0.01)
        for worker in at_work:
            try:
                for message in worker.replies():
                    if worker not in versions:
                        versions[worker] = Versions.model_validate_json(message)
                        continue
                    yield versions[worker], Run.model_validate_json(message)
                    came += 1
            except ValidationError:
                raise WorkerError(say("The worker sent a reply that cannot be understood.")) from None
    if came < expected:
        raise WorkerError(
            verbatim(f"Only {came} of {expected} trainings ended, because a worker ended early."),
            verbatim("Raise `limits: memory` in the rubric, or use a machine with less load."),
        )
