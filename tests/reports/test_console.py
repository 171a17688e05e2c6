"""Tests of `grader.reports.console`: where lines are wrapped, and where they are not."""

import pytest
from rich.text import Text

from grader.reports.console import console


@pytest.mark.parametrize("columns", ["20", ""])
def test_what_is_no_terminal_is_not_wrapped(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A path stays whole in a pipe, however long it is."""
    monkeypatch.setenv("COLUMNS", columns)
    path = "/".join(["a folder"] * 50)
    console().print(Text(path))
    console(stderr=True).print(Text(path))

    printed = capsys.readouterr()
    assert (f"{path}\n", f"{path}\n") == (printed.out, printed.err)
