"""Tests of `grader.cli.checks`: the kinds of checks and their manual pages."""

import inspect
import re

import pytest
from builders_command_line import in_terminal

from grader.checks import kinds, load
from grader.cli.checks import checks


def test_every_kind_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Each kind has one line with its question."""
    checks()

    lines = capsys.readouterr().out.splitlines()
    assert list(kinds()) == [line.split()[0] for line in lines[:-1]]
    assert all(line.rstrip().endswith("?") for line in lines[:-1])


@pytest.mark.parametrize("kind", kinds())
def test_a_manual_page_says_what_the_docstring_says(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The page begins with the name and has every word, under headings that are no Python."""
    checks(kind)

    page = capsys.readouterr().out
    words = inspect.cleandoc(load(kind).__doc__ or "").replace("Args:", "").replace("Example:", "").split()
    assert page.startswith(f"{kind}\n\n")
    assert {word.rstrip(":") for word in words} <= {word.rstrip(":") for word in page.split()}
    assert "Args:" not in page
    assert all(name in page for name in load(kind).model_fields)


def test_a_manual_page_is_wrapped_for_a_terminal() -> None:
    """No line is longer than the terminal is wide, and none is left half empty."""
    code, page = in_terminal("checks", "norm_within_cap", columns=60)
    lengths = [len(re.sub(r"\x1b\[\d*m", "", line).rstrip()) for line in page.splitlines()]

    assert 0 == code
    assert 50 < max(lengths) <= 60
