"""How far honest answers in float32 are from the right ones, by library; `answers_match` allows more.

python tests/exercises/spread.py 60
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from builders_exercises import NAME, Arrays, handed_out, solved
from test_kinds import HONEST

from grader.exercises.exercise import Answer
from grader.exercises.handed_out import HandedOut


def distance(given: HandedOut, answers: Arrays) -> float:
    """The largest distance from the nearest right answer, as a share of the largest number in its array."""
    exercise = given.exercises[NAME]

    def of(case: str, answer: Answer) -> float:
        found = 0.0
        for name, right in answer.items():
            if right is None:
                continue
            own = np.asarray(answers[f"{NAME}/{case}/{name}"], np.float64).reshape(right.shape)
            finite = np.isfinite(right)
            if not np.array_equal(own[~finite], right[~finite], equal_nan=True):
                return float("inf")
            largest = abs(right[finite]).max(initial=0.0) or 1.0
            found = max(found, abs(own - right)[finite].max(initial=0.0) / largest)
        return found

    with np.errstate(all="ignore"):
        return max(
            min(of(case.name, one) for one in (exercise.answer(case.given), *exercise.as_right(case.given)))
            for case in given.cases(NAME)
        )


def main(students: int) -> None:
    """Print the median and the largest distance for each library."""
    for library, (kind, parameters, solution) in HONEST.items():
        found = []
        for number in range(students):
            given = handed_out(kind, f"student {number}", **parameters)
            found.append(distance(given, solved(given, solution)))
        print(f"{library:28}{np.median(found):10.1e}{max(found):10.1e}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
