"""Tests of `grader.measure.worker`: requests in, replies out, in this process."""

from pathlib import Path
from typing import Any

import builders_training as build
import pytest
from builders_figures import a_figure
from builders_folders import make_file

from grader.evidence import Declaration
from grader.evidence.figure import Figure
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.problem import Problem
from grader.evidence.training import Replay
from grader.measure.reply import FilesReply, ModelReply, Predictions, RerunReply, RerunSteps
from grader.measure.request import Architecture, RerunRequest, Student, pack
from grader.measure.worker import train_again, whose_seed, work
from grader.rubric import Files, Plan, ReplayPlan
from grader.submissions.submission import open_submission

LOG = "epoch,step,loss,val_accuracy,grad_norm\n0,1,1.1,,0.9\n0,2,1.0,0.8,0.7\n"
DECLARATION = "name: Ana\nnorm: {scope: global, stage: after}\n"


def replies_of(folder: Path, arrays: Path, **plan: Any) -> list[Any]:
    messages = pack(open_submission(folder), build.a_plan().model_copy(update=plan))
    waiting = iter([*messages, str(arrays).encode()])
    sent: list[bytes] = []
    work(lambda: next(waiting), sent.append)
    return [kind.model_validate_json(message) for kind, message in zip((FilesReply, ModelReply), sent)]  # noqa: B905  (a model that cannot be read gives one)


