"""Numbers that were handed in as the answers to exercises."""

import hashlib
import math
from collections.abc import Mapping
from itertools import islice
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from grader.evidence.frozen import Frozen
from grader.evidence.part import Part, Wanted
from grader.evidence.values import Count, Sentence, Series, Text
from grader.messages.message import say

MOST_ARRAYS = 2_000
MOST_DIMENSIONS = 8
# Noise within a tolerance of 1e-5 changes the second digit of one in hundreds of these numbers.
_COMPARED = 32


SAVE = say(
    'Save the answers with `np.savez("answers.npz", **answers)`, where `answers` has each array '
    "under its name, and put the file into the submission's folder."
)


class Array(Frozen):
    """One array: its type and shape as they were written, and its numbers in order, the last axis first."""

    dtype: Text
    shape: Annotated[tuple[Count, ...], Field(max_length=MOST_DIMENSIONS)]
    values: Series

    @model_validator(mode="after")
    def _one_value_for_each_place(self) -> Self:
        if math.prod(self.shape) != len(self.values):
            raise ValueError("must have a value for each place of its shape")
        return self


class Answers(Part):
    """The arrays that were handed in, by their names; `odd` says why an array is none of numbers."""

    per_run: ClassVar[bool] = False
    wanted: ClassVar[Wanted | None] = Wanted(
        word=say("answers"),
        description="Patterns for the answers to the `exercises` (NumPy's `.npz`); `answers.npz` where the "
        "rubric has exercises and no patterns.",
        advice=SAVE,
        others=(
            *("*answer*", "*.npz", "*.npy", "*.pt", "*.pth", "*.pkl", "*.pickle", "*.safetensors"),
            *("*.mat", "*.csv", "*.json", "*.txt"),
        ),
    )

    arrays: Annotated[Mapping[Text, Array], Field(max_length=MOST_ARRAYS)]
    odd: Annotated[Mapping[Text, Sentence], Field(max_length=MOST_ARRAYS)] = {}

    @property
    def identity(self) -> str:
        """A hash that copies share, even with a little noise: of a few numbers, to two digits.

        Each student has other numbers, so nobody else shares them.
        """
        numbers = (value for _, one in sorted(self.arrays.items()) for value in one.values)
        found = tuple(islice((f"{one:.1e}" for one in numbers if one and math.isfinite(one)), _COMPARED))
        if len(set(found)) < _COMPARED // 2:
            return ""
        return hashlib.sha256(" ".join(found).encode()).hexdigest()
