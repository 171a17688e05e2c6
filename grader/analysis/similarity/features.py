"""The features of a submission by which a class is compared: about 17 KB of each.

Of a log that does not fit its own model, the norms are kept as well.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
import numpy.typing as npt

from grader.analysis.moments.adam import AdamState, adam_state_of
from grader.analysis.similarity.shingles import Shingles, shingles
from grader.evidence import Evidence
from grader.evidence.log import Column, Log
from grader.evidence.model import Model
from grader.evidence.part import UNNAMED
from grader.evidence.problem import Problem
from grader.evidence.training import Accuracy
from grader.evidence.values import array_form

# A log too short for stretches, such as one row an epoch, tells something by its digits: the first two of a
# loss are given by the homework, the next three are chance, so four such numbers agree once in 10^12.
FEWEST_LONG_NUMBERS = 4
LONG = 5
# A kernel and a bias.
_OF_ONE_LAYER = 2


@dataclass(frozen=True)
class Weights:
    """A model's file, how many numbers it has, and its sketch; empty where nothing can be compared."""

    file: str = ""
    parameters: int = 0
    sha256: str = ""
    unordered: str = ""
    projections: Annotated[npt.NDArray[np.float32], *array_form("f4")] = field(
        default_factory=lambda: np.zeros(0, np.float32)
    )


@dataclass(frozen=True)
class Series:
    """A column of a log: how many values it has, and their hash."""

    header: str
    values: int
    sha256: str


@dataclass(frozen=True)
class InconsistentColumn:
    """A column of norms that do not fit their own model; only of such a log all values are kept."""

    header: str
    values: Annotated[npt.NDArray[np.float64], *array_form("f8")]


@dataclass(frozen=True)
class Features:
    """What one submission, or one of its runs, is compared with others by.

    `series` are the gradient norms and the loss, as far as they cannot be equal to another's by chance;
    `shingles` a sample of how these rise and fall, its columns numbered as `headers`; `mistakes` those of
    `Accuracy`; `identities`, of each part that has one, its name, the hash of its file, and its identity.
    """

    id: str
    weights: Weights
    series: tuple[Series, ...]
    shingles: Shingles
    headers: tuple[str, ...]
    mistakes: Annotated[npt.NDArray[np.uint8], *array_form("u1")]
    adam_state: AdamState | None = None
    inconsistent: tuple[InconsistentColumn, ...] = ()
    identities: tuple[tuple[str, str, str], ...] = ()


def features_of(
    id: str,  # noqa: A002  (its name in the report)
    evidence: Evidence,
    run: str = UNNAMED,
    *,
    inconsistent: bool = False,
) -> Features:
    """What to keep of a submission's run; more of one whose log is inconsistent with its own model."""
    log, model = evidence.found(Log, run), evidence.found(Model, run)
    accuracy = evidence.found(Accuracy, run)
    every = (*log.norms(), log.column("loss")) if log else ()
    columns = [column for column in every if column is not None and column.values]
    sample = shingles([column.values for column in columns])
    moving = set(sample.columns.tolist())
    telling = (
        column for number, column in enumerate(columns) if number in moving or _has_long_numbers(column)
    )
    return Features(
        id=id,
        weights=_weights(evidence, run),
        series=tuple(
            Series(
                column.header,
                len(column.values),
                hashlib.sha256(np.asarray(column.values, dtype=np.float64).tobytes()).hexdigest(),
            )
            for column in telling
        ),
        shingles=sample,
        headers=tuple(column.header for column in columns),
        mistakes=np.array(accuracy.mistakes if accuracy else (), np.uint8),
        adam_state=adam_state_of(model) if model else None,
        inconsistent=tuple(_inconsistent(log)) if inconsistent else (),
        identities=tuple(_identities(evidence, run)),
    )


def _weights(evidence: Evidence, run: str) -> Weights:
    model = evidence.found(Model, run)
    if model is None or model.sketch is None:
        return Weights()
    sketch, projections = model.sketch, np.asarray(model.sketch.projections)
    length = float(np.linalg.norm(projections))
    if length == 0:
        return Weights()
    file = next((one.sha256 for one in evidence.files if (one.role, one.run) == ("model", run)), "")
    unit = (projections / length).astype(np.float32)
    if model.variables <= _OF_ONE_LAYER:
        # Whoever trains one layer to the end comes to the same weights.
        unit = Weights().projections
    return Weights(file, model.parameters, sketch.sha256, sketch.unordered, unit)


def _identities(evidence: Evidence, run: str) -> Iterator[tuple[str, str, str]]:
    """What is known of each part of the run, and of each that belongs to no training."""
    files = {(file.role, file.run): file.sha256 for file in evidence.files}
    for of, name, part in evidence.every():
        if not isinstance(part, Problem) and part.identity and of in {run, UNNAMED}:
            yield name, files.get((name, of), ""), part.identity


def _inconsistent(log: Log | None) -> Iterator[InconsistentColumn]:
    for column in log.norms() if log else ():
        values = np.asarray(column.values, dtype=np.float64)
        if len(values) and np.isfinite(values).all() and values.min() >= 0:
            yield InconsistentColumn(column.header, values)


def _has_long_numbers(column: Column) -> bool:
    long_numbers: set[str] = set()
    for value in column.values:
        shown = f"{value:.{LONG}g}"
        if float(shown) != float(f"{value:.{LONG - 1}g}"):
            long_numbers.add(shown)
        if len(long_numbers) >= FEWEST_LONG_NUMBERS:
            return True
    return False
