"""Who is like whom in a class: tables worked out in rows, because a whole one would fill the memory."""

from collections.abc import Callable, Hashable, Iterable
from itertools import chain

import numpy as np
import numpy.typing as npt

Positions = npt.NDArray[np.intp]
Marks = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]

# For the submissions in a range, a row each that marks all that are like it, perhaps itself, too.
Table = Callable[[slice], Marks]
# The same for some of the different values of a class: which of these values are like each of them.
Likes = Callable[[Positions], Marks]

# So many keys are looked up at a time.
_BLOCK = 1_000_000


class Numbering:
    """Gives the same number to equal values of a class, from 0 in their order; -1 to those that are None."""

    def __init__(self) -> None:
        self._known: dict[Hashable, int] = {}
        self._given: list[int] = []

    def add(self, value: Hashable | None) -> bool:
        """Number the value of the next submission; whether it is a new one."""
        new = len(self._known)
        number = -1 if value is None else self._known.setdefault(value, new)
        self._given.append(number)
        return number == new

    @property
    def latest(self) -> int:
        """The number of the latest submission."""
        return self._given[-1]

    def numbers(self) -> Positions:
        """Those of the submissions so far."""
        return np.array(self._given, np.intp)


def table(numbering: Numbering, likes: Likes) -> Table:
    """The table of a class with numbered values.

    Submissions with equal values have equal rows, so a thousand equal ones cost no more than one.
    """
    numbers = numbering.numbers()
    sizes = np.bincount(numbers[numbers >= 0])

    def marks_of(of: slice) -> Marks:
        own = numbers[of]
        marks = np.zeros((len(own), len(numbers)), np.bool_)
        rows = np.flatnonzero(own >= 0)
        if not len(rows):
            return marks
        values, row_of = np.unique(own[rows], return_inverse=True)
        alike = likes(values)
        alike[np.arange(len(values)), values] &= sizes[values] > 1
        some = np.logical_or.reduce(alike, axis=1)[row_of]
        # The last column is that of the number -1.
        marks[rows[some]] = np.pad(alike, ((0, 0), (0, 1)))[row_of[some]][:, numbers]
        return marks

    return marks_of


def either(*tables: Table) -> Table:
    """The table of those that are alike by any of these."""

    def marks_of(of: slice) -> Marks:
        marks = tables[0](of)
        for other in tables[1:]:
            marks |= other(of)
        return marks

    return marks_of


def sharing(keys: Iterable[Iterable[Hashable]]) -> Table:
    """The table of those that have a key in common, where each has any number of them."""
    known: dict[Hashable, int] = {}
    numbering = Numbering()
    sets = (frozenset(known.setdefault(key, len(known)) for key in own) for own in keys)
    different = [sorted(own) for own in sets if numbering.add(own or None)]
    flat = np.fromiter(chain.from_iterable(different), np.uint64)
    shared = SharedKeys(flat, np.cumsum([0, *map(len, different)]))
    return table(numbering, lambda values: shared.counts(values) > 0)


class SharedKeys:
    """How many keys any two have in common: each has those from one end to the next, all different.

    `owned` is how many keys each has that another one has, too.
    """

    def __init__(self, keys: Keys, ends: Positions) -> None:
        """Keep the keys that more than one has; most are of one alone, and tell nothing."""
        from scipy.sparse import csr_array

        every = np.sort(keys)
        shared = np.unique(every[1:][every[1:] == every[:-1]])
        del every
        found = [np.zeros((2, 0), np.intp)]
        for start in range(0, len(keys), _BLOCK) if len(shared) else ():
            block = keys[start : start + _BLOCK]
            columns = np.searchsorted(shared, block)
            (places,) = np.nonzero(shared.take(columns, mode="clip") == block)
            found.append(np.stack([start + places, columns[places]]))
        places, columns = np.concatenate(found, axis=1)
        begins = np.searchsorted(places, ends)
        ones = np.ones(len(columns), np.int32)
        self._keys = csr_array((ones, columns, begins), shape=(len(ends) - 1, len(shared)))
        self._owners = self._keys.T.tocsr()
        self._lengths = np.diff(ends)
        self.owned = np.diff(begins)

    def counts(self, values: Positions) -> npt.NDArray[np.int32]:
        """How many keys each of these has in common with each of all."""
        counts: npt.NDArray[np.int32] = (self._keys[values] @ self._owners).toarray()
        counts[np.arange(len(values)), values] = self._lengths[values]
        return counts
