"""A homework in PyTorch from files to verdicts: the real command line on a network that PyTorch trained."""

import csv
from pathlib import Path

import pytest
from builders_command_line import grader
from builders_grading import report_in, rows_in
from builders_pytorch import FILES, a_file

RUBRIC = """
version: 1
title: Gradient clipping in PyTorch
files: {model: ["*.pt"], log: ["*.csv"]}
rerun: {optimizer: {name: Adam, learning_rate: 0.001, global_clipnorm: 1.0}, steps: 100}
items:
  - {hidden_layers: {units: [12]}, title: One hidden layer, points: 1}
  - {optimizer_is: {name: Adam, learning_rate: 0.001, clipnorm: 1, stored: required}, title: Adam, points: 1}
  - {log_is_complete: {every: step, at_least_epochs: 5}, title: Each step, points: 1}
  - {norm_within_cap: {cap: 1.0}, title: Within the cap, points: 1}
  - {cap_binds_early: {cap: 1.0}, title: At work, points: 1}
  - {model_accuracy: {at_least: 0.8, tolerance: 0.02}, title: Accuracy, points: 1}
  - log_matches_model: {column: val_accuracy, within: 0.04, test_images_harder_by: 0.013}
    title: The log and the model agree
    points: 1
  - {rerun_learns: {cap: 1.0, at_least: 0.4}, title: It learns, points: 1}
  - {log_fits_optimizer: {tolerance: 0.0}, title: Belong together, points: 0}
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of three, graded once."""
    folder = tmp_path_factory.mktemp("pytorch")
    log, model = (FILES / "homework.csv").read_text("utf-8"), (FILES / "homework.pt").read_bytes()
    rows = list(csv.DictReader(log.splitlines()))
    smaller = "\n".join(f"{row['step']},{float(row['grad_norm']) * 0.3}" for row in rows)
    hostile = a_file(b"\x80\x02cposix\nsystem\nX\x0c\0\0\0touch marker\x85R.")
    submissions = {
        "ana": {"model.pt": model, "log.csv": log.encode()},
        "bea": {"model.pt": model, "log.csv": f"step,grad_norm\n{smaller}\n".encode()},
        "cal": {"model.pt": hostile, "log.csv": log.encode()},
    }
    for name, files in submissions.items():
        for file, content in files.items():
            path = folder / "class" / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    (folder / "rubric.yaml").write_text(RUBRIC, "utf-8")
    out = folder / "out"
    grader("grade", folder / "class", "--rubric", folder / "rubric.yaml", "--out", out)
    return out


def test_an_honest_training_passes_every_item(graded: Path) -> None:
    """Its log has what `clip_grad_norm_` returned, and the stored moments prove that it clipped."""
    report = report_in(graded, "ana")

    assert {"passed"} == {item.status for item in report.items}
    assert ("8", "8") == (rows_in(graded)[0]["score"], rows_in(graded)[0]["max_score"])
    assert any("`relu` was assumed" in str(note) for note in report.notes)


def test_a_log_of_other_norms_is_for_a_teacher(graded: Path) -> None:
    """The optimizer in the checkpoint contradicts it."""
    items = {item.id: item.status for item in report_in(graded, "bea").items}

    assert "review" == items["log_fits_optimizer"]
    assert "not_checked" == items["optimizer_is"]


def test_a_pickle_that_runs_something_fails_and_runs_nothing(graded: Path) -> None:
    """The report names what was in it."""
    report = report_in(graded, "cal")

    assert "failed" == report.verdict
    assert any("posix.system" in str(item.message) for item in report.items)
    assert not list(graded.parent.rglob("marker"))
