"""Tests of `grader.commands.grade`, run as the command line runs it."""

import csv
import io
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from grader.engines.local import usable_cores
from grader.report import Report
from grader.rubric.shelf import DEFAULT, find_rubric


def start(*arguments: str | Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "grader", "grade", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "grades.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def a_class(tmp_path: Path, examples: Path, names: tuple[str, ...]) -> Path:
    folder = tmp_path / "class"
    for name in names:
        shutil.copytree(examples / "ana_passes", folder / name)
    return folder


def test_cores_are_counted() -> None:
    """There is at least one core, and no more than the machine has."""
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)


@pytest.mark.hostile_row(76)
def test_an_interrupt_keeps_what_was_graded(tmp_path: Path, examples: Path) -> None:
    """Ctrl-C ends with 130, and the table has those that were done."""
    folder = a_class(tmp_path, examples, ("a", "b", "c", "d", "e", "f"))
    running = start(folder, "--out", tmp_path / "out", "--jobs", "1")
    deadline = time.monotonic() + 60
    while not (tmp_path / "out" / "a" / "report.json").exists() and time.monotonic() < deadline:
        time.sleep(0.05)

    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=30)

    graded = [row["id"] for row in rows(tmp_path / "out")]
    assert 130 == running.returncode
    assert "Interrupted; what was graded so far is kept." == errors.splitlines()[-1]
    assert "Traceback" not in errors
    assert "a" == graded[0]
    assert len(graded) < 6
    assert all((tmp_path / "out" / name / "report.json").exists() for name in graded)


def test_what_the_grader_could_not_do_is_an_error_and_no_zero(tmp_path: Path, examples: Path) -> None:
    """A limit that is too small is the operator's to raise: exit 3, and no points are claimed."""
    text = find_rubric(DEFAULT).read_text(encoding="utf-8").replace("seconds: 90", "seconds: 0.01")
    (tmp_path / "hasty.yaml").write_text(text, encoding="utf-8")
    folder = a_class(tmp_path, examples, ("a",))

    running = start(folder, "--out", tmp_path / "out", "--rubric", tmp_path / "hasty.yaml")
    output, _ = running.communicate(timeout=60)

    row = rows(tmp_path / "out")[0]
    assert 3 == running.returncode
    assert ("error", "") == (row["verdict"], row["score"])
    assert "1 submission: 0 passed, 0 failed, 1 was not fully graded." in output


@pytest.mark.hostile_row(48, 49)
@pytest.mark.parametrize("name", ["Zoë Müller", "a b", "-rf"])
def test_any_name_of_a_folder_gets_its_own_place(tmp_path: Path, name: str) -> None:
    """The id is the folder's name as it is; the report's folder has letters that every system takes."""
    (tmp_path / "class" / name).mkdir(parents=True)

    running = start(tmp_path / "class", "--out", tmp_path / "out")
    running.communicate(timeout=60)

    places = [path.name for path in (tmp_path / "out").iterdir() if path.is_dir()]
    assert 0 == running.returncode
    assert [name if name != "-rf" else "'-rf"] == [row["id"] for row in rows(tmp_path / "out")]
    assert 1 == len(places)
    assert places[0].isascii()
    assert not places[0].startswith("-")


def with_noise(model: Path, share: float) -> None:
    """Change the weights in a `.keras` file by hand, and nothing else."""
    random = np.random.default_rng(1)
    with zipfile.ZipFile(model) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    weights = io.BytesIO(members["model.weights.h5"])
    with h5py.File(weights, "r+") as file:
        for array in (layer["vars"][name] for layer in file["layers"].values() for name in layer["vars"]):
            array[...] += (share * np.std(array[...]) * random.standard_normal(array.shape)).astype("float32")
    with zipfile.ZipFile(model, "w") as archive:
        for name, content in {**members, "model.weights.h5": weights.getvalue()}.items():
            archive.writestr(name, content)


