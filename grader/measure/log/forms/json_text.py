"""JSON: one document, such as `json.dump(history.history, file)`, or JSON Lines, an object on each line.

It is read strictly: no key twice, no number that is not one, no depth that breaks the reader.
"""

import contextlib
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.errors import SubmissionError
from grader.evidence.values import LONGEST_TEXT
from grader.measure.log.document import Document
from grader.measure.log.forms import printed
from grader.measure.log.names import MEASURED, is_of_validation, is_part_of_run, meaning
from grader.measure.log.table import ADVICE, Table, check_size, listed, raw_column, refusal
from grader.measure.log.tools import HUGGING_FACE
from grader.measure.strict_json import NotJsonError, parse_json
from grader.messages.message import Message, say, together
from grader.messages.safe_text import plain
from grader.messages.wording import quoted
from grader.rubric import Limits

_NAMELESS = "value"
_WRITE = together(say("Write it with `json.dump(history.history, file)`."), ADVICE)
# Where programs put the series of the run, in the order in which they are believed.
_USUAL = ("history", "log_history", "train_history", "training_history", "training", "log", "logs", "metrics")
_PRINTED = re.compile(r"\[[^][{}\"\n]*\][^\n]*[A-Za-z]|\{'[^\n]*\}\s*(?:\n|$)")
# What `print(history.history)` shows: texts in single quotes, scalars of NumPy, words.
_PYTHON = re.compile(
    r"""'(?P<text>[^'"\\\n]*)'|\b(?:np|numpy)\.\w{1,12}\((?P<number>[^()]{1,60})\)"""
    r"""|\b(?:nan|inf|None|True|False)\b"""
)
_WORDS = {"nan": "NaN", "inf": "Infinity", "True": "true", "False": "false"}
_NUMBERED = re.compile(r"(?P<what>\D{0,20})(?P<number>\d{1,9})", re.ASCII)
# Seconds since 1970, in 2001; a wall time is later, a step or an epoch is less.
_EARLIEST_WALL_TIME = 1e9

# A step and its value, and perhaps a time.
_WIDEST_ROW = 3

_SACRED = ("steps", "values")

# How deep a run's columns lie in a document at most.
_DEEPEST = 2

Columns = dict[str, list[Any]]


def recognises(document: Document) -> bool:
    """Whether the text begins as JSON does, and not as lines `[INFO] step 1 ...` or `{'loss': 0.5}`."""
    text = document.text.lstrip()
    return text.startswith(("{", "[")) and not (_PRINTED.match(text) and printed.recognises(document))


def read(document: Document, limits: Limits) -> Table:
    """Read the document, or the lines but for a last one that was cut off; refused if they are no log."""
    name, text = document.name, document.text
    if not _has_lines(document):
        return _of_document(name, _parsed(name, text), limits)
    lines = [line for line in text.split("\n") if line.strip()]
    check_size(name, len(lines), 1, limits)
    cut = not text.endswith("\n") and not lines[-1].rstrip().endswith("}")
    columns = _of_rows(name, _rows(name, lines[:-1] if cut else lines), limits)
    notes = (say("The last line was cut off; it was left out."),) if cut else ()
    return _table(name, "jsonl", columns, limits, notes)


def _has_lines(document: Document) -> bool:
    """Whether each of the first two lines is an object of its own."""
    opening = document.opening()
    if len(opening) < 2 or not all(line.lstrip().startswith("{") for line in opening[:2]):
        return False
    try:
        _parsed(document.name, opening[0])
    except SubmissionError:
        return False
    return True


def _parsed(name: str, text: str) -> Any:
    """The JSON of a text, or of what Python prints, whose quotes and words are others."""
    try:
        return parse_json(name, text, _WRITE)
    except NotJsonError:
        with contextlib.suppress(NotJsonError):
            if "'" in text:
                return parse_json(name, _PYTHON.sub(_as_json, text), _WRITE)
        raise


def _as_json(found: "re.Match[str]") -> str:
    if found["text"] is not None:
        return json.dumps(found["text"])
    return found["number"] or _WORDS.get(found[0], "null")


def _rows(name: str, lines: list[str]) -> list[dict[str, Any]]:
    try:
        # All lines at once are parsed several times faster than one by one.
        rows: list[Any] = _parsed(name, f"[{','.join(lines)}]")
    except SubmissionError:
        rows = [_row(name, line) for line in lines]
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise refusal(
                say(
                    "Line {number} of the log {name} is not a JSON object, but the first one is.",
                    number=number,
                    name=quoted(name),
                )
            )
    return rows


def _row(name: str, line: str) -> Any:
    """What the line holds, or the line itself where it is not JSON."""
    try:
        return _parsed(name, line)
    except NotJsonError:
        return line


