"""What a reader makes of a file: columns as they stand there, before anybody asks what they mean."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from grader import rubric
from grader.errors import SubmissionError
from grader.measure.log.wording import shown
from grader.messages.message import Message, say


@dataclass(frozen=True)
class RawColumn:
    """One column as it stands in the file.

    Attributes:
        header: its name there.
        rows: the 0-based row of each cell, shape (cells,).
        cells: numbers, shape (cells,), where NaN is a value; or objects: texts, numbers, None.
    """

    header: str
    rows: npt.NDArray[np.int64]
    cells: npt.NDArray[Any]


@dataclass(frozen=True)
class Table:
    """A log before its headers are understood.

    Attributes:
        form: `csv`, `json`, `jsonl`, `numbers`, `numpy` or `tensorboard`.
        rows: how many rows are not blank.
        columns: in the order of the file.
        aligned: whether equal row numbers belong together; not so for JSON lists of unequal lengths.
        restarts: rows before which a header is repeated, so a run may begin there.
        decimal_comma: whether `0,5` may be a number.
        notes: what had to be understood to read it.
    """

    form: str
    rows: int
    columns: tuple[RawColumn, ...]
    aligned: bool = True
    restarts: tuple[int, ...] = ()
    decimal_comma: bool = False
    notes: tuple[Message, ...] = ()

    def since(self, row: int) -> "Table":
        """The rows from one row on, which becomes row 0."""
        columns = tuple(
            RawColumn(column.header, column.rows[column.rows >= row] - row, column.cells[column.rows >= row])
            for column in self.columns
        )
        return replace(self, rows=self.rows - row, columns=columns, restarts=())


def raw_column(header: str, values: Sequence[Any]) -> RawColumn:
    """A column with one value for each row, from the first on."""
    if all(type(value) is float for value in values):
        cells: npt.NDArray[Any] = np.array(values, dtype=np.float64)
    else:
        cells = np.empty(len(values), dtype=object)
        cells[:] = values
    return RawColumn(header, np.arange(len(values)), cells)


_DEFAULT = rubric.Limits()


@dataclass(frozen=True)
class Limits:
    """What a log may not exceed; each is far above what a homework needs.

    Attributes:
        bytes: of the file.
        rows: of data; 200,000 steps are more than 100 epochs of 1719 steps.
        columns: with or without a known meaning.
        cells: rows times columns, which is what the memory depends on.
    """

    bytes: int = _DEFAULT.log_file
    rows: int = _DEFAULT.log_rows
    columns: int = 512
    cells: int = 10_000_000

    @classmethod
    def by_rubric(cls, limits: rubric.Limits) -> Self:
        """What a rubric allows; where it says nothing, the defaults."""
        return cls(bytes=limits.log_file, rows=limits.log_rows)


LIMITS = Limits()


def check_size(name: str, rows: int, columns: int, limits: Limits) -> None:
    """Refuse a table that is larger than a log of training can be.

    Raises:
        SubmissionError: it has more rows, columns or cells than `limits` allows.
    """
    cells = rows * columns
    for count, what, most in (
        (rows, say("rows"), limits.rows),
        (columns, say("columns"), limits.columns),
        (cells, say("cells"), limits.cells),
    ):
        if count > most:
            raise SubmissionError(
                say(
                    "The log {name} has {count} {what}; at most {most} are read.",
                    name=shown(name),
                    count=f"{count:,}",
                    what=what,
                    most=f"{most:,}",
                ),
                say(
                    "Submit the log of one run, with one row for each training step and what is asked "
                    "for in it."
                ),
            )