def rounded(log: Path) -> None:
    """Round the numbers of a log to four decimals."""
    lines = log.read_text(encoding="utf-8").splitlines()
    cells = [
        [f"{float(cell):.4f}" if "." in cell else cell for cell in line.split(",")] for line in lines[1:]
    ]
    log.write_text("\n".join([lines[0], *map(",".join, cells)]) + "\n", encoding="utf-8")


@pytest.mark.hostile_row(77)
def test_copies_are_named_in_both_reports(tmp_path: Path, examples: Path) -> None:
    """Beata has Ana's model with noise, Carl has Ana's log rounded; Dan is like nobody.

    Beata's own log is that of Carl's model, and Carl's that of Beata's, so these two are named as well.
    """
    text = find_rubric(DEFAULT).read_text(encoding="utf-8")
    text = text.replace("steps: 600", "steps: 20").replace("batches: 200", "batches: 5")
    (tmp_path / "short.yaml").write_text(text, encoding="utf-8")
    parts = {
        "ana": ("ana", "ana"),
        "beata": ("ana", "bruno"),
        "carl": ("bruno", "ana"),
        "dan": ("dan", "carla"),
    }
    place = {story.name.partition("_")[0]: story for story in examples.iterdir() if story.is_dir()}
    for name, (model, log) in parts.items():
        (tmp_path / "class" / name).mkdir(parents=True)
        shutil.copy(place[model] / "model.keras", tmp_path / "class" / name)
        shutil.copy(place[log] / "training_log.csv", tmp_path / "class" / name)
    with_noise(tmp_path / "class" / "beata" / "model.keras", 0.1)
    rounded(tmp_path / "class" / "carl" / "training_log.csv")

    running = start(tmp_path / "class", "--out", tmp_path / "out", "--rubric", tmp_path / "short.yaml")
    output, errors = running.communicate(timeout=120)

    table = {row["id"]: row for row in rows(tmp_path / "out")}
    reports = {
        name: Report.model_validate_json(
            (tmp_path / "out" / name / "report.json").read_text(encoding="utf-8")
        )
        for name in parts
    }
    assert 3 == running.returncode, errors
    assert ["beata, carl", "ana, carl", "ana, beata", ""] == [row["like"] for row in table.values()]
    assert ["review"] * 3 == [table[name]["verdict"] for name in ("ana", "beata", "carl")]
    pairs = {name: {(pair.id, pair.part) for pair in reports[name].pairs} for name in parts}
    assert {("beata", "model"), ("carl", "log")} <= pairs["ana"]
    assert {("ana", "model"), ("carl", "log and model")} <= pairs["beata"]
    assert {("ana", "log"), ("beata", "log and model")} <= pairs["carl"]
    assert () == reports["dan"].pairs
    assert all(reports[name].verdict == table[name]["verdict"] for name in parts)
    assert all(float(table[name]["score"]) == reports[name].score for name in parts if table[name]["score"])
    assert "3 of them are like another one." in " ".join(output.split())
    assert not (tmp_path / "out" / "errors.log").exists()


def test_a_rubric_may_leave_likeness_alone(tmp_path: Path, examples: Path) -> None:
    """Two that handed in the same have the verdict of each by itself."""
    text = find_rubric(DEFAULT).read_text(encoding="utf-8")
    text = text.replace("steps: 600", "steps: 20").replace("batches: 200", "batches: 5")
    (tmp_path / "alone.yaml").write_text(text.replace("likeness: review", "likeness: off"), encoding="utf-8")
    folder = a_class(tmp_path, examples, ("a", "b"))

    running = start(folder, "--out", tmp_path / "out", "--rubric", tmp_path / "alone.yaml")
    running.communicate(timeout=120)

    assert ["", ""] == [row["like"] for row in rows(tmp_path / "out")]
    assert not {"review", "error"} & {row["verdict"] for row in rows(tmp_path / "out")}
