"""What one student is given: the file, and the page beside it."""

import io

import numpy as np
import pytest
from builders_exercises import NAME, handed_out
from builders_golden import said

from grader.exercises.exercise import kinds
from grader.exercises.handed_out import HandedOut
from grader.messages.languages import LANGUAGES

PARAMETERS = {"training_step": {"clipnorm": 1.0}, "clip_by_norm": {"more": ("embedding",)}}


@pytest.mark.parametrize("kind", kinds())
def test_the_file_and_the_page(kind: str) -> None:
    """Numbers alone, which are this student's and the same each time; the page says what to do."""
    given = handed_out(kind, **PARAMETERS.get(kind, {}))
    other = HandedOut(given.exercises, given.course_key, "ben")
    next_year = HandedOut(given.exercises, "dl-2027", "ana")

    arrays = np.load(io.BytesIO(given.file()), allow_pickle=False)
    assert given.file() == given.file()
    assert {"float32", "int32"} >= {arrays[name].dtype.name for name in arrays.files}
    assert all(name.startswith(f"{NAME}/") and name.count("/") == 2 for name in arrays.files)
    for changed in (other.arrays(), next_year.arrays()):
        same = [name for name, one in changed.items() if np.array_equal(one, arrays[name])]
        assert not [name for name in same if arrays[name].size > 9 and arrays[name].any()]
    assert said(given.page("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_the_program(language: str) -> None:
    """It is the same in every language."""
    assert 'np.savez("answers.npz", **answers)' in handed_out("clip_by_norm").page(language)  # type: ignore[arg-type]


def test_the_program_on_the_page_runs() -> None:
    """A student who copies it and fills in a function gets a file of answers with the right names."""
    given = handed_out("clip_by_norm")
    program = given.page("en").partition("```python\n")[2].partition("```")[0]
    stream = io.BytesIO()
    files = {"exercise.npz": io.BytesIO(given.file()), "answers.npz": stream}

    class Fake:
        """NumPy, with files in memory."""

        def __getattr__(self, name: str) -> object:
            return getattr(np, name)

        def load(self, name: str) -> object:
            return np.load(files[name])

        def savez(self, name: str, **arrays: object) -> None:
            np.savez(files[name], **arrays)  # type: ignore[arg-type]

    own = {"np": Fake(), "your_function": lambda _, arrays: {"gradient_0": arrays["gradient_0"]}}
    exec(program.replace("import numpy as np", ""), own)  # noqa: S102  (it is ours)

    assert f"{NAME}/far_above/gradient_0" in np.load(io.BytesIO(stream.getvalue())).files


def test_two_exercises_of_one_kind() -> None:
    """They have other numbers."""
    kind = kinds()["clip_by_norm"]()
    given = HandedOut({"one": kind, "two": kind}, "dl-2026", "ana")
    arrays = given.arrays()

    assert not np.array_equal(arrays["one/below/gradient_0"], arrays["two/below/gradient_0"])
