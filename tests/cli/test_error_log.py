"""Tests of `grader.cli.error_log`: bugs are recorded for whoever runs the program, and found again."""

import logging
from pathlib import Path

import pytest
from builders_evidence import some_evidence

from grader.analysis.targets import Targets
from grader.checks import Check
from grader.cli.error_log import ErrorLog, record_errors_in, record_errors_on_stderr
from grader.cli.running import exit_code
from grader.grading.findings import Findings
from grader.report import Finding


class Broken(Check):
    """Is this check right?"""

    def find(self) -> Finding:
        """Fail by a bug."""
        raise ZeroDivisionError


def judge() -> int:
    """Judge by a check that has a bug, as any command may."""
    Findings(some_evidence(), Targets()).of(Broken())
    return 1


def test_a_bug_in_a_check_is_no_traceback_on_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """The exit code is the command's own; one line says where the traceback is."""
    code = exit_code(judge)
    said = capsys.readouterr().err

    path = Path(said.split("`")[1])
    recorded = path.read_text(encoding="utf-8")
    path.unlink()
    assert 1 == code
    assert 1 == len(said.splitlines())
    assert "Traceback" not in said
    assert "ZeroDivisionError" in recorded


def test_a_command_has_a_file_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was in it stays; without an error it is not made."""
    path = tmp_path / "errors.log"

    def act() -> int:
        record_errors_in(path)
        return 0

    exit_code(act)
    there = path.exists()
    for _ in range(2):
        exit_code(lambda: act() or judge())

    assert not there
    assert 2 == path.read_text(encoding="utf-8").count("Traceback")
    assert 2 == capsys.readouterr().err.count(f"`{path}`")


def test_a_platform_gets_each_error_as_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr, which it keeps; nothing in it acts."""
    with ErrorLog() as log:
        record_errors_on_stderr()
        logging.getLogger("grader.cli").error("ana\n\x1b[2J::error::")

    said = capsys.readouterr().err
    assert log.path is None
    assert 1 == len(said.splitlines())
    assert "ana | \\x1b[2J::error::" in said
    assert not said.startswith("::")


def test_a_file_that_cannot_be_written_loses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error is on stderr then."""
    with ErrorLog() as log:
        record_errors_in(tmp_path / "nowhere" / "errors.log")
        logging.getLogger("grader.cli").error("A bug.")

    assert log.path is None
    assert capsys.readouterr().err.endswith("A bug.\n")
