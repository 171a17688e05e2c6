"""Compares the numbers that a student predicted with those that only the teacher has."""

import math
from typing import ClassVar, Literal

from pydantic import Field

from grader.analysis.predictions import Labels, examples, joined, no_id, number_in, problems
from grader.checks import Check
from grader.evidence.predictions import Predictions
from grader.messages.message import Message, say, say_counted, together
from grader.messages.wording import listed, metric, number, quoted
from grader.report import Finding, failed, passed

# The sum of so many squares is finite.
_TOO_LARGE = 1e140
_ALL = say("Hand in one finite number for each id that you were given, under that id.")


class PredictionsAreNear(Check):
    """Are the predicted numbers as near to the true ones as asked?

    The predictions in the student's file are compared, id by id, with the rubric's `labels`, a CSV with ids
    and numbers beside the rubric. No worker and no page ever has these. Every id must have one finite number,
    or two that are equal; ids that are not among the labels do not count. The report names two of the
    student's ids for each kind of mistake, and no true number.

    Args:
        error: The mean absolute error (`mae`), or the root of the mean squared error (`rmse`).
        at_most: The largest error that passes, in the unit of the labels.

    Example:
        predictions_are_near: {error: mae, at_most: 2.5}
    """

    compares_numbers: ClassVar[bool] = True

    error: Literal["mae", "rmse"] = "mae"
    at_most: float = Field(gt=0, lt=_TOO_LARGE)

    def find(self, predictions: Predictions, labels: Labels) -> Finding:
        """Compare id by id."""
        found = joined(predictions, labels)
        if not found.pairs and not found.twice:
            return failed(no_id(found), _ALL)
        differences, odd = [], []
        for identity, (own, label) in found.pairs.items():
            value, true = number_in(own), number_in(label)
            if value is None or true is None or abs(value) > _TOO_LARGE:
                odd.append(identity)
            else:
                differences.append(value - true)
        doubts = list(problems(found))
        if odd:
            pairs = [(found.pairs[one][0], one) for one in examples(odd)]
            doubts.append(_no_numbers(len(odd), pairs))
        if odd or found.missing or found.twice:
            asked = say(
                "The rubric asks for one finite number for each of {count} ids.", count=len(labels.values)
            )
            return failed(together(*doubts, asked), _ALL)
        value = self._error(differences)
        sentence = say(
            "The {error} of {count} predictions is {found}; the rubric asks for at most {asked}.",
            error=metric(self.error),
            count=f"{len(differences):,}",
            found=number(value, apart_from=self.at_most),
            asked=number(self.at_most),
        )
        if value <= self.at_most * (1 + 1e-9):
            return passed(together(sentence, *doubts))
        hint = say("Train a better model, and hand in its predictions for the same ids.")
        return failed(together(sentence, *doubts), hint)

    def _error(self, differences: list[float]) -> float:
        if self.error == "mae":
            return math.fsum(map(abs, differences)) / len(differences)
        return math.sqrt(math.fsum(one * one for one in differences) / len(differences))


def _no_numbers(count: int, pairs: list[tuple[str, str]]) -> Message:
    shown = [say("{value} for {id}", value=quoted(value), id=quoted(one)) for value, one in pairs]
    return say_counted(
        count,
        "{count} prediction is no finite number: {examples}.",
        "{count} predictions are no finite numbers, such as {examples}.",
        examples=listed(shown),
    )
