"""How a command runs: each way to leave has its exit code, and bugs are recorded for whoever runs it."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from builders_evidence import some_evidence

from grader.analysis.targets import Targets
from grader.checks import Check
from grader.cli.running import ErrorLog, command, exit_code, record_errors_in
from grader.errors import IsolationError, RubricError, UsageError, WorkerError
from grader.grading.judge import Findings
from grader.report import Finding


def raising(error: BaseException) -> Callable[[], int]:
    """What a command does that raises this."""

    def act() -> int:
        raise error

    return act


def recorded(said: str) -> str:
    """What the file has that a line names, which is removed."""
    path = Path(said.split("`")[1])
    text = path.read_text(encoding="utf-8")
    path.unlink()
    return text


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("There is no folder `x`.", "Name another."), 2),
        (RubricError("The rubric has no items (hw.yaml:1)", "Add one."), 2),
        (IsolationError("The isolation is `basic`.", "Run `grader doctor`."), 3),
        (WorkerError("A worker ended early.", "Give it more memory."), 3),
    ],
)
def test_an_error_is_said_with_its_hint(
    error: UsageError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both are lines on stderr, and the exit code says who acts next."""
    assert code == exit_code(raising(error))
    assert f"{error.message}\n{error.hint}\n" == capsys.readouterr().err


def test_an_interrupt_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    """A command may say what became of its work."""
    assert 130 == exit_code(raising(KeyboardInterrupt("What was graded is kept.")))
    assert "Interrupted. What was graded is kept.\n" == capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux' `/dev/full`")
def test_a_full_disk_is_no_bug(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever runs the command can free some room."""
    code = exit_code(lambda: Path("/dev/full").write_bytes(b"x"))

    assert 2 == code
    assert [
        "The disk is full, or your quota of it is used up.",
        "Free some room, and run the same command again.",
    ] == capsys.readouterr().err.splitlines()


def test_a_bug_is_said_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """It names the error, and the file that has the traceback."""
    code = exit_code(lambda: 1 // 0)
    said = capsys.readouterr().err

    assert 3 == code
    assert "ZeroDivisionError" in said
    assert "Traceback" not in said
    assert "Traceback" in recorded(said.splitlines()[-1])


@pytest.mark.parametrize(("returned", "code"), [(1, 1), (0, 0), (None, 0)])
def test_a_command_exits_with_what_its_function_returns(returned: int | None, code: int) -> None:
    """None is for a command that is done."""
    with pytest.raises(typer.Exit) as left:
        command(lambda: returned)()

    assert code == left.value.exit_code


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

    assert 1 == code
    assert 1 == len(said.splitlines())
    assert "Traceback" not in said
    assert "ZeroDivisionError" in recorded(said)


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
        record_errors_in(None)
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
