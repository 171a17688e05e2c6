"""Tests of `grader.cli.running`: each way to leave has its exit code."""

import pytest
import typer

from grader.cli.running import exit_with
from grader.errors import IsolationError, UsageError


def test_lower_walls_than_required_are_exit_3(capsys: pytest.CaptureFixture[str]) -> None:
    """The sentence and the hint stand on stderr, without a traceback."""

    def run() -> int:
        raise IsolationError("The walls are `basic`; `full` was asked for.", "Run `grader doctor`.")

    with pytest.raises(typer.Exit) as left:
        exit_with(run)

    assert 3 == left.value.exit_code
    assert "The walls are `basic`; `full` was asked for.\nRun `grader doctor`.\n" == capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (
            UsageError("There is no folder `x`.", "Name another."),
            2,
            "There is no folder `x`.\nName another.\n",
        ),
        (KeyboardInterrupt(), 130, "Interrupted; what was graded so far is kept.\n"),
        (
            ZeroDivisionError("by zero"),
            3,
            (
                "The program failed by a mistake of its own (ZeroDivisionError: by zero).\n"
                "Please report it, with the command that you ran.\n"
            ),
        ),
    ],
)
def test_what_goes_wrong_is_said_without_a_traceback(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code says who acts next."""

    def run() -> int:
        raise error

    with pytest.raises(typer.Exit) as left:
        exit_with(run)

    assert (code, said) == (left.value.exit_code, capsys.readouterr().err)


def test_a_command_leaves_with_its_own_code() -> None:
    """Nothing is said beside what it said itself."""
    with pytest.raises(typer.Exit) as left:
        exit_with(lambda: 1)

    assert 1 == left.value.exit_code
