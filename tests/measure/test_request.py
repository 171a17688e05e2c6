"""What travels to a worker: a submission's files, or a network to train again."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from builders_folders import HOSTILE_NAMES, a_zip, make_file

from grader.evidence import File
from grader.evidence.problem import Problem
from grader.measure.request import Architecture, Intake, RerunRequest, Taken, pack, unpack
from grader.rubric import Files, Limits, OptimizerPlan, Plan, ProbePlan, RerunPlan
from grader.submissions.submission import Submission

PLAN = Plan()


def arrive(messages: Sequence[bytes]) -> tuple[Plan, Intake]:
    """Unpack messages, each of which must be asked for."""
    rest = iter(messages)
    unpacked = unpack(lambda: next(rest))
    assert () == tuple(rest)
    return unpacked


def sent(path: Path, plan: Plan = PLAN, **submission: Any) -> Intake:
    """What arrives of a folder or a zip."""
    arrived, intake = arrive(pack(Submission("ana", path, **submission), plan))
    assert plan == arrived
    return intake


def contents(intake: Intake) -> dict[str, bytes]:
    """The bytes of the preferred files that arrived, by role."""
    return {one.candidate.file.role: one.content for one in reversed(intake.taken)}


def names(part: tuple[Taken, ...] | Problem) -> list[str]:
    """The names of the files that could be a part, in order of preference."""
    assert not isinstance(part, Problem)
    return [one.candidate.file.name for one in part]


def test_a_folder_arrives(tmp_path: Path) -> None:
    """Each file byte for byte, even an empty one, with its name, size and hash, the preferred one first."""
    make_file(tmp_path, "model.keras", bytes(range(256)))
    make_file(tmp_path, "logs/training_log.csv", b"")
    make_file(tmp_path, "submission.yaml", b"id: 1")
    for other in ("old/model.keras", "a/submission.yaml", "submission.yml"):
        make_file(tmp_path, other, b"other")

    intake = sent(tmp_path)

    assert intake.declaration is not None
    (log,) = intake.parts["log"]
    declaration = str(intake.declaration.candidate.file.note)
    digest = hashlib.sha256(b"").hexdigest()
    assert {"model": bytes(range(256)), "log": b"", "declaration": b"id: 1"} == contents(intake)
    assert File(role="log", name="logs/training_log.csv", bytes=0, sha256=digest) == log.candidate.file
    assert ["model.keras", "old/model.keras"] == names(intake.parts["model"])
    assert declaration.endswith("in the outermost folder; ignored `a/submission.yaml`, `submission.yml`.")
    assert () == intake.notes


def test_a_zip_arrives_whole(tmp_path: Path) -> None:
    """It is opened by the worker, not by the parent."""
    content = a_zip(
        ("model.keras", b"model"), ("logs/training_log.csv", b"log"), ("submission.yml", b"id: 1")
    )
    path = make_file(tmp_path, "ana.zip", content)

    assert content == pack(Submission("ana", path), PLAN)[1]
    assert {"model": b"model", "log": b"log", "declaration": b"id: 1"} == contents(sent(path))


def test_the_plan_arrives_as_it_was(tmp_path: Path) -> None:
    """Every number of it, and its patterns decide what is taken."""
    plan = Plan(
        data="mine.npz",
        files=Files(model=("*.net",), log=("*.txt",)),
        limits=Limits(seconds=12.5, memory=2**30),
        rerun=RerunPlan(optimizer=OptimizerPlan(name="SGD", learning_rate=0.1, global_clipnorm=0.3), seed=7),
    )
    make_file(tmp_path, "a.net", b"net")
    make_file(tmp_path, "a.txt", b"txt")

    assert {"model": b"net", "log": b"txt"} == contents(sent(tmp_path, plan))


def test_what_is_missing_arrives_as_a_problem(tmp_path: Path) -> None:
    """One file's absence does not touch the other; the notes travel too."""
    make_file(tmp_path, "model.keras", b"model")
    (tmp_path / "submission.yaml").symlink_to("gone")

    intake = sent(tmp_path)

    assert {"model": b"model"} == contents(intake)
    assert isinstance(intake.parts["log"], Problem)
    assert str(intake.parts["log"].message).startswith(
        "No file for the log was found. The files are: `model.keras`"
    )
    assert 1 == len(intake.notes)


