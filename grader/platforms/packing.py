"""What a teacher uploads to a platform so that it calls the grader.

A module `pack` in a platform's folder has the help of its command as its docstring, and says what is packed:
`FILES`, texts by their paths, in which `{wheel}`, `{rubric}` and `{budget}` stand for the program, the rubric
and the `BUDGET` in seconds; `FOLDER`, the path before the program and the rubric, which ends with `/` or is
""; and `ADVICE`, what to do on the platform.
"""

import base64
import hashlib
import importlib.metadata
from collections.abc import Mapping
from functools import reduce
from pathlib import Path, PurePath
from typing import NamedTuple

from grader.errors import UsageError
from grader.evidence.part import UNNAMED
from grader.files import zipped
from grader.messages.safe_text import file_name
from grader.messages.wording import quoted
from grader.platforms import modules
from grader.rubric import SHIPPED_DATA
from grader.rubric.document import read_document
from grader.rubric.loading import load_rubric
from grader.rubric.lookup import calibration_path, find_rubric, shipped_rubrics

DISTRIBUTION = "keras-homework-grader"
# Where the rubric lies in the archive.
FOLDER = "rubric"
# For platforms that grade in an image of the teacher's; what a platform needs beside it is added at the end.
DOCKERFILE = """\
# The grader with everything that it needs, so that a submission is graded without network.
FROM python:3.12-slim
COPY {wheel} /grader/
RUN python -m venv /grader/environment \\
 && /grader/environment/bin/pip install --no-cache-dir /grader/{wheel} \\
 && rm /grader/{wheel}
COPY rubric /grader/rubric
RUN /grader/environment/bin/grader rubric lint /grader/{rubric}
"""
RUN_IN_IMAGE = """\
COPY run.sh /grader/run.sh
RUN chmod +x /grader/run.sh
CMD ["/grader/run.sh"]
"""
_PACKAGE = Path(__file__).resolve().parents[1]


def run_script(platform: str, root: str, result: str) -> str:
    """The `run.sh` of an image: the hook of a platform grades below the root and writes the result there."""
    return f"""\
#!/usr/bin/env bash
# Grades the submission that the platform has put below {root}, and writes {root}/{result}.
set -uo pipefail
folder="${{GRADER_FOLDER:-/grader}}"
root="${{GRADER_ROOT:-{root}}}"
export TF_CPP_MIN_LOG_LEVEL=2
"$folder/environment/bin/grader" hook {platform} \\
  --root "$root" --rubric "$folder/{{rubric}}" --budget {{budget}}
code=$?
# 3 says that a person must look; the result says so itself. Without one, the grader could not do its work.
[ "$code" -eq 3 ] && [ -s "$root/{result}" ] && exit 0
exit "$code"
"""


class Wheel(NamedTuple):
    """A wheel of this program, as it is installed here: the name of the file, and its bytes."""

    name: str
    content: bytes


def packed(platform: str, program: Wheel, rubric: Mapping[str, bytes]) -> bytes:
    """The zip for a platform, with what `bundle` gives of a rubric; its scripts can be run."""
    pack = modules("pack")[platform]
    paths = {"wheel": pack.FOLDER + program.name, "rubric": pack.FOLDER + next(iter(rubric))}
    words = paths | {"budget": str(pack.BUDGET)}
    files: dict[str, str | bytes] = {paths["wheel"]: program.content}
    files |= {pack.FOLDER + path: content for path, content in rubric.items()}
    for path, text in pack.FILES.items():
        files[path] = reduce(lambda text, word: text.replace(f"{{{word}}}", words[word]), words, text)
    return zipped(files, [path for path, text in pack.FILES.items() if text.startswith("#!")])


def wheel() -> Wheel:
    """The running program as a wheel, made of the files and the metadata that are installed.

    `pip wheel` needs the source and the network, which a teacher may not have at hand. A program that was not
    installed raises `UsageError`.
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


def bundle(name: str) -> Mapping[str, bytes]:
    """A rubric, by its file or its name; then its calibration and its data, by their paths.

    A rubric that cannot be used, or whose data does not lie beside it, raises `GraderError`.
    """
    path = find_rubric(name)
    rubric = load_rubric(path)
    plan, data = rubric.plan, rubric.plan.data
    # The name stands in shell scripts, so it has no letters that mean something there.
    stem = file_name(path.stem)
    files = {f"{FOLDER}/{stem}.yaml": path}
    for run in (UNNAMED, *plan.runs):
        if (calibration := calibration_path(path, run)).is_file():
            files[f"{FOLDER}/{calibration_path(Path(stem + '.yaml'), run).name}"] = calibration
    # The loaded plan has the whole path of this machine; the file says how it is found from the rubric.
    beside = {} if data in SHIPPED_DATA else {"data": str(read_document(path).content["data"])}
    beside |= {key: name for key in ("starter", "labels") if (name := getattr(rubric, key))}
    for key, name_there in beside.items():
        own = PurePath(name_there)
        if own.is_absolute() or ".." in own.parts:
            raise UsageError(
                f"The rubric's {key} {quoted(own)} must be in the rubric's folder to be packed.",
                f"Move the file there, and write only its name after `{key}:`.",
            )
        files[f"{FOLDER}/{own.as_posix()}"] = path.parent / own
    try:
        return {name: source.read_bytes() for name, source in files.items()}
    except OSError as error:
        raise UsageError(
            f"{quoted(Path(error.filename))} cannot be read: {error.strerror}.",
            "Name a rubric that you may read.",
        ) from None


def _hash(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode("ascii")
