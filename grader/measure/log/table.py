"""A log as a form reads it: columns of cells before anybody asks what they mean, and the numbers in them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from grader.errors import SubmissionError
from grader.evidence.log import Cell
from grader.messages import wording
from grader.messages.message import Message, say
from grader.messages.safe_text import plain
from grader.messages.wording import quoted
from grader.rubric import Limits

ADVICE = say(
    "Submit a CSV file with one row for each training step; "
    '`grader.student.NormLogger("training_log.csv")` writes it while `model.fit` runs.'
)
MISSING = frozenset(
    {"", "-", "NA", "N/A", "na", "n/a", "None", "none", "NONE", "null", "Null", "NULL", "No log"}
)

_MOST_NAMES = 8
_MOST_EXAMPLES = 3
_LONGEST_EXAMPLE = 40
# `float` would also take 1_000 and digits of other scripts, which are typing errors here.
_NUMBER = re.compile(
    r"[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|nan|inf|infinity)", re.ASCII | re.IGNORECASE
)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:e[+-]?\d+)?\s?%?", re.ASCII | re.IGNORECASE)
# With or without a known meaning.
_MOST_COLUMNS = 512
# Rows times columns, on which the memory depends.
MOST_CELLS = 10_000_000


@dataclass(frozen=True)
class RawColumn:
    """A column as it stands in the file; `rows` has the 0-based row of each cell, both of shape (cells,)."""

    header: str
    rows: npt.NDArray[np.int64]
    cells: npt.NDArray[Any]  # numbers, where NaN is a value, or objects: texts, numbers, None


@dataclass(frozen=True)
class Table:
    """A log of a form (`csv`, `json`, ...) before its headers are understood; blank rows are not counted."""

    form: str
    rows: int
    columns: tuple[RawColumn, ...]
    aligned: bool = True  # whether equal row numbers belong together; not so in lists of unequal lengths
    restarts: tuple[int, ...] = ()  # the rows before which a header is repeated, so a run may begin there
    decimal_comma: bool = False  # whether `0,5` may be a number
    notes: tuple[Message, ...] = ()  # what was assumed to read it
    tool: str = ""  # what wrote it, where more says so than its columns
    runs: Mapping[str, "Table"] = field(default_factory=dict)  # of several runs; then it has no columns

    def since(self, row: int) -> "Table":
        """The rows from one row on, which becomes row 0."""
        return replace(self.of_rows(np.arange(self.rows) >= row), restarts=())

    def of_rows(self, kept: npt.NDArray[np.bool_]) -> "Table":
        """The rows that are kept, counted anew; `kept` has the shape (rows,)."""
        above = np.concatenate([[0], np.cumsum(kept)])
        columns = tuple(
            RawColumn(column.header, above[column.rows[own]], column.cells[own])
            for column in self.columns
            if (own := kept[column.rows]) is not None
        )
        restarts = tuple(sorted({int(above[row]) for row in self.restarts} - {int(above[-1])}))
        return replace(self, rows=int(above[-1]), columns=columns, restarts=restarts)

    def of_columns(self, columns: Iterable[RawColumn]) -> "Table":
        """The same rows with these columns alone."""
        return replace(self, columns=tuple(columns))


@dataclass(frozen=True)
class Numbers:
    """The numbers of one column, NaN and infinity among them; `rows` and `values` have shape (values,)."""

    rows: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    unreadable: tuple[Cell, ...] = ()  # the first three cells that are neither a number nor missing
    unreadable_count: int = 0
    percent_signs: int = 0  # how many values were written with `%`; they are divided by 100 already


def raw_column(header: str, values: Sequence[Any]) -> RawColumn:
    """A column with one value for each row, from the first on."""
    if all(type(value) is float for value in values):
        cells: npt.NDArray[Any] = np.array(values, dtype=np.float64)
    else:
        cells = np.empty(len(values), dtype=object)
        cells[:] = values
    return RawColumn(header, np.arange(len(values)), cells)


def is_number(text: str) -> bool:
    """Whether a text is one number, with a decimal point and nothing else around it but blanks."""
    return _NUMBER.fullmatch(text.strip()) is not None


def read_numbers(column: RawColumn, *, decimal_comma: bool = False, percent: bool = False) -> Numbers:
    """Read a column's cells as numbers; on request `0,5` is one, and `50 %` is 0.5."""
    rows, cells = column.rows, column.cells
    if cells.dtype != object:
        return Numbers(rows, cells.astype(np.float64))
    present = ~(pd.Series(cells, dtype=object).isin(MISSING).to_numpy() | pd.isna(cells))
    rows, cells = rows[present], cells[present]
    if decimal_comma:
        cells = np.array(
            [
                cell.replace(",", ".")
                if isinstance(cell, str) and _DECIMAL_COMMA.fullmatch(cell.strip())
                else cell
                for cell in cells
            ],
            dtype=object,
        )
    values = _all_at_once(cells)
    return Numbers(rows, values) if values is not None else _one_by_one(rows, cells, percent=percent)


