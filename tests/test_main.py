"""Tests of `grader.__main__`."""

import ast
from pathlib import Path

import grader.__main__


def test_it_imports_nothing_before_it_runs() -> None:
    """A worker imports this module again, so it must cost nothing."""
    tree = ast.parse(Path(grader.__main__.__file__).read_text(encoding="utf-8"))

    assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body)
