"""Tests of `grader.cli.rubric`: what a writer of rubrics types."""

import json
from pathlib import Path

import pytest
from builders_command_line import grader

from grader.cli.rubric import lint


def test_a_new_rubric_is_a_copy_that_lints(tmp_path: Path) -> None:
    """`rubric new` writes the homework's rubric with its comments, and does not overwrite it."""
    first = grader("rubric", "new", cwd=tmp_path)
    text = (tmp_path / "rubric.yaml").read_text(encoding="utf-8")
    again = grader("rubric", "new", cwd=tmp_path)
    lint = grader("rubric", "lint", "rubric.yaml", cwd=tmp_path)

    assert 0 == first.returncode
    assert text.startswith("# Homework: gradient clipping")
    assert 2 == again.returncode
    assert "`rubric.yaml` exists already. It was not changed." == again.stderr.splitlines()[0]
    assert "rubric.yaml has no mistakes: 13 items, 10 points, 10 needed to pass." in lint.stdout


def test_the_schema_is_json() -> None:
    """`rubric schema` prints what an editor reads."""
    schema = json.loads(grader("rubric", "schema").stdout)

    assert "https://json-schema.org/draft/2020-12/schema" == schema["$schema"]


def test_warnings_are_shown_and_do_no_harm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rubric with a warning is still a rubric without a mistake."""
    rubric = tmp_path / "hw.yaml"
    rubric.write_text(
        "version: 1\ntitle: T\npass_at: 0\nitems:\n  - model_accuracy: {at_least: 0.87}\n    title: "
        "T\n    points: 1\n",
        encoding="utf-8",
    )

    lint(str(rubric))

    text = capsys.readouterr().out
    assert "Warning: `pass_at` is 0, so every submission passes." in text
    assert "has no mistakes: 1 items, 1 points, 0 needed to pass." in text
