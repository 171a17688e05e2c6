"""Tests of `grader.cli.running`: each way to leave has its exit code."""

from pathlib import Path

import pytest
import typer

from grader.cli.running import command, exit_code
from grader.errors import IsolationError, RubricError, UsageError, WorkerError


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

    def act() -> int:
        raise error

    assert code == exit_code(act)
    assert f"{error.message}\n{error.hint}\n" == capsys.readouterr().err


def test_an_interrupt_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    """A command may say what became of its work."""
    more = "What was graded is kept."

    def act() -> int:
        raise KeyboardInterrupt(more)

    assert 130 == exit_code(act)
    assert f"Interrupted. {more}\n" == capsys.readouterr().err


def test_a_bug_is_said_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """It names the error, and the file that has the traceback."""

    def act() -> int:
        return 1 // 0

    code = exit_code(act)
    said = capsys.readouterr().err
    path = Path(said.splitlines()[-1].split("`")[1])
    recorded = path.read_text(encoding="utf-8")
    path.unlink()

    assert 3 == code
    assert "ZeroDivisionError" in said
    assert "Traceback" not in said
    assert "Traceback" in recorded


@pytest.mark.parametrize(("returned", "code"), [(1, 1), (0, 0), (None, 0)])
def test_a_command_exits_with_what_its_function_returns(returned: int | None, code: int) -> None:
    """None is for a command that is done."""
    with pytest.raises(typer.Exit) as left:
        command(lambda: returned)()

    assert code == left.value.exit_code
