"""Equal parts in a class: those whose identity is the same, such as two figures with the same pixels."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from grader.analysis.similarity.features import Features
from grader.evidence.part import wanted
from grader.messages.message import Message, say
from grader.messages.wording import quoted


def names(features: Sequence[Features]) -> tuple[str, ...]:
    """The names of the parts by which submissions of the class can be equal."""
    return tuple(sorted({name for one in features for name, *_ in one.identities}))


def like_parts(features: Sequence[Features], name: str) -> Iterator[tuple[int, int]]:
    """The pairs of positions whose part of this name is equal, each pair once."""
    equal: defaultdict[str, list[int]] = defaultdict(list)
    for position, one in enumerate(features):
        for part, _, identity in one.identities:
            if part == name:
                equal[identity].append(position)
    for positions in equal.values():
        for place, first in enumerate(positions):
            yield from ((first, second) for second in positions[place + 1 :])


def on_parts(here: Features, there: Features, name: str) -> Message:
    """What two equal parts have in common, in a sentence of the first one's report."""
    (mine,) = {file for part, file, _ in here.identities if part == name}
    (theirs,) = {file for part, file, _ in there.identities if part == name}
    word, other = wanted()[name].word, quoted(there.id)
    if mine == theirs != "":
        return say("The {part} is the same file as that of {name}, byte for byte.", part=word, name=other)
    return say("The {part} has the same content as that of {name}.", part=word, name=other)
