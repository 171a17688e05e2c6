"""Tests of the house itself: layers, light imports, and a test for every file."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "grader"

# Top imports nothing below it; rooms of one layer do not import one another.
LAYERS = (
    {""},
    {"messages"},
    {"errors"},
    {"files"},
    {"evidence", "submissions"},
    {"report", "datasets"},
    {"analysis", "exercises", "sandbox"},
    {"checks", "reports"},
    {"rubric"},
    {"measure"},
    {"grading"},
    {"platforms", "desk"},
    {"handout"},
    {"cli"},
    {"__main__"},
)
# What a student imports stands apart: nothing of the grader imports it, and it imports nothing of the grader.
ALONE = {"student"}
HEAVY = {"starlette", "uvicorn", "tensorflow", "keras", "h5py", "pandas", "numpy"}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "rubrics" not in path.parts)


def room(path: Path) -> str:
    """The file or package directly below `grader` that a module belongs to."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py").replace("__init__", "")


def imports(path: Path) -> set[str]:
    """The dotted names that a module imports anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return names


def rooms_imported(path: Path) -> set[str]:
    found = set()
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "grader":
            first = parts[1] if len(parts) > 1 else ""
            found.add(first if (PACKAGE / first).is_dir() or (PACKAGE / f"{first}.py").is_file() else "")
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_point_down(path: Path) -> None:
    """A module imports only from layers above its own."""
    here = room(path)
    level = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    wrong = {
        there
        for there in rooms_imported(path)
        if there != here and (here in ALONE or there in ALONE or level[there] >= level[here])
    }

    assert set() == wrong


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_tensorflow_lives_in_one_package(path: Path) -> None:
    """Only `measure/training` and the student's callback import TensorFlow or Keras."""
    trains = "training" in path.parts or room(path) in ALONE
    heavy = {name.split(".")[0] for name in imports(path)} & {"tensorflow", "keras"}

    assert trains or not heavy


def loaded_by(code: str) -> set[str]:
    """The top-level modules that are loaded after running code in a fresh interpreter."""
    program = f"{code}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.splitlines()[-1].split())


def command(*arguments: str) -> str:
    return (
        f"import sys; sys.argv = ['grader', *{arguments!r}]\n"
        "from grader.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass"
    )


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        (("--help",), {"pydantic", "rich"}),
        (("--version",), {"pydantic", "rich"}),
        (("grade", "--help"), set()),
        (("checks",), set()),
        (("checks", "norm_within_cap"), set()),
        (("rubric", "schema"), set()),
        (("rubric", "lint", "gradient_clipping"), set()),
    ],
)
def test_commands_that_do_not_measure_import_nothing_heavy(
    arguments: tuple[str, ...], more: set[str]
) -> None:
    """Rubrics and manual pages need no arrays; help and version come without pydantic and rich, too."""
    assert set() == loaded_by(command(*arguments)) & {*HEAVY, *more}


def test_the_main_module_imports_nothing_before_it_runs() -> None:
    """A worker imports `grader.__main__` again, so it must cost nothing."""
    tree = ast.parse((PACKAGE / "__main__.py").read_text(encoding="utf-8"))

    assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body)


def test_reading_a_log_and_a_model_does_without_tensorflow() -> None:
    """What is said within a second is said before TensorFlow is imported."""
    assert set() == loaded_by("import grader.measure.worker") & {"tensorflow", "keras"}


def test_the_parent_does_without_tensorflow() -> None:
    """The process that starts workers holds the labels, and no TensorFlow, h5py or pandas."""
    assert {"numpy"} == loaded_by("import grader.grading.classes, grader.grading.stages") & HEAVY


def test_packing_does_without_tensorflow(tmp_path: Path) -> None:
    """What students are given is made without Keras, although it is made of what imports Keras."""
    given = command("pack", "student", "gradient_clipping", "--out", str(tmp_path / "given"))

    assert {"numpy"} == loaded_by(given) & HEAVY
    assert (tmp_path / "given" / "norm_logger.py").is_file()


def test_every_room_has_its_tests() -> None:
    """A package with functions or classes of its own has tests in the same place below `tests`."""
    missing = []
    for folder in sorted({path.parent for path in modules()}):
        trees = [ast.parse(path.read_text(encoding="utf-8")) for path in folder.glob("*.py")]
        defines = any(
            isinstance(node, ast.FunctionDef | ast.ClassDef) for tree in trees for node in tree.body
        )
        inside = folder.relative_to(PACKAGE)
        tests = ROOT / "tests" / inside
        if defines and not [*tests.glob("test_*.py"), *tests.parent.glob(f"test_{folder.name}.py")]:
            missing.append(inside.as_posix())

    assert [] == missing
