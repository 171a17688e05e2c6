"""Answers as evidence: what is held, and when two are copies."""

import numpy as np
import pytest
from builders_exercises import NAME, handed_out, right, solved, some_answers
from pydantic import ValidationError

from grader.evidence.answers import Answers, Array


def test_an_array_has_a_value_for_each_place() -> None:
    """A worker that was taken over cannot say otherwise."""
    with pytest.raises(ValidationError):
        Array(dtype="float32", shape=(2, 3), values=(1.0,))


def test_they_travel_as_they_are() -> None:
    """Through JSON and back, NaN and infinity included."""
    answers = some_answers({"a": np.array([1.5, np.inf, np.nan])}, b="is odd")
    again = Answers.model_validate_json(answers.model_dump_json())

    assert bytes(answers.arrays["a"].values) == bytes(again.arrays["a"].values)  # type: ignore[arg-type]
    assert answers.odd == again.odd


def test_who_shares_an_identity() -> None:
    """Copies do, even with a little noise; two students do not, nor do those who wrote nothing yet."""
    ana, ben = (handed_out("clip_by_norm", student) for student in ("ana", "ben"))
    own = solved(ana, right(ana.exercises[NAME]))
    noise = {name: one * np.float32(1 + 1e-6) for name, one in own.items()}
    theirs = solved(ben, right(ben.exercises[NAME]))

    assert some_answers(own).identity == some_answers(noise).identity != ""
    assert some_answers(own).identity != some_answers(theirs).identity
    assert "" == some_answers({name: one * 0 + 1 for name, one in own.items()}).identity
