"""Turns cells into numbers, by a grammar that is stricter than Python's own."""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from grader.evidence.log import Cell
from grader.measure.log.table import RawColumn
from grader.messages.safe_text import plain

MISSING = frozenset({"", "-", "NA", "N/A", "na", "n/a", "None", "none", "NONE", "null", "Null", "NULL"})

# `float` would also take 1_000 and digits of other scripts, which are typing errors here.
_NUMBER = re.compile(
    r"[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|nan|inf|infinity)", re.ASCII | re.IGNORECASE
)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:e[+-]?\d+)?\s?%?", re.ASCII | re.IGNORECASE)
_MOST_EXAMPLES = 3
_LONGEST_EXAMPLE = 40


@dataclass(frozen=True)
class Numbers:
    """The numbers of one column.

    Attributes:
        rows: the 0-based row of each value, shape (values,).
        values: shape (values,); NaN and infinity are kept.
        unreadable: up to three cells that are neither a number nor missing.
        unreadable_count: how many there are.
        percent_signs: how many of the values were written with `%`; these are divided by 100 already.
    """

    rows: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    unreadable: tuple[Cell, ...] = ()
    unreadable_count: int = 0
    percent_signs: int = 0


def is_number(text: str) -> bool:
    """Whether a text is one number, with a decimal point and nothing else around it but blanks."""
    return _NUMBER.fullmatch(text.strip()) is not None


def read_numbers(column: RawColumn, *, decimal_comma: bool = False, percent: bool = False) -> Numbers:
    """Read a column's cells as numbers.

    Args:
        column: as it stands in the file.
        decimal_comma: whether `0,5` is a number too.
        percent: whether `50 %` is, as 0.5.
    """
    rows, cells = column.rows, column.cells
    if cells.dtype != object:
        return Numbers(rows, cells.astype(np.float64))
    present = ~(pd.Series(cells, dtype=object).isin(MISSING).to_numpy() | pd.isna(cells))
    rows, cells = rows[present], cells[present]
    if decimal_comma:
        cells = _with_points(cells)
    values = _quickly(cells)
    return Numbers(rows, values) if values is not None else _one_by_one(rows, cells, percent=percent)


def _with_points(cells: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.array(
        [cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell.strip()) else cell for cell in cells],
        dtype=object,
    )


def _quickly(cells: npt.NDArray[Any]) -> npt.NDArray[np.float64] | None:
    """All cells at once, or None where one of them needs to be looked at.

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
    values = np.where(signs[readable], values / 100, values)
    odd = np.flatnonzero(~readable)
    return Numbers(
        rows=rows[readable],
        values=values,
        unreadable=tuple(Cell(row=int(rows[at]), text=_example(cells[at])) for at in odd[:_MOST_EXAMPLES]),
        unreadable_count=len(odd),
        percent_signs=int(signs[readable].sum()),
    )


def _number(cell: Any) -> float | None:
    if isinstance(cell, str):
        text = cell.strip()
        return float(text) if _NUMBER.fullmatch(text) else None
    return cell if isinstance(cell, float) else None


def _example(cell: Any) -> str:
    if isinstance(cell, list | dict):
        return "a list" if isinstance(cell, list) else "an object"
    return plain(cell.strip() if isinstance(cell, str) else str(cell).lower(), _LONGEST_EXAMPLE)
