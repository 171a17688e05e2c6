"""Reads predictions: a table or JSON, of whose columns one has ids and one what was predicted."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from grader.analysis.predictions import columns_of, is_header, number_in
from grader.errors import SubmissionError
from grader.evidence import Declaration
from grader.evidence.predictions import MOST_ROWS, SAVE, Predictions
from grader.evidence.values import LONGEST_TEXT
from grader.measure.log.document import decoded, foreign
from grader.measure.sources import shown
from grader.measure.strict_json import parse_json
from grader.messages.message import Message, say
from grader.messages.safe_text import plain
from grader.messages.wording import listed, quoted
from grader.rubric import Plan

_SEPARATORS = ",;\t"
_MOST_COLUMNS = 2_000
_MOST_NAMED = 6
_LARGEST_WHOLE = 1e15
# So many rows show what a column holds.
_LOOKED_AT = 20

Row = Sequence[str]


def read(name: str, content: bytes, _declaration: Declaration, plan: Plan) -> Predictions:
    """The ids and predictions; refused if it is no table, too long, or does not say which column is what."""
    file = shown(name)
    if known := foreign(content):
        raise SubmissionError(say("{name} is {what}; asked for is a table.", name=file, what=known[0]), SAVE)
    text, _ = decoded(content)
    if not text and content:
        raise SubmissionError(say("{name} is no text; asked for is a table.", name=file), SAVE)
    is_json = text.lstrip()[:1] in {"{", "["}
    most = min(plan.limits.log_rows, MOST_ROWS)
    # One more for the header, and one to see that there are more.
    rows = list(islice(_of_json(name, text) if is_json else _of_lines(file, text), most + 2))
    if len(rows) > most + 1:
        sentence = say(
            "{name} has more than {most} rows, the most that are read.", name=file, most=f"{most:,}"
        )
        raise SubmissionError(sentence, say("Hand in one row for each id that is asked for."))
    if not rows:
        raise SubmissionError(say("{name} is empty.", name=file), SAVE)
    return _chosen(file, rows)


def _of_lines(file: str, text: str) -> Iterator[Row]:
    """The rows of a table that are not blank."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(_SEPARATORS, key=first.count)
    if separator not in first:
        yield from ([_cell(cell) for cell in line.split()] for line in text.splitlines() if line.strip())
        return
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if any(cell.strip() for cell in row):
                yield [_cell(cell) for cell in row[:_MOST_COLUMNS]]
    except csv.Error:
        raise SubmissionError(
            say("{name} cannot be read as a table: a quote is not closed, or a cell is too long.", name=file),
            SAVE,
        ) from None


def _of_json(name: str, text: str) -> Iterator[Row]:
    """A header and rows, of objects on lines of their own or in a list, or of one object of ids."""
    lines = [line for line in text.splitlines() if line.strip()]
    is_lines = len(lines) > 1 and lines[0].lstrip().startswith("{") and lines[0].rstrip().endswith("}")
    whole = [parse_json(name, line, SAVE) for line in lines] if is_lines else parse_json(name, text, SAVE)
    if isinstance(whole, dict) and not any(isinstance(value, dict | list) for value in whole.values()):
        yield ("id", "prediction")
        yield from ((_cell(key), _cell(value)) for key, value in whole.items())
        return
    if isinstance(whole, list) and whole and all(isinstance(one, dict) for one in whole):
        keys = list(whole[0])[:_MOST_COLUMNS]
        yield [_cell(key) for key in keys]
        for one in whole:
            yield [_cell(one.get(key, "")) for key in keys]
        return
    raise SubmissionError(
        say("{name} is JSON without ids and predictions in each of its objects.", name=shown(name)), SAVE
    )


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_WHOLE:
        value = int(value)
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value)
    return plain(text[: 2 * LONGEST_TEXT].strip(), LONGEST_TEXT)


def _chosen(file: str, rows: Sequence[Row]) -> Predictions:
    """The two columns of ids and predictions."""
    has_header = is_header(rows[0], rows[1] if len(rows) > 1 else ())
    header = rows[0] if has_header else ["id", "prediction", *map(str, range(2, len(rows[0])))]
    places = columns_of(header) if has_header or len(rows[0]) == 2 else None
    body = rows[1:] if has_header else rows
    if places is None:
        raise SubmissionError(_unclear(file, rows[0], body), _NAME)
    if not body:
        raise SubmissionError(say("{name} has a header and no rows.", name=file), SAVE)
    short = next((number for number, row in enumerate(body, start=1) if len(row) <= max(places)), None)
    if short is not None:
        sentence = say("Row {number} of {name} has no prediction.", number=short + has_header, name=file)
        raise SubmissionError(sentence, say("Write an id and a prediction into every row."))
    ids, predicted = places
    return Predictions(
        header=header[predicted],
        ids=tuple(row[ids] for row in body),
        values=tuple(row[predicted] for row in body),
    )


_NAME = say(
    "Write two columns, `id` and `prediction`, with one class or number for each id: of probabilities, "
    "that of the largest, `outputs.argmax(axis=1)`."
)


def _unclear(file: str, header: Row, body: Sequence[Row]) -> Message:
    if len(header) < 2:
        return say("{name} has one column; asked for are ids and predictions.", name=file)
    cells = [cell for row in body[:_LOOKED_AT] for cell in row[1:]]
    shares = [value for cell in cells if (value := number_in(cell)) is not None]
    if len(shares) == len(cells) > 0 and all(0 <= value <= 1 for value in shares):
        return say(
            "{name} has {count} columns of probabilities; asked for is one class for each id.",
            name=file,
            count=len(header) - 1,
        )
    names = [quoted(cell) for cell in header[:_MOST_NAMED]]
    return say(
        "{name} has {count} columns ({names}), and nothing says which has the predictions.",
        name=file,
        count=len(header),
        names=listed(names),
    )
