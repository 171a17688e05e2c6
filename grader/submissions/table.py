"""Reads a CSV file as learning platforms and spreadsheets write it, and writes it with other cells."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UsageError
from grader.files import UnreadableError, read_limited
from grader.messages.safe_text import plain
from grader.messages.wording import counted, quoted

LARGEST = 20_000_000
_AGAIN = "Export it again, or save it as CSV in UTF-8."
# Excel's note on the separator, in a line of its own.
_SEPARATOR = re.compile(r"sep=.\r?\n")


@dataclass(frozen=True)
class Table:
    """A CSV file: the rows that are not blank, the header first, each with as many cells as the header.

    A row begins on its line, counted from 1; a file that is `marked` begins with a byte order mark.
    """

    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    delimiter: str = ","
    marked: bool = False

    @property
    def header(self) -> tuple[str, ...]:
        """The titles of the columns."""
        return self.rows[0]

    def changed(self, cells: Mapping[tuple[int, int], str]) -> str:
        """The text of the file with other texts in some cells, which are named by row and column, from 0."""
        text = io.StringIO(newline="")
        # The end of line that RFC 4180 names; with it, a cell with either of its characters is quoted.
        writer = csv.writer(text, delimiter=self.delimiter, lineterminator="\r\n")
        for number, row in enumerate(self.rows):
            writer.writerow(cells.get((number, column), cell) for column, cell in enumerate(row))
        return ("\ufeff" if self.marked else "") + text.getvalue()


def read_table(
    path: Path,
    what: str,
    delimiters: str = ",;\t",
    fit: Callable[[Sequence[str]], tuple[int, ...]] = lambda header: (len(header),),
) -> Table:
    """Read a CSV file in UTF-8, or in UTF-16 with a byte order mark; `what` it is stands in sentences.

    `fit` says how well a delimiter splits the header; the largest value wins, then the first delimiter.
    What cannot be read as such a file raises `UsageError`, with `(file:line)` of a line at fault.
    """
    text = _text(path, what)
    marked = text.startswith("\ufeff")
    text = text.removeprefix("\ufeff")
    skipped = 0
    if match := _SEPARATOR.match(text):
        text, skipped = text[match.end() :], 1
    delimiter = max(delimiters, key=lambda one: fit(_first(text, one)))
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    for line, row in _rows(text, delimiter, skipped, what, path):
        width = len(rows[0]) if rows else len(row)
        if any(cell.strip() for cell in row[width:]):
            raise UsageError(
                f"The line has {counted(len(row), 'cell')}, and the header has {width} "
                f"({plain(path.name)}:{line}).",
                "Put a text with a comma in it between quotes.",
            )
        rows.append((*row[:width], *[""] * (width - len(row))))
        lines.append(line)
    if not rows:
        raise UsageError(f"The {what} {quoted(path)} is empty.", _AGAIN)
    return Table(tuple(rows), tuple(lines), delimiter, marked)


def _text(path: Path, what: str) -> str:
    name = f"The {what} {quoted(path)}"
    try:
        content = read_limited(path, LARGEST)
    except UnreadableError as error:
        raise UsageError(f"{name} {error}", "Name a CSV file that you may read.") from None
    if content.startswith(b"PK\x03\x04"):
        raise UsageError(f"{name} is a spreadsheet or an archive, not a CSV file.", _AGAIN)
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = "\ufeff" + content.decode("utf-16") if wide else content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = 1 if wide else content.count(b"\n", 0, error.start) + 1
        encoding = "UTF-16, as which it begins" if wide else "UTF-8"
        raise UsageError(
            f"The {what} has bytes that are not {encoding} ({plain(path.name)}:{line}).", _AGAIN
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UsageError(
            f"The {what} has the character U+0000, which no text has ({plain(path.name)}:{line}).", _AGAIN
        )
    return text


def _first(text: str, delimiter: str) -> Sequence[str]:
    """The header, split by a delimiter."""
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return next(filter(None, rows), [])
    except csv.Error:
        return []


def _rows(
    text: str, delimiter: str, skipped: int, what: str, path: Path
) -> Iterator[tuple[int, Sequence[str]]]:
    """Each row that is not blank, with the line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = skipped + 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = skipped + reader.line_num + 1
    except csv.Error as error:
        raise UsageError(
            f"The {what} cannot be read as CSV from this line on: {error} ({plain(path.name)}:{line}).",
            "Put a text with a quote, a comma or a line break in it between quotes, and double the "
            "quotes inside.",
        ) from None
