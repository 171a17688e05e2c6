"""Predictions and the labels that only the teacher has: which column is what, and which rows match."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.evidence.frozen import Frozen
from grader.evidence.predictions import Predictions
from grader.messages.message import Message, say, say_counted
from grader.messages.wording import listed, quoted

# Names of columns without case, blanks and marks, the surest first.
# The empty name is that of an index which pandas wrote.
_IDS = (
    *("id", "ids", "imageid", "sampleid", "rowid", "testid", "passengerid", "index", "idx"),
    *("filename", "file", "imagename", "image", "sample", "name", "key", "row", ""),
)
_PREDICTIONS = (
    *("prediction", "predictions", "predicted", "pred", "preds", "ypred", "yhat", "predictedlabel"),
    *("predictedclass", "predictionlabel", "output", "answer", "label", "labels", "class", "classes"),
    *("category", "target", "y", "value", "score"),
)
# A whole number that float64 holds.
_LARGEST_WHOLE = 1e15
_MOST_SHOWN = 2


class Labels(Frozen):
    """The true class or number for each id, both as `compared`, from the column of this name.

    Classes are in small letters.
    """

    column: str
    values: Mapping[str, str]

    @property
    def are_numbers(self) -> bool:
        """Whether each label is a finite number."""
        return all(number_in(label) is not None for label in self.values.values())


@dataclass(frozen=True)
class Joined:
    """Predictions by their ids: those that count, of `rows`, and what was wrong with the others.

    An id that stands `twice`, with different predictions, has none that counts. Ids are the student's own, as
    they were written.
    """

    rows: int
    pairs: Mapping[str, tuple[str, str]]  # of the id as written: the prediction and the label
    missing: int
    unknown: tuple[str, ...]
    twice: tuple[str, ...]


def columns_of(header: Sequence[str]) -> tuple[int, int] | None:
    """The places of the ids and of the predictions in a header; None where they are not known."""
    names = [re.sub(r"[\W_]", "", cell).casefold() for cell in header]
    if len(names) < 2:
        return None
    ids = next((names.index(name) for name in _IDS if name in names), None)
    if ids is None:
        ids = next((at for at, name in enumerate(names) if name.endswith("id")), 0)
    others = [at for at in range(len(names)) if at != ids]
    # An index without a name that pandas wrote in front.
    others = [at for at in others if names[at] or len(others) == 1]
    if len(others) == 1:
        return ids, others[0]
    found = next((at for name in _PREDICTIONS for at in others if names[at] == name), None)
    return None if found is None else (ids, found)


def is_header(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether the first row of a table has names, and no id with its prediction."""
    names = {re.sub(r"[\W_]", "", cell).casefold() for cell in first}
    if names & ({*_IDS, *_PREDICTIONS} - {""}):
        return True
    pairs = zip(first, second, strict=False)
    return any(number_in(above) is None and number_in(below) is not None for above, below in pairs)


def compared(text: str) -> str:
    """An id or a class as it is compared: without blanks around it, and `7` for `7.0`, `07` and `7`."""
    stripped = text.strip()
    value = number_in(stripped)
    is_whole = value is not None and abs(value) < _LARGEST_WHOLE and value == int(value)
    return str(int(value or 0)) if is_whole else stripped


def number_in(text: str) -> float | None:
    """The finite number that a text is, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None


def joined(predictions: Predictions, labels: Labels) -> Joined:
    """Bring predictions and labels together; a first row that can only be a header is none of them."""
    rows = list(zip(predictions.ids, predictions.values, strict=True))
    if len(rows) > 1 and _is_name(rows[0], labels):
        del rows[0]
    written: dict[str, str] = {}
    found: dict[str, set[str]] = {}
    unknown = []
    for identity, prediction in rows:
        key = compared(identity)
        if not prediction.strip():
            continue
        if key not in labels.values:
            unknown.append(identity)
            continue
        written.setdefault(key, identity)
        found.setdefault(key, set()).add(compared(prediction).casefold())
    twice = tuple(written[key] for key, values in found.items() if len(values) > 1)
    pairs = {written[key]: (*values, labels.values[key]) for key, values in found.items() if len(values) == 1}
    return Joined(
        rows=len(rows),
        pairs={identity: (pair[0], pair[1]) for identity, pair in pairs.items()},
        missing=len(labels.values) - len(found),
        unknown=tuple(unknown),
        twice=twice,
    )


def _is_name(row: tuple[str, str], labels: Labels) -> bool:
    identity, prediction = map(compared, row)
    if identity in labels.values or number_in(prediction) is not None:
        return False
    return prediction.casefold() not in labels.values.values()


def are_probabilities(predicted: Iterable[str], classes: Iterable[str]) -> bool:
    """Whether most predictions are shares between 0 and 1, and the classes are none."""
    shares = [0 < value < 1 for text in predicted if (value := number_in(text)) is not None]
    of_classes = any(0 < value < 1 for text in classes if (value := number_in(text)) is not None)
    return not of_classes and sum(shares) * 2 > len(shares) > 0


def examples(texts: Sequence[str]) -> list[str]:
    """The first two of these, each once."""
    return list(dict.fromkeys(texts))[:_MOST_SHOWN]


def no_id(found: Joined) -> Message:
    """That nothing can be compared, with two of the student's ids."""
    return say(
        "None of the ids of {rows} predictions is one that is asked for; they are such as {ids}.",
        rows=f"{found.rows:,}",
        ids=listed([quoted(one) for one in examples(found.unknown)]),
    )


def problems(found: Joined) -> Iterator[Message]:
    """What is wrong with the ids, each kind in a sentence with a count and two of the student's ids."""
    if found.missing:
        yield say_counted(
            found.missing,
            "{count} id has no prediction.",
            "{count} ids have no prediction.",
        )
    if found.twice:
        yield say_counted(
            len(found.twice),
            "{count} id has two predictions that differ: {ids}.",
            "{count} ids have predictions that differ, such as {ids}.",
            ids=listed([quoted(one) for one in examples(found.twice)]),
        )
    if found.unknown:
        yield say_counted(
            len(found.unknown),
            "{count} row has an id that is not asked for: {ids}.",
            "{count} rows have ids that are not asked for, such as {ids}.",
            ids=listed([quoted(one) for one in examples(found.unknown)]),
        )
