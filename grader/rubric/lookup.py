"""The files of a rubric: found by a name or a path, and the calibration that goes with it."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.analysis.reference.calibration import Calibration
from grader.errors import RubricError, UsageError
from grader.evidence.part import UNNAMED
from grader.files import UnreadableError, read_own
from grader.messages.english import names
from grader.messages.wording import quoted
from grader.rubric import Plan

DEFAULT = "gradient_clipping"

_LARGEST_CALIBRATION = 1 << 20

_PACKAGE = Path(__file__).resolve().parents[1]
# A wheel has the rubrics inside the package, a checkout has them beside it.
_FOLDERS = (_PACKAGE / "rubrics", _PACKAGE.parent / "rubrics")


def shipped_rubrics() -> tuple[Path, ...]:
    """The files of the rubrics that ship, sorted by name."""
    folder = next((folder for folder in _FOLDERS if folder.is_dir()), None)
    return tuple(sorted(folder.glob("*.yaml"))) if folder else ()


def find_rubric(name_or_path: str) -> Path:
    """The file of a rubric: the name of one that ships, or a path.

    Who grades often stands in a student's folder, so a bare name is never a file there: a path has a
    separator or ends in `.yaml` or `.yml`. A file goes before a shipped rubric of the same file name; where
    there is neither, this raises `UsageError`.
    """
    path = Path(name_or_path)
    shipped = {file.stem: file for file in shipped_rubrics()}
    is_path = path.name != name_or_path or path.suffix.lower() in {".yaml", ".yml"}
    # Unlike `Path.exists`, it takes a name that is too long for any file.
    exists = is_path and os.path.exists(path)  # noqa: PTH110
    if exists and not path.is_dir():
        return path
    if file := shipped.get(name_or_path.removesuffix(".yaml")):
        return file
    if exists:
        return path
    raise UsageError(f"There is no rubric {quoted(path)}.", _advice(path, [*shipped]))


def rubrics_of(folder: Path, name_or_path: str) -> Mapping[str, Path]:
    """The rubric of each class in the folder of a lesson, by the name of the class; empty if it is no lesson.

    A lesson has only folders that are called like rubrics: like some that ship, where none but the default
    is asked for, or like those in the folder of rubrics that is asked for.

    Raises:
        UsageError: A class has no rubric in the folder of rubrics.
    """
    asked = Path(name_or_path)
    is_folder = asked.name != name_or_path and asked.is_dir()
    if is_folder:
        files: tuple[Path, ...] = tuple(sorted(asked.glob("*.yaml")))
    else:
        files = shipped_rubrics() if name_or_path == DEFAULT else ()
    rubrics = {file.stem: file for file in files}
    classes = sorted(path.name for path in folder.glob("[!.]*") if path.is_dir()) if folder.is_dir() else []
    if is_folder and (lacking := [name for name in classes if name not in rubrics]):
        raise UsageError(
            f"There is no rubric {quoted(asked / f'{lacking[0]}.yaml')} for the class {quoted(lacking[0])}.",
            f"Name one rubric for the whole folder, or call each class like its rubric: {names([*rubrics])}.",
        )
    return {name: rubrics[name] for name in classes} if set(classes) <= set(rubrics) else {}


def _advice(path: Path, shipped: list[str]) -> str:
    beside = [str(file) for file in sorted(path.parent.glob("*.yaml"))] if os.path.isdir(path.parent) else []  # noqa: PTH112
    if match := difflib.get_close_matches(str(path), [*shipped, *beside], n=1):
        return f"Did you mean {quoted(Path(match[0]))}?"
    return (
        f"Give the name of a rubric that ships ({names(shipped)}), "
        "or a file whose path ends in `.yaml` or `.yml` or has a `/`, such as `./homework`."
    )


def calibration_path(rubric: Path, run: str = UNNAMED) -> Path:
    """Where the calibration of a rubric's file lies: `homework.calibration.json` beside `homework.yaml`.

    That of a run with a rerun of its own is `homework.clipped.calibration.json`.
    """
    return rubric.with_name(".".join(filter(None, (rubric.stem, run, "calibration.json"))))


def plan_of(plan: Plan) -> dict[str, Any]:
    """The parts of a plan that a calibration depends on; of a data set's path, the name."""
    rerun = plan.rerun
    return {
        "data": Path(plan.data).name,
        "optimizer": {
            name: value
            for name, value in rerun.optimizer.model_dump(mode="json").items()
            # Calibrations from before these were there have neither.
            if value or name not in {"settings", "schedule"}
        },
        "batch_size": rerun.batch_size,
        "seed": rerun.seed,
        "probe_batches": plan.probe.batches,
    }


def find_calibration(rubric: Path, plan: Plan, run: str = UNNAMED) -> Calibration | None:
    """The calibration beside the rubric, else a shipped one, if it was made for this plan.

    A plan that was changed afterwards has none: its numbers would be compared with those of another training.
    """
    own = dict.fromkeys((calibration_path(rubric, run), calibration_path(rubric)))
    paths = filter(Path.is_file, (*own, *map(calibration_path, shipped_rubrics())))
    return next((found for found in map(read_calibration, paths) if found.plan == plan_of(plan)), None)


def read_calibration(path: Path) -> Calibration:
    """Read a calibration; raises `RubricError` where the file cannot be read or holds something else."""
    try:
        return read_own(Calibration, path, _LARGEST_CALIBRATION, "grader rubric calibrate")
    except UnreadableError as error:
        raise RubricError(
            f"The calibration {quoted(path)} {error}",
            "Delete it, then make it again with `grader rubric calibrate`.",
        ) from None
