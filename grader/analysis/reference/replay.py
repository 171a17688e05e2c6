"""A log beside the first steps of its training, which the grader has made again from the student's seed."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import get_args

from grader.analysis.norms.columns import NormColumn
from grader.analysis.statistics import Array, as_array
from grader.evidence.log import Column, Log
from grader.evidence.training import Replay
from grader.evidence.values import Scope, Stage

# The rounding of float32 is a millionth, and norms that are held at a cap differ by no more.
_TELLING = 1e-3


@dataclass(frozen=True)
class Replayed:
    """One column of a log beside the same steps of a replay: what is logged, and what was `found` again."""

    column: Column
    found: Array

    @cached_property
    def differences(self) -> Array:
        """The relative difference at each step, infinite for what is no number."""
        import numpy as np

        with np.errstate(all="ignore"):
            apart = np.abs(as_array(self.column.values)[: len(self.found)] / self.found - 1)
        return np.where(np.isfinite(apart), apart, np.inf)

    @property
    def apart(self) -> float:
        """The median of the differences; a training that is rounded otherwise may leave the replay late."""
        import numpy as np

        return float(np.median(self.differences))

    @cached_property
    def usual(self) -> float:
        """How much neighbouring steps differ in the median: not at all where norms are held at a cap."""
        import numpy as np

        if len(self.found) < 2:  # One step has no neighbour.
            return 0.0
        with np.errstate(all="ignore"):
            return float(np.median(np.abs(np.diff(self.found) / self.found[:-1])))

    @property
    def tells(self) -> bool:
        """Whether its steps differ enough to tell one training from another."""
        return _TELLING < self.usual < math.inf


def replayed(log: Log, norms: Sequence[NormColumn], replay: Replay) -> tuple[Replayed, ...]:
    """The columns that have a number in each of the first rows: the loss, and each norm as what it is."""
    return tuple(_columns(log, norms, replay))


def _columns(log: Log, norms: Sequence[NormColumn], replay: Replay) -> Iterator[Replayed]:
    import numpy as np

    steps = len(replay.loss)
    loss = log.column("loss")
    if loss and _is_whole(loss, steps):
        each = as_array(replay.loss)
        # Keras reports the mean since the epoch began, a loop of one's own the loss of the batch.
        with np.errstate(over="ignore", invalid="ignore"):
            means = np.cumsum(each) / np.arange(1, steps + 1)
        yield min((Replayed(loss, means), Replayed(loss, each)), key=lambda one: one.apart)
    for norm in norms:
        if _is_whole(norm.logged, steps):
            series = (replay.norms.series(*one) for one in _may_be(norm))
            yield min((Replayed(norm.logged, as_array(one)) for one in series), key=lambda one: one.apart)


def _may_be(norm: NormColumn) -> Iterator[tuple[Scope, Stage]]:
    """What a column may be: what it was found to be, or where nobody said so, anything."""
    scopes: tuple[Scope, ...] = (norm.scope,) if norm.logged.scope else get_args(Scope)
    stages: tuple[Stage, ...] = (norm.stage,) if norm.logged.stage else get_args(Stage)
    yield from product(scopes, stages)


def _is_whole(column: Column, steps: int) -> bool:
    return tuple(column.rows[:steps]) == tuple(range(steps))
