"""Equal and nearly equal figures in a class.

Two figures with the same pixels are the same picture. Beside that, fingerprints are compared: the share of
their 1024 bits that differ. Measured on figures of the norms of 600, 1719 and 8595 steps, in one style:

    figures of different runs                                       at least 0.089
    one figure, scaled to a half or to twice its size               at most 0.02
    one figure, compressed to the quality of 85 or 40               at most 0.051

A figure in which little differs, such as one of five epochs, has few bits set and is not compared so: it is
much like every other one.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from grader.analysis.similarity.features import Features, Picture
from grader.messages.phrase import say
from grader.messages.wording import number, quoted

NEARLY = 0.04
BITS = 1024
FEWEST_SET = 100


def like_figures(features: Sequence[Features]) -> Iterator[tuple[int, int]]:
    """The pairs of positions whose figures are equal or nearly so, each pair once."""
    equal: defaultdict[str, list[int]] = defaultdict(list)
    for position, one in enumerate(features):
        for key in {one.figure.file, one.figure.pixels} - {""}:
            equal[key].append(position)
    found = {
        (first, second)
        for positions in equal.values()
        for place, first in enumerate(positions)
        for second in positions[place + 1 :]
    }
    telling = [(place, bits) for place, one in enumerate(features) if (bits := _bits(one.figure)) is not None]
    table = np.array([bits for _, bits in telling])
    for row, (first, bits) in enumerate(telling):
        apart = np.count_nonzero(table[row + 1 :] != bits, axis=1)
        for other in np.flatnonzero(apart <= NEARLY * BITS).tolist():
            found.add((first, telling[row + 1 + other][0]))
    yield from sorted(found)


def on_figures(here: Features, there: Features) -> str:
    """What two figures have in common, in a sentence of the first one's report."""
    one, other, name = here.figure, there.figure, quoted(there.id)
    if one.file == other.file != "":
        return say("The figure is the same file as that of {name}, byte for byte.", name=name)
    if one.pixels == other.pixels != "":
        return say("The figure has the pixels of that of {name}: all of them are equal.", name=name)
    mine, theirs = _bits(one), _bits(other)
    apart = 0.0 if mine is None or theirs is None else float(np.mean(mine != theirs))
    return say(
        "The figure is nearly that of {name}, as one that was scaled or compressed: {apart} of their {bits} "
        "compared places differ. From {nearly} down figures are named; those of different runs differ in "
        "0.089 or more.",
        name=name,
        apart=number(apart),
        bits=BITS,
        nearly=number(NEARLY),
    )


def _bits(picture: Picture) -> npt.NDArray[np.uint8] | None:
    """The bits of a fingerprint, or None where they tell nothing."""
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(picture.fingerprint), dtype=np.uint8))
    return bits if len(bits) == BITS and np.count_nonzero(bits) >= FEWEST_SET else None
