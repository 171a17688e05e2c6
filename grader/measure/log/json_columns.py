"""Makes columns of JSON values: of objects of lists, lists of objects, lists of lists, and bare lists."""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grader.measure.log.names import meaning
from grader.measure.log.table import Limits, check_size

NAMELESS = "value"
_NUMBERED = re.compile(r"(?P<what>\D{0,20})(?P<number>\d{1,9})", re.ASCII)
# Seconds since 1970, in 2001; a wall time is later, a step or an epoch is less.
_EARLIEST_WALL_TIME = 1e9

Columns = dict[str, list[Any]]


def columns_of(name: str, value: Any, limits: Limits) -> Columns:
    """The columns of a value, none of those within it; empty if there are none.

    Args:
        name: the file's name, for the sentences.
        value: from `parse_json`.
        limits: the most that is read.

    Raises:
        SubmissionError: there are more rows, names or cells than `limits` allows.
    """
    if isinstance(value, list):
        return _of_list(name, value, limits)
    return _of_object(name, value, limits) if isinstance(value, dict) else {}


def columns_of_rows(name: str, rows: Sequence[Mapping[str, Any]], limits: Limits) -> Columns:
    """The columns of objects with one value for each name; objects within them are opened one level.

    Args:
        name: the file's name, for the sentences.
        rows: the objects; empty ones are left out.
        limits: the most that is read.

    Raises:
        SubmissionError: there are more rows, names or cells than `limits` allows.
    """
    rows = [row for row in rows if row]
    if any(isinstance(value, dict) for row in rows for value in row.values()):
        rows = [dict(_opened(row)) for row in rows]
    headers = dict.fromkeys(itertools.chain.from_iterable(rows))
    check_size(name, len(rows), len(headers), limits)
    return {header: [row.get(header) for row in rows] for header in headers}


def numbered(value: Mapping[str, Any]) -> list[Any]:
    """The values of keys `0`, `1`, ... or `epoch_1`, ..., ordered by number; empty for other keys."""
    numbers = [match for key in value if (match := _NUMBERED.fullmatch(key))]
    if len(numbers) < len(value) or len({match["what"] for match in numbers}) > 1:
        return []
    return [value[match.string] for match in sorted(numbers, key=lambda match: int(match["number"]))]


def is_inner(value: Any) -> bool:
    """Whether a value has values within it."""
    return isinstance(value, dict | list)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _says_when(header: str) -> bool:
    understood = meaning(header)
    return understood is not None and understood.name in {"epoch", "step"}


def _series(value: Any) -> list[Any]:
    """The values of one column: a list with single values in it, or numbered ones, as pandas writes it."""
    series = numbered(value) if isinstance(value, dict) else value
    return series if isinstance(series, list) and not all(map(is_inner, series)) else []


def _of_object(name: str, value: Mapping[str, Any], limits: Limits) -> Columns:
    rows = numbered(value)
    if rows and all(isinstance(row, dict) and not any(map(_is_list, row.values())) for row in rows):
        return columns_of_rows(name, rows, limits)
    if rows and not any(map(is_inner, rows)):
        return {NAMELESS: rows}
    check_size(name, 1, len(value), limits)
    if isinstance(value.get("data"), list) and isinstance(value.get("columns"), list):
        # pandas' `to_json(orient="split")`.
        return _of_list(name, [value["columns"], *value["data"]], limits)
    lists = {header: series for header, cells in value.items() if (series := _series(cells))}
    if not lists and not any(map(is_inner, value.values())) and any(map(_says_when, value)):
        return {header: [cell] for header, cell in value.items()}
    return lists


def _of_list(name: str, values: list[Any], limits: Limits) -> Columns:
    if values and all(isinstance(value, dict) for value in values):
        return columns_of_rows(name, values, limits)
    if values and not any(map(is_inner, values)):
        return {NAMELESS: values}
    widths = {len(value) if isinstance(value, list) else 0 for value in values}
    if len(widths) != 1 or widths == {0} or any(map(is_inner, itertools.chain.from_iterable(values))):
        return {}
    return _of_lists(name, values, limits)


def _of_lists(name: str, rows: list[list[Any]], limits: Limits) -> Columns:
    """The columns of rows of one width: under a header, or of pairs and triples whose order is known."""
    header, width = rows[0], len(rows[0])
    check_size(name, len(rows), width, limits)
    columns = [list(column) for column in zip(*rows, strict=True)]
    if all(isinstance(title, str) for title in header) and len(set(header)) == width:
        return dict(zip(header, (column[1:] for column in columns), strict=True))
    if width == 2:
        return dict(zip(("step", NAMELESS), columns, strict=True))
    if width == 3 and all(isinstance(cell, float) and cell > _EARLIEST_WALL_TIME for cell in columns[0]):
        return dict(zip(("Wall time", "step", NAMELESS), columns, strict=True))
    return {}


def _opened(row: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for header, value in row.items():
        if isinstance(value, dict):
            yield from ((f"{header}/{inner}", cell) for inner, cell in value.items())
        else:
            yield header, value
