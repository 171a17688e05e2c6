"""A part of the evidence that is not there, and who must act."""

from typing import Literal

from grader.evidence.frozen import Frozen
from grader.evidence.values import Sentence
from grader.messages.message import EMPTY


class Problem(Frozen):
    """Why a part of the evidence is not there, for the one who must act.

    `teacher` means that a person has to say what is meant, for which nobody fails. `pending` means that
    nobody must act: the part is not measured yet. `lasts` says that the same would come of measuring it again
    with the same limits.
    """

    who: Literal["student", "teacher", "operator", "pending"]
    message: Sentence
    hint: Sentence = EMPTY
    lasts: bool = False
