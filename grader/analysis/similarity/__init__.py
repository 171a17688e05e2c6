"""Submissions of a class that are so like one another that a teacher should see them side by side.

Equal work is no proof of anything: a notebook that fixes its seed gives all who run it the same numbers.
So a pair is named in both reports and decided by nobody here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from grader.analysis.similarity.features import Features, equal_pairs
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


# A part, the pairs that are alike by it, what to say of one in the report of its first, and the hint.
_Way = tuple[str, Iterator[tuple[int, int]], Callable[[Features, Features], Message], Message]


@dataclass(frozen=True)
class Likeness:
    """The pairs that one submission is part of, by part, and how many more are like it than are named."""

    pairs: tuple[Pair, ...] = ()
    left_out: int = 0


def find_pairs(features: Sequence[Features]) -> tuple[Likeness, ...]:
    """The likeness of each submission of a class, in its order; each pair stands with both.

    A submission has features of each of its runs, which are compared with all of the others.
    """
    pairs: defaultdict[str, list[Pair]] = defaultdict(list)
    others: defaultdict[str, set[str]] = defaultdict(set)
    ids = [one.id for one in features]
    for part, alike, sentence, hint in _ways(features):
        like: defaultdict[int, set[int]] = defaultdict(set)
        for first, second in alike:
            if ids[first] != ids[second]:
                like[first].add(second)
                like[second].add(first)
        named: defaultdict[str, set[str]] = defaultdict(set)
        for here, found in like.items():
            own = ids[here]
            others[own].update(ids[there] for there in found)
            for there in sorted(found):
                if len(named[own]) < MOST_NAMED and ids[there] not in named[own]:
                    named[own].add(ids[there])
                    message = sentence(features[here], features[there])
                    pairs[own].append(Pair(id=ids[there], part=part, message=message, hint=hint))
    return tuple(
        Likeness(
            pairs=tuple(pairs[own]),
            left_out=len(others[own]) - len({pair.id for pair in pairs[own]}),
        )
        for own in dict.fromkeys(ids)
    )


def _ways(features: Sequence[Features]) -> Iterator[_Way]:
    yield "model", like_models(features), on_models, SAME_WORK
    yield "log", like_logs(features), on_logs, SAME_WORK
    yield "log and model", like_optimizers(features), on_optimizers, MIXED_UP
    for name in sorted({name for one in features for name, *_ in one.identities}):
        yield name, _like_parts(features, name), partial(_on_parts, name=name), SAME_WORK


def _like_parts(features: Sequence[Features], name: str) -> Iterator[tuple[int, int]]:
    """The pairs of positions whose part of this name is equal, each pair once."""
    return equal_pairs([identity for part, _, identity in one.identities if part == name] for one in features)


def _on_parts(here: Features, there: Features, name: str) -> Message:
    """What two equal parts have in common, in a sentence of the first one's report."""
    (mine,) = {file for part, file, _ in here.identities if part == name}
    (theirs,) = {file for part, file, _ in there.identities if part == name}
    word, other = wanted()[name].word, quoted(there.id)
    if mine == theirs != "":
        return say("The {part} is the same file as that of {name}, byte for byte.", part=word, name=other)
    return say("The {part} has the same content as that of {name}.", part=word, name=other)
