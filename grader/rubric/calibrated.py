"""The calibration of a rubric: a JSON file beside it, or one that ships, if made for the same plan."""

from pathlib import Path
from typing import Any

from grader.analysis.reference.calibration import Calibration
from grader.errors import RubricError
from grader.files.own_files import UnreadableError, read_own
from grader.rubric import Plan
from grader.rubric.shelf import shipped_rubrics

_LARGEST = 1 << 20


def calibration_path(rubric: Path) -> Path:
    """Where the calibration of a rubric's file lies: `homework.calibration.json` beside `homework.yaml`."""
    return rubric.with_name(f"{rubric.stem}.calibration.json")


def plan_of(plan: Plan) -> dict[str, Any]:
    """The parts of a plan that a calibration depends on; of a data set's path, the name."""
    rerun = plan.rerun
    return {
        "data": Path(plan.data).name,
        "optimizer": rerun.optimizer.model_dump(),
        "batch_size": rerun.batch_size,
        "seed": rerun.seed,
        "probe_batches": plan.probe.batches,
    }


def find_calibration(rubric: Path, plan: Plan) -> Calibration | None:
    """The calibration beside the rubric, else a shipped one, if it was made for this plan.

    A plan that was changed afterwards has none: its numbers would be compared with those of another training.

    Raises:
        RubricError: the file beside the rubric cannot be read.
    """
    for path in (calibration_path(rubric), *map(calibration_path, shipped_rubrics())):
        if not path.is_file():
            continue
        calibration = read_calibration(path)
        if calibration.plan == plan_of(plan):
            return calibration
    return None


def read_calibration(path: Path) -> Calibration:
    """Read a calibration.

    Raises:
        RubricError: it cannot be read, or is no calibration.
    """
    try:
        return read_own(Calibration, path, _LARGEST, "grader rubric calibrate")
    except UnreadableError as error:
        raise RubricError(
            f"The calibration `{path}` {error}",
            "Delete it, then make it again with `grader rubric calibrate`.",
        ) from None
