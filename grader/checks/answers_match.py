"""`answers_match`: numbers that a student's own function gave, compared with those of a reference."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from grader.checks import Check, Setting
from grader.evidence.answers import Answers
from grader.exercises.comparison import Comparison, HandedIn, compare
from grader.exercises.handed_out import HandedOut
from grader.messages.message import Message, say, say_counted, together
from grader.messages.wording import number, quoted
from grader.report import Finding, failed, passed, review

# Of float32, and what libraries differ by in adding up some tens of numbers.
_FLOAT32 = 2e-6


class AnswersMatch(Check):
    """Do the answers to an exercise match the right ones?

    The exercise is one of the rubric's `exercises`. `grader exercise make` gives each student other numbers,
    which follow from the rubric's `course_key` and the student's id. Students run their own function on them,
    in NumPy, TensorFlow, PyTorch or JAX, and hand in only its results, as `answers.npz`, so nothing of theirs
    runs here. The right answers are computed in float64. What libraries document differently counts as right:
    the 1e-6 in PyTorch's denominator, Adam's epsilon, an infinite norm.

    A wrong answer is compared with what the usual mistakes lead to, and the report names the mistake and the
    first case that shows it. The id is the roster's where there is one, else that in `submission.yaml`, else
    that of the submission, such as its folder's name. Where no other is known and no answer fits its numbers,
    a teacher is asked.

    Args:
        exercise: The name of one of the rubric's `exercises`.
        within: How far a number may be from the right one, as a share of the largest in its array. float32 is
            exact to 6e-8; honest functions of TensorFlow, Keras and NumPy stay within 2e-6 of it, as
            `python tests/exercises/spread.py` prints, and mistakes are 1e-4 off or more. CS336 of Stanford
            allows 1e-6, the course on deep learning systems of CMU 1e-5.
        partial: Whether each right case earns its part of the points, else all must be right.

    Example:
        answers_match: {exercise: by_hand, within: 1e-5, partial: true}
    """

    exercise: Annotated[str, Field(min_length=1, max_length=60)]
    within: float = Field(default=1e-5, gt=0, le=0.1)
    partial: bool = False

    def find(self, answers: Answers, handed_out: HandedOut) -> Finding:
        """Compare case by case, with the cases that this student was given."""
        own = _handed_in(answers, self.exercise)
        found = self._compared(own, handed_out)
        if not found.at_home and handed_out.otherwise:
            other = self._compared(own, replace(handed_out, student=handed_out.otherwise))
            found = other if other.at_home else found
        counted = say_counted(
            found.cases,
            "{right} of {count} case of {name} is right, within {within}.",
            "{right} of {count} cases of {name} are right, within {within}.",
            right=found.right,
            name=quoted(self.exercise),
            within=number(self.within),
        )
        if found.wrong is None:
            return passed(counted)
        if not found.at_home and handed_out.id_from not in {"roster", "declared"}:
            return review(together(counted, _unknown(handed_out)))
        first = say("The first that is not is {case}.", case=quoted(found.first))
        hint = _CORRECT if found.at_home else together(_whose(handed_out), _CORRECT)
        return failed(together(counted, first, found.wrong), hint, self._share(found))

    def _compared(self, own: HandedIn, handed_out: HandedOut) -> Comparison:
        exercise, cases = handed_out.exercises[self.exercise], handed_out.cases(self.exercise)
        return compare(exercise, self.exercise, cases, own, self.within)

    def _share(self, found: Comparison) -> float:
        return found.right / found.cases if self.partial else 0.0

    def warnings(self, setting: Setting) -> Iterator[str]:  # noqa: ARG002  (it does not depend on others)
        """float32 is not as exact as some tolerances."""
        if self.within < _FLOAT32:
            yield (
                f"has `within` {self.within:g}, but honest answers in float32 differ by up to {_FLOAT32:g}."
            )


_CORRECT = say(
    "Correct your function, run it on every case of your `exercise.npz`, and hand in all answers again."
)


def _handed_in(answers: Answers, exercise: str) -> HandedIn:
    import numpy as np

    own = {name: one for name, one in answers.arrays.items() if name.startswith(f"{exercise}/")}
    return HandedIn(
        arrays={name: np.asarray(one.values, np.float64).reshape(one.shape) for name, one in own.items()},
        odd=answers.odd,
        dtypes={name: one.dtype for name, one in own.items()},
    )


def _whose(handed_out: HandedOut) -> Message:
    return say(
        "No answer fits the numbers of the id {student}: use the `exercise.npz` that was made for you.",
        student=quoted(handed_out.student),
    )


def _unknown(handed_out: HandedOut) -> Message:
    return say(
        "No answer fits the numbers of {student}, and nothing else says whose numbers they are: "
        'write your id into `submission.yaml`, as in `id: "12345"`.',
        student=quoted(handed_out.student),
    )
