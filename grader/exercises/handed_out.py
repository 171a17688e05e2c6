"""What one student is given: the arrays of all exercises of a rubric, and the names of the answers."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from grader.evidence.notebook import Cell
from grader.exercises.drawing import Drawing
from grader.exercises.exercise import Case, Exercise
from grader.messages.languages import Language, translated
from grader.messages.message import Message, joined, say
from grader.messages.safe_text import plain
from grader.submissions.student_seed import student_seed

if TYPE_CHECKING:
    import numpy.typing as npt

IdFrom = Literal["roster", "declared", "folder", "platform"]
# What a student finds beside the exercise, and hands in.
GIVEN, PAGE, ANSWERS = "exercise.npz", "exercise.md", "answers.npz"
# What a student runs; `your_function` gives an array for each name that the page asks for.
LOOP = f"""\
given = np.load("{GIVEN}")
cases = dict.fromkeys(name.rpartition("/")[0] for name in given.files)
answers = {{}}
for case in cases:
    arrays = {{name.rpartition("/")[2]: given[name] for name in given.files if name.startswith(f"{{case}}/")}}
    for name, answer in your_function(case, arrays).items():
        answers[f"{{case}}/{{name}}"] = np.asarray(answer)
"""


@dataclass(frozen=True)
class HandedOut:
    """The exercises of a rubric as the student with an id gets them, and where that id is from.

    Where it is a declared one, they may have been made for that of the submission, `otherwise`. The
    `notebook` has the cells of the one that all students start from.
    """

    exercises: Mapping[str, Exercise] = field(default_factory=dict)
    course_key: str = ""
    student: str = ""
    id_from: IdFrom = "folder"
    otherwise: str = ""
    notebook: tuple[Cell, ...] = ()

    def cases(self, name: str) -> tuple[Case, ...]:
        """The cases of the exercise of this name."""
        seed = student_seed(self.course_key, self.student, f"exercise {name}")
        return tuple(self.exercises[name].cases(Drawing(seed)))

    def arrays(self) -> "dict[str, npt.NDArray[Any]]":
        """Everything that is handed out, under the names that stand in the file."""
        import numpy as np

        return {
            f"{name}/{case.name}/{key}": array.astype(np.int32 if array.dtype.kind == "i" else np.float32)
            for name in self.exercises
            for case in self.cases(name)
            for key, array in case.given.items()
        }

    def file(self) -> bytes:
        """The file that is handed out: an `.npz` that is the same each time."""
        import numpy as np

        stream = io.BytesIO()
        np.savez(stream, allow_pickle=False, **self.arrays())
        return stream.getvalue()

    def page(self, language: Language) -> str:
        """What to do with the file, as Markdown: how answers are saved, and what each exercise asks for."""
        told: list[Message | str] = [
            joined("", ("# ", say("Exercises for {student}", student=plain(self.student)))),
            say(
                "`{given}` has what you are given, under names such as `exercise/case/array`. Run your own "
                "function on each case, put each answer under `exercise/case/name`, and hand in `{answers}`:",
                given=GIVEN,
                answers=ANSWERS,
            ),
            _PROGRAM,
            say("Where a case has no array of a name, leave out the answer of that name, too."),
            *(joined("\n\n", (f"## {name}", *self._asked(name))) for name in self.exercises),
        ]
        return "\n\n".join(translated(one, language) for one in told) + "\n"

    def _asked(self, name: str) -> tuple[Message, Message]:
        exercise, cases = self.exercises[name], self.cases(name)
        answers = dict.fromkeys(key for case in cases for key in exercise.answer(case.given))
        return exercise.task(), say(
            "Cases: {cases}. Answers: {answers}.",
            cases=", ".join(f"`{case.name}`" for case in cases),
            answers=", ".join(f"`{key}`" for key in answers),
        )


_PROGRAM = f"""\
```python
import numpy as np

{LOOP}np.savez("{ANSWERS}", **answers)
```"""
