"""Unit vectors of a class, and the cosines of some with all."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

from grader.analysis.similarity.tables import Positions

Vector = npt.NDArray[np.float32]


class Directions:
    """Unit vectors, each of a group; only those of one group and one length can be compared."""

    def __init__(self, vectors: Iterable[tuple[Hashable, Vector]]) -> None:
        """Copy them, so that each is in memory once."""
        packed: defaultdict[tuple[Hashable, int], bytearray] = defaultdict(bytearray)
        members: defaultdict[tuple[Hashable, int], list[int]] = defaultdict(list)
        self.count = 0
        for group, vector in vectors:
            packed[group, len(vector)] += vector.tobytes()
            members[group, len(vector)].append(self.count)
            self.count += 1
        self._members = [np.array(own, np.intp) for own in members.values()]
        self._vectors = [
            np.frombuffer(every, np.float32).reshape(-1, length) for (_, length), every in packed.items()
        ]
        self._group, self._place = np.zeros((2, self.count), np.intp)
        for group_number, own in enumerate(self._members):
            self._group[own], self._place[own] = group_number, np.arange(len(own))

    def cosines(self, numbers: Positions) -> Iterator[tuple[Positions, Positions, Vector]]:
        """For each group among these numbers: their places, all of the group, and the cosines with these."""
        groups = self._group[numbers]
        for group in np.unique(groups).tolist():
            rows = np.flatnonzero(groups == group)
            vectors = self._vectors[group]
            yield rows, self._members[group], vectors[self._place[numbers[rows]]] @ vectors.T
