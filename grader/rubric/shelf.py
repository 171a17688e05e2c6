"""The rubrics that ship, and how a name or a path on the command line becomes a file."""

import difflib
from pathlib import Path

from grader.errors import UsageError
from grader.rubric.wording import name, names

DEFAULT = "gradient_clipping"

# A path is of no use when it is cut, so only what no path can be is.
_LONGEST_PATH = 1000

_PACKAGE = Path(__file__).resolve().parents[1]
# A wheel has the rubrics inside the package, a checkout has them beside it.
_SHELVES = (_PACKAGE / "rubrics", _PACKAGE.parent / "rubrics")


def shipped_rubrics() -> tuple[Path, ...]:
    """The files of the rubrics that ship, sorted by name."""
    shelf = next((folder for folder in _SHELVES if folder.is_dir()), None)
    return tuple(sorted(shelf.glob("*.yaml"))) if shelf else ()


def find_rubric(name_or_path: str) -> Path:
    """The file of a rubric: a path, or the name of one that ships, with or without `.yaml`.

    A file goes before a shipped rubric of the same name.

    Raises:
        UsageError: there is neither; the hint has the nearest names.
    """
    path = Path(name_or_path)
    if _exists(path) and not path.is_dir():
        return path
    shipped = {file.stem: file for file in shipped_rubrics()}
    if file := shipped.get(name_or_path.removesuffix(".yaml")):
        return file
    if _exists(path):
        return path
    raise UsageError(
        f"There is no rubric {name(name_or_path, _LONGEST_PATH)}.", hint=_advice(path, list(shipped))
    )


def _advice(path: Path, shipped: list[str]) -> str:
    beside = [str(file) for file in sorted(path.parent.glob("*.yaml"))] if _exists(path.parent) else []
    if match := difflib.get_close_matches(str(path), [*shipped, *beside], n=1):
        return f"Did you mean {name(match[0], _LONGEST_PATH)}?"
    return f"Give the path of a YAML file, or the name of a rubric that ships: {names(shipped)}."


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long for the file system, or a folder that may not be read
        return False
