"""A class that hands in answers, graded by the real program: honest ones, each usual mistake, and copies."""

import io
import json
import pickle
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from builders_command_line import invoked
from builders_exercises import exactly, in_float32

from grader.exercises.exercise import Exercise
from grader.exercises.handed_out import HandedOut
from grader.rubric import Rubric
from grader.rubric.loading import load_rubric

RUBRIC = Path(__file__).with_name("answered.yaml")
Arrays = dict[str, Any]
# What a student's function makes of one case of an exercise.
Function = Callable[[Exercise, Mapping[str, Any]], Mapping[str, Any]]


@cache
def rubric() -> Rubric:
    return load_rubric(RUBRIC)


def answers(student: str, function: Function) -> Arrays:
    """What a student hands in whose function does this; None is left out."""
    given = HandedOut(rubric().exercises, rubric().plan.course_key, student)
    found: Arrays = {}
    with np.errstate(all="ignore"):
        for name, exercise in given.exercises.items():
            for case in given.cases(name):
                own = function(exercise, exactly(case.given))
                found |= {f"{name}/{case.name}/{key}": one for key, one in own.items() if one is not None}
    return found


def right(exercise: Exercise, given: Mapping[str, Any]) -> Mapping[str, Any]:
    return in_float32(exercise.answer(given))


def mistaken(number: int) -> Function:
    """The usual mistake of this number, in every exercise that has so many."""

    def function(exercise: Exercise, given: Mapping[str, Any]) -> Mapping[str, Any]:
        wrong = exercise.mistakes()[number : number + 1]
        return in_float32({**exercise.answer(given), **(wrong[0].answer(given) if wrong else {})})

    return function


MOST = max(len(exercise.mistakes()) for exercise in rubric().exercises.values())
HONEST: dict[str, Callable[[str], Arrays]] = {
    "float32": lambda student: answers(student, right),
    "float64": lambda student: answers(student, lambda exercise, given: exercise.answer(given)),
    "lists": lambda student: {
        name: one.reshape(one.shape or (1,)) for name, one in answers(student, right).items()
    },
    "columns": lambda student: {
        name: np.asfortranarray(one) for name, one in answers(student, right).items()
    },
    "none": lambda student: {**answers(student, right), "each/no_gradient/gradient_1": np.array(None)},
    "more": lambda student: {
        **answers(student, right),
        "each/below/seconds": np.ones(2),
        "notes": np.ones(9),
    },
}
BY_MISTAKE = {f"mistake_{number}": mistaken(number) for number in range(MOST)}
COPIES: dict[str, Callable[[], Arrays]] = {
    "copy": lambda: HONEST["float32"]("float32"),
    "copy_with_noise": lambda: {
        name: one * np.float32(1 + 1e-6) for name, one in HONEST["float32"]("float32").items()
    },
}


def npz(arrays: Arrays) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def npy(array: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


INSTEAD: dict[str, tuple[str, bytes]] = {
    "a_pickle": ("answers.pkl", pickle.dumps({"each/below/gradient_0": [1.0]})),
    "one_array": ("answers.npy", npy(np.ones(3))),
    "a_table": ("answers.csv", b"each,1.0\n"),
    "the_exercise": ("exercise.npz", b""),
    "nothing": ("readme.txt", b"I did not do it.\n"),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """The report of each student of the class, by the student's id."""
    folder = tmp_path_factory.mktemp("answered")
    for name, content in contents():
        place = folder / "class" / name
        place.mkdir(parents=True)
        file, written = content
        (place / file).write_bytes(written)
    ids = sorted(path.name for path in (folder / "class").iterdir())
    (folder / "roster.csv").write_text("\n".join(["id", *ids]), encoding="utf-8")
    done = invoked(
        *("grade", str(folder / "class"), "--rubric", str(RUBRIC), "--roster", str(folder / "roster.csv")),
        *("--out", str(folder / "graded"), "--no-pages", "--lang", "en"),
    )
    assert done.exit_code in {0, 3}, done.output
    return {
        path.parent.name: json.loads(path.read_text(encoding="utf-8"))
        for path in (folder / "graded").glob("*/report.json")
    }


def contents() -> Iterator[tuple[str, tuple[str, bytes]]]:
    for name, make in HONEST.items():
        yield name, ("answers.npz", npz(make(name)))
    for name, function in BY_MISTAKE.items():
        yield name, ("answers.npz", npz(answers(name, function)))
    for name, copied in COPIES.items():
        yield name, ("answers.npz", npz(copied()))
    for name, (file, content) in INSTEAD.items():
        given = HandedOut(rubric().exercises, rubric().plan.course_key, name)
        yield name, (file, content or given.file())


def said_of(report: Mapping[str, Any], exercise: str) -> tuple[str, str]:
    (item,) = (item for item in report["items"] if item["id"] == exercise)
    return item["status"], item["message"]["text"]


@pytest.mark.parametrize("name", HONEST)
def test_the_honest_pass(graded: Mapping[str, Any], name: str) -> None:
    """Whichever type and form their arrays have; nobody is in doubt but who was copied from."""
    report = graded[name]

    assert {"passed"} == {item["status"] for item in report["items"]}
    assert ("review" if name == "float32" else "passed") == report["verdict"]


@pytest.mark.parametrize("name", BY_MISTAKE)
def test_each_mistake_fails_with_its_sentence(graded: Mapping[str, Any], name: str) -> None:
    """In every exercise that has it, and the other exercises pass."""
    number = int(name.rpartition("_")[2])
    for exercise, kind in rubric().exercises.items():
        status, sentence = said_of(graded[name], exercise)
        if number < len(kind.mistakes()):
            assert "failed" == status
            assert str(kind.mistakes()[number].sentence) in sentence
        else:
            assert "passed" == status


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_fails_and_is_named(graded: Mapping[str, Any], name: str) -> None:
    """It is of the numbers of somebody else; a teacher reads whose, and no student does."""
    assert "failed" == graded[name]["verdict"]
    assert "float32" in {pair["id"] for pair in graded[name]["pairs"]}
    assert all("`float32`" not in item["message"]["text"] for item in graded[name]["items"])


@pytest.mark.parametrize("name", INSTEAD)
def test_what_is_handed_in_instead(graded: Mapping[str, Any], name: str) -> None:
    """It fails, and the report says what it is."""
    report = graded[name]
    sentences = " ".join(item["message"]["text"] for item in report["items"])
    words = {
        "a_pickle": "a pickle",
        "one_array": "a single array",
        "a_table": "a text file",
        "the_exercise": "nothing was clipped",
        "nothing": "No file for the answers was found.",
    }

    assert "failed" == report["verdict"]
    assert words[name] in sentences
