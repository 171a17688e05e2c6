"""Tests of `grader.measure.worker`: requests in, replies out, in this process."""

from pathlib import Path

import builders_training as build
import pytest

from grader.evidence import Log, Model, Problem
from grader.measure.reply import Predictions, Reply, RerunSteps
from grader.measure.request import pack
from grader.measure.worker import work
from grader.submission import open_submission

LOG = "epoch,step,loss,val_accuracy,grad_norm\n0,1,1.1,,0.9\n0,2,1.0,0.8,0.7\n"


def replies_of(folder: Path, arrays: Path) -> list[Reply]:
    messages = iter([*pack(open_submission(folder), build.a_plan()), str(arrays).encode()])
    sent: list[bytes] = []
    work(lambda: next(messages), sent.append)
    return [Reply.model_validate_json(message) for message in sent]


@pytest.fixture(autouse=True)
def _one_thread_is_set_by_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # TensorFlow is running in the tests' process already, so its threads cannot be set any more.
    monkeypatch.setattr("grader.measure.training.session.use_one_thread", lambda: None)
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
    """The first has log and model, the second the training as well."""
    arrays = build.arrays_in(tmp_path, build.a_dataset())

    first, second = replies_of(a_submission(tmp_path), arrays)

    assert isinstance(first.log, Log)
    assert isinstance(first.model, Model)
    assert isinstance(first.rerun, Problem)
    assert "pending" == first.rerun.who
    assert isinstance(second.predictions, Predictions)
    assert isinstance(second.rerun, RerunSteps)
    assert (first.log, first.model) == (second.log, second.model)
    assert second.cost is not None
    assert second.cost.processor_seconds > 0


def test_a_declaration_gives_the_norm_its_meaning(tmp_path: Path) -> None:
    """What `submission.yaml` says is on the column, and with it the name."""
    text = "name: Ana\nnorm: {scope: global, stage: after}\n"

    first, *_ = replies_of(
        a_submission(tmp_path, submission_yaml=text), build.arrays_in(tmp_path, build.a_dataset())
    )

    assert isinstance(first.log, Log)
    assert [("global", "after")] == [(column.scope, column.stage) for column in first.log.norms()]
    assert "Ana" == first.declaration.name


def test_a_bad_declaration_is_left_aside_with_a_note(tmp_path: Path) -> None:
    """It costs no point, and the note says what to write."""
    arrays = build.arrays_in(tmp_path, build.a_dataset())

    first, *_ = replies_of(a_submission(tmp_path, submission_yaml="norm: {scope: whole}\n"), arrays)

    assert isinstance(first.log, Log)
    assert 1 == len(first.notes)
    assert "It was left aside." in first.notes[0]


def test_a_model_that_cannot_be_read_ends_the_work(tmp_path: Path) -> None:
    """There is one reply, and what depends on the model has its reason."""
    folder = a_submission(tmp_path)
    (folder / "model.keras").write_bytes(b"")

    (only,) = replies_of(folder, tmp_path)

    assert isinstance(only.model, Problem)
    assert "student" == only.model.who
    assert only.model == only.predictions == only.probe == only.rerun


def test_our_own_mistake_is_told_from_the_students(tmp_path: Path) -> None:
    """Missing arrays are an error for the operator, with a traceback, and what was read stays."""
    _, second = replies_of(a_submission(tmp_path), tmp_path / "nowhere")

    assert isinstance(second.log, Log)
    assert isinstance(second.rerun, Problem)
    assert "operator" == second.rerun.who
    assert (
        "The grader failed during the loading of the model (FileNotFoundError); this is a mistake "
        "of the program." == second.rerun.message
    )
    assert "Please report it with the traceback that lies beside the report." == second.rerun.hint
    assert "FileNotFoundError" in second.tracebacks[0]
