"""Compares what was handed in with the right answers, and with what the usual mistakes lead to."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.exercises.exercise import Answer, Array, Arrays, Case, Exercise, Mistake
from grader.messages.message import Message, say, together
from grader.messages.wording import number, quoted

# The sine of an angle that no rounding makes.
_TURNED = 1e-3
_LONGEST_KEY = 120


@dataclass(frozen=True)
class HandedIn:
    """What was handed in under the names of an exercise: arrays, and of what is none, what it is."""

    arrays: Arrays
    odd: Mapping[str, Message]
    dtypes: Mapping[str, str]


@dataclass(frozen=True)
class Comparison:
    """How many of the cases are right, and of the first that is not its name and what is wrong with it.

    It is not `at_home` if no case that depends on the student's own numbers is right, and no usual mistake
    explains one: the answers may be to the numbers of somebody else.
    """

    cases: int
    right: int
    first: str = ""
    wrong: Message | None = None
    at_home: bool = True


def compare(
    exercise: Exercise, name: str, cases: Sequence[Case], handed_in: HandedIn, within: float
) -> Comparison:
    """Compare the answers to an exercise; a number may differ by `within` of the largest in its array."""
    import numpy as np

    with np.errstate(all="ignore"):
        found = [_Compared(exercise, f"{name}/{case.name}/", case, handed_in, within) for case in cases]
        wrong = [one for one in found if not one.is_right]
        if not wrong:
            return Comparison(len(cases), len(cases))
        first = wrong[0]
        mistake = _explaining(exercise.mistakes(), found, first)
        sentence = first.missing() or (mistake and mistake.sentence) or first.difference()
        telling = [one for one in found if one.tells and (one.is_right or not one.missing())]
        at_home = mistake is not None or not telling or any(one.is_right for one in telling)
    return Comparison(len(cases), len(cases) - len(wrong), first.case.name, sentence, at_home)


def _explaining(
    mistakes: Sequence[Mistake], found: Sequence["_Compared"], first: "_Compared"
) -> Mistake | None:
    """The mistake that explains the first wrong case, and most of the cases."""
    explaining = [mistake for mistake in mistakes if first.is_explained_by(mistake)]
    return max(explaining, key=lambda one: sum(case.agrees_with(one) for case in found), default=None)


class _Compared:
    """One case, with what was handed in for it under the names that begin with `prefix`."""

    def __init__(
        self, exercise: Exercise, prefix: str, case: Case, handed_in: HandedIn, within: float
    ) -> None:
        self.case, self._exercise, self._prefix, self._within = case, exercise, prefix, within
        self._handed_in = handed_in
        self._arrays = {
            name.removeprefix(prefix): one
            for name, one in handed_in.arrays.items()
            if name.startswith(prefix)
        }
        self._answer = exercise.answer(case.given)
        every = (self._answer, *exercise.as_right(case.given))
        self.is_right = any(not self._differing(answer) for answer in every)

    @property
    def tells(self) -> bool:
        """Whether the right answer depends on the student's own numbers."""
        return any(one is not None and one.any() for one in self._answer.values())

    def agrees_with(self, mistake: Mistake) -> bool:
        """Whether this is what the mistake leads to in this case."""
        return not self._differing(mistake.answer(self.case.given))

    def is_explained_by(self, mistake: Mistake) -> bool:
        """Whether the mistake leads to what is wrong here."""
        wrong = mistake.answer(self.case.given)
        return bool(wrong.keys() & set(self._differing(self._answer))) and not self._differing(wrong)

    def _differing(self, answer: Answer) -> list[str]:
        return [name for name, one in answer.items() if not self._fits(name, one)]

    def _fits(self, name: str, right: Array | None) -> bool:
        found = self._arrays.get(name)
        if right is None:
            return found is None or not found.any()
        if found is None or _shape(found, right) != right.shape:
            return False
        return self._near(found.reshape(right.shape), right)

    def _near(self, found: Array, right: Array) -> bool:
        import numpy as np

        finite = np.isfinite(right)
        largest = abs(right[finite]).max(initial=0.0)
        is_near = abs(found - right) <= self._within * largest
        is_same = (np.isnan(right) & np.isnan(found)) | (right == found)
        return bool(np.where(finite, is_near, is_same).all())

    def missing(self) -> Message | None:
        """What is not there, or is no array of the right shape."""
        asked = {name: one for name, one in self._answer.items() if one is not None}
        odd = self._handed_in.odd
        if not any(name in self._arrays or self._prefix + name in odd for name in asked):
            return say(
                "Nothing was handed in for it; asked for is {name}.", name=self._key(next(iter(asked)))
            )
        for name, right in asked.items():
            found = self._arrays.get(name)
            if found is None:
                if self._prefix + name in odd:
                    return say("{name} {what}.", name=self._key(name), what=odd[self._prefix + name])
                others = [one for one in self._arrays if one not in self._answer]
                for near in difflib.get_close_matches(name, others, 1):
                    return say(
                        "{name} is missing; there is {near}.", name=self._key(name), near=self._key(near)
                    )
                return say("{name} is missing.", name=self._key(name))
            if _shape(found, right) != right.shape:
                sentence = say(
                    "{name} has the shape {found}; asked for is {asked}.",
                    name=self._key(name),
                    found=str(found.shape),
                    asked=str(right.shape),
                )
                turned = say("It is transposed.") if found.shape == right.shape[::-1] else None
                return together(sentence, turned)
        return None

    def difference(self) -> Message:
        """The first array that differs, where it differs most, and whether its direction does."""
        import numpy as np

        name = self._differing(self._answer)[0]
        right, found = self._answer[name], self._arrays[name]
        if right is None:
            return say("{name} must be 0 or left out.", name=self._key(name))
        found = found.reshape(right.shape)
        is_same = (found == right) | (np.isnan(found) & np.isnan(right))
        apart = np.where(is_same, 0.0, np.nan_to_num(abs(found - right), nan=np.inf, posinf=np.inf))
        place = np.unravel_index(int(apart.argmax()), right.shape)
        here, asked = float(found[place]), float(right[place])
        sentence = say(
            "{name} has {found} at {place}; asked for is {asked}.",
            name=self._key(name),
            found=number(here, apart_from=asked),
            place=f"[{', '.join(map(str, place))}]",
            asked=number(asked),
        )
        if not right.ndim:
            sentence = say(
                "{name} is {found}; asked for is {asked}.",
                name=self._key(name),
                found=number(here, apart_from=asked),
                asked=number(asked),
            )
        given = self.case.given.get(name)
        if self._exercise.keeps_direction() and given is not None and _is_turned(found, given):
            return together(sentence, say("Its direction is not that of the gradient, which clipping keeps."))
        if self._handed_in.dtypes.get(self._prefix + name) == "float16":
            return together(sentence, say("It is float16, which has three digits; compute in float32."))
        return sentence

    def _key(self, name: str) -> str:
        return quoted(self._prefix + name, _LONGEST_KEY)


def _shape(found: Array, right: Array) -> tuple[int, ...]:
    """The shape; a list of one number is as good as a number."""
    return right.shape if not right.ndim and found.size == 1 else found.shape


def _is_turned(found: Array, given: Array) -> bool:
    """Whether an array is no positive multiple of another one."""
    import numpy as np

    one, other = found.ravel(), given.ravel()
    sizes = float(np.linalg.norm(one) * np.linalg.norm(other))
    if not 0 < sizes < np.inf:
        return False
    cosine = float(one @ other) / sizes
    return cosine < 1 - _TURNED**2 / 2
