"""Tests of `grader.cli.grade`: a class that is interrupted, changed, and graded again."""

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
from builders_command_line import invoked
from builders_grading import report_in, rows_in

from grader.grading.cache import Cache
from grader.report import Report
from grader.rubric.lookup import DEFAULT, find_rubric

pytestmark = pytest.mark.usefixtures("workers")

UNKNOWN_TIME = {"seconds": 0.0, "measured_at": None}


def start(*arguments: str | Path) -> "subprocess.Popen[str]":
    # Pages have tests of their own, and drawing takes as long as measuring here.
    command = [sys.executable, "-m", "grader", "grade", "--no-pages", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def a_class(tmp_path: Path, examples: Path, names: tuple[str, ...]) -> Path:
    folder = tmp_path / "class"
    for name in names:
        shutil.copytree(examples / "ana_passes", folder / name)
        # What is equal to what was measured would not be measured.
        (folder / name / "submission.yaml").write_text(f"name: {name}\n", encoding="utf-8")
    return folder


def short_rubric(folder: Path, **changes: str) -> Path:
    """The homework's rubric with few steps, and with these texts in it replaced by others."""
    text = find_rubric(DEFAULT).read_text(encoding="utf-8")
    for old, new in {"steps: 600": "steps: 20", "batches: 200": "batches: 5", **changes}.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "short.yaml").write_text(text, encoding="utf-8")
    return folder / "short.yaml"


def finish(*arguments: str | Path) -> tuple[int, str, str]:
    """The exit code of a run in this process, and what it said."""
    done = invoked("grade", "--no-pages", *arguments)
    return done.exit_code, done.stdout, done.stderr


