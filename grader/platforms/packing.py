"""What a teacher uploads to a platform so that it calls the grader.

A module `pack` in a platform's folder has a function `pack(program, rubric) -> Archive`.
"""

import base64
import hashlib
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path, PurePath

from grader.errors import UsageError
from grader.files.zipped import zipped
from grader.messages.safe_text import file_name
from grader.messages.wording import quoted
from grader.rubric import SHIPPED_DATA, Plan
from grader.rubric.document import read_document
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import calibration_path, find_rubric, shipped_rubrics

DISTRIBUTION = "keras-homework-grader"
# Where the rubric lies in the archive.
FOLDER = "rubric"
_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Archive:
    """The files of the zip for a platform, by path.

    Attributes:
        programs: The paths of the files that can be run.
        advice: What to do with the zip on the platform, a sentence each.
    """

    files: dict[str, str | bytes]
    programs: tuple[str, ...]
    advice: tuple[str, ...]


@dataclass(frozen=True)
class Wheel:
    """A wheel of this program, as it is installed here: the name of the file, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class RubricBundle:
    """A rubric with the files that belong to it, to be unpacked somewhere else.

    Attributes:
        rubric: The path of the rubric's file, below `FOLDER`.
        files: The rubric, its calibration and its data, by path.
        plan: What the rubric measures.
    """

    rubric: str
    files: dict[str, bytes]
    plan: Plan


def wheel() -> Wheel:
    """The running program as a wheel, made of the files and the metadata that are installed.

    `pip wheel` needs the source and, to build it, a package from the network; a teacher who has installed the
    program has neither at hand. What is installed is all that a wheel holds.

    Raises:
        UsageError: The program was not installed, so what it depends on is not known.
    """
    try:
        distribution = importlib.metadata.distribution(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        raise UsageError(
            f"`{DISTRIBUTION}` is not installed, so the packages that it needs are not known.",
            "Run `pip install .` in the folder of its source.",
        ) from None
    stem = f"{DISTRIBUTION.replace('-', '_')}-{distribution.version}"
    paths = (path for path in _PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    files = {f"grader/{path.relative_to(_PACKAGE).as_posix()}": path.read_bytes() for path in sorted(paths)}
    # An installed program has the rubrics in its package, the source beside it.
    for rubric in shipped_rubrics():
        for path in sorted(rubric.parent.glob(f"{rubric.stem}.*")):
            files[f"grader/rubrics/{path.name}"] = path.read_bytes()
    for name in ("METADATA", "WHEEL", "entry_points.txt"):
        files[f"{stem}.dist-info/{name}"] = (distribution.read_text(name) or "").encode()
    record = f"{stem}.dist-info/RECORD"
    lines = [f"{path},sha256={_hash(content)},{len(content)}" for path, content in files.items()]
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    return Wheel(f"{stem}-py3-none-any.whl", zipped(files))


def bundle(name: str) -> RubricBundle:
    """A rubric without mistakes, by its file or its name, with its calibration and its data.

    Raises:
        GraderError: The rubric cannot be found or read, has mistakes, or its data does not lie beside it.
    """
    path = find_rubric(name)
    plan = load_rubric(path).plan
    # The name stands in shell scripts, so it has no letters that mean something there.
    stem = file_name(path.stem)
    files = {f"{FOLDER}/{stem}.yaml": _content(path)}
    if (calibration := calibration_path(path)).is_file():
        files[f"{FOLDER}/{calibration_path(Path(stem + '.yaml')).name}"] = _content(calibration)
    if plan.data not in SHIPPED_DATA:
        # The loaded plan has the whole path of this machine; the file says how it is found from the rubric.
        data = PurePath(str(read_document(path).content["data"]))
        if data.is_absolute() or ".." in data.parts:
            raise UsageError(
                f"The rubric's data {quoted(data)} must be in the rubric's folder to be packed.",
                "Move the file there, and write only its name after `data:`.",
            )
        files[f"{FOLDER}/{data.as_posix()}"] = _content(path.parent / data)
    return RubricBundle(f"{FOLDER}/{stem}.yaml", files, plan)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{quoted(path)} cannot be read: {error.strerror}.", "Name a rubric that you may read."
        ) from None


def _hash(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode("ascii")
