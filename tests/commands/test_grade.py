"""Tests of `grader.commands.grade`, run as the command line runs it."""

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.commands.grade import usable_cores
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
