"""JSON Lines: one object on each line, one line for each step or epoch."""

from typing import Any

from grader.errors import SubmissionError
from grader.measure.log.document import Document, is_json_lines
from grader.measure.log.json_tables import table_of_rows
from grader.measure.log.json_text import NotJsonError, parse_json
from grader.measure.log.table import Limits, Table, check_size
from grader.measure.log.wording import ADVICE, shown
from grader.messages.message import say


def recognises(document: Document) -> bool:
    """Whether each of the first two lines is an object of its own."""
    return is_json_lines(document)


def read(document: Document, limits: Limits) -> Table:
    """Read the lines. A last one that a stopped training cut off is left out.

    Raises:
        SubmissionError: a line is not an object, or there is more than `limits` allows.
    """
    text = document.text or ""
    lines = [line for line in text.split("\n") if line.strip()]
    check_size(document.name, len(lines), 1, limits)
    cut = not text.endswith("\n") and not lines[-1].rstrip().endswith("}")
    if cut:
        lines.pop()
    table = table_of_rows(document.name, "jsonl", _rows(document.name, lines), limits)
    notes = (say("The last line was cut off; it was left out."),) if cut else ()
    return Table(table.form, table.rows, table.columns, notes=notes)


def _rows(name: str, lines: list[str]) -> list[dict[str, Any]]:
    try:
        # All lines at once are parsed several times faster than one by one.
        rows: list[Any] = parse_json(name, f"[{','.join(lines)}]")
    except SubmissionError:
        rows = [_row(name, number, line) for number, line in enumerate(lines, start=1)]
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise _refusal(name, number)
    return rows


def _row(name: str, number: int, line: str) -> Any:
    try:
        return parse_json(name, line)
    except NotJsonError:
        raise _refusal(name, number) from None


def _refusal(name: str, number: int) -> SubmissionError:
    return SubmissionError(
        say(
            "Line {number} of the log {name} is not a JSON object, but the first one is.",
            number=number,
            name=shown(name),
        ),
        ADVICE,
    )
