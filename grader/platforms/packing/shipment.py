"""A rubric with the files that belong to it, to be unpacked somewhere else."""

from dataclasses import dataclass
from pathlib import Path, PurePath

from grader.errors import UsageError
from grader.messages.safe_text import file_name, plain
from grader.rubric import SHIPPED_DATA, Plan
from grader.rubric.calibrated import calibration_path
from grader.rubric.document import read_document
from grader.rubric.loading import load_rubric
from grader.rubric.shelf import find_rubric

FOLDER = "rubric"


@dataclass(frozen=True)
class Shipment:
    """A rubric to be unpacked.

    Attributes:
        rubric: the path of its file, below `FOLDER`.
        files: it, its calibration and its data, by path.
        plan: what it measures.
    """

    rubric: str
    files: dict[str, bytes]
    plan: Plan


def shipment(name: str) -> Shipment:
    """A rubric that has no mistakes, with what lies beside it.

    Args:
        name: a file, or a rubric that ships.

    Raises:
        GraderError: it cannot be found or read, has mistakes, or its data does not lie beside it.
    """
    path = find_rubric(name)
    plan = load_rubric(path).plan
    # The name stands in scripts, so it has only letters that mean nothing there.
    stem = file_name(path.stem)
    files = {f"{FOLDER}/{stem}.yaml": _content(path)}
    if (calibration := calibration_path(path)).is_file():
        files[f"{FOLDER}/{calibration_path(Path(stem + '.yaml')).name}"] = _content(calibration)
    if plan.data not in SHIPPED_DATA:
        # The loaded plan has the whole path of this machine; the file says how it is found from the rubric.
        data = PurePath(str(read_document(path).content["data"]))
        if data.is_absolute() or ".." in data.parts:
            raise UsageError(
                f"The rubric's data `{plain(str(data))}` must lie in its folder to be packed.",
                "Move the file beside the rubric, and write its name alone after `data:`.",
            )
        files[f"{FOLDER}/{data.as_posix()}"] = _content(path.parent / data)
    return Shipment(f"{FOLDER}/{stem}.yaml", files, plan)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"`{plain(str(path))}` cannot be read: {error.strerror}.", "Name a rubric that you may read."
        ) from None