def undated(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows of grades without the minute in which the files were read."""
    return [{title: cell for title, cell in row.items() if title != "files_read"} for row in rows]


def reports_in(out: Path) -> dict[str, Report]:
    """Every report, without date and seconds, which are never the same."""
    names = sorted(path.parent.name for path in out.glob("*/report.json"))
    return {name: report_in(out, name).model_copy(update=UNKNOWN_TIME) for name in names}


def wait_for(path: Path, running: "subprocess.Popen[str]") -> None:
    """However long a busy machine takes, as long as the run goes on."""
    while not path.exists() and running.poll() is None:
        time.sleep(0.02)


@pytest.mark.hostile_row(76)
def test_what_was_interrupted_goes_on(tmp_path: Path, examples: Path) -> None:
    """Killed, then interrupted with Ctrl-C, then run to its end: all is as if nothing had happened.

    A second run on a folder in which one is at work is told so. Who was graded stays graded, and is not
    measured again.
    """
    # Those after the third take seconds: the interrupt comes before the last one on a busy machine, too.
    names = tuple("abcde")
    folder, out = a_class(tmp_path, examples, names), tmp_path / "out"
    arguments = (folder, "--out", out, "--jobs", "1", "--rubric", short_rubric(tmp_path))

    killed = start(*arguments)
    wait_for(out / "a" / "report.json", killed)
    killed.kill()
    killed.communicate()
    with Cache(out, pytest.fail):
        second = finish(*arguments)
    interrupted = start(*arguments)
    wait_for(out / "c" / "report.json", interrupted)
    interrupted.send_signal(signal.SIGINT)
    _, said = interrupted.communicate(timeout=120)
    table = rows_in(out)
    done, output, errors = finish(*arguments)
    fresh = finish(folder, "--out", tmp_path / "fresh", "--rubric", tmp_path / "short.yaml")

    assert (2, "") == second[:2]
    assert second[2].splitlines() == [
        f"Another run (process {os.getpid()}) is writing into `{out}`.",
        "Wait until it has ended, or name another folder with `--out`.",
    ]
    assert 130 == interrupted.returncode
    assert (
        "Interrupted. What was graded is kept, and the same command resumes there." == said.splitlines()[-1]
    )
    assert "Traceback" not in said
    assert list(names[: len(table)]) == [row["id"] for row in table]
    assert 3 <= len(table) < len(names)
    # The last one may have been kept just before the interrupt, and not be in the table yet.
    measured = len(errors.splitlines())
    assert measured in {len(names) - len(table), len(names) - len(table) - 1}
    assert [f"{len(names) - measured} of {len(names)} were measured before and judged again."] == [
        line for line in output.splitlines() if "before" in line
    ]
    assert reports_in(tmp_path / "fresh") == reports_in(out)
    assert undated(rows_in(tmp_path / "fresh")) == undated(rows_in(out))
    assert fresh[0] == done == 3
    assert list(names) == list(reports_in(out))
    assert not (out / "errors.log").exists()


def test_nothing_is_measured_twice(tmp_path: Path, examples: Path) -> None:
    """The same class again and again: what changes is measured, and nothing else.

    Nothing changes; points, a title and a threshold change; one log changes although its size and time stay,
    another file is touched, and a copy comes in; the rerun has another step.
    What is equal to something that was measured is not measured, either.
    """
    names = {"ana": "ana_passes", "eun": "eun_global_norm"}
    folder, out = tmp_path / "class", tmp_path / "out"
    for name, story in names.items():
        shutil.copytree(examples / story, folder / name)
    arguments = (folder, "--out", out, "--rubric", short_rubric(tmp_path))
    first = finish(*arguments)
    reports = reports_in(out)
    again = finish(*arguments, "--all")
    unchanged = reports_in(out)

    cheaper = {
        "points: 2": "points: 4",
        "learns when": "learns, when",
        "{at_least: 0.87, tol": "{at_least: 0.99, tol",
    }
    short_rubric(tmp_path, **cheaper)
    judged = finish(*arguments)
    rejudged = reports_in(out)

    short_rubric(tmp_path)
    log = folder / "eun" / "training_log.csv"
    before = log.stat()
    log.write_bytes(log.read_bytes().replace(b",1,", b",2,", 1))
    os.utime(log, ns=(before.st_atime_ns, before.st_mtime_ns))
    (folder / "ana" / "model.keras").touch()
    shutil.copytree(folder / "ana", folder / "copy")
    changed = finish(*arguments)
    compared = reports_in(out)
    shutil.rmtree(folder / "copy")
    short_rubric(tmp_path, **{"steps: 600": "steps: 21"})
    longer = finish(*arguments)

    assert before.st_size == log.stat().st_size
    assert 2 == len(first[2].splitlines())
    assert ("", "") == (again[2], judged[2])
    assert "2 of 2 were measured before and judged again." in again[1]
    assert ["Ana" in first[1], "Ana" in again[1]] == [False, True]
    assert reports == unchanged
    assert [10.0, 12.0] == [reports["ana"].max_score, rejudged["ana"].max_score]
    assert ("passed", "failed") == (reports["ana"].verdict, rejudged["ana"].verdict)
    assert ["1 of 1: eun: failed"] == [line.partition(",")[0] for line in changed[2].splitlines()]
    assert "2 of 3 were measured before and judged again." in changed[1]
    assert ["copy"] == [pair.id for pair in compared["ana"].pairs if pair.part == "model"]
    assert 2 == len(longer[2].splitlines())
    assert "measured before" not in longer[1]


def test_what_the_grader_could_not_do_is_an_error_and_no_zero(tmp_path: Path, examples: Path) -> None:
    """A limit that is too small is the operator's to raise: exit 3, no zero, and the next run tries again."""
    folder, out = a_class(tmp_path, examples, ("a",)), tmp_path / "out"
    rubric = short_rubric(tmp_path, **{"seconds: 90": "seconds: 0.01"})
    code, output, _ = finish(folder, "--out", out, "--rubric", rubric)
    row = rows_in(out)[0]

    short_rubric(tmp_path)
    again, _, errors = finish(folder, "--out", out, "--rubric", rubric)

    assert 3 == code
    assert ("error", "") == (row["verdict"], row["score"])
    assert "1 submission: 0 passed, 0 failed, 1 was not fully graded." in output
    assert (0, "passed") == (again, rows_in(out)[0]["verdict"])
    assert errors.startswith("1 of 1: a: passed, ")


@pytest.mark.hostile_row(48, 49)
def test_any_name_of_a_folder_gets_its_own_place(tmp_path: Path) -> None:
    """The id is the folder's name as it is; the report's folder has letters that every system takes."""
    names = ("-rf", "Zoë Müller", "a b")
    for name in names:
        (tmp_path / "class" / name).mkdir(parents=True)

    code, _, _ = finish(tmp_path / "class", "--out", tmp_path / "out")

    places = [path.parent.name for path in (tmp_path / "out").glob("*/report.json")]
    assert 0 == code
    assert sorted(["'-rf", "Zoë Müller", "a b"]) == sorted(row["id"] for row in rows_in(tmp_path / "out"))
    assert len(names) == len(places)
    assert all(place.isascii() and not place.startswith("-") for place in places)


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
    short_rubric(tmp_path)
    ana, bruno = examples / "ana_passes", examples / "bruno_without_clipping"
    dan, carla = examples / "dan_without_log", examples / "carla_one_epoch"
    parts = {"ana": (ana, ana), "beata": (ana, bruno), "carl": (bruno, ana), "dan": (dan, carla)}
    for name, (model, log) in parts.items():
        (tmp_path / "class" / name).mkdir(parents=True)
        shutil.copy(model / "model.keras", tmp_path / "class" / name)
        shutil.copy(log / "training_log.csv", tmp_path / "class" / name)
    with_noise(tmp_path / "class" / "beata" / "model.keras", 0.1)
    rounded(tmp_path / "class" / "carl" / "training_log.csv")

    out = tmp_path / "out"
    code, output, errors = finish(tmp_path / "class", "--out", out, "--rubric", tmp_path / "short.yaml")

    table = {row["id"]: row for row in rows_in(out)}
    reports = reports_in(out)
    assert 3 == code, errors
    assert ["beata, carl", "ana, carl", "ana, beata", ""] == [row["like"] for row in table.values()]
    # Beata does not pass, so there is nothing for a teacher to decide about her.
    assert ["review", "failed", "review"] == [table[name]["verdict"] for name in ("ana", "beata", "carl")]
    pairs = {name: {(pair.id, pair.part) for pair in reports[name].pairs} for name in parts}
    assert {("beata", "model"), ("carl", "log")} <= pairs["ana"]
    assert {("ana", "model"), ("carl", "log and model")} <= pairs["beata"]
    assert {("ana", "log"), ("beata", "log and model")} <= pairs["carl"]
    assert () == reports["dan"].pairs
    assert all(reports[name].verdict == table[name]["verdict"] for name in parts)
    assert all(float(table[name]["score"]) == reports[name].score for name in parts if table[name]["score"])
    assert "Similar: ana and beata (model" in output
    assert not (out / "errors.log").exists()
