"""Tests of `grader.cli.check`."""

import json
import shutil
from pathlib import Path

import pytest
from builders_command_line import in_terminal, invoked

from grader.cli.check import check
from grader.rubric.lookup import DEFAULT

pytestmark = pytest.mark.usefixtures("workers")


def test_a_log_in_json_is_taken_before_another_file(
    examples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A document of columns passes like the log in CSV; the report says which file was taken, and why."""
    shutil.copytree(examples / "ana_passes", tmp_path / "ana")
    header, *rows = (tmp_path / "ana" / "training_log.csv").read_text(encoding="utf-8").splitlines()
    cells = [row.split(",") for row in rows]
    columns = {
        name: [float(row[place]) if row[place] else None for row in cells]
        for place, name in enumerate(header.split(","))
    }
    (tmp_path / "ana" / "training_log.json").write_text(json.dumps(columns), encoding="utf-8")
    (tmp_path / "ana" / "training_log.csv").rename(tmp_path / "ana" / "old.csv")

    assert 0 == check(tmp_path / "ana", DEFAULT)
    assert (
        "Used `training_log.json` as the log, because the rubric asks for its name; ignored `old.csv`."
    ) in " ".join(capsys.readouterr().out.split())


def test_an_interrupt_gives_the_terminal_back(examples: Path) -> None:
    """The cursor, which is hidden while something is measured, is shown again."""
    code, printed = in_terminal("check", examples / "ana_passes", interrupt_at="Trying the model")

    assert 130 == code
    assert printed.rfind("\x1b[?25l") < printed.rfind("\x1b[?25h")
    assert printed.endswith("Interrupted.\n")
    assert "Traceback" not in printed


def test_a_submission_that_passes(examples: Path) -> None:
    """Layers, optimizer and log come before what the training tells, each item once; the exit code is 0."""
    done = invoked("check", examples / "ana_passes")
    text = done.stdout
    titles = [
        "The hidden layers have",
        "The optimizer is Adam",
        "The gradient norm of every step",
        "The gradient norm stays",
        "The submitted model reaches",
        "The architecture learns",
    ]

    places = [text.index(title) for title in titles]
    assert places == sorted(places)
    assert [1] * 6 == [text.count(title) for title in titles]
    assert "Passed: 10 of 10 points." in text
    assert (0, "") == (done.exit_code, done.stderr)


def test_what_is_left_to_do_stands_last(examples: Path) -> None:
    """In a terminal each item is printed once, when all are known: first the passed, then the failed ones."""
    code, printed = in_terminal("check", examples / "dan_without_log", columns=120)
    last = printed[printed.rindex("\x1b[?25h") :]

    assert 1 == code
    assert "✓ passed" in printed.partition("\x1b[?25h")[0], "What is known is shown while more is measured."
    assert 1 == last.count("The hidden layers have 300 and 100 units  ")
    assert last.rindex("✓ passed") < last.index("- skipped") < last.index("✗ failed")
    assert last.rindex("✗ failed") < last.index("To do: Write the log while training")
    assert 'See "To do" under each failed item.' == last.split("\n")[-2].strip()


def test_a_missing_log_is_said_with_what_to_do(examples: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The student reads what is missing, which names would do, and how to write one, naming no folder."""
    monkeypatch.chdir(examples / "dan_without_log")
    done = invoked("check")

    assert 1 == done.exit_code
    assert "No file for the log was found. The files are: `model.keras`" in done.stdout
    assert 'To do: Write the log while training, with `grader.student.NormLogger("training_' in done.stdout
    assert "" == done.stderr
