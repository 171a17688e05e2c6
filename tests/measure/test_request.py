"""What travels to a worker: a submission's files, or a network to train again."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from builders_folders import HOSTILE_NAMES, a_zip, make_file

from grader.evidence.problem import Problem
from grader.measure.intake import Intake, Taken
from grader.measure.request import Architecture, Request, RerunRequest, pack, unpack
from grader.rubric import Files, Limits, OptimizerPlan, Plan, ProbePlan, RerunPlan
from grader.submissions.submission import Submission

PLAN = Plan()
DAMAGED = Problem(
    who="student",
    message="The submission's `.zip` file is damaged or is not a zip archive.",
    hint="Make the `.zip` again with your system's own program, with the model and the log in it.",
)


def arrive(messages: Sequence[bytes]) -> tuple[Plan, Intake]:
    """Unpack messages, each of which must be asked for."""
    rest = iter(messages)
    unpacked = unpack(lambda: next(rest))
    assert () == tuple(rest)
    return unpacked


def contents(intake: Intake) -> dict[str, bytes]:
    """The bytes that arrived, by role."""
    return {part.file.role: part.content for part in intake.taken}


def test_a_folder_arrives(tmp_path: Path) -> None:
    """Each file as a message of its own, byte for byte, even an empty one."""
    make_file(tmp_path, "model.keras", bytes(range(256)))
    make_file(tmp_path, "training_log.csv", b"")
    make_file(tmp_path, "submission.yaml", b"id: 1")
    make_file(tmp_path, "old/model.keras", b"old")

    plan, intake = arrive(pack(Submission("ana", tmp_path), PLAN))

    assert PLAN == plan
    assert {"model": bytes(range(256)), "log": b"", "declaration": b"id: 1"} == contents(intake)
    assert isinstance(intake.parts["model"], Taken)
    assert str(intake.parts["model"].file.note).startswith("Used `model.keras` as the model")


def test_a_zip_arrives_whole(tmp_path: Path) -> None:
    """It is opened by the worker, not by the parent."""
    content = a_zip(
        ("model.keras", b"model"), ("logs/training_log.csv", b"log"), ("submission.yml", b"id: 1")
    )
    path = make_file(tmp_path, "ana.zip", content)

    messages = pack(Submission("ana", path), PLAN)
    plan, intake = arrive(messages)

    assert content == messages[1]
    assert PLAN == plan
    assert {"model": b"model", "log": b"log", "declaration": b"id: 1"} == contents(intake)


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

    arrived, intake = arrive(pack(Submission("ana", tmp_path), plan))

    assert plan == arrived
    assert {"model": b"net", "log": b"txt"} == contents(intake)


def test_what_is_missing_arrives_as_a_problem(tmp_path: Path) -> None:
    """One file's absence does not touch the other; the notes travel too."""
    make_file(tmp_path, "model.keras", b"model")
    (tmp_path / "submission.yaml").symlink_to("gone")

    _, intake = arrive(pack(Submission("ana", tmp_path), PLAN))

    assert {"model": b"model"} == contents(intake)
    assert isinstance(intake.parts["log"], Problem)
    assert str(intake.parts["log"].message).startswith("No file for the log was found;")
    assert ("`submission.yaml` is a link; links are not followed. It was ignored.",) == tuple(
        map(str, intake.notes)
    )


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_any_name_arrives(tmp_path: Path, name: str) -> None:
    """Names of files, and of the folder, that are odd or no UTF-8."""
    make_file(tmp_path / name, f"{name[:200]}.keras", b"model")
    make_file(tmp_path / name, f"{name[:200]}.csv", b"log")

    _, intake = arrive(pack(Submission(name, tmp_path / name), PLAN))

    assert {"model": b"model", "log": b"log"} == contents(intake)


