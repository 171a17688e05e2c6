"""Exercises in a rubric: what they ask of it, and what is said of mistakes in them."""

from pathlib import Path

import jsonschema
import pytest
from builders_golden import said
from builders_rubric import a_file, a_rubric, mistakes

from grader.exercises.exercise import kinds
from grader.rubric.lint import lint
from grader.rubric.loading import load_rubric, rubric_schema

HEAD = """\
version: 1
title: By hand
"""
ITEMS = """\
items:
- answers_match: {exercise: mine}
  title: Mine
  points: 1
"""


def asking(exercises: str, more: str = "") -> str:
    return f"{HEAD}{more}exercises:\n  {exercises}\n{ITEMS}"


@pytest.mark.parametrize(
    "text",
    [f"{kind}: {{}}" if kind != "training_step" else "training_step: {clipnorm: 1.0}" for kind in kinds()],
)
def test_every_kind_has_a_name_of_the_teachers(tmp_path: Path, text: str) -> None:
    """Its parameters have defaults, and where an exercise is, answers are looked for."""
    rubric = a_rubric(tmp_path, asking(f"mine: {{{text}}}"))

    assert text.partition(":")[0] == rubric.exercises["mine"].kind()
    assert ("answers.npz",) == rubric.plan.files.model_dump()["answers"]


def test_the_files_of_the_rubric_go_first(tmp_path: Path) -> None:
    """A rubric may name them otherwise; without exercises none are looked for."""
    named = a_rubric(tmp_path, asking("mine: {clip_by_norm: }", 'files: {answers: ["a/*.npz"]}\n'))

    assert ("a/*.npz",) == named.plan.files.model_dump()["answers"]
    assert () == load_rubric(a_file(tmp_path)).plan.files.model_dump()["answers"]


@pytest.mark.parametrize(
    "exercises",
    [
        *("mine: {clip_by_nrm: {}}", "mine: {}", "mine: {clip_by_norm: {}, clip_by_value: {}}", "mine: 3"),
        *("Mine One: {clip_by_norm: {}}", "other: {clip_by_norm: {}}", "mine: {clip_by_norm: {capp: 1}}"),
        *("mine: {clip_by_norm: {cap: 0}}", "mine: {training_step: {}}", "mine: {clip_by_norm: {more: [x]}}"),
        "mine: {training_step: {clipnorm: 1, clipvalue: 1}}",
    ],
)
def test_mistakes(tmp_path: Path, exercises: str) -> None:
    """Each is named with its line, and the nearest word that there is."""
    assert all(said(line) for line in mistakes(tmp_path, asking(exercises)))


@pytest.mark.parametrize(
    ("exercises", "is_valid"),
    [
        ({"a": {"clip_by_norm": None}, "b": {"clip_by_value": {"cap": 0.5}}}, True),
        *(
            ({"a": wrong}, False)
            for wrong in ({}, {"clip_by_nrm": {}}, {"clip_by_norm": {}, "clip_by_value": {}})
        ),
        ({"A b": {"clip_by_norm": {}}}, False),
    ],
)
def test_the_schema_for_editors(exercises: object, is_valid: bool) -> None:
    """It asks for one kind of each, as the program does."""
    item = {"answers_match": {"exercise": "a"}, "title": "A", "points": 1}
    rubric = {"version": 1, "title": "By hand", "exercises": exercises, "items": [item]}

    assert is_valid == jsonschema.Draft202012Validator(rubric_schema()).is_valid(rubric)


def test_no_exercises_at_all(tmp_path: Path) -> None:
    """An item that checks one says so."""
    assert all(said(line) for line in mistakes(tmp_path, f"{HEAD}{ITEMS}"))
    assert all(said(line) for line in mistakes(tmp_path, f"{HEAD}exercises: [mine]\n{ITEMS}"))


def test_what_lint_says(tmp_path: Path) -> None:
    """Of an exercise that earns nothing, and of a course without a key."""
    careless = asking("{mine: {clip_by_norm: }, other: {clip_by_norm: }}")
    careful = asking("mine: {clip_by_norm: }", "course_key: dl-2026\n")

    assert 2 == len([said(line) for line in lint(a_rubric(tmp_path, careless))])
    assert () == lint(a_rubric(tmp_path, careful))