def _of_document(name: str, document: Any, limits: Limits) -> Table:
    """A table of one JSON document.

    Read are: an object of lists, with single values beside them; lists of steps in a list of epochs; pandas'
    `to_json` of every orientation; a list of objects; a list of lists under a header; a list of pairs
    `[step, value]` or of TensorBoard's `[wall time, step, value]`; a list of numbers; Sacred's steps and
    values under a name; and an object with one or more of these in it, which are runs if two of them have a
    column of the same name.
    Refused if it is none of these, or has more than `limits` allows.
    """
    columns, notes, runs = _opened_up(name, document, limits)
    if runs:
        tables = {plain(key, LONGEST_TEXT): _table(name, "json", own, limits) for key, own in runs.items()}
        return Table("json", 0, (), runs=tables)
    if not columns:
        raise _no_table(name, document)
    table = _table(name, "json", columns, limits, notes)
    # `trainer_state.json`.
    is_state = isinstance(document, dict) and {"log_history", "global_step"} <= set(document)
    return replace(table, tool=HUGGING_FACE) if is_state else table


def _opened_up(
    name: str, document: Any, limits: Limits, depth: int = _DEEPEST
) -> tuple[Columns, tuple[Message, ...], Mapping[str, Columns]]:
    """The columns of a document and of what is in it, with notes; or those of each run, if it has several."""
    columns = _columns(name, document, limits)
    if not isinstance(document, dict):
        return columns, (), {}
    inner = {
        key: found
        for key, value in document.items()
        if key not in columns and (found := _inner(name, key, value, limits))
    }
    if not columns and not inner and depth:
        # `{"clipped": {"history": {...}, "seed": 1}}`, and all runs under one key.
        for key, value in document.items():
            found, _, runs = _opened_up(name, value, limits, depth - 1) if _has_inner(value) else ({}, (), {})
            if runs:
                return {}, (), runs
            if any(known.name in MEASURED for known in map(meaning, found) if known):
                inner[key] = found
    found, notes, runs = _joined(inner)
    columns |= {header: values for header, values in found.items() if header not in columns}
    return columns, notes, {} if columns else runs


def _table(name: str, form: str, columns: Columns, limits: Limits, notes: tuple[Message, ...] = ()) -> Table:
    # Lists of another kind, such as a shape or the names of callbacks, say nothing about rows.
    known = [values for header, values in columns.items() if meaning(header)] or list(columns.values())
    lengths = {len(values) for values in known}
    rows = max(lengths, default=0)
    check_size(name, max(map(len, columns.values()), default=0), len(columns), limits)
    if len(lengths) > 1:
        note = say(
            "The lists have different lengths, {lengths} to {rows}, so their rows do not correspond.",
            lengths=min(lengths),
            rows=rows,
        )
        notes = (*notes, note)
    raw = tuple(raw_column(header, values) for header, values in columns.items())
    return Table(form, rows, raw, aligned=len(lengths) < 2, notes=notes)


def _columns(name: str, value: Any, limits: Limits) -> Columns:
    """The columns of a value, none of those within it; empty if there are none."""
    if isinstance(value, list):
        return _of_list(name, value, limits)
    return _of_object(name, value, limits) if isinstance(value, dict) else {}


def _of_object(name: str, value: Mapping[str, Any], limits: Limits) -> Columns:
    rows = _numbered(value)
    if rows and all(
        isinstance(row, dict) and not any(isinstance(cell, list) for cell in row.values()) for row in rows
    ):
        return _of_rows(name, rows, limits)
    if rows and not any(map(_is_inner, rows)):
        return {_NAMELESS: rows}
    check_size(name, 1, len(value), limits)
    if special := _of_sacred(value) or _by_epoch(value):
        return special
    if isinstance(value.get("data"), list) and isinstance(value.get("columns"), list):
        # pandas' `to_json(orient="split")`.
        return _of_list(name, [value["columns"], *value["data"]], limits)
    lists = {header: series for header, cells in value.items() if (series := _series(cells))}
    if (
        not lists
        and not any(map(_is_inner, value.values()))
        and any(known.name in {"epoch", "step"} for known in map(meaning, value) if known)
    ):
        return {header: [cell] for header, cell in value.items()}
    return lists


def _of_sacred(value: Mapping[str, Any]) -> Columns:
    """A row for each value, with its metric and its step; empty if it is not all steps and values."""
    series = [one for one in value.values() if isinstance(one, dict)]
    if (
        not series
        or len(series) < len(value)
        or not all(isinstance(one.get(key), list) for one in series for key in _SACRED)
    ):
        return {}
    rows = [
        (metric, step, number)
        for metric, one in value.items()
        for step, number in zip(*(one[key] for key in _SACRED), strict=False)
    ]
    return {header: [row[at] for row in rows] for at, header in enumerate(("metric", "step", "value"))}


def _is_by_epoch(header: str, value: Any) -> bool:
    """Whether it is a list of the steps of each epoch; lists of two or three are pairs, or have a time."""
    if not isinstance(value, list) or not all(isinstance(steps, list) for steps in value):
        return False
    known = meaning(header)
    return (
        known is not None
        and known.name in MEASURED
        and any(len(steps) > _WIDEST_ROW for steps in value)
        and not any(map(_is_inner, itertools.chain.from_iterable(value)))
    )