def test_a_figure_arrives_where_the_rubric_asks_for_one(tmp_path: Path) -> None:
    """From a folder and from a zip; where it does not ask, nothing is looked for."""
    plan = Plan(files=Files(figure=("*.png",)))
    make_file(tmp_path / "ana", "norms.png", b"figure")
    make_file(tmp_path, "ben.zip", a_zip(("norms.png", b"figure")))

    for name in ("ana", "ben.zip"):
        figure = arrive(pack(Submission("ana", tmp_path / name), plan))[1].parts["figure"]
        assert isinstance(figure, Taken)
        assert ("figure", b"figure") == (figure.file.role, figure.content)
        assert arrive(pack(Submission("ana", tmp_path / name), PLAN))[1].parts.get("figure") is None


def test_a_figure_that_is_missing_arrives_as_a_problem(tmp_path: Path) -> None:
    """With what to do; and with that of the whole submission if nothing of it can be taken."""
    plan = Plan(files=Files(figure=("*.png", "*.svg")))
    make_file(tmp_path / "ana", "model.keras", b"model")
    make_file(tmp_path, "ben.zip", b"PK nothing")

    missing = arrive(pack(Submission("ana", tmp_path / "ana"), plan))[1].parts["figure"]
    damaged = arrive(pack(Submission("ben", tmp_path / "ben.zip"), plan))[1].parts["figure"]

    assert (
        Problem(
            who="student",
            message="No file for the figure was found; its name must match one of `*.png`, `*.svg`. "
            "The files are: `model.keras`.",
            hint="Draw the gradient norm of every step, save it as a PNG, "
            "and put the file into the submission's folder.",
        )
        == missing
    )
    assert DAMAGED == damaged


def test_a_damaged_zip_is_a_problem_of_both(tmp_path: Path) -> None:
    """Neither the model nor the log is there, for the same reason."""
    path = make_file(tmp_path, "ana.zip", b"PK nothing")

    assert Intake({"log": DAMAGED, "model": DAMAGED}) == arrive(pack(Submission("ana", path), PLAN))[1]


def test_a_zip_that_cannot_be_taken_is_a_problem_of_both(tmp_path: Path) -> None:
    """One over the size is not sent, and a worker hears why."""
    path = tmp_path / "ana.zip"
    with path.open("wb") as stream:
        stream.truncate(1 << 40)
    problem = Problem(
        who="student",
        message="`ana.zip` has 1,099,511,627,776 bytes; at most 314,572,800 are read.",
        hint="Submit the file that the homework asks for, without anything else in it.",
    )

    messages = pack(Submission("ana", path), PLAN)

    assert 1 == len(messages)
    assert Intake({"log": problem, "model": problem}) == arrive(messages)[1]


def test_a_submission_that_is_gone_is_a_problem_of_both(tmp_path: Path) -> None:
    """A folder removed since it was found stops nobody else."""
    problem = Problem(
        who="student",
        message="`ana` cannot be read: No such file or directory.",
        hint="Submit a file that others may read.",
    )

    assert (
        Intake({"log": problem, "model": problem})
        == arrive(pack(Submission("ana", tmp_path / "ana"), PLAN))[1]
    )


def test_a_request_gives_a_file_or_a_reason() -> None:
    """One with neither is our own mistake."""
    message = Request(plan=PLAN, zipped=False, missing={"model": DAMAGED}).model_dump_json().encode()

    with pytest.raises(ValueError, match="a request must give each file or the reason why it is not there"):
        arrive([message])


def test_a_download_in_one_folder_arrives_under_the_own_names(tmp_path: Path) -> None:
    """Of the files of a whole class those of one student are taken, each by the student's own name."""
    make_file(tmp_path, "garcia_12_34_model-1.keras", b"hers")
    make_file(tmp_path, "ito_7_36_model.keras", b"his")
    make_file(tmp_path, "ito_7_37_training_log.csv", b"log")
    stored = (("model.keras", "garcia_12_34_model-1.keras"),)

    _, intake = arrive(pack(Submission("12", tmp_path, files=stored), PLAN))

    assert {"model": b"hers"} == contents(intake)
    assert isinstance(intake.parts["model"], Taken)
    assert ("model.keras", "") == (str(intake.parts["model"].file.name), str(intake.parts["model"].file.note))
    assert isinstance(intake.parts["log"], Problem)
    assert str(intake.parts["log"].message).endswith("The files are: `model.keras`.")


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
