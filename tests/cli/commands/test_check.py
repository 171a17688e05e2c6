"""Tests of `grader.cli.commands.check`, in this process; the command line's own tests are in `tests/cli`."""

import json
import shutil
from pathlib import Path

import builders_evidence as build
import pytest

from grader.cli.commands.check import _next_to_come, check
from grader.errors import UsageError
from grader.evidence.problem import Problem
from grader.rubric import Plan
from grader.rubric.shelf import DEFAULT

pytestmark = pytest.mark.usefixtures("workers")


def test_a_missing_log_is_said_with_what_to_do(examples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The student reads what is missing, which names would do, and how to write one."""
    code = check(examples / "dan_without_log", DEFAULT)

    text = " ".join(capsys.readouterr().out.split())
    assert 1 == code
    assert "No file for the log was found; its name must match one of `training_log.csv`" in text
    assert 'To do: Write the log while training, with `grader.student.NormLogger("training_log.csv")`' in text


def test_two_candidates_are_named(examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report says which file was taken, and why."""
    shutil.copytree(examples / "ana_passes", tmp_path / "ana")
    shutil.copy(tmp_path / "ana" / "training_log.csv", tmp_path / "ana" / "old.csv")

    assert 0 == check(tmp_path / "ana", DEFAULT)

    text = " ".join(capsys.readouterr().out.split())
    assert (
        "Taken as the log: `training_log.csv`, because `training_log.csv` is preferred to `*.csv`. "
        "Not looked at: `old.csv`."
    ) in text


def test_a_log_of_the_form_json_is_read(examples: Path, tmp_path: Path) -> None:
    """A submission whose log is a JSON document of columns passes like the one in CSV."""
    shutil.copytree(examples / "ana_passes", tmp_path / "ana")
    header, *rows = (tmp_path / "ana" / "training_log.csv").read_text(encoding="utf-8").splitlines()
    cells = [row.split(",") for row in rows]
    columns = {
        name: [float(row[place]) if row[place] else None for row in cells]
        for place, name in enumerate(header.split(","))
    }
    (tmp_path / "ana" / "training_log.json").write_text(json.dumps(columns), encoding="utf-8")
    (tmp_path / "ana" / "training_log.csv").unlink()

    assert 0 == check(tmp_path / "ana", DEFAULT)


def test_nothing_there_is_a_mistake_of_the_command(tmp_path: Path) -> None:
    """A path that leads nowhere is said at once."""
    with pytest.raises(UsageError, match="There is nothing at"):
        check(tmp_path / "nowhere", DEFAULT)


def test_the_status_says_what_is_measured_next() -> None:
    """First the submitted model is tried; the training is the last part."""
    later = Problem(who="pending", message="Not looked at yet.")
    broken = Problem(who="student", message="The model takes other images.")
    training = "Training the network for 600 steps, to see that it learns"

    assert "Trying the model" == _next_to_come(build.some_evidence(accuracy=later, rerun=later), Plan())
    assert training == _next_to_come(build.some_evidence(rerun=later), Plan())
    assert training == _next_to_come(build.some_evidence(accuracy=broken, rerun=later), Plan())
