"""This program, as it is installed here, as a wheel: `pip` installs that without building anything."""

import base64
import hashlib
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.files.zipped import zipped
from grader.rubric.shelf import shipped_rubrics

DISTRIBUTION = "keras-homework-grader"
_PACKAGE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Program:
    """A wheel.

    Attributes:
        name: of its file.
        content: of its file.
    """

    name: str
    content: bytes


def program() -> Program:
    """The running program as a wheel, with the versions of its dependencies that it asks for.

    Raises:
        UsageError: it was not installed, so what it depends on is not known.
    """
    try:
        metadata = importlib.metadata.metadata(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        raise UsageError(
            f"The program is not installed as `{DISTRIBUTION}`, so what it needs is not known.",
            "Install it with `pip install .` in its folder.",
        ) from None
    stem = f"{DISTRIBUTION.replace('-', '_')}-{metadata['Version']}"
    files = _package() | {
        f"{stem}.dist-info/METADATA": _metadata(metadata),
        f"{stem}.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: grader pack\nRoot-Is-Purelib: true\n"
        b"Tag: py3-none-any\n",
        f"{stem}.dist-info/entry_points.txt": b"[console_scripts]\ngrader = grader.__main__:main\n",
    }
    record = f"{stem}.dist-info/RECORD"
    lines = [f"{path},sha256={_hash(content)},{len(content)}" for path, content in files.items()]
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    return Program(f"{stem}-py3-none-any.whl", zipped(files))


def _package() -> dict[str, bytes]:
    """The package's files, and the rubrics that ship at the place where a wheel has them."""
    paths = sorted(path for path in _PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    files = {f"grader/{path.relative_to(_PACKAGE).as_posix()}": path.read_bytes() for path in paths}
    for rubric in shipped_rubrics():
        for path in sorted(rubric.parent.glob(f"{rubric.stem}.*")):
            files[f"grader/rubrics/{path.name}"] = path.read_bytes()
    return files


def _metadata(metadata: importlib.metadata.PackageMetadata) -> bytes:
    needed = [one for one in metadata.get_all("Requires-Dist") or [] if "extra ==" not in one]
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {DISTRIBUTION}",
        f"Version: {metadata['Version']}",
        f"Requires-Python: {metadata['Requires-Python']}",
        *(f"Requires-Dist: {one}" for one in needed),
    ]
    return "\n".join([*lines, ""]).encode()


def _hash(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode("ascii")
