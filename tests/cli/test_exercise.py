"""`grader exercise make`, and what `grader check` says of the answers."""

import json
from pathlib import Path

import numpy as np
import pytest
from builders_command_line import invoked
from builders_exercises import exactly

from grader.cli.exercise import make
from grader.errors import UsageError
from grader.exercises.exercise import kinds

RUBRIC = """\
version: 1
title: By hand
course_key: dl-2026
language: es
exercises:
  by_hand: {clip_by_global_norm: {cap: 1.0}}
items:
- answers_match: {exercise: by_hand}
  title: By hand
  points: 1
"""


@pytest.fixture
def rubric(tmp_path: Path) -> Path:
    path = tmp_path / "hw.yaml"
    path.write_text(RUBRIC, encoding="utf-8")
    return path


def hand_in(given: Path, folder: Path, declared: str = "") -> None:
    """What a student makes of the file: right answers."""
    arrays = dict(np.load(given))
    answers = {}
    for case in dict.fromkeys(name.rpartition("/")[0] for name in arrays):
        own = {name.rpartition("/")[2]: arrays[name] for name in arrays if name.startswith(f"{case}/")}
        found = kinds()["clip_by_global_norm"]().answer(exactly(own))
        answers |= {f"{case}/{name}": one for name, one in found.items() if one is not None}
    folder.mkdir(exist_ok=True)
    np.savez(folder / "answers.npz", **answers)
    if declared:
        (folder / "submission.yaml").write_text(f"id: {declared}\n", encoding="utf-8")


def test_a_student_makes_an_exercise_and_checks_the_answers(tmp_path: Path, rubric: Path) -> None:
    """The numbers come with a page in the rubric's language, and the check needs no model and no training."""
    made = invoked(
        "exercise", "make", str(rubric), "--student", "ana", "--out", str(tmp_path / "a" / "exercise.npz")
    )
    hand_in(tmp_path / "a" / "exercise.npz", tmp_path / "mine", "ana")
    checked = invoked("check", str(tmp_path / "mine"), "--rubric", str(rubric), "--lang", "en")

    assert 0 == made.exit_code, made.output
    assert "# Ejercicios de ana" in made.stdout
    assert 0 == checked.exit_code, checked.output
    assert "9 of 9 cases of `by_hand` are right" in checked.output


def test_a_class(tmp_path: Path, rubric: Path) -> None:
    """A folder for each student of the roster, by whose ids the class is graded; copies are named."""
    (tmp_path / "roster.csv").write_text("id,name\nana,Ana\nben,Ben\n", encoding="utf-8")
    made = invoked(
        *(
            "exercise",
            "make",
            str(rubric),
            "--all",
            str(tmp_path / "roster.csv"),
            "--out",
            str(tmp_path / "out"),
        )
    )
    for student, from_ in (("ana", "ana"), ("ben", "ana")):
        (tmp_path / "class").mkdir(exist_ok=True)
        hand_in(tmp_path / "out" / from_ / "exercise.npz", tmp_path / "class" / student, "ana")
    invoked(
        *("grade", str(tmp_path / "class"), "--rubric", str(rubric), "--out", str(tmp_path / "graded")),
        *("--roster", str(tmp_path / "roster.csv"), "--lang", "en", "--no-pages"),
    )
    verdicts = {
        student: json.loads((tmp_path / "graded" / student / "report.json").read_text(encoding="utf-8"))
        for student in ("ana", "ben")
    }

    assert 0 == made.exit_code, made.output
    assert ["exercise.md", "exercise.npz"] == sorted(
        path.name for path in (tmp_path / "out" / "ben").iterdir()
    )
    assert "failed" == verdicts["ben"]["verdict"]
    assert "passed" == verdicts["ana"]["items"][0]["status"]
    assert [["ben"], ["ana"]] == [[pair["id"] for pair in verdicts[one]["pairs"]] for one in ("ana", "ben")]


def test_what_cannot_be_made(tmp_path: Path, rubric: Path) -> None:
    """One student or a class, of a rubric that has exercises."""
    out = tmp_path / "exercise.npz"
    with pytest.raises(UsageError, match="Name one student"):
        make(str(rubric), out)
    with pytest.raises(UsageError, match="Name one student"):
        make(str(rubric), out, "ana", tmp_path / "roster.csv")
    with pytest.raises(UsageError, match="has no `exercises`"):
        make("gradient_clipping", out, "ana")
    assert not out.exists()
