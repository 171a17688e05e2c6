"""The pairs that were found in a class, for as long as none of its submissions changes."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from grader.frozen import Frozen
from grader.grading.store import sealed
from grader.report import Pair


class Alike(Frozen):
    """The pairs that one submission is part of, and how many more there are."""

    pairs: tuple[Pair, ...] = ()
    left_out: int = 0


class Pairs(Frozen):
    """The pairs of a class.

    Attributes:
        of: the hash of what they were found in; see `class_sha256`.
        alike: of each submission, in the order of the class.
    """

    of: str
    alike: tuple[Alike, ...]


def class_sha256(program: str, members: Iterable[tuple[str, str, bool]]) -> str:
    """A hash of everything that the pairs of a class depend on.

    Args:
        program: the SHA-256 of the program that looks for them.
        members: of each submission its id, the key of its evidence, and whether its log is doubted.
    """
    return sha256("\n".join([program, *map(repr, members)]).encode()).hexdigest()


def read_pairs(path: Path, of: str) -> tuple[Alike, ...] | None:
    """The pairs of a class, if they were kept."""
    pairs = sealed.read(Pairs, path)
    return pairs.alike if pairs is not None and pairs.of == of else None