def _by_epoch(value: Mapping[str, Any]) -> Columns:
    """A row for each step, what there is once an epoch in its last row; empty if no list is by epochs."""
    by_epoch = {header: lists for header, lists in value.items() if _is_by_epoch(header, lists)}
    if not by_epoch:
        return {}
    lengths = list(map(len, next(iter(by_epoch.values()))))
    columns = {header: list(itertools.chain.from_iterable(lists)) for header, lists in by_epoch.items()}
    for header, cells in value.items():
        if header not in columns and isinstance(cells, list) and len(cells) == len(lengths):
            columns[header] = [
                None if step < length - 1 else cell
                for cell, length in zip(cells, lengths, strict=True)
                for step in range(length)
            ]
    return {"epoch": [float(epoch) for epoch, length in enumerate(lengths) for _ in range(length)], **columns}


def _of_rows(name: str, rows: Sequence[Mapping[str, Any]], limits: Limits) -> Columns:
    rows = [row for row in rows if row]
    if any(isinstance(value, dict) for row in rows for value in row.values()):
        rows = [dict(_opened(row)) for row in rows]
    headers = dict.fromkeys(itertools.chain.from_iterable(rows))
    check_size(name, len(rows), len(headers), limits)
    return {header: [row.get(header) for row in rows] for header in headers}


def _opened(row: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for header, value in row.items():
        if isinstance(value, dict):
            yield from ((f"{header}/{inner}", cell) for inner, cell in value.items())
        else:
            yield header, value


def _of_list(name: str, values: list[Any], limits: Limits) -> Columns:
    if values and all(isinstance(value, dict) for value in values):
        return _of_rows(name, values, limits)
    if values and not any(map(_is_inner, values)):
        return {_NAMELESS: values}
    widths = {len(value) if isinstance(value, list) else 0 for value in values}
    if len(widths) != 1 or widths == {0} or any(map(_is_inner, itertools.chain.from_iterable(values))):
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
        return dict(zip(("step", _NAMELESS), columns, strict=True))
    if width == 3 and all(isinstance(cell, float) and cell > _EARLIEST_WALL_TIME for cell in columns[0]):
        return dict(zip(("Wall time", "step", _NAMELESS), columns, strict=True))
    return {}


def _series(value: Any) -> list[Any]:
    """The values of one column: a list with single values in it, or numbered ones, as pandas writes it."""
    series = _numbered(value) if isinstance(value, dict) else value
    return series if isinstance(series, list) and not all(map(_is_inner, series)) else []


def _numbered(value: Mapping[str, Any]) -> list[Any]:
    """The values of keys `0`, `1`, ... or `epoch_1`, ..., ordered by number; empty for other keys."""
    numbers = [match for key in value if (match := _NUMBERED.fullmatch(key))]
    if len(numbers) < len(value) or len({match["what"] for match in numbers}) > 1:
        return []
    return [value[match.string] for match in sorted(numbers, key=lambda match: int(match["number"]))]


def _has_inner(value: Any) -> bool:
    return isinstance(value, dict) and any(map(_is_inner, value.values()))


def _is_inner(value: Any) -> bool:
    return isinstance(value, dict | list)


def _inner(name: str, key: str, value: Any, limits: Limits) -> Columns:
    """The columns within one value of an object; empty where none of them is known."""
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if not any(map(_is_inner, members)):
        return {}
    columns = _columns(name, value, limits)
    if _NAMELESS in columns:
        # Pairs under a name: `{"grad_norm": [[0, 2.5], [1, 2.1]]}`.
        columns = {key: columns[_NAMELESS]}
    return columns if any(map(meaning, columns)) else {}


def _joined(
    inner: Mapping[str, Columns],
) -> tuple[Columns, tuple[Message, ...], Mapping[str, Columns]]:
    """The columns of all inner tables as one, with notes; those of parts of a run carry the part's name.

    Two with a column of the same name are two runs, unless one is called `history` or the like.
    """
    named = {
        key: {f"{key}/{header}": values for header, values in columns.items()}
        if is_part_of_run(key) and key not in columns and (len(inner) > 1 or is_of_validation(key))
        else columns
        for key, columns in inner.items()
    }
    counts = Counter(header for columns in named.values() for header in columns)
    if counts and max(counts.values()) > 1:
        usual = next((key for wanted in _USUAL for key in named if key.lower() == wanted), None)
        if usual is None:
            return {}, (), named
        used = say("Of {named}, {usual} was used.", named=listed(named), usual=quoted(usual))
        return named[usual], (used,), {}
    return {header: values for columns in named.values() for header, values in columns.items()}, (), {}


def _no_table(name: str, document: Any) -> SubmissionError:
    log = quoted(name)
    if not document:
        return refusal(say("{name} is an empty JSON document.", name=log))
    shape = together(
        say("Write one list of numbers for each name, as `json.dump(history.history, file)` does."), ADVICE
    )
    if not isinstance(document, dict):
        return refusal(say("{name} is a JSON list in which no table was found.", name=log), shape)
    if not any(map(_is_inner, document.values())):
        sentence = say(
            "{name} has one value for each of {document}; a log has one for each step.",
            name=log,
            document=listed(document),
        )
        return refusal(sentence, shape)
    sentence = say(
        "{name} is a JSON object with {document}, in which no list of numbers was found.",
        name=log,
        document=listed(document),
    )
    return refusal(sentence, shape)
