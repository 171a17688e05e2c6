"""Compares the classes that a student predicted with labels that only the teacher has."""

from collections.abc import Iterator

from grader.analysis.predictions import Labels, are_probabilities, examples, joined, no_id, problems
from grader.checks import AsksForAccuracy
from grader.evidence.predictions import Predictions
from grader.messages.message import Message, say, say_counted, together
from grader.messages.wording import accuracy, listed, quoted
from grader.report import Finding, failed, passed

_ALL = say("Hand in one prediction for each id that you were given, under that id.")
_CLASSES = say(
    "Write the class and not its probability: `outputs.argmax(axis=1)`, or with a single output "
    "`(outputs > 0.5).astype(int)`."
)


class PredictionsMatch(AsksForAccuracy):
    """Do enough of the predicted classes match the labels?

    The predictions in the student's file are compared, id by id, with the rubric's `labels`, a CSV with ids
    and classes beside the rubric. No worker and no page ever has these. Classes are texts or numbers; `7.0`
    is `7`, and upper and lower case are not told apart. The accuracy is the share of all labels whose
    prediction is right: an id without a prediction, or with two that differ, counts as wrong. Ids that are
    not among the labels do not count. The report names two of the student's ids for each kind of mistake, and
    no label.

    Predictions of two students are not compared with each other, because right ones are equal.

    Args:
        at_least: The accuracy asked for, as a share: 0.87 for 87 %.
        partial_from: The accuracy from which on a part of the points is given, in proportion to how near it
            is to `at_least`; without it, all or none.

    Example:
        predictions_match: {at_least: 0.87, partial_from: 0.8}
    """

    def find(self, predictions: Predictions, labels: Labels) -> Finding:
        """Compare id by id."""
        found = joined(predictions, labels)
        if not found.pairs and not found.twice:
            return failed(no_id(found), _ALL)
        predicted = {identity: own for identity, (own, _) in found.pairs.items()}
        classes = set(labels.values.values())
        if are_probabilities(predicted.values(), classes):
            one, value = next(iter(predicted.items()))
            sentence = say(
                "The predictions are probabilities, such as {value} for {id}; the rubric asks for classes.",
                value=quoted(value),
                id=quoted(one),
            )
            return failed(sentence, _CLASSES)
        right = sum(own == label for own, label in found.pairs.values())
        share = right / len(labels.values)
        sentence = say(
            "{right} of {count} predictions are right, an accuracy of {share}; the rubric asks for at least "
            "{asked}.",
            right=f"{right:,}",
            count=f"{len(labels.values):,}",
            share=accuracy(share, apart_from=self.at_least if share < self.at_least else None),
            asked=accuracy(self.at_least),
        )
        odd = [identity for identity, own in predicted.items() if own not in classes]
        doubts = [*problems(found), *_no_classes(odd, predicted)]
        if share >= self.at_least:
            return passed(together(sentence, *doubts))
        hint = _ALL if doubts else say("Train a better model, and hand in its predictions for the same ids.")
        return failed(together(sentence, *doubts, self._part), hint, self.share(share))


def _no_classes(odd: list[str], predicted: dict[str, str]) -> Iterator[Message]:
    if odd:
        shown = [
            say("{value} for {id}", value=quoted(predicted[one]), id=quoted(one)) for one in examples(odd)
        ]
        yield say_counted(
            len(odd),
            "{count} prediction is none of the classes: {examples}.",
            "{count} predictions are none of the classes, such as {examples}.",
            examples=listed(shown),
        )