@pytest.mark.hostile_row(48, 49)
@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_any_name_arrives(tmp_path: Path, name: str) -> None:
    """Names of files, and of the folder, that are odd or no UTF-8; the evidence has a safe form of them."""
    make_file(tmp_path / name, f"{name[:200]}.keras", b"model")
    make_file(tmp_path / name, f"{name[:200]}.csv", b"log")
    make_file(tmp_path / name, f"old/{name[:200]}.keras")

    intake = sent(tmp_path / name)

    assert {"model": b"model", "log": b"log"} == contents(intake)
    assert all(one.candidate.file.name.isprintable() for one in intake.taken)


def test_a_very_long_name_is_shortened(tmp_path: Path) -> None:
    """The evidence holds at most 300 characters of it."""
    make_file(tmp_path, "/".join([*("d" * 200 for _ in range(3)), "x.keras"]), b"model")

    (model,) = sent(tmp_path).taken

    assert (b"model", 300) == (model.content, len(model.candidate.file.name))


def test_a_figure_arrives_where_the_rubric_asks_for_one(tmp_path: Path) -> None:
    """From a folder and from a zip; where it does not ask, nothing is looked for."""
    plan = Plan(files=Files(figure=("*.png",)))
    make_file(tmp_path / "ana", "norms.png", b"figure")
    make_file(tmp_path, "ben.zip", a_zip(("norms.png", b"figure")))

    for name in ("ana", "ben.zip"):
        assert {"figure": b"figure"} == contents(sent(tmp_path / name, plan))
        assert "figure" not in sent(tmp_path / name).parts


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("damaged.zip", "The file is damaged or is not an archive."),
        ("large.zip", "`large.zip` has 1,099,511,627,776 bytes; at most 335,544,320 are read."),
        ("gone", "`gone` cannot be read: No such file or directory."),
    ],
)
def test_a_submission_that_cannot_be_opened_is_a_problem_of_each_part(
    tmp_path: Path, name: str, message: str
) -> None:
    """For the same reason; a zip over the size is not sent."""
    plan = Plan(files=Files(figure=("*.png",)))
    make_file(tmp_path, "damaged.zip", b"PK nothing")
    with (tmp_path / "large.zip").open("wb") as stream:
        stream.truncate(1 << 40)

    messages = pack(Submission("ana", tmp_path / name), plan)
    parts = arrive(messages)[1].parts

    assert 1 + (name == "damaged.zip") == len(messages)
    assert ["figure", "log", "model"] == sorted(parts)
    assert {("student", message)} == {
        (part.who, str(part.message)) for part in parts.values() if isinstance(part, Problem)
    }


def test_a_download_in_one_folder_arrives_under_the_own_names(tmp_path: Path) -> None:
    """Of the files of a whole class those of one student are taken, each by the student's own name."""
    make_file(tmp_path, "garcia_12_34_model-1.keras", b"hers")
    make_file(tmp_path, "ito_7_36_model.keras", b"his")
    make_file(tmp_path, "ito_7_37_training_log.csv", b"log")

    intake = sent(tmp_path, files=(("model.keras", "garcia_12_34_model-1.keras"),))

    assert {"model": b"hers"} == contents(intake)
    assert ["model.keras"] == names(intake.parts["model"])


NETWORK = Architecture(network="{}", parameters=10, inputs="pixels / 255", probabilities=True)
REQUEST = RerunRequest(plan=Plan(), architecture=NETWORK)


@pytest.mark.parametrize(
    "change",
    [
        {"plan": Plan(rerun=RerunPlan(seed=7))},
        {"plan": Plan(rerun=RerunPlan(steps=7))},
        {"architecture": NETWORK.model_copy(update={"network": "{ }"})},
        {"architecture": NETWORK.model_copy(update={"inputs": "raw pixels"})},
        {"architecture": NETWORK.model_copy(update={"probabilities": False})},
    ],
)
def test_what_gives_other_steps_is_another_request(change: dict[str, object]) -> None:
    """The network, how it is fed, and the plan of the rerun."""
    assert REQUEST.sha256 != REQUEST.model_copy(update=change).sha256


def test_what_the_rerun_does_not_depend_on_does_not_count() -> None:
    """The limits and the probe are other parts of the plan."""
    plan = Plan(limits=Limits(seconds=7), probe=ProbePlan(batches=7))

    assert REQUEST.sha256 == REQUEST.model_copy(update={"plan": plan}).sha256
