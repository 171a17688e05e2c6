"""Notebooks through the real command line: the log and the figure of two come out of what they saved."""

import csv
from pathlib import Path

import pytest
from builders_command_line import grader
from builders_figures import a_figure
from builders_folders import make_file
from builders_grading import report_in, rows_in
from builders_notebooks import code, counted, error, notebook, picture, stream, text

RUBRIC = """\
version: 1
title: A notebook
likeness: "off"
starter: starter.ipynb
files:
  notebook: ["*.ipynb"]
  log: ["training_log.csv", "*.ipynb"]
  figure: ["*.png", "*.ipynb"]
rerun: {optimizer: {clipnorm: 1.0}, steps: 20}
probe: {batches: 1}
items:
- notebook_ran_in_order: {}
  title: It ran from top to bottom
  points: 1
- notebook_has_no_errors: {}
  title: Without errors
  points: 1
- notebook_shows: {text: "val_accuracy", figures: 1, under: Training}
  title: It shows the training
  points: 1
- notebook_cells_filled: {tag: solution}
  title: The network is there
  points: 1
- notebook_cells_unchanged: {tag: keep}
  title: The data is as given
  points: 1
- figure_is_there: {}
  title: The norms as a curve
  points: 1
- logged_accuracy: {at_least: 0.87}
  title: Accuracy
  points: 1
- norm_within_cap: {cap: 1.0}
  title: Within the cap
  points: 1
- model_accuracy: {at_least: 0.86}
  title: Accuracy on the test images
  points: 1
"""
DATA = code("x, y = load()", tags=["keep"])
STUB = code("def network():\n    # YOUR CODE HERE\n    raise NotImplementedError", tags=["solution"])
NETWORK = code("def network():\n    return keras.Sequential([...])", tags=["solution"])


def printed(log: Path) -> str:
    """The rows of a log as a loop prints them."""
    named = ("epoch", "step", "loss", "val_accuracy", "variable_norm_after")
    with log.open(encoding="utf-8", newline="") as stream:
        rows = ({name: row[name] for name in named if row[name]} for row in csv.DictReader(stream))
        return "".join(", ".join(f"{name}: {value}" for name, value in row.items()) + "\n" for row in rows)


@pytest.fixture(scope="module")
def out(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two submissions, graded: one that is complete, and one of cells out of order with an error."""
    folder = tmp_path_factory.mktemp("notebooks")
    model = (examples / "ana_passes" / "model.keras").read_bytes()
    trained = code("train(network())", stream(printed(examples / "ana_passes" / "training_log.csv")))
    whole = counted(DATA, NETWORK, text("# Training"), trained, code("plt.show()", picture(a_figure())))
    broken = [
        *counted(DATA, STUB, start=3),
        trained,
        code("1 / 0", error("ZeroDivisionError", "by zero"), count=1),
    ]
    for name, cells in (("ana", whole), ("ben", broken)):
        make_file(folder / "class" / name, "model.keras", model)
        make_file(folder / "class" / name, "homework.ipynb", notebook(*cells))
    make_file(folder, "homework.yaml", RUBRIC.encode())
    make_file(folder, "starter.ipynb", notebook(DATA, STUB))
    done = grader("grade", folder / "class", "--rubric", folder / "homework.yaml", "--out", folder / "out")
    assert 0 == done.returncode, done.stderr
    return folder / "out"


def test_verdicts(out: Path) -> None:
    """The complete one has all points; of the other, log and model count all the same."""
    statuses = {
        name: {item.id: item.status for item in report_in(out, name).items} for name in ("ana", "ben")
    }

    assert ["passed", "failed"] == [row["verdict"] for row in rows_in(out)]
    assert {"passed"} == set(statuses["ana"].values())
    assert {"logged_accuracy", "norm_within_cap", "model_accuracy", "notebook_cells_unchanged"} == {
        name for name, status in statuses["ben"].items() if status == "passed"
    }


def test_where_log_and_figure_come_from(out: Path) -> None:
    """The report says which cell printed the log and showed the figure, and how much less that proves."""
    notes = " ".join(map(str, report_in(out, "ana").notes))

    assert "The log is what cell 4 of `homework.ipynb` printed." in notes
    assert "so they prove less than a file that the training wrote" in notes
    assert "The figure is what cell 5 of the notebook showed." in notes


def test_the_pages(out: Path) -> None:
    """Both show the outputs, as text."""
    for page in ("report.html", "teacher.html"):
        shown = (out / "ana" / page).read_text("utf-8")
        assert "variable_norm_after: " in shown.partition('<h2 id="notebook">')[2]
        assert 2 <= shown.count('<img class="shot"')