def _all_at_once(cells: npt.NDArray[Any]) -> npt.NDArray[np.float64] | None:
    """All cells as numbers, or None where one of them needs to be looked at.

    In ASCII without underscores, what Python takes for a number is what the grammar takes.
    """
    if all(type(cell) is float for cell in cells):
        return cells.astype(np.float64)
    try:
        together = "".join(cells)
        return cells.astype(np.float64) if together.isascii() and "_" not in together else None
    except (TypeError, ValueError):
        return None


def _one_by_one(rows: npt.NDArray[np.int64], cells: npt.NDArray[Any], *, percent: bool) -> Numbers:
    signs = np.array(
        [percent and isinstance(cell, str) and cell.rstrip().endswith("%") for cell in cells], dtype=bool
    )
    numbers = [_number(cell.rstrip()[:-1] if sign else cell) for cell, sign in zip(cells, signs, strict=True)]
    readable = np.array([number is not None for number in numbers], dtype=bool)
    values = np.array([number for number in numbers if number is not None], dtype=np.float64)
    odd = np.flatnonzero(~readable)
    return Numbers(
        rows=rows[readable],
        values=np.where(signs[readable], values / 100, values),
        unreadable=tuple(Cell(row=int(rows[at]), text=_example(cells[at])) for at in odd[:_MOST_EXAMPLES]),
        unreadable_count=len(odd),
        percent_signs=int(signs[readable].sum()),
    )


def _number(cell: Any) -> float | None:
    if isinstance(cell, str):
        # Python strips separators such as U+001C, and does not convert them.
        return float(cell.strip()) if is_number(cell) else None
    return cell if isinstance(cell, float) else None


def _example(cell: Any) -> str:
    if isinstance(cell, list | dict):
        return "a list" if isinstance(cell, list) else "an object"
    return plain(cell.strip() if isinstance(cell, str) else str(cell).lower(), _LONGEST_EXAMPLE)


def check_size(name: str, rows: int, columns: int, limits: Limits) -> None:
    """Refuse a table with more rows, columns or cells than a log of training can have."""
    for count, what, most in (
        (rows, say("rows"), limits.log_rows),
        (columns, say("columns"), _MOST_COLUMNS),
        (rows * columns, say("cells"), MOST_CELLS),
    ):
        if count > most:
            sentence = say(
                "{name} has {count} {what}; at most {most} are read.",
                name=quoted(name),
                count=f"{count:,}",
                what=what,
                most=f"{most:,}",
            )
            raise refusal(sentence, say("Submit the log of one run, with one row for each training step."))


def refusal(message: Message, hint: Message = ADVICE) -> SubmissionError:
    """The refusal of a log; where nothing better is known, the hint is how to write one."""
    return SubmissionError(message, hint)


def listed(names: Iterable[str]) -> Message:
    """Several names in a sentence: `a`, `b` and `c`; of many, the first eight and how many follow."""
    every: list[Message | str] = [quoted(name) for name in names]
    if len(every) > _MOST_NAMES:
        every = [*every[:_MOST_NAMES], say("{left_out} more", left_out=len(every) - _MOST_NAMES)]
    return wording.listed(every)