@pytest.fixture(autouse=True)
def _one_thread_is_set_by_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # TensorFlow is running in the tests' process already, so its threads cannot be set any more.
    monkeypatch.setattr("grader.measure.training.loop.use_one_thread", lambda: None)
    (tmp_path / "inside").mkdir()
    monkeypatch.chdir(tmp_path / "inside")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A trained model."""
    return build.saved(build.trained(build.a_network(), build.a_dataset()), tmp_path_factory.mktemp("model"))


@pytest.fixture
def arrays(tmp_path: Path) -> Path:
    """The folder of what the parent writes."""
    return build.arrays_in(tmp_path, build.a_dataset())


def a_submission(tmp_path: Path, model: bytes, declaration: str = DECLARATION, figure: bytes = b"") -> Path:
    folder = tmp_path / "ana"
    make_file(folder, "model.keras", model)
    make_file(folder, "training_log.csv", LOG.encode())
    make_file(folder, "submission.yaml", declaration.encode())
    make_file(folder, "norms.png", figure)
    return folder


def trained_again(request: RerunRequest, arrays: Path) -> RerunReply:
    """What the other task of a worker answers."""
    messages, sent = iter([request.model_dump_json().encode(), str(arrays).encode()]), []
    train_again(lambda: next(messages), sent.append)
    return RerunReply.model_validate_json(sent[0])


def test_two_replies_come(tmp_path: Path, model: bytes, arrays: Path) -> None:
    """The first has what the files say, the second what the model does; its network can be trained again."""
    folder = a_submission(tmp_path, model, figure=a_figure())

    first, second = replies_of(folder, arrays, files=Files(figure=("*.png",)))

    assert isinstance(first.parts["log"], Log)
    assert [("global", "after")] == [(column.scope, column.stage) for column in first.parts["log"].norms()]
    assert ("Ana", ()) == (first.declaration.name, first.notes)
    assert isinstance(first.parts["model"], Model)
    figure = first.parts["figure"]
    assert isinstance(figure, Figure)
    assert ("png", 640, 480) == (figure.form, figure.width, figure.height)
    assert {"model", "log", "figure", "declaration"} == {file.role for file in first.files}
    assert isinstance(second.predictions, Predictions)
    assert isinstance(second.architecture, Architecture)
    assert len(second.model_dump_json()) < len(first.model_dump_json()) + 200_000
    assert second.cost is not None
    assert second.cost.processor_seconds > 0
    again = trained_again(RerunRequest(plan=build.a_plan(), architecture=second.architecture), arrays)
    assert isinstance(again.rerun, RerunSteps)
    assert 40 == len(again.rerun.loss)
    assert again.cost is not None


def test_what_cannot_be_read_has_its_reason(tmp_path: Path) -> None:
    """A bad declaration costs no point; without a model there is one reply."""
    folder = a_submission(tmp_path, b"", declaration="norm: {scope: whole}\n")

    (only,) = replies_of(folder, tmp_path, files=Files(figure=("*.png",)))

    assert isinstance(only.parts["log"], Log)
    assert 1 == len(only.notes)
    assert "It was ignored." in str(only.notes[0])
    for part in (only.parts["model"], only.parts["figure"]):
        assert isinstance(part, Problem)
        assert "student" == part.who


def test_our_own_mistake_is_told_from_the_students(tmp_path: Path, model: bytes) -> None:
    """Missing arrays are an error for the operator, with a traceback, and what was read stays."""
    _, second = replies_of(a_submission(tmp_path, model), tmp_path / "nowhere")

    assert isinstance(second.architecture, Problem)
    assert "operator" == second.architecture.who
    assert (
        "The grader failed during the loading of the model (FileNotFoundError); this is a bug in the grader."
        == str(second.architecture.message)
    )
    assert second.architecture.hint
    assert "FileNotFoundError" in second.tracebacks[0]


@pytest.mark.parametrize(
    ("network", "who", "message"),
    [
        ("[1", "operator", "The grader failed during the rerun (JSONDecodeError)"),
        ('{"class_name": "Lambda", "config": {}}', "student", "`the architecture` is a model of the class"),
    ],
)
def test_a_forged_network_is_walked_again(network: str, who: str, message: str, arrays: Path) -> None:
    """A worker that was taken over could send anything; nothing but allowed layers is built."""
    forged = Architecture(network=network, parameters=10, inputs="pixels / 255", probabilities=True)

    reply = trained_again(RerunRequest(plan=build.a_plan(), architecture=forged), arrays)

    assert isinstance(reply.rerun, Problem)
    assert who == reply.rerun.who
    assert str(reply.rerun.message).startswith(message)


@pytest.mark.parametrize(
    ("listed", "declared", "expected"),
    [
        (True, "", ("list", "ana")),
        (True, "bruno", ("list", "ana")),
        (False, "bruno", ("declared", "bruno")),
        (False, "", ("folder", "ana")),
    ],
)
def test_whose_seed_is_replayed(listed: bool, declared: str, expected: tuple[str, str]) -> None:
    """A list of the class goes before what a student declares, and that before the name of the folder."""
    plan = Plan(replay=ReplayPlan(), course_key="a")
    found = whose_seed(plan, Student(id="ana", is_listed=listed), Declaration(id=declared))

    assert found is not None
    assert (*expected, ReplayPlan().seed_of("a", expected[1])) == (found[2], found[1], found[0])
    assert (7, "", "rubric") == whose_seed(
        Plan(replay=ReplayPlan(seed=7)), Student(), Declaration(id=declared)
    )
    assert whose_seed(Plan(), Student(), Declaration(id=declared)) is None


def test_a_replay_is_sent_where_it_is_asked_for(tmp_path: Path, model: bytes, arrays: Path) -> None:
    """It is pending until the model was run, and not there without being asked for."""
    folder = tmp_path / "ana"
    make_file(folder, "model.keras", model)
    make_file(folder, "training_log.csv", LOG.encode())
    asked = replies_of(folder, arrays, replay=ReplayPlan(steps=5))
    plain = replies_of(folder, arrays)

    assert "pending" == asked[0].parts["replay"].who
    assert isinstance(asked[1].replay, Replay)
    assert ("folder", 5) == (asked[1].replay.seed_by, len(asked[1].replay.loss))
    assert "replay" not in plain[0].parts
    assert plain[1].replay is None
