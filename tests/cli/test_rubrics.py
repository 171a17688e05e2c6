"""Tests of `grader.cli.rubrics`: what a writer of rubrics types."""

import json
from pathlib import Path

from builders_command_line import grader


def test_a_new_rubric_is_a_copy_that_lints(tmp_path: Path) -> None:
    """`rubric new` writes the homework's rubric with its comments, and does not overwrite it."""
    first = grader("rubric", "new", cwd=tmp_path)
    text = (tmp_path / "rubric.yaml").read_text(encoding="utf-8")
    again = grader("rubric", "new", cwd=tmp_path)
    lint = grader("rubric", "lint", "rubric.yaml", cwd=tmp_path)

    assert 0 == first.returncode
    assert text.startswith("# Homework: gradient clipping")
    assert 2 == again.returncode
    assert "`rubric.yaml` is there already; it was left as it is." == again.stderr.splitlines()[0]
    assert "rubric.yaml has no mistakes: 13 items, 10 points, 10 needed to pass." in lint.stdout


def test_the_schema_is_json() -> None:
    """`rubric schema` prints what an editor reads."""
    schema = json.loads(grader("rubric", "schema").stdout)

    assert "https://json-schema.org/draft/2020-12/schema" == schema["$schema"]


def test_kinds_are_listed_with_their_questions() -> None:
    """`checks` has a line for each kind, and a kind's page is its docstring."""
    text = grader("checks").stdout

    assert "norm_within_cap" in text
    assert grader("checks", "norm_within_cap").stdout.startswith("norm_within_cap\n\n")
