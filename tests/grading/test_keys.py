"""Tests of `grader.grading.keys`: what a measurement depends on, and nothing else."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from builders_folders import make_file

import grader
from grader.grading.keys import (
    _MEASURING,
    circumstances,
    evidence_key,
    rerun_key,
    what_it_does,
)
from grader.measure.request import Architecture, RerunRequest, pack
from grader.rubric import Files, Limits, Plan, ProbePlan, ReplayPlan, RerunPlan
from grader.submissions.submission import Submission

NETWORK = Architecture(network="{}", parameters=7, inputs="pixels / 255", probabilities=True)
# What measures is loaded with these, but they only hold data, raise, or come with a rubric's items.
BESIDE = {
    "grader",
    "grader.analysis",
    "grader.analysis.log_positions",
    "grader.analysis.norms",
    "grader.analysis.norms.columns",
    "grader.analysis.notebook",
    "grader.analysis.notebook.cells",
    "grader.analysis.reference",
    "grader.analysis.reference.calibration",
    "grader.analysis.statistics",
    "grader.analysis.targets",
    "grader.checks",
    "grader.errors",
    "grader.exercises",
    "grader.exercises.drawing",
    "grader.exercises.exercise",
    "grader.exercises.kinds",
    "grader.messages.languages",
    "grader.report",
    "grader.sandbox",
    "grader.submissions",
}


def a_key(folder: Path, plan: Plan | None = None, data: str = "images", **fields: Any) -> str:
    submission = Submission("ana", folder, **fields)
    plan = plan or Plan()
    return evidence_key(pack(submission, plan), circumstances(plan, data))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A submission."""
    make_file(tmp_path, "model.keras", b"model")
    make_file(tmp_path, "training_log.csv", b"log")
    return tmp_path


def test_a_seed_of_each_student_is_a_part_of_the_key(folder: Path) -> None:
    """Equal files of two students are measured twice where each has a seed, and once where all have one."""
    per_student, shared = (Plan(replay=ReplayPlan(seed=seed)) for seed in ("per_student", 7))
    keys = [
        {
            evidence_key(pack(Submission(name, folder, id_from=by), plan), circumstances(plan, "images"))
            for name, by in (("ana", "roster"), ("ana", "folder"), ("bruno", "roster"))
        }
        for plan in (per_student, shared)
    ]

    assert [3, 1] == [len(each) for each in keys]


def test_equal_content_has_equal_keys(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where it lies and whose it is does not matter."""
    other = tmp_path_factory.mktemp("other")
    make_file(other, "model.keras", b"model")
    make_file(other, "training_log.csv", b"log")

    assert a_key(folder) == a_key(other)


@pytest.mark.parametrize(
    ("changed", "stays"),
    [
        ({"plan": Plan(limits=Limits(seconds=5))}, True),
        ({"plan": Plan(data="elsewhere.npz")}, True),
        ({"plan": Plan(rerun=RerunPlan(steps=5))}, False),
        ({"plan": Plan(probe=ProbePlan(batches=5))}, False),
        ({"plan": Plan(files=Files(log=("*.csv",)))}, False),
        ({"data": "others"}, False),
        ({"notes": ("Late.",)}, False),
    ],
)
def test_what_is_measured_changes_the_key(folder: Path, changed: dict[str, Any], *, stays: bool) -> None:
    """Also the images, and what the report would say of how the files were found; no limit on time does."""
    assert stays == (a_key(folder) == a_key(folder, **changed))


def test_each_file_changes_the_key(folder: Path) -> None:
    """A byte that moves from one file to the other does, too."""
    before = a_key(folder)
    make_file(folder, "model.keras", b"mode")
    shorter = a_key(folder)
    make_file(folder, "training_log.csv", b"llog")

    assert 3 == len({before, shorter, a_key(folder)})


def test_an_archive_changes_the_key(tmp_path: Path) -> None:
    """It is sent as it is, and all of it counts."""
    archive = make_file(tmp_path, "ana.zip", b"one")
    before = a_key(archive)
    archive.write_bytes(b"two")

    assert before != a_key(archive)


def test_a_rerun_depends_on_its_part_of_the_plan_alone() -> None:
    """Another probe or other files leave it; other steps, images or networks do not."""

    def key(plan: Plan, data: str = "images", network: Architecture = NETWORK) -> str:
        return rerun_key(RerunRequest(plan=plan, architecture=network), circumstances(plan, data))

    assert key(Plan()) == key(Plan(probe=ProbePlan(batches=5), files=Files(log=("*.csv",))))
    assert 4 == len(
        {
            key(Plan()),
            key(Plan(rerun=RerunPlan(steps=5))),
            key(Plan(), data="others"),
            key(Plan(), network=NETWORK.model_copy(update={"inputs": "raw pixels"})),
        }
    )


def test_circumstances_name_what_computes() -> None:
    """Another version of a library may give other numbers."""
    versions = circumstances(Plan(), "images").versions

    assert ["tensorflow", "keras", "numpy", "h5py", "pandas", "safetensors", "scikit-learn"] == [
        text.split()[0] for text in versions
    ]


SOURCE = '''
"""A module."""

LEAST = 0.5

def problem(value: float) -> Problem:
    """Say what is wrong."""
    # Half of it is too little.
    if value < LEAST:
        return Problem(who="student", message=say("It is {value}, too little.", value=value))
    return say_counted(2, "{count} value.", "{count} values.")
'''


@pytest.mark.parametrize(
    ("old", "new", "stays"),
    [
        ("It is {value}, too little.", "{value} is not enough.", True),
        ("{count} values.", "{count} numbers.", True),
        ("A module.", "This module.", True),
        ("Say what is wrong.", "What is wrong.", True),
        ("# Half of it is too little.", "", True),
        ("0.5", "0.6", False),
        ("value=value", "value=2 * value", False),
        ("say_counted(2", "say_counted(count", False),
        ("<", "<=", False),
        ('"student"', '"operator"', False),
    ],
)
def test_an_edit_of_a_wording_changes_no_key(old: str, new: str, stays: bool) -> None:
    """An edit of what measures does."""
    assert old in SOURCE
    changed = SOURCE.replace(old, new)

    assert stays == (what_it_does(SOURCE.encode()) == what_it_does(changed.encode()))


def test_all_that_measures_is_part_of_a_key() -> None:
    """Every module that a worker loads lies in a part whose source is hashed, or makes sentences only."""
    program = "import sys, grader.measure.worker, grader.measure.reply; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name for name in done.stdout.split() if name.split(".")[0] == "grader"} - BESIDE
    loaded = {name for name in loaded if not name.startswith("grader.messages")}
    package = Path(grader.__file__).parent

    def is_hashed(name: str) -> bool:
        path = Path(*name.split(".")[1:])
        file = path / "__init__.py" if (package / path).is_dir() else path.with_suffix(".py")
        return any(part in {file.as_posix(), file.parts[0]} for part in _MEASURING)

    assert [] == sorted(name for name in loaded if not is_hashed(name))
    assert all((package / part).exists() for part in _MEASURING)
