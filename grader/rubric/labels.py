"""The labels that only the teacher has, beside the rubric: what they are, or what is wrong with them."""

import csv
import io
from pathlib import Path

from grader.analysis.predictions import Labels, columns_of, compared
from grader.files import UnreadableError, read_limited
from grader.messages.wording import quoted
from grader.rubric.document import Document, Mistake

_LARGEST = 64 << 20
_FORM = "It must be a CSV in UTF-8 with a header, such as `id,label`, and an id and its label in each row."


class _NoLabelsError(Exception):
    """What is wrong with a file of labels, as the rest of a sentence on it."""


def read_labels(document: Document, source: Path) -> tuple[Labels | None, tuple[Mistake, ...]]:
    """The labels that a rubric names as its `labels`, and the mistake, if there is one."""
    name = document.content.get("labels")
    if not isinstance(name, str) or not name:
        return None, ()
    try:
        return _labels(read_limited(source.absolute().parent / name, _LARGEST)), ()
    except UnreadableError as error:
        hint = "A relative path starts at the rubric's folder."
        return None, (_mistake(document, name, str(error).removesuffix("."), hint),)
    except _NoLabelsError as error:
        return None, (_mistake(document, name, str(error)),)


def _labels(content: bytes) -> Labels:
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise _NoLabelsError("cannot be read") from None
    places = columns_of(rows[0]) if len(rows) > 1 else None
    if places is None:
        raise _NoLabelsError("has no column of ids and one of labels")
    ids, column = places
    values: dict[str, str] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) <= max(places) or not row[ids].strip() or not row[column].strip():
            raise _NoLabelsError(f"has no id or no label in row {number}")
        key = compared(row[ids])
        if key in values:
            raise _NoLabelsError(f"has the id {quoted(row[ids])} twice")
        values[key] = compared(row[column]).casefold()
    return Labels(column=rows[0][column].strip(), values=values)


def _mistake(document: Document, name: str, what: str, hint: str = _FORM) -> Mistake:
    return document.mistake(("labels",), f"The file of labels {quoted(name)} {what}", hint)
