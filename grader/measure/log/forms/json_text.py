"""JSON: one document, such as `json.dump(history.history, file)`, or JSON Lines, an object on each line.

It is read strictly: no key twice, no number that is not one, no depth that breaks the reader.
"""

import json
from dataclasses import replace
from typing import Any

from grader.errors import SubmissionError
from grader.measure.log.document import Document
from grader.measure.log.json_table import table_of_document, table_of_rows
from grader.measure.log.table import ADVICE, Limits, Table, check_size, refusal
from grader.messages.message import say, together
from grader.messages.wording import quoted


class NotJsonError(SubmissionError):
    """The text is not JSON."""


class _RepeatedKeyError(ValueError):
    """An object has a key twice."""


def recognises(document: Document) -> bool:
    """Whether the text begins as JSON does."""
    return document.text.lstrip().startswith(("{", "["))


def read(document: Document, limits: Limits) -> Table:
    """Read the document, or the lines; a last line that a stopped training cut off is left out.

    Refused if it is not JSON, or no log, or a line is not an object.
    """
    name, text = document.name, document.text
    if not _has_lines(document):
        return table_of_document(name, parse_json(name, text), limits)
    lines = [line for line in text.split("\n") if line.strip()]
    check_size(name, len(lines), 1, limits)
    cut = not text.endswith("\n") and not lines[-1].rstrip().endswith("}")
    table = table_of_rows(name, "jsonl", _rows(name, lines[:-1] if cut else lines), limits)
    return replace(table, notes=(say("The last line was cut off; it was left out."),) if cut else ())


def _has_lines(document: Document) -> bool:
    """Whether each of the first two lines is an object of its own."""
    opening = document.opening()
    if len(opening) < 2 or not all(line.lstrip().startswith("{") for line in opening[:2]):
        return False
    try:
        json.loads(opening[0])
    except (ValueError, RecursionError):
        return False
    return True


def _rows(name: str, lines: list[str]) -> list[dict[str, Any]]:
    try:
        # All lines at once are parsed several times faster than one by one.
        rows: list[Any] = parse_json(name, f"[{','.join(lines)}]")
    except SubmissionError:
        rows = [_row(name, number, line) for number, line in enumerate(lines, start=1)]
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise _no_object(name, number)
    return rows


def _row(name: str, number: int, line: str) -> Any:
    try:
        return parse_json(name, line)
    except NotJsonError:
        raise _no_object(name, number) from None


def _no_object(name: str, number: int) -> SubmissionError:
    return refusal(
        say(
            "Line {number} of the log {name} is not a JSON object, but the first one is.",
            number=number,
            name=quoted(name),
        )
    )


def parse_json(name: str, text: str) -> Any:
    """Parse JSON; every number becomes a float, and `NaN`, `Infinity` and `-Infinity` stay texts.

    As texts they go through the same grammar as cells of a CSV, and cannot be mistaken for a missing value.
    A float holds every whole number up to 2**53; an integer of thousands of digits becomes infinity.

    Raises:
        NotJsonError: it is not JSON.
        SubmissionError: it has a key twice in one object or is nested too deeply.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_int=float, parse_constant=str)
    except _RepeatedKeyError as error:
        raise refusal(
            say(
                "The log {name} has the key {key} twice in one object; each may occur once.",
                name=quoted(name),
                key=quoted(str(error)),
            ),
            say("Rename one of the keys or remove it."),
        ) from None
    except json.JSONDecodeError as error:
        raise NotJsonError(
            say(
                "The log {name} is not valid JSON: {msg} at line {lineno}, column {colno}.",
                name=quoted(name),
                msg=error.msg[:1].lower() + error.msg[1:],
                lineno=error.lineno,
                colno=error.colno,
            ),
            together(
                say("Write it with `json.dump(history.history, file)`; `print` and `str` do not write JSON."),
                ADVICE,
            ),
        ) from None
    except RecursionError:
        raise refusal(say("The log {name} is nested too deeply to be a log.", name=quoted(name))) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique: dict[str, Any] = {}
    for key, value in pairs:
        if key in unique:
            raise _RepeatedKeyError(key)
        unique[key] = value
    return unique
