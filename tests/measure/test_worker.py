"""Tests of `grader.measure.worker`: requests in, replies out, in this process."""

from pathlib import Path
from typing import Any

import builders_training as build
import pytest
from builders_figures import a_figure

from grader.evidence.figure import Figure
from grader.evidence.log import Log
from grader.evidence.model import Model
from grader.evidence.problem import Problem
from grader.measure.reply import FilesReply, ModelReply, Predictions, RerunReply, RerunSteps
from grader.measure.request import Architecture, RerunRequest, pack
from grader.measure.worker import train_again, work
from grader.rubric import Files, Plan
from grader.submissions.submission import open_submission

LOG = "epoch,step,loss,val_accuracy,grad_norm\n0,1,1.1,,0.9\n0,2,1.0,0.8,0.7\n"


def replies_of(folder: Path, arrays: Path, plan: Plan | None = None) -> list[Any]:
    messages = iter([*pack(open_submission(folder), plan or build.a_plan()), str(arrays).encode()])
    sent: list[bytes] = []
    work(lambda: next(messages), sent.append)
    return [kind.model_validate_json(message) for kind, message in zip((FilesReply, ModelReply), sent)]  # noqa: B905  (a model that cannot be read gives one)


@pytest.fixture(autouse=True)
def _one_thread_is_set_by_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # TensorFlow is running in the tests' process already, so its threads cannot be set any more.
    monkeypatch.setattr("grader.measure.training.loop.use_one_thread", lambda: None)
    (tmp_path / "inside").mkdir()
    monkeypatch.chdir(tmp_path / "inside")


def a_submission(tmp_path: Path, **files: str | bytes) -> Path:
    folder = tmp_path / "ana"
    folder.mkdir()
    build.saved(build.trained(build.a_network(), build.a_dataset()), folder)
    contents = {"training_log_csv": LOG, **files}
    for name, content in contents.items():
        path = folder / ".".join(name.rsplit("_", 1))
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_two_replies_come(tmp_path: Path) -> None:
    """The first has log and model, the second what the model does, and its network."""
    arrays = build.arrays_in(tmp_path, build.a_dataset())

    first, second = replies_of(a_submission(tmp_path), arrays)

    assert isinstance(first.parts["log"], Log)
    assert isinstance(first.parts["model"], Model)
    assert isinstance(second.predictions, Predictions)
    assert isinstance(second.architecture, Architecture)
    assert len(second.model_dump_json()) < len(first.model_dump_json()) + 200_000
    assert second.cost is not None
    assert second.cost.processor_seconds > 0


def test_a_declaration_gives_the_norm_its_meaning(tmp_path: Path) -> None:
    """What `submission.yaml` says is on the column, and with it the name."""
    text = "name: Ana\nnorm: {scope: global, stage: after}\n"

    first, *_ = replies_of(
        a_submission(tmp_path, submission_yaml=text), build.arrays_in(tmp_path, build.a_dataset())
    )

    assert isinstance(first.parts["log"], Log)
    assert [("global", "after")] == [(column.scope, column.stage) for column in first.parts["log"].norms()]
    assert "Ana" == first.declaration.name


def test_a_figure_is_read_where_the_rubric_asks_for_one(tmp_path: Path) -> None:
    """Its form and size come with the first reply; a damaged one has its reason."""
    arrays = build.arrays_in(tmp_path, build.a_dataset())
    plan = build.a_plan().model_copy(update={"files": Files(figure=("*.png",))})
    folder = a_submission(tmp_path, norms_png=a_figure())

    first, _ = replies_of(folder, arrays, plan)
    (folder / "norms.png").write_bytes(b"")
    damaged, _ = replies_of(folder, arrays, plan)

    assert isinstance(first.parts["figure"], Figure)
    assert ("png", 640, 480) == (
        first.parts["figure"].form,
        first.parts["figure"].width,
        first.parts["figure"].height,
    )
    assert "figure" in {file.role for file in first.files}
    assert isinstance(damaged.parts["figure"], Problem)
    assert "student" == damaged.parts["figure"].who


def test_a_bad_declaration_is_left_aside_with_a_note(tmp_path: Path) -> None:
    """It costs no point, and the note says what to write."""
    arrays = build.arrays_in(tmp_path, build.a_dataset())

    first, *_ = replies_of(a_submission(tmp_path, submission_yaml="norm: {scope: whole}\n"), arrays)

    assert isinstance(first.parts["log"], Log)
    assert 1 == len(first.notes)
    assert "It was ignored." in str(first.notes[0])


def test_a_model_that_cannot_be_read_ends_the_work(tmp_path: Path) -> None:
    """There is one reply, and what depends on the model has its reason."""
    folder = a_submission(tmp_path)
    (folder / "model.keras").write_bytes(b"")

    (only,) = replies_of(folder, tmp_path)

    assert isinstance(only.parts["model"], Problem)
    assert "student" == only.parts["model"].who


def test_our_own_mistake_is_told_from_the_students(tmp_path: Path) -> None:
    """Missing arrays are an error for the operator, with a traceback, and what was read stays."""
    _, second = replies_of(a_submission(tmp_path), tmp_path / "nowhere")

    assert isinstance(second.architecture, Problem)
    assert "operator" == second.architecture.who
    assert (
        "The grader failed during the loading of the model (FileNotFoundError); this is a bug in the grader."
        == str(second.architecture.message)
    )
    assert second.architecture.hint
    assert "FileNotFoundError" in second.tracebacks[0]


def trained_again(request: RerunRequest, arrays: Path) -> RerunReply:
    """What the other task of a worker answers."""
    messages, sent = iter([request.model_dump_json().encode(), str(arrays).encode()]), []
    train_again(lambda: next(messages), sent.append)
    return RerunReply.model_validate_json(sent[0])


def test_a_network_is_trained_again(tmp_path: Path) -> None:
    """From its description alone."""
    arrays = build.arrays_in(tmp_path, build.a_dataset())
    _, second = replies_of(a_submission(tmp_path), arrays)
    assert isinstance(second.architecture, Architecture)

    reply = trained_again(RerunRequest(plan=build.a_plan(), architecture=second.architecture), arrays)

    assert isinstance(reply.rerun, RerunSteps)
    assert 40 == len(reply.rerun.loss)
    assert reply.cost is not None


@pytest.mark.parametrize(
    ("network", "who", "message"),
    [
        (
            "[1",
            "operator",
            "The grader failed during the rerun (JSONDecodeError); this is a bug in the grader.",
        ),
        (
            '{"class_name": "Lambda", "config": {}}',
            "student",
            (
                "`the architecture` is a model of the class `Lambda`, which is not one of Keras' own; "
                "submit a `Sequential` or a functional model."
            ),
        ),
    ],
)
def test_a_forged_network_is_walked_again(network: str, who: str, message: str, tmp_path: Path) -> None:
    """A worker that was taken over could send anything; nothing but allowed layers is built."""
    forged = Architecture(network=network, parameters=10, inputs="pixels / 255", probabilities=True)
    arrays = build.arrays_in(tmp_path, build.a_dataset())

    reply = trained_again(RerunRequest(plan=build.a_plan(), architecture=forged), arrays)

    assert isinstance(reply.rerun, Problem)
    assert (who, str(message)) == (reply.rerun.who, str(reply.rerun.message))
