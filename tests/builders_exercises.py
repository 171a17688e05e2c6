"""Students who do exercises: what a function makes of the numbers that one of them was given."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.evidence.answers import Answers, Array
from grader.evidence.values import Numbers
from grader.exercises.exercise import Exercise, kinds
from grader.exercises.handed_out import HandedOut

Arrays = Mapping[str, npt.NDArray[Any]]
# A student's function: what was given in one case, and the answers.
Solution = Callable[[Arrays], Mapping[str, Any]]

NAME = "by_hand"


def handed_out(kind: str, student: str = "ana", **parameters: Any) -> HandedOut:
    """One exercise of this kind, called `by_hand`, as a student gets it who is known by the roster."""
    return HandedOut({NAME: kinds()[kind](**parameters)}, "dl-2026", student, "roster")


def solved(given: HandedOut, solution: Solution) -> dict[str, npt.NDArray[Any]]:
    """What a student hands in: arrays by their names; what the function gives as None is left out."""
    answers = {}
    arrays = given.arrays()
    for case in dict.fromkeys(name.rpartition("/")[0] for name in arrays):
        own = {
            name.removeprefix(f"{case}/"): one for name, one in arrays.items() if name.startswith(f"{case}/")
        }
        with np.errstate(all="ignore"):
            found = solution(own)
        answers |= {f"{case}/{name}": np.asarray(one) for name, one in found.items() if one is not None}
    return answers


def some_answers(arrays: Arrays, **odd: str) -> Answers:
    """The evidence of these arrays."""
    return Answers(
        arrays={
            name: Array(
                dtype=one.dtype.name,
                shape=one.shape,
                values=Numbers("d", np.ascontiguousarray(one, np.float64).tobytes()),
            )
            for name, one in arrays.items()
        },
        odd=odd,
    )


def right(exercise: Exercise) -> Solution:
    """The function of a student who does all as asked, in float32."""
    return lambda given: in_float32(exercise.answer(exactly(given)))


def exactly(given: Arrays) -> Arrays:
    """What was given, with numbers in float64."""
    return {name: one if one.dtype.kind == "i" else one.astype(np.float64) for name, one in given.items()}


def in_float32(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """An answer with numbers in float32."""
    return {name: None if one is None else np.asarray(one, np.float32) for name, one in answer.items()}
