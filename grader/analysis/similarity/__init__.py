"""Submissions of a class that are so like one another that a teacher should see them side by side.

Equal work is no proof of anything: a notebook that fixes its seed gives all who run it the same numbers.
So a pair is named in both reports and decided by nobody here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from grader.analysis.similarity.features import Features
from grader.analysis.similarity.logs import like_logs, on_logs
from grader.analysis.similarity.models import like_models, like_optimizers, on_models, on_optimizers
from grader.analysis.similarity.tables import Marks, Numbering, Positions, Table, sharing
from grader.evidence.part import wanted
from grader.messages.message import Message, say
from grader.messages.wording import quoted
from grader.report import Pair

# Where a whole class is alike, a report with all of the names would help nobody.
MOST_NAMED = 20
# So many cells of the table of a class are in memory at a time.
CELLS = 1_000_000

SAME_WORK = say(
    "This may be honest work: a notebook that fixes its seed gives the same numbers to all who run "
    "it, and two students may have worked together where that is allowed. Look at both submissions, "
    "ask how they were made, and decide."
)
MIXED_UP = say(
    "Files may have been mixed up between two students who worked side by side. Look at both "
    "submissions, ask how they were made, and decide."
)


@dataclass(frozen=True)
class Likeness:
    """The pairs that one submission is part of, by part, and how many more are like it than are named."""

    pairs: tuple[Pair, ...] = ()
    left_out: int = 0


@dataclass(frozen=True)
class _Way:
    """A part, what to say of a pair that is alike by it in the report of its first, and the hint."""

    part: str
    sentence: Callable[[Features, Features], Message]
    hint: Message


class Likenesses(Mapping[str, Likeness]):
    """The likeness of each submission that resembles another one, with sentences made when it is asked for.

    Of each it keeps the pairs that are named, as numbers: the way, and the positions of both.
    """

    def __init__(
        self,
        features: Sequence[Features],
        ways: Sequence[_Way],
        found: Mapping[str, tuple[npt.NDArray[np.int32], int]],
    ) -> None:
        """Take what `find_pairs` found."""
        self._features, self._ways, self._found = features, ways, found

    def __getitem__(self, id: str) -> Likeness:  # noqa: A002  (its name in the report)
        pairs, left_out = self._found[id]
        return Likeness(tuple(self._pair(*one) for one in pairs.tolist()), left_out)

    def __contains__(self, id: object) -> bool:  # noqa: A002  (its name in the report)
        return id in self._found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def _pair(self, way: int, here: int, there: int) -> Pair:
        own, other = self._features[here], self._features[there]
        one = self._ways[way]
        return Pair(id=other.id, part=one.part, message=one.sentence(own, other), hint=one.hint)


def find_pairs(features: Sequence[Features], cells: int = CELLS) -> Likenesses:
    """The pairs of a class, each with both; the first others in the order of the class are named.

    A submission has features of each of its runs, side by side, which are compared with all of the others.
    """
    ways, tables = zip(*_ways(features), strict=True)
    numbering = Numbering()
    edges = [position for position, one in enumerate(features) if numbering.add(one.id)]
    owners = numbering.numbers()
    edges.append(len(owners))
    found: dict[int, tuple[npt.NDArray[np.int32], int]] = {}
    step = max(1, cells * (len(edges) - 1) // max(1, len(owners) ** 2))
    for first in range(0, len(edges) - 1, step):
        rows = slice(edges[first], edges[min(first + step, len(edges) - 1)])
        block = [table(rows) for table in tables]
        for start, end in pairwise(edges[first : first + step + 1]):
            own = [marks[start - rows.start : end - rows.start] for marks in block]
            for marks in own:
                marks[:, start:end] = False
            if any(marks.any() for marks in own):
                found[start] = _named(own, start, owners)
    return Likenesses(features, ways, {features[start].id: named for start, named in found.items()})


def _named(own: Sequence[Marks], start: int, owners: Positions) -> tuple[npt.NDArray[np.int32], int]:
    """Of one submission, from its marks by each way: the pairs to name, and how many others are left out."""
    pairs: list[tuple[int, int, int]] = []
    for way, marks in enumerate(own):
        named: set[int] = set()
        for here, there in (
            (here, int(there)) for here, row in enumerate(marks) for there in np.flatnonzero(row)
        ):
            if len(named) == MOST_NAMED:
                break
            if owners[there] not in named:
                named.add(int(owners[there]))
                pairs.append((way, start + here, there))
    others = owners[np.logical_or.reduce([marks.any(axis=0) for marks in own])]
    every = np.array(pairs, np.int32)
    return every, len(np.unique(others)) - len(np.unique(owners[every[:, 2]]))


def _ways(features: Sequence[Features]) -> Iterator[tuple[_Way, Table]]:
    # What takes most memory while it is made comes first.
    logs = like_logs(features)
    yield _Way("model", on_models, SAME_WORK), like_models(features)
    yield _Way("log", on_logs, SAME_WORK), logs
    yield _Way("log and model", on_optimizers, MIXED_UP), like_optimizers(features)
    for name, table in _like_parts(features).items():
        yield _Way(name, partial(_on_parts, name=name), SAME_WORK), table


def _like_parts(features: Iterable[Features]) -> dict[str, Table]:
    """For the name of each part the table of those whose part is equal."""
    every = [one.identities for one in features]
    return {
        name: sharing([identity for part, _, identity in own if part == name] for own in every)
        for name in sorted({name for own in every for name, *_ in own})
    }


def _on_parts(here: Features, there: Features, name: str) -> Message:
    """What two equal parts have in common, in a sentence of the first one's report."""
    (mine,) = {file for part, file, _ in here.identities if part == name}
    (theirs,) = {file for part, file, _ in there.identities if part == name}
    word, other = wanted()[name].word, quoted(there.id)
    if mine == theirs != "":
        return say("The {part} is the same file as that of {name}, byte for byte.", part=word, name=other)
    return say("The {part} has the same content as that of {name}.", part=word, name=other)
