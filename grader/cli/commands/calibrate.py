"""`grader rubric calibrate`: measures how far honest runs are from the rubric's rerun and probe."""

import tempfile
from collections.abc import Iterator, Sequence
from multiprocessing.connection import wait
from pathlib import Path

import numpy as np
from pydantic import ValidationError
from rich.console import Console
from rich.progress import track
from rich.text import Text

from grader.datasets import Dataset, load_dataset
from grader.errors import WorkerError
from grader.files.output import write_whole
from grader.grading.engines.local import usable_cores
from grader.measure.calibrate import CalibrationRequest, Job, Run, Versions, jobs_for, summarised
from grader.rubric import Plan, Rubric
from grader.rubric.calibrated import calibration_path
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import find_rubric
from grader.sandbox.limits import Walls
from grader.sandbox.worker import Worker, open_to_workers, warm_up

WORK = "grader.measure.training.calibrate:work"
# The homework's network; a rubric that asks for other hidden layers has these trained instead.
HIDDEN_LAYERS = (300, 100)
_SECONDS = 3600.0


def calibrate(name: str, runs: int) -> None:
    """Train the rubric's reference, and write what the runs show beside the rubric.

    Raises:
        GraderError: the rubric cannot be used, the training cannot be done, or the file cannot be written.
    """
    path = find_rubric(name)
    rubric = load_rubric(path)
    plan, hidden = rubric.plan, hidden_layers(rubric)
    dataset = load_dataset(plan.data, path.parent)
    jobs = jobs_for(plan, len(dataset.y_train), runs)
    console = Console()
    versions: Versions | None = None
    done: list[Run] = []
    replies = _made(plan, hidden, jobs, dataset)
    for reply in track(replies, "Training", total=len(jobs), console=Console(stderr=True), transient=True):
        versions, run = reply
        done.append(run)
    if versions is None:
        raise WorkerError("No run was made.", "Try it again.")
    calibration = summarised(done, plan, hidden, versions)
    target = calibration_path(path)
    write_whole(target, calibration.page())
    batches = sorted({size.batch_size for size in calibration.sizes})
    console.print(
        Text(
            f"Written: {target}. It has {len(done)} runs, {runs} at each of the batch sizes "
            f"{', '.join(map(str, batches))}."
        )
    )


def hidden_layers(rubric: Rubric) -> tuple[int, ...]:
    """The units that the rubric's item `hidden_layers` asks for, else the homework's."""
    for item in rubric.items:
        if item.check.kind() == "hidden_layers":
            return tuple(item.check.model_dump()["units"])
    return HIDDEN_LAYERS


def _made(
    plan: Plan, hidden: tuple[int, ...], jobs: Sequence[Job], dataset: Dataset
) -> Iterator[tuple[Versions, Run]]:
    """The runs, as they come from as many workers as there are cores."""
    warm_up(["grader.measure.training.calibrate"])
    share = min(usable_cores(), len(jobs))
    with tempfile.TemporaryDirectory(prefix="grader-data-") as folder:
        for array in ("x_train", "y_train", "x_test"):
            np.save(Path(folder) / f"{array}.npy", getattr(dataset, array))
        open_to_workers(folder)
        walls = Walls(seconds=_SECONDS, memory=plan.limits.memory, reads=(folder,))
        requests = (
            CalibrationRequest(plan=plan, hidden_layers=hidden, jobs=tuple(jobs[first::share]))
            for first in range(share)
        )
        workers = [
            Worker(WORK, [request.model_dump_json().encode(), folder.encode()], walls) for request in requests
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
                raise WorkerError("A worker sent a reply that cannot be understood.") from None
    if came < expected:
        raise WorkerError(
            f"Only {came} of {expected} runs were made, because a worker ended early.",
            "Raise `limits: memory` in the rubric, or use a machine with less other work.",
        )
