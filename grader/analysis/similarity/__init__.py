"""Submissions of a class that are so like one another that a teacher should see them side by side.

Equal work is no proof of anything: a notebook that fixes its seed gives all who run it the same numbers.
So a pair is named in both reports and decided by nobody here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from grader.analysis.similarity.features import Features
from grader.analysis.similarity.logs import like_logs, on_logs
from grader.analysis.similarity.models import like_models, like_optimizers, on_models, on_optimizers
from grader.evidence.part import wanted
from grader.messages.message import Message, say
from grader.messages.wording import quoted
from grader.report import Pair

# Where a whole class is alike, a report with all of the names would help nobody.
MOST_NAMED = 20

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
class _Way:
    """A way in which two submissions can be alike: how to find pairs, and what to say of one."""

    part: str
    find: Callable[[Sequence[Features]], Iterator[tuple[int, int]]]
    sentence: Callable[[Features, Features], Message]
    hint: Message


_WAYS = (
    _Way("model", like_models, on_models, SAME_WORK),
    _Way("log", like_logs, on_logs, SAME_WORK),
    _Way("log and model", like_optimizers, on_optimizers, MIXED_UP),
)


def _of_part(name: str) -> _Way:
    """The way in which two submissions are alike by an equal part of this name."""
    return _Way(name, partial(_like_parts, name=name), partial(_on_parts, name=name), SAME_WORK)


@dataclass(frozen=True)
class Likeness:
    """The pairs that one submission is part of, by part, and how many more are like it than are named."""

    pairs: tuple[Pair, ...] = ()
    left_out: int = 0


def find_pairs(features: Sequence[Features]) -> tuple[Likeness, ...]:
    """The likeness of each submission of a class, in its order; each pair stands with both."""
    pairs: defaultdict[int, list[Pair]] = defaultdict(list)
    others: defaultdict[int, set[int]] = defaultdict(set)
    for way in (*_WAYS, *map(_of_part, _names_of_parts(features))):
        like: defaultdict[int, set[int]] = defaultdict(set)
        for first, second in way.find(features):
            like[first].add(second)
            like[second].add(first)
        for here, found in like.items():
            others[here] |= found
            for there in sorted(found)[:MOST_NAMED]:
                message = way.sentence(features[here], features[there])
                pairs[here].append(Pair(id=features[there].id, part=way.part, message=message, hint=way.hint))
    return tuple(
        Likeness(
            pairs=tuple(pairs[position]),
            left_out=len(others[position]) - len({pair.id for pair in pairs[position]}),
        )
        for position in range(len(features))
    )


def _names_of_parts(features: Sequence[Features]) -> tuple[str, ...]:
    """The names of the parts by which submissions of the class can be equal."""
    return tuple(sorted({name for one in features for name, *_ in one.identities}))


def _like_parts(features: Sequence[Features], name: str) -> Iterator[tuple[int, int]]:
    """The pairs of positions whose part of this name is equal, each pair once."""
    equal: defaultdict[str, list[int]] = defaultdict(list)
    for position, one in enumerate(features):
        for part, _, identity in one.identities:
            if part == name:
                equal[identity].append(position)
    for positions in equal.values():
        yield from combinations(positions, 2)


def _on_parts(here: Features, there: Features, name: str) -> Message:
    """What two equal parts have in common, in a sentence of the first one's report."""
    (mine,) = {file for part, file, _ in here.identities if part == name}
    (theirs,) = {file for part, file, _ in there.identities if part == name}
    word, other = wanted()[name].word, quoted(there.id)
    if mine == theirs != "":
        return say("The {part} is the same file as that of {name}, byte for byte.", part=word, name=other)
    return say("The {part} has the same content as that of {name}.", part=word, name=other)
